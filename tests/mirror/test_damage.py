"""Real heaps, really damaged: the reader names the victim and the likely culprit, and loses nothing else.

Every damage is undone before the allocator is called again, since the process must survive its own test.
"""

from __future__ import annotations

import ctypes
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ftheap.analysis.check import check, check_memory
from ftheap.analysis.diagnose import diagnose
from ftheap.model.heap import Finding, State
from ftheap.session import Session
from ftheap.structs import Structs
from ftheap.target import Stop
from process_target import Library, ProcessTarget

HEADER_BYTES = 16


@pytest.fixture(scope="module")
def allocator(library, tmp_path_factory) -> Library:
    return Library(Path(shutil.copy(library, tmp_path_factory.mktemp("damage"))))


@pytest.fixture
def debugged(library, tmp_path, monkeypatch) -> Library:
    """A copy of the library that was started with the debugging switches on."""
    monkeypatch.setenv("FtMallocDebug", "1")
    monkeypatch.setenv("FtMallocReport", str(tmp_path / "report"))
    allocator = Library(Path(shutil.copy(library, tmp_path)))
    allocator.free(allocator.malloc(1))  # the switches are read now
    return allocator


@contextmanager
def overwritten(address: int, data: bytes) -> Iterator[None]:
    kept = ctypes.string_at(address, len(data))
    ctypes.memmove(address, data, len(data))
    try:
        yield
    finally:
        ctypes.memmove(address, kept, len(kept))


def look(allocator: Library):
    return Session(ProcessTarget(allocator)).snapshot()


def findings(snapshot) -> list[tuple[str, int | None]]:
    return [(finding.rule, finding.address) for finding in check(snapshot).findings]


def integrity(session: Session) -> list[Finding]:
    """All that check finds, contents included."""
    found = check(session.snapshot())
    check_memory(session.target, session.snapshot(), found)
    return found.findings


def neighbours(allocator: Library, size: int) -> tuple[int, int]:
    """Two live blocks of which the second stands directly behind the first."""
    addresses = sorted(allocator.malloc(size) for _ in range(64))
    stride = min(second - first for first, second in zip(addresses, addresses[1:]))
    return next((first, second) for first, second in zip(addresses, addresses[1:]) if second - first == stride)


@pytest.mark.parametrize("size", [1, 24, 500, 1024, 5000])
@pytest.mark.parametrize("overflow_bytes", [1, 8, 16])
def test_an_overflow_names_victim_and_culprit(allocator, size, overflow_bytes):
    culprit, victim = neighbours(allocator, size)
    with overwritten(victim - HEADER_BYTES, b"\xa5" * overflow_bytes):
        snapshot = look(allocator)
    assert findings(snapshot) == [("smashed-header", victim)]
    message = snapshot.findings[0].message
    assert f"likely culprit: the block before it at {culprit:#x}, {size} bytes, live" in message
    assert snapshot.block_at(victim).state == State.CORRUPTED
    assert findings(look(allocator)) == []


@pytest.mark.parametrize("size", [1, 24, 500, 5000])
def test_who_wrote_a_header_is_told_by_the_red_zone_in_front(debugged, size):
    """Whole, it acquits the block in front: the victim itself was written in front of its start."""
    front, victim = neighbours(debugged, size)
    written = ((victim - HEADER_BYTES, "heap-buffer-underflow"), (front + size, "heap-buffer-overflow"))
    for start, fault in written:
        with overwritten(start, b"\xa5" * (victim - HEADER_BYTES + 8 - start)):
            session = Session(ProcessTarget(debugged))
            found = integrity(session)
            diagnosis = diagnose(session.target, session.snapshot(), Stop(signal="SIGABRT"))
        (message,) = (finding.message for finding in found if finding.rule == "smashed-header")
        accused, acquitted = f"likely culprit: the block before it at {front:#x}", f"before it at {front:#x} is whole"
        assert (accused in message, acquitted in message) == (start != written[0][0], start == written[0][0])
        assert diagnosis.fault == fault


