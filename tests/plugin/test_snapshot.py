"""``snapshot`` and its file."""

from __future__ import annotations

import json

import pytest
from fake_target import FakeHeap
from ftheap import command_line
from ftheap.commands import load_all
from ftheap.errors import UsageError
from ftheap.model import saved as saved_module
from ftheap.model.heap import State
from ftheap.model.saved import read_file
from ftheap.registry import COMMANDS
from ftheap.render.style import PLAIN

load_all()


def run(session, text: str):
    command = COMMANDS["snapshot"]
    return command.run(session, command_line.parse(command, text))


def test_in_memory_and_in_a_file(tmp_path):
    heap = FakeHeap()
    block = heap.block(40)
    heap.block(24, state=State.FREED)
    session = heap.session()
    path = tmp_path / "kept.json"
    result = run(session, f"first -file {path}")
    assert list(session.saved["first"].blocks) == [(block, 40, -1)]
    assert read_file(str(path)) == session.saved["first"]
    found = result.document()
    assert (found["name"], found["file"], found["count"], found["bytes"]) == ("first", str(path), 1, 40)
    assert all(len(row) <= 79 for row in result.lines(PLAIN))


def test_a_name_or_a_file_is_needed():
    with pytest.raises(UsageError, match="needs a name"):
        run(FakeHeap().session(), "")


def test_a_file_that_cannot_be_written(tmp_path):
    with pytest.raises(UsageError, match="cannot write"):
        run(FakeHeap().session(), f"-file {tmp_path / 'none' / 'kept.json'}")


GOOD = {"schema": 2, "kind": "ftmalloc-snapshot", "taken": "", "target": "", "stacks": [], "blocks": []}


@pytest.mark.parametrize(
    "content, message",
    [
        ("", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "is no ftmalloc snapshot"),
        (json.dumps({"kind": "other"}), "is no ftmalloc snapshot"),
        (json.dumps(GOOD | {"schema": 1}), "another version"),
        (json.dumps(GOOD | {"blocks": [[1, 2]]}), "damaged"),
        (json.dumps(GOOD | {"blocks": [["1", 2, 3]]}), "damaged"),
        (json.dumps(GOOD | {"blocks": [[1, -2, 3]]}), "damaged"),
        (json.dumps(GOOD | {"stacks": 7}), "damaged"),
        (json.dumps(GOOD | {"stacks": [["main main.c:7"]]}), "damaged"),
        (json.dumps(GOOD | {"stacks": [[["main", 7, 7, None]]]}), "damaged"),
    ],
)
def test_broken_files(tmp_path, content, message):
    path = tmp_path / "kept.json"
    path.write_text(content)
    with pytest.raises(UsageError, match=message):
        read_file(str(path))


def test_a_stack_that_is_not_there_counts_as_none(tmp_path):
    path = tmp_path / "kept.json"
    path.write_text(json.dumps(GOOD | {"blocks": [[16, 8, 5]]}))
    assert list(read_file(str(path)).blocks) == [(16, 8, -1)]


@pytest.mark.parametrize("text, blocks", [
    ('{HEAD, "blocks": [[16, 8, -1], [32, 4, 7]]}', [(16, 8, -1), (32, 4, -1)]),
    ('{HEAD,"blocks":[[32,4,-1],\n [16,8,-1]]}\n', [(16, 8, -1), (32, 4, -1)]),
    ('{"blocks":[[16,8,-1]],HEAD}', [(16, 8, -1)]),
    ('{HEAD,"blocks":[]}', []),
    ('{HEAD,"blocks":[[16,8]]}', None),
    ('{HEAD,"blocks":[[16,8,-1],[1.5,8,-1]]}', None),
    ('{HEAD,"blocks":[[16,8,-1]],[16,8,-1]]}', None),
    ('{HEAD,"blocks":[[-16,8,-1]]}', None),
    ('{HEAD,"blocks":[[16,8,-1],[17,8', None),
])
def test_rows_of_a_file(text, blocks, tmp_path):
    path = tmp_path / "saved.json"
    head = '"schema": 2, "kind": "ftmalloc-snapshot", "taken": "now", "target": "\\"blocks\\":[", "stacks": []'
    path.write_text(text.replace("HEAD", head))
    if blocks is None:
        with pytest.raises(UsageError, match="snapshot"):
            saved_module.read_file(str(path))
    else:
        saved = saved_module.read_file(str(path))
        assert list(saved.blocks) == blocks and saved.target == '"blocks":['


def test_rows_of_a_large_file_are_read_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(saved_module, "_BYTES_AT_ONCE", 100)
    saved = saved_module.SavedHeap("process 1", "now", [(saved_module.SavedFrame("main"),)])
    saved.addresses.extend(range(16, 16000, 16))
    saved.sizes.extend(range(len(saved)))
    saved.rows.extend(index % 2 - 1 for index in range(len(saved)))
    saved_module.write_file(saved, str(tmp_path / "saved.json"))
    assert saved_module.read_file(str(tmp_path / "saved.json")) == saved
