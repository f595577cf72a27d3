"""``explain``: every kind of place, as text and JSON."""

from __future__ import annotations

import json
from array import array

import pytest
from fake_target import AREA_BYTES, CODE, DATA, FIRST_RUN_OFFSET, HEAP, RUN_BYTES, STACK, ZONE_BYTES
from fake_target import FakeHeap, FakeSession
from ftheap import command_line
from ftheap.analysis.content import describe_content
from ftheap.commands import load_all
from ftheap.errors import UsageError
from ftheap.model.heap import Finding, Retired, State, Trace
from ftheap.registry import COMMANDS
from ftheap.render.style import PLAIN
from ftheap.target import Frame, Mapping, SymbolAt

load_all()


def run(session: FakeSession, address: int | str):
    command = COMMANDS["explain"]
    return command.run(session, command_line.parse(command, address if isinstance(address, str) else hex(address)))


def document(session: FakeSession, address: int) -> dict:
    return json.loads(json.dumps(run(session, address).document()))


def lines(session: FakeSession, address: int) -> list[str]:
    rows = list(run(session, address).lines(PLAIN))
    assert all(len(row) <= 79 and row.isascii() for row in rows)
    return rows


def kind(session: FakeSession, address: int) -> tuple[str, int | None]:
    found = document(session, address)
    return found["kind"], found["offset_bytes"]


@pytest.fixture
def heap() -> FakeHeap:
    return FakeHeap()


def test_inside_a_block(heap):
    block = heap.block(60)
    session = heap.session()
    assert [kind(session, block + offset) for offset in (0, 59, 60, 63, -1, -16)] == [
        ("payload", 0), ("payload", 59), ("redzone", 60), ("redzone", 63), ("header", -1), ("header", -16),
    ]  # fmt: skip
    found = document(session, block + 5)
    assert found["block"] == {
        "address": hex(block), "size_bytes": 60, "state": "live", "allocated_at": None, "freed_at": None,
    }  # fmt: skip
    assert found["zone"]["type"] == "TINY" and found["zone"]["address"] == hex(HEAP)
    assert found["description"] == "5 bytes into a 60-byte live block"
    assert lines(session, block + 61)[0] == f"{block + 61:#x} is 1 byte after a 60-byte live block"


def test_freed_and_quarantined_blocks(heap):
    freed, held = heap.block(64, state=State.FREED), heap.block(64, state=State.QUARANTINED)
    session = heap.session()
    assert kind(session, freed + 3) == ("freed", 3)
    assert kind(session, held) == ("quarantined", 0)
    assert kind(session, freed - 8) == ("header", -8)


def test_the_header_behind_a_full_block_names_the_block_in_front(heap):
    first, second = heap.block(64), heap.block(64)
    found = document(heap.session(), first + 64)
    assert (found["kind"], found["block"]["address"], found["offset_bytes"]) == ("header", hex(second), -16)
    assert found["previous_block"]["address"] == hex(first)
    assert any("0 bytes after the 64-byte live block" in note for note in found["notes"])


def test_neighbours_skip_what_was_never_used(heap):
    first = heap.block(64, state=State.FREED)
    heap.block(64, state=State.UNUSED)
    middle, last = heap.block(64), heap.block(10 + 48)
    found = document(heap.session(), middle)
    assert found["previous_block"]["address"] == hex(first) and found["previous_block"]["state"] == "freed"
    assert found["next_block"]["address"] == hex(last)
    assert document(heap.session(), first)["previous_block"] is None


def test_blocks_of_size_zero_in_transition_and_smashed(heap):
    empty = heap.block(0)
    changing = heap.block(40, state=State.CHANGING)
    smashed = heap.block(0, state=State.CORRUPTED)
    session = heap.session()
    session.snapshot().findings.append(Finding("smashed-header", smashed, "the header is written over"))
    assert kind(session, empty) == ("payload", 0) and kind(session, empty + 1) == ("redzone", 1)
    assert document(session, changing)["block"]["state"] == "changing"
    assert kind(session, smashed + 9) == ("payload", 9)
    assert any("smashed-header" in row for row in lines(session, smashed))
    assert not any("smashed-header" in row for row in lines(session, empty))


def test_books_of_a_zone(heap):
    last = heap.block(16)
    heap.block(1 << 20)
    session = heap.session()
    assert kind(session, HEAP + 8) == ("zone-header", None)
    assert kind(session, HEAP + FIRST_RUN_OFFSET + 64) == ("zone-unused", None)
    assert kind(session, HEAP + 20 * RUN_BYTES) == ("zone-unused", None)
    assert kind(session, HEAP + ZONE_BYTES + 8) == ("zone-header", None)
    assert any(f"16 bytes after the 16-byte live block at {last:#x}" in row for row in lines(session, last + 32))


