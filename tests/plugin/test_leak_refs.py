"""``leak-refs``: references, path, what a block retains."""

from __future__ import annotations

import json

import pytest
from fake_debug_info import FakeDebugInfo
from fake_target import DATA, STACK, FakeHeap, FakeSession
from ftheap import command_line
from ftheap.commands import load_all
from ftheap.debug_info import FrameScope, Variable
from ftheap.errors import UsageError
from ftheap.model.heap import State
from ftheap.registry import COMMANDS
from ftheap.render.style import PLAIN
from ftheap.target import Thread

load_all()


def run(session: FakeSession, text: str):
    command = COMMANDS["leak-refs"]
    return command.run(session, command_line.parse(command, text))


def document(session: FakeSession, text: str) -> dict:
    return json.loads(json.dumps(run(session, text).document()))


def lines(session: FakeSession, text: str) -> list[str]:
    rows = list(run(session, text).lines(PLAIN))
    assert all(len(row) <= 79 and row.isascii() for row in rows)
    return rows


def test_frames_variables_and_members_are_named():
    heap = FakeHeap()
    heap.target.debug_info = info = FakeDebugInfo()
    info.add("struct node", 32, next=(0, "struct node"), other=(8, "struct node"))
    block = heap.block(32)
    parent = heap.block(32, words=[0, block])
    heap.set_global(2, parent)
    info.globals.append(Variable("head", "struct node *", 8, DATA + 16))
    heap.set_word(STACK, 0x1800, block)
    heap.set_word(STACK, 0x1900, block)
    heap.target.thread_list = [Thread(1, 100, "main", {"r12": block}, b"", STACK + 0x1000, None)]
    local = Variable("node", "struct node *", 8, STACK + 0x1800)
    register = Variable("kept", "struct node *", 8, None, block)
    info.scopes[1] = [
        FrameScope(0, "inner", STACK + 0x1000, STACK + 0x1700),
        FrameScope(1, "outer", STACK + 0x1700, STACK + 0x1A00, (local, register)),
    ]
    found = document(heap.session(), hex(block))["references"]
    assert [(each["kind"], each["variable"], each["frame"] and each["frame"]["function"]) for each in found] == [
        ("register", "kept", "outer"), ("stack", "node", "outer"), ("stack", None, "outer"),
        ("block", "other of a struct node", None),
    ]  # fmt: skip
    rows = lines(heap.session(), hex(block))
    assert "  register r12 of thread 1, kept of frame 1 (outer)" in rows
    assert f"  node of frame 1 (outer) of thread 1 at {STACK + 0x1800:#x}" in rows
    assert f"  frame 1 (outer) of thread 1 at {STACK + 0x1900:#x}" in rows
    (head,) = document(heap.session(), hex(parent))["references"]
    assert head["variable"] == "head"


def test_every_kind_of_reference():
    heap = FakeHeap()
    block = heap.block(64)
    parent = heap.block(24, words=[0, block, block + 4])
    heap.set_global(2, block)
    heap.set_word(STACK, 0x1800, block)
    heap.add_mapping(0x7E0000000000, block.to_bytes(8, "little") + bytes(4088))
    heap.target.thread_list = [Thread(1, 100, "main", {"r12": block}, b"", STACK + 0x1000, None)]
    found = document(heap.session(), hex(block))
    assert (found["class"], found["reference_count"]) == ("reachable", 6)
    kinds = [(each["kind"], each["address"], each["interior"]) for each in found["references"]]
    assert kinds == [
        ("register", None, False),
        ("data", hex(DATA + 16), False),
        ("mapping", "0x7e0000000000", False),
        ("stack", hex(STACK + 0x1800), False),
        ("block", hex(parent + 8), False),
        ("block", hex(parent + 16), True),
    ]
    register, data, _, stack, direct, interior = found["references"]
    assert (register["register"], register["thread"], stack["thread"]) == ("r12", 1, 1)
    assert data["symbol"] == {"name": "table", "offset_bytes": 16}
    assert (direct["block"]["address"], direct["offset_bytes"], interior["into_bytes"]) == (hex(parent), 8, 4)
    assert "  register r12 of thread 1" in lines(heap.session(), hex(block))


def chain(length: int) -> tuple[FakeHeap, list[int]]:
    heap = FakeHeap()
    blocks = [heap.block(24) for _ in range(length)]
    for first, second in zip(blocks, blocks[1:]):
        heap.set_word(first, 8, second)
    heap.set_global(1, blocks[0])
    return heap, blocks


def test_shortest_path():
    heap, blocks = chain(40)
    short = heap.block(100, words=[0, 0, 0, blocks[30]])
    heap.set_global(3, short)
    path = document(heap.session(), hex(blocks[32]))["path"]
    assert [(step["kind"], step["address"]) for step in path] == [
        ("data", hex(DATA + 24)), ("block", hex(short + 24)), ("block", hex(blocks[30] + 8)),
        ("block", hex(blocks[31] + 8)),
    ]  # fmt: skip
    assert path[0]["symbol"] == {"name": "table", "offset_bytes": 24}
    long_path = lines(heap.session(), hex(blocks[29]))
    assert "  ... and 6 steps more, see -json" in long_path


def test_retained():
    heap, blocks = chain(10)
    heap.set_global(2, blocks[7])
    heap.set_word(blocks[9], 0, blocks[0])
    session = heap.session()
    assert document(session, f"-retained {blocks[3]:#x}")["retained"] == {"count": 4, "bytes": 96}
    assert document(session, f"-retained {blocks[0]:#x}")["retained"] == {"count": 7, "bytes": 168}
    assert document(session, f"-retained {blocks[8]:#x}")["retained"] == {"count": 2, "bytes": 48}
    assert document(session, hex(blocks[0]))["retained"] is None


def test_lost_blocks():
    heap = FakeHeap()
    child = heap.block(40)
    lost = heap.block(24, words=[child])
    session = heap.session()
    found = document(session, f"-retained {lost:#x}")
    assert (found["class"], found["references"], found["path"]) == ("definite", [], [])
    assert found["retained"] == {"count": 2, "bytes": 64}
    assert "No root reaches it." in lines(session, hex(child))
    assert any(row.startswith("No reference") for row in lines(session, hex(lost)))


def test_limit_counts_all():
    heap = FakeHeap()
    block = heap.block(16)
    for index in range(30):
        heap.set_global(index, block)
    found = document(heap.session(), f"-limit 3 {block:#x}")
    assert (len(found["references"]), found["reference_count"]) == (3, 30)
    assert "  ... and 27 more (-limit 3)" in lines(heap.session(), f"-limit 3 {block:#x}")


def test_an_address_inside_the_block_and_one_that_is_not_live():
    heap = FakeHeap()
    block, freed = heap.block(64), heap.block(64, state=State.FREED)
    heap.set_global(0, block)
    session = heap.session()
    assert document(session, hex(block + 9))["offset_bytes"] == 9
    for address in (freed, 0, 0x7DEAD0000000):
        with pytest.raises(UsageError, match="is not in a live block"):
            run(session, hex(address))
