"""The JSON documents of all commands have the keys that the extension's README names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ftheap.command_line import parse
from ftheap.commands import load_all
from ftheap.registry import COMMANDS
from ftheap.session import Session
from ftheap.target import Stop
from heap_image import sample_heap

load_all()
README = Path(__file__).resolve().parents[2] / "gdbplugin" / "README.md"


def documented() -> dict[str, set[str]]:
    """By command: the names in the first sentence of its row, those inside of brackets left out."""
    table = README.read_text().split("\n| command | keys |\n")[1].split("\n\n")[0]
    found = {}
    for name, text in re.findall(r"^\| `([\w-]+)` \| (.*) \|$", table, re.MULTILINE):
        outer = text.split(". ")[0]
        while outer != (outer := re.sub(r"[\[{(][^][{}()]*[\]})]", "", outer)):
            pass
        found[name] = set(re.findall(r"`(\w+)`", outer))
    return found


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_documents_keys_are_documented(name, tmp_path):
    session = Session(sample_heap().seal())
    session.target.stopped = Stop(None)
    session.snapshot().events = []
    block = hex(session.snapshot().blocks.addresses[0])
    COMMANDS["snapshot"].run(session, parse(COMMANDS["snapshot"], "before"))
    arguments = {
        "explain": block, "leak-refs": block, "find": "size > 0", "snapshot": "again", "leak-diff": "before",
        "export": f"csv {tmp_path / 'heap.csv'}",
    }  # fmt: skip
    result = COMMANDS[name].run(session, parse(COMMANDS[name], arguments.get(name, "")))
    assert set(result.document()) == documented()[name] | {"findings"}
