"""Decoding of aarch64 instructions, and a crash on such a machine diagnosed."""

from __future__ import annotations

import pytest
from fake_target import CODE, STACK, FakeHeap
from ftheap.analysis import arm64
from ftheap.registry import COMMANDS, Request
from ftheap.commands import load_all
from ftheap.model.heap import State
from ftheap.target import Instruction, Stop

load_all()
REGISTERS = {"x0": 0x1000, "x1": 0x20, "x2": 0xFFFFFFFE, "x30": 0x400100, "sp": STACK + 0x1000}


@pytest.mark.parametrize(
    "text, expected",
    [
        ("str\tw1, [x0]", [("write", 0x1000)]),
        ("ldr\tx3, [x0, #8]", [("read", 0x1008)]),
        ("ldr x3, [x0, x1, lsl #3]", [("read", 0x1100)]),
        ("ldr w3, [x0, w2, sxtw #2]", [("read", 0xFF8)]),
        ("ldrb w3, [x0], #1", [("read", 0x1000)]),
        ("stp x29, x30, [sp, #-32]!", [("write", STACK + 0x1000 - 32)]),
        ("ldp x3, x4, [x0, #16]", [("read", 0x1010)]),
        ("strb wzr, [x0, #0x7]", [("write", 0x1007)]),
        ("ldaddal w1, w3, [x0]", [("write", 0x1000)]),
        ("ldxr x3, [x0]", [("read", 0x1000)]),
        ("blr x0", [("execute", 0x1000)]),
        ("ret", [("execute", 0x400100)]),
        ("bl 0x400000 <main>", []),
        ("add x0, x0, #1", []),
        ("prfm pldl1keep, [x0]", []),
        ("ldr x3, [x9]", []),
        ("udf #0", []),
        ("", []),
    ],
)
def test_accesses(text, expected):
    assert [(access.kind, access.address) for access in arm64.accesses(text, REGISTERS)] == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("ldr x3, [x0], #8", {"x3", "x0"}),
        ("ldp x3, x4, [sp, #16]!", {"x3", "x4", "sp"}),
        ("str x3, [x0, #8]!", {"x0"}),
        ("mov w5, w0", {"x5"}),
        ("cmp x0, x1", set()),
        ("b.ne 0x400000", set()),
        ("cbz x0, 0x400000", set()),
        ("mov xzr, x0", set()),
    ],
)
def test_changes(text, expected):
    assert arm64.changes(text) == expected


def test_calls_keep_what_the_callee_saves():
    assert {"x0", "x17", "x30"} <= arm64.changes("bl 0x400000") and "x19" not in arm64.changes("bl 0x400000")


def test_loads_and_copies():
    assert arm64.loads("ldr x3, [x0, #8]", "x3") == arm64.MemoryOperand("x0", 8)
    assert arm64.loads("ldp x3, x4, [x0, #8]", "x4") == arm64.MemoryOperand("x0", 16)
    assert arm64.loads("ldr w3, [x0]", "x3") is None and arm64.loads("str x3, [x0]", "x3") is None
    assert arm64.copies("mov x3, x0", "x3") == "x0" and arm64.copies("mov x3, #1", "x3") is None


def test_a_pointer_read_from_a_freed_block_is_a_use_after_free():
    heap = FakeHeap()
    freed = heap.block(64, data=b"\x55" * 64, state=State.FREED)
    wild = 0x5555555555555555
    heap.target.stopped = Stop(
        "SIGSEGV", None, None, 1, CODE + 8, STACK + 0x1000,
        {"x0": freed, "x1": wild, "x30": CODE, "sp": STACK + 0x1000},
        (Instruction(CODE + 4, "ldr\tx1, [x0]"), Instruction(CODE + 8, "ldr\tx2, [x1, #8]")),
    )  # fmt: skip
    document = COMMANDS["diagnose"].run(heap.session(), Request()).document()
    assert (document["fault"], document["access"], document["certainty"]) == ("heap-use-after-free", "read", "certain")
    assert int(document["block"]["address"], 16) == freed