@pytest.mark.parametrize("size", [24, 5000, 100_000])
@pytest.mark.parametrize("written_bytes", [1, 4, 8])
def test_a_write_right_in_front_of_a_block_accuses_the_block_itself(allocator, size, written_bytes):
    """What comes from the block in front would have met the header's first word."""
    victim = allocator.malloc(size)
    with overwritten(victim - written_bytes, b"\xa5" * written_bytes):
        session = Session(ProcessTarget(allocator))
        (found,) = (finding for finding in integrity(session) if finding.rule in ("bad-size", "bad-extent"))
        diagnosis = diagnose(session.target, session.snapshot(), Stop(signal="SIGABRT"))
    assert found.address == victim and "written in front of its start" in found.message
    assert (diagnosis.fault, diagnosis.block.address) == ("heap-buffer-underflow", victim)


def test_an_underflow_of_a_large_block_is_seen(allocator):
    block = allocator.malloc(100_000)
    with overwritten(block - HEADER_BYTES, b"\xa5" * HEADER_BYTES):
        assert findings(look(allocator)) == [("smashed-header", block)]
    allocator.free(block)


@pytest.mark.parametrize("size", [100, 3000, 60_000, 40 << 20])
def test_a_zone_header_written_over_loses_no_block(allocator, size):
    block = allocator.malloc(size)
    before = look(allocator)
    zone = before.zone_at(block)
    header_bytes = Structs(Session(ProcessTarget(allocator)).layout()).zone.size_bytes
    with overwritten(zone.address, b"\xa5" * header_bytes):
        after = look(allocator)
    assert ("smashed-zone", zone.address) in findings(after)
    assert list(after.blocks.addresses) == list(before.blocks.addresses)
    assert list(after.blocks.sizes) == list(before.blocks.sizes)
    assert after.zone_at(block).type == zone.type
    allocator.free(block)


def test_a_whole_book_of_runs_written_over_is_recovered_from_the_headers(allocator):
    blocks = {allocator.malloc(700): 700 for _ in range(50)}
    before = look(allocator)
    zone = before.zone_at(next(iter(blocks)))
    layout = Session(ProcessTarget(allocator)).layout()
    with overwritten(zone.address, b"\xa5" * layout.constant("slot_zone_header_bytes")):
        after = look(allocator)
    seen = dict(zip(after.blocks.addresses, after.blocks.sizes))
    assert blocks.items() <= seen.items()
    assert {"smashed-zone", "smashed-run"} <= {rule for rule, _ in findings(after)}
    assert findings(look(allocator)) == []


@pytest.mark.parametrize("value", [0, 0x4141414141414141, 16])
def test_a_broken_list_loses_no_zone(allocator, value):
    kept = [allocator.malloc(size) for size in (10, 5000, 100_000, 200_000)]
    before = look(allocator)
    layout = Session(ProcessTarget(allocator)).layout()
    middle = next(zone for zone in before.zones if zone.books.next and zone.books.previous)
    with overwritten(middle.address + layout.offset("zone.next"), value.to_bytes(8, "little")):
        after = look(allocator)
    assert list(after.blocks.addresses) == list(before.blocks.addresses)
    assert findings(after)
    for address in kept:
        allocator.free(address)


def test_a_thread_buffer_written_over_is_told_and_its_blocks_are_left_out(debugged):
    freed = [debugged.malloc(100) for _ in range(3)]
    for address in freed:
        debugged.free(address)
    target = ProcessTarget(debugged)
    layout = Session(target).layout()
    root, _ = layout.root("heap")
    word = lambda address: int.from_bytes(ctypes.string_at(address, 8), "little")  # noqa: E731
    cache = word(root + layout.offset("heap.first_cache"))
    end = cache + word(cache + layout.offset("cache.size_bytes"))
    buffer = end - word(root + layout.offset("heap.companion_bytes"))
    assert [address for address in Session(target).snapshot().waiting if address in freed] == freed
    with overwritten(buffer + layout.offset("thread_buffer.held_counts"), b"\xff" * 8):
        snapshot = look(debugged)
    assert ("bad-quarantine", buffer) in findings(snapshot)
    assert not set(snapshot.waiting) & set(freed)
