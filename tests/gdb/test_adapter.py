"""The commands at the prompt of an editor, which speaks to gdb as to a debug adapter (DAP)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Iterator

import pytest
from adapters import Adapter
from inferiors import live_blocks, told_by

from ftheap import commands, registry

commands.load_all()
WORDS = {"explain": "&table", "leak-refs": "table[0]", "find": "size > 10", "export": "json {folder}/heap.json",
         "snapshot": "noon", "leak-diff": "noon"}  # fmt: skip


@pytest.fixture(scope="module")
def adapter(subject: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adapter]:
    """gdb behind an editor, on the crashed subject."""
    errors = tmp_path_factory.mktemp("adapter") / "errors"
    opened = Adapter(errors)
    try:
        opened.launch(subject, "crash", "threads", FtMallocHistory="100")
        yield opened
    finally:
        opened.close()
    assert "Traceback" not in errors.read_text()


def test_every_block_is_told(adapter: Adapter) -> None:
    document = json.loads(adapter.ask("show-alloc-mem -json"))
    assert live_blocks(document).items() >= told_by(adapter.said).live.items()


def test_every_command_answers_with_its_whole_text(adapter: Adapter, tmp_path: Path) -> None:
    adapter.ask("ftmalloc snapshot noon")
    for name in registry.COMMANDS:
        line = f"ftmalloc {name} {WORDS.get(name, '')}".format(folder=tmp_path)
        text = adapter.ask(line)
        assert text.endswith("\n") and "\x1b" not in text, name
        assert text.isascii() and all(len(row) <= 79 for row in text.splitlines()), name
        document = json.loads(adapter.ask(f"{line} -json"))
        assert (document["schema"], document["command"]) == (1, name)


def test_a_wrong_line_fails_with_one_clear_line(adapter: Adapter) -> None:
    for line, message in {
        "ftmalloc nothing": 'no command "ftmalloc nothing"; `help ftmalloc` lists them',
        "explain no_such_symbol": 'no_such_symbol: No symbol "no_such_symbol" in current context',
        "leak-check -exit-code 256": "leak-check: -exit-code needs a status from 0 to 255, not 256",
    }.items():
        answer = adapter.request("evaluate", expression=line, context="repl")
        assert (answer["success"], answer["message"]) == (False, message)


def test_functions_and_structures_in_the_editors_views(adapter: Adapter) -> None:
    frame = adapter.request("stackTrace", threadId=1)["body"]["stackFrames"][0]["id"]
    for expression, result in {
        "$ft_state(table[0])": '"live"',
        "*(struct zone *)$ft_zone(table[0])": "TINY zone of 4 MiB",
    }.items():
        body = adapter.request("evaluate", expression=expression, context="watch", frameId=frame)["body"]
        assert body["result"] == result
    parts = adapter.request("variables", variablesReference=body["variablesReference"])["body"]["variables"]
    assert '"tiny"' in {part["value"] for part in parts if part["name"] == "type"}


def test_exit_code_ends_the_adapter(subject: Path, tmp_path: Path) -> None:
    """`quit` would wait there for the editor to close."""
    opened = Adapter(tmp_path / "errors")
    try:
        opened.launch(subject, "crash")
        with pytest.raises(AssertionError, match="gdb has ended"):
            opened.request("evaluate", expression="leak-check -exit-code 7", context="repl")
        assert opened.wait() == 7
    finally:
        opened.close()
