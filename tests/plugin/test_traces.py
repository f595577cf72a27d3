"""Recorded stacks and fills, with books that may say anything: nothing hangs, nothing is invented."""

from __future__ import annotations

import struct
from array import array

import pytest
from fake_target import FakeHeap
from ftheap.analysis import fills
from ftheap.analysis.fills import check_block, check_fills, check_waiting
from ftheap.model.heap import Fills, State
from ftheap.reader.tolerant import Bytes
from ftheap.reader.traces import Depot

BASE = 0x500000000000


def depot(*stacks: tuple[int, ...], end: int | None = None, count: int | None = None, holes=()) -> Depot:
    """A depot of these stacks; ``count`` is written in place of the first stack's own."""
    data = bytearray(8)
    for frames in stacks:
        data += struct.pack("<II", 0, len(frames) if count is None else count)
        data += struct.pack(f"<{len(frames)}Q", *frames)
        count = None
    return Depot([Bytes(BASE, memoryview(bytes(data)), list(holes))], len(data) // 8 if end is None else end, 8, 4)


def test_stacks_are_found_by_number_and_in_order():
    found = depot((1, 2, 3), (4,))
    assert [found[number].addresses for number in found] == [(1, 2, 3), (4,)]
    assert found.get(0) is None and len(found) == 2


@pytest.mark.parametrize("number", [0, 6, 7, 1 << 31, (1 << 32) - 1])
def test_a_number_of_no_stack_gives_none(number):
    assert depot((1, 2, 3)).get(number) is None


@pytest.mark.parametrize("count", [0, 4, 257, (1 << 32) - 1])
def test_an_absurd_frame_count_gives_none(count):
    found = depot((1, 2, 3), count=count)
    assert found.get(1) is None and len(found) == 0


def test_books_that_say_more_than_there_is():
    found = depot((1, 2), end=1 << 40)
    assert found.get(1).addresses == (1, 2)
    assert found.get(1000) is None and len(found) == 1


def test_a_hole_costs_its_own_stack_only():
    found = depot((1, 2), (3, 4), holes=[(BASE + 8, BASE + 16)])
    assert found.get(1) is None and found.get(4).addresses == (3, 4)


@pytest.fixture
def filled():
    """A block of 12 bytes with canaries, a quarantined one of 30; both in order."""
    heap = FakeHeap()
    live = heap.block(12, data=b"x" * 12 + b"\xfd" * 4)
    waiting = heap.block(30, data=b"\x55" * 30, state=State.QUARANTINED)
    return heap, live, waiting


def session_of(heap: FakeHeap):
    session = heap.session()
    snapshot = session.snapshot()
    snapshot.fills = Fills(0xFD, 0x55)
    snapshot.blocks.has_canaries = bytearray(state == State.LIVE for state in snapshot.blocks.states)
    return session, snapshot


def rules(session, snapshot) -> list[tuple[str, int]]:
    return [(found.finding.rule, found.finding.address) for found in check_fills(session.target.memory, snapshot)]


def test_sound_fills_give_no_finding(filled):
    assert rules(*session_of(filled[0])) == []


def test_damage_names_block_offset_and_bytes(filled):
    heap, live, waiting = filled
    heap.write(live + 13, b"A")
    heap.write(waiting + 29, b"B")
    session, snapshot = session_of(heap)
    assert rules(session, snapshot) == [("smashed-redzone", live), ("write-after-free", waiting)]
    first, second = (check_block(session.target.memory, snapshot, snapshot.block_at(at)) for at in (live, waiting))
    assert "offset 13, 1 byte behind its end, reads 41 instead of fd" in first.message
    assert "offset 29 reads 42 instead of 55" in second.message


def test_unwatched_blocks_have_no_canaries(filled):
    heap, live, _ = filled
    heap.write(live + 13, b"A")
    session, snapshot = session_of(heap)
    snapshot.blocks.has_canaries = bytearray(len(snapshot.blocks))
    assert rules(session, snapshot) == []


def test_the_quarantine_queue_must_name_quarantined_blocks(filled, monkeypatch):
    heap, live, waiting = filled
    _, snapshot = session_of(heap)
    snapshot.waiting = array("Q", [waiting, live, 0xDEADBEEF, waiting, 1])
    strangers = [(found.rule, found.address) for found in check_waiting(snapshot)]
    assert strangers == [("bad-quarantine", live), ("bad-quarantine", 0xDEADBEEF), ("bad-quarantine", 1)]
    monkeypatch.setattr(fills.kernel, "find", lambda: (None, "left out"))
    assert [(found.rule, found.address) for found in check_waiting(snapshot)] == strangers
