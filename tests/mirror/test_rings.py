"""Rings and depot of a real, debugged heap: written over or out of reach, they cost what they held, and say so."""

from __future__ import annotations

import ctypes
import shutil
from pathlib import Path

import pytest
from ftheap.analysis.check import check
from ftheap.errors import MemoryUnreadable
from ftheap.model.heap import State
from ftheap.session import Session
from process_target import Library, ProcessTarget

WORD_BYTES = 8
SWITCHES = {"FtMallocDebug": "1", "FtMallocHistory": "64", "FtMallocErrorAbort": "0"}


class Ring:
    """A root structure of the library, in this process."""

    def __init__(self, target: ProcessTarget, name: str):
        self.layout, self.name = Session(target).layout(), name

    def place(self, member: str) -> int:
        """Address of a member."""
        return self.layout.root(self.name)[0] + self.layout.offset(f"{self.name}.{member}")

    def word(self, member: str) -> int:
        """Its value."""
        return int.from_bytes(ctypes.string_at(self.place(member), WORD_BYTES), "little")


class Holed:
    """Memory of which one page can't be read."""

    def __init__(self, memory, page: int, page_bytes: int = 4096):
        self._memory, self._start = memory, page // page_bytes * page_bytes
        self._end = self._start + page_bytes

    def read(self, address: int, size_bytes: int) -> bytes:
        if address < self._end and address + size_bytes > self._start:
            raise MemoryUnreadable(address, size_bytes)
        return self._memory.read(address, size_bytes)


@pytest.fixture(scope="module")
def allocator(library, tmp_path_factory):
    """One with events, stacks, and freed blocks that wait in the queue. It serves all tests: each copy that is loaded
    takes thread-local storage, of which the loader has little."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in SWITCHES.items():
            environment.setenv(name, value)
        allocator = Library(Path(shutil.copy(library, tmp_path_factory.mktemp("rings"))))
        for address in [allocator.malloc(100) for _ in range(200)]:
            allocator.free(address)
    return allocator


@pytest.fixture
def target(allocator):
    """This process, as the reader sees it."""
    return ProcessTarget(allocator)


def found(target, rule: str) -> list[str]:
    """What the findings of a rule say."""
    snapshot = Session(target).snapshot()
    return [one.message for one in check(snapshot).findings if one.rule == rule]


def found_when(target, place: int, number: int, rule: str) -> list[str]:
    """The same with another word at ``place``, which is put back."""
    kept = ctypes.string_at(place, WORD_BYTES)
    ctypes.memmove(place, number.to_bytes(WORD_BYTES, "little"), WORD_BYTES)
    try:
        return found(target, rule)
    finally:
        ctypes.memmove(place, kept, WORD_BYTES)


def test_the_rings_hold_what_they_should(target):
    snapshot = Session(target).snapshot()
    assert (len(snapshot.events), snapshot.event_count) == (64, 400)
    assert [event.sequence for event in snapshot.events] == list(range(337, 401))
    assert len(snapshot.waiting) == 200 and len(snapshot.traces) > 0
    assert check(snapshot).fault_count == 0


@pytest.mark.parametrize("name, member, number, rule, said", [
    ("history", "capacity", 1 << 40, "smashed-history", f"a capacity of {1 << 40} events"),
    ("history", "count", 350, "smashed-history", "50 events of the history make no sense"),
    ("quarantine", "first", 1 << 40, "bad-quarantine", "its books are written over"),
    ("depot", "used_words", 1 << 40, "smashed-depot", "its books are written over"),
    ("depot", "lost_count", 5, "stacks-lost", "5 stacks were not recorded"),
])
def test_a_head_that_is_written_over_is_told(target, name, member, number, rule, said):
    (message,) = found_when(target, Ring(target, name).place(member), number, rule)
    assert said in message


@pytest.mark.parametrize("name, member, rule", [
    ("history", "events", "history-unreadable"),
    ("quarantine", "entries", "quarantine-unreadable"),
    ("depot", "words", "stacks-unreadable"),
])
def test_a_page_out_of_reach_is_told(target, name, member, rule):
    target.memory = Holed(target.memory, Ring(target, name).word(member))
    (message,) = found(target, rule)
    assert "cannot be read" in message


def test_a_queue_that_goes_round_its_ring_is_read_whole(library, tmp_path, monkeypatch):
    monkeypatch.setenv("FtMallocQuarantine", "4K")
    allocator = Library(Path(shutil.copy(library, tmp_path)))
    target, most = ProcessTarget(allocator), 0
    for _ in range(300):
        allocator.free(allocator.malloc(10))
        target.move()
        snapshot = Session(target).snapshot()
        most = max(most, len(snapshot.waiting))
        assert sorted(snapshot.waiting) == [
            address for address, state in zip(snapshot.blocks.addresses, snapshot.blocks.states)
            if state == State.QUARANTINED
        ]
    assert 0 < most < 300 and Ring(target, "quarantine").word("end") > Ring(target, "quarantine").word("capacity")