def test_large_blocks_and_their_retired_places(heap):
    large = heap.block(1 << 20)
    session = heap.session()
    assert kind(session, large + 4096) == ("payload", 4096)
    assert kind(session, large + (1 << 20)) == ("redzone", 1 << 20)
    session.snapshot().retired.append(Retired(0x7E0000000060, 5000))
    found = document(session, 0x7E0000000064)
    assert (found["kind"], found["offset_bytes"], found["zone"]) == ("freed", 4, None)
    assert found["block"]["size_bytes"] == 5000 and found["block"]["state"] == "freed"


def test_guard_pages(heap):
    heap.block(1 << 20)
    session = heap.session()
    zone = session.snapshot().zones[1]
    zone.guarded = True
    heap.target.mapping_list.insert(0, Mapping(zone.end - 4096, zone.end, False, False, False))
    assert kind(session, zone.end - 8)[0] == "guard"
    assert kind(session, zone.address + 0x60)[0] == "payload"


def test_stacks(heap):
    session = heap.session()
    for offset, words in ((0x1008, "8 bytes above"), (0x1000 - 16, "in the red zone"), (0x100, "3840 bytes below")):
        found = document(session, STACK + offset)
        assert (found["kind"], found["thread"], words in found["description"]) == ("stack", 1, True)
    assert document(session, STACK - 64)["kind"] == "unmapped"
    assert any("stack overflow" in row for row in lines(session, STACK - 64))


def test_globals_and_code(heap):
    session = heap.session()
    found = document(session, DATA + 8)
    assert (found["kind"], found["symbol"]) == (
        "global", {"name": "table", "offset_bytes": 8, "object_file": "/bin/program"},
    )  # fmt: skip
    assert document(session, DATA + 0x800)["kind"] == "global", "no symbol, but a section"
    assert document(session, CODE + 4)["kind"] == "code"
    assert document(session, CODE + 0x800)["kind"] == "code"


def test_mapped(heap):
    heap.add_mapping(0x7E0000000000, bytes(4096), "/tmp/file")
    session = heap.session()
    found = document(session, 0x7E0000000010)
    assert found["kind"] == "mapped"
    assert found["mapping"] == {
        "start": "0x7e0000000000", "end": "0x7e0000001000", "access": "rw-", "path": "/tmp/file",
    }  # fmt: skip
    session.snapshot().own_ranges.append((0x7E0000000000, 0x7E0000001000))
    assert "the allocator's own memory" in document(session, 0x7E0000000010)["description"]


@pytest.mark.parametrize(
    "address, words",
    [
        (0, "is null"),
        (24, "24 bytes from null"),
        ((1 << 64) - 1, "1 byte below null"),
        (0x5555555555555565, "made of 0x55 bytes"),
        (0xAAAAAAAAAAAAAAAA, "made of 0xaa bytes"),
        (0x6F77206F6C6C6568, "not canonical"),
        (0x7DEAD0000000, "not mapped"),
        (0x7FFD00000000, "not mapped"),
    ],
)
def test_unmapped(heap, address, words):
    session = heap.session()
    assert kind(session, address) == ("unmapped", None)
    assert words in " ".join(lines(session, address))


def test_text_where_a_pointer_should_be(heap):
    assert any('"hello wo"' in row for row in lines(heap.session(), 0x6F77206F6C6C6568))


def test_a_target_without_mappings(heap):
    block = heap.block(64)
    heap.target.mapping_list, heap.target.section_list, heap.target.symbols = [], [], []
    session = heap.session()
    assert kind(session, block) == ("payload", 0)
    assert kind(session, STACK + AREA_BYTES - 8)[0] == "mapped"
    assert kind(session, 0x7DEAD0000000)[0] == "unmapped"


def test_stacks_of_allocation_and_free(heap):
    block = heap.block(64, state=State.FREED)
    heap.target.symbols.append((CODE + 0x200, 0x100, SymbolAt("free", 0, "/lib/libftmalloc.so", True)))
    heap.target.frames = {CODE + 8: Frame(CODE + 8, "maker", "m.c", 3), CODE + 9: Frame(CODE + 9, "breaker", "b.c", 4)}
    session = heap.session()
    snapshot = session.snapshot()
    snapshot.blocks.allocation_traces, snapshot.blocks.free_traces = array("I", [1]), array("I", [2])
    snapshot.traces = {1: Trace((CODE + 8,)), 2: Trace((CODE + 0x201, CODE + 9))}
    found = document(session, block)["block"]
    assert [frame["function"] for frame in found["allocated_at"] + found["freed_at"]] == ["maker", "breaker"]
    assert "    #0 breaker at b.c:4" in lines(session, block)


def test_bad_expressions(heap):
    with pytest.raises(UsageError, match="No symbol"):
        run(heap.session(), "nonsense")


@pytest.mark.parametrize("fill, words", [(0x55, "all 0x55, the fill of freed memory"),
                                         (0xAA, "all 0xaa, the fill of fresh memory"), (0x41, 'text "AAAAAAAA')])
def test_the_fills_are_no_text(fill, words):
    heap = FakeHeap()
    heap.block(40, data=bytes((fill,)) * 40)
    session = heap.session()
    assert describe_content(session.target, session.snapshot(), 0).startswith(words)
