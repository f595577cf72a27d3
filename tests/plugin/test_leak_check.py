"""``leak-check`` as a user meets it: text, JSON, options."""

from __future__ import annotations

import json
from array import array

import pytest
from fake_debug_info import FakeDebugInfo
from fake_target import CODE, DATA, FakeHeap, FakeSession
from ftheap import command_line
from ftheap.commands import load_all
from ftheap.errors import UsageError
from ftheap.model.heap import State, Trace
from ftheap.registry import COMMANDS
from ftheap.render import json_text
from ftheap.render.style import PLAIN
from ftheap.target import Frame, SymbolAt

load_all()


def run(session: FakeSession, text: str = ""):
    command = COMMANDS["leak-check"]
    return command.run(session, command_line.parse(command, text))


def document(session: FakeSession, text: str = "") -> dict:
    return json.loads(json_text.dumps(run(session, text).document()))


def lines(session: FakeSession, text: str = "") -> list[str]:
    rows = list(run(session, text).lines(PLAIN))
    assert all(len(row) <= 79 and row.isascii() for row in rows)
    return rows


def leaky() -> FakeHeap:
    heap = FakeHeap()
    for _ in range(3):
        heap.block(40, data=b"lost text\0")
    parent = heap.block(24)
    heap.set_word(parent, 0, heap.block(100))
    heap.set_global(0, heap.block(16))
    heap.set_global(1, heap.block(64) + 4)
    return heap


def test_document():
    found = document(leaky().session())
    assert found["definite"] == {"count": 4, "bytes": 144}
    assert found["indirect"] == {"count": 1, "bytes": 100}
    assert found["possible"] == {"count": 1, "bytes": 64}
    assert found["reachable"] == {"count": 1, "bytes": 16}
    assert found["incomplete"] is False and found["findings"] == []
    assert [(group["class"], group["count"], group["bytes"]) for group in found["groups"]] == [
        ("definite", 3, 120), ("definite", 1, 24), ("indirect", 1, 100), ("possible", 1, 64), ("reachable", 1, 16),
    ]  # fmt: skip
    assert found["groups"][0]["stack"] == [] and len(found["groups"][0]["addresses"]) == 3
    assert [group["content"] for group in found["groups"][:2]] == ['text "lost text"', "pointers"]


def test_text_and_found():
    session = leaky().session()
    assert run(session).found
    rows = lines(session)
    assert rows[0] == 'definite: 3 blocks, 120 bytes (40 each), text "lost text"'
    assert [" ".join(row.split()) for row in rows[-4:]] == [
        "definite : 4 blocks, 144 bytes nothing leads to them",
        "indirect : 1 block, 100 bytes only lost blocks do",
        "possible : 1 block, 64 bytes only interior pointers do",
        "reachable : 1 block, 16 bytes still held",
    ]
    assert not any(row.startswith("reachable: ") for row in rows)


def test_likely_types_part_the_groups_of_one_size():
    heap = FakeHeap()
    heap.target.debug_info = info = FakeDebugInfo()
    info.add("struct node", 40, next=(0, "struct node"))
    for name, table in (("Widget", CODE + 0x2000), ("Other", CODE + 0x2100)):
        info.add(name, 40, node=(8, "struct node"))
        heap.target.symbols.append((table - 16, 0x40, SymbolAt(f"vtable for {name}", 0, "/bin/program", False)))
    below = heap.block(40)
    for _ in range(3):
        heap.block(40, words=[CODE + 0x2000, below])
    heap.block(40, words=[CODE + 0x2100])
    heap.block(40)
    session = heap.session()
    groups = document(session, "-class all")["groups"]
    assert [(group["class"], group["count"], group["type"]) for group in groups] == [
        ("definite", 3, "Widget"), ("definite", 1, "Other"), ("definite", 1, None), ("indirect", 1, "struct node"),
    ]  # fmt: skip
    assert "definite: 3 blocks, 120 bytes (40 each), Widget" in lines(session)


def test_no_leak():
    heap = FakeHeap()
    heap.set_global(0, heap.block(16))
    assert not run(heap.session()).found


@pytest.mark.parametrize("options, found", [
    ("-class possible", True), ("-class indirect", True), ("-class reachable", False), ("-class all", True),
    ("-min-bytes 120", True), ("-min-bytes 121", False), ("-class possible -min-bytes 65", False), ("-limit 0", True),
])  # fmt: skip
def test_what_the_options_leave_out_is_not_found(options, found):
    assert run(leaky().session(), options).found == found


def test_options():
    session = leaky().session()
    assert [group["class"] for group in document(session, "-class possible")["groups"]] == ["possible"]
    assert len(document(session, "-limit 2")["groups"]) == 2
    assert [group["bytes"] for group in document(session, "-min-bytes 100")["groups"]] == [120, 100]
    assert any("... and 3 groups more" in row for row in lines(session, "-limit 1"))
    with pytest.raises(UsageError, match="no heuristic 'magic'"):
        run(session, "-heuristics magic")


def with_stacks() -> FakeSession:
    """Two blocks from one place, one from another."""
    heap = FakeHeap()
    for size_bytes in (16, 40, 100):
        heap.block(size_bytes)
    heap.target.symbols += [(CODE + 0x200, 0x100, SymbolAt("malloc", 0, "/usr/lib/libftmalloc.so", True))]
    heap.target.frames = {
        CODE + 0x10: Frame(CODE + 0x10, "make_node", "/src/list.c", 12),
        CODE + 0x20: Frame(CODE + 0x20, "main", "/src/main.c", 7),
    }
    session = heap.session()
    snapshot = session.snapshot()
    snapshot.blocks.allocation_traces = array("I", [1, 1, 2])
    snapshot.traces = {1: Trace((CODE + 0x210, CODE + 0x10, CODE + 0x20)), 2: Trace((CODE + 0x20,))}
    return session


def test_groups_by_stack_without_the_allocators_frames():
    found = document(with_stacks())
    names = [[frame["function"] for frame in group["stack"]] for group in found["groups"]]
    assert [(group["count"], group["bytes"]) for group in found["groups"]] == [(1, 100), (2, 56)]
    assert names == [["main"], ["make_node", "main"]]
    assert found["groups"][1]["stack"][0] == {
        "function": "make_node", "file": "/src/list.c", "line": 12, "address": "0x400010",
    }  # fmt: skip
    assert "    #0 make_node at list.c:12" in lines(with_stacks())


@pytest.mark.parametrize(
    "pattern, left",
    [("leak:make_*", 1), ("leak:^node", 3), ("leak:list.c$", 1), ("# no", 3), ("leak:program", 0)],
)
def test_suppressions(tmp_path, pattern, left):
    (tmp_path / "supp").write_text(pattern + "\n")
    found = document(with_stacks(), f"-suppressions {tmp_path / 'supp'}")
    assert found["definite"]["count"] == left
    assert found["suppressed"]["count"] == 3 - left


def test_bad_suppressions(tmp_path):
    (tmp_path / "supp").write_text("leak:good\nnonsense\n")
    with pytest.raises(UsageError, match=r":2: expected leak:PATTERN"):
        run(with_stacks(), f"-suppressions {tmp_path / 'supp'}")
    with pytest.raises(UsageError, match="No such file"):
        run(with_stacks(), f"-suppressions {tmp_path / 'none'}")


def test_the_answer_is_kept_with_the_snapshot():
    heap = FakeHeap()
    block = heap.block(16)
    session = heap.session()
    assert document(session)["definite"]["count"] == 1
    heap.set_global(0, block)
    assert document(session)["definite"]["count"] == 1, "same snapshot, same answer"
    assert document(heap.session())["definite"]["count"] == 0


def test_states_that_are_not_live_are_not_counted():
    heap = FakeHeap()
    for state in (State.FREED, State.QUARANTINED, State.UNUSED, State.CHANGING, State.CORRUPTED):
        heap.block(16, state=state)
    heap.set_global(0, DATA)
    found = document(heap.session())
    assert [found[name]["count"] for name in ("definite", "indirect", "possible", "reachable")] == [0, 0, 0, 0]
