"""The heart of the suite: hypothesis drives the real allocator, and the extension's reader must see exactly what a
plain dictionary says is there: every live block with its size, freed ones as freed, and nothing broken."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from ftheap.analysis.check import check, check_memory
from ftheap.analysis.fills import check_waiting
from ftheap.analysis.roots import collect_roots
from ftheap.commands import load_all
from ftheap.model.heap import State, ZoneType
from ftheap.registry import COMMANDS, Request
from ftheap.render.style import PLAIN
from ftheap.session import Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from process_target import Library, ProcessTarget

SETTINGS = settings(
    max_examples=80, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SIZES = st.one_of(
    st.integers(0, 64), st.integers(0, 1024), st.integers(1000, 40_000), st.integers(32_000, 300_000),
    st.sampled_from([16, 1024, 1025, 32768, 32769]), st.integers(1 << 20, 20 << 20),
)
ALIGNMENTS = st.sampled_from([8, 16, 32, 64, 128, 512, 4096, 16384, 1 << 16, 1 << 20, 8 << 20])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("malloc"), SIZES, st.just(0)),
        st.tuples(st.just("calloc"), SIZES, st.just(0)),
        st.tuples(st.just("memalign"), SIZES, ALIGNMENTS),
        st.tuples(st.just("aligned_alloc"), SIZES, ALIGNMENTS),
        st.tuples(st.just("realloc"), SIZES, st.integers(0, 1 << 16)),
        st.tuples(st.just("free"), st.just(0), st.integers(0, 1 << 16)),
        st.tuples(st.just("burst"), st.integers(0, 2000), st.integers(2, 300)),
        st.tuples(st.just("trim"), st.just(0), st.just(0)),
    ),
    min_size=1,
    max_size=60,
)


class Oracle:
    """What must be there. ``live``: address to size; ``freed``: the same for blocks whose place was not used again."""

    def __init__(self, allocator: Library):
        self.allocator = allocator
        self.live: dict[int, int] = {}
        self.freed: dict[int, int] = {}

    def born(self, address: int, size: int) -> None:
        assert address and address not in self.live
        self.live[address] = size
        self.freed.pop(address, None)

    def died(self, address: int) -> None:
        self.freed[address] = self.live.pop(address)

    def step(self, name: str, size: int, number: int) -> None:
        allocator = self.allocator
        if name == "malloc":
            self.born(allocator.malloc(size), size)
        elif name == "calloc":
            self.born(allocator.calloc(1, size), size)
        elif name in ("memalign", "aligned_alloc"):
            address = getattr(allocator, name)(number, size)
            assert address % number == 0
            self.born(address, size)
        elif name == "burst":
            for _ in range(number):
                self.born(allocator.malloc(size), size)
        elif name == "trim":
            allocator.trim()
        elif self.live:
            self.change(sorted(self.live)[number % len(self.live)], name, size)

    def change(self, address: int, name: str, size: int) -> None:
        if name == "free":
            self.allocator.free(address)
            self.died(address)
            return
        moved = self.allocator.realloc(address, size + 1)
        old_size = self.live.pop(address)
        if moved != address:
            self.freed[address] = old_size
        self.born(moved, size + 1)

    def free_all(self) -> None:
        for address in list(self.live):
            self.allocator.free(address)
            self.died(address)


@pytest.fixture(scope="module", params=["plain", "switches"])
def allocator(request, library, tmp_path_factory) -> Library:
    """The library, and a copy of it that was started with the debugging switches on."""
    load_all()
    if request.param == "plain":
        return Library(library)
    folder = tmp_path_factory.mktemp("switches")
    copy = Path(shutil.copy(library, folder))
    os.environ.update(FtMallocDebug="1", FtMallocScribble="1", FtMallocReport=str(folder / "report"))
    try:
        allocator = Library(copy)
        allocator.free(allocator.malloc(1))  # the switches are read now
    finally:
        for name in ("FtMallocDebug", "FtMallocScribble", "FtMallocReport"):
            del os.environ[name]
    return allocator


@pytest.fixture(scope="module")
def target(allocator) -> ProcessTarget:
    return ProcessTarget(allocator)


@pytest.fixture(scope="module")
def session(target) -> Session:
    return Session(target)


def look(target: ProcessTarget, session: Session):
    target.move()
    return session.snapshot()


def live_blocks(snapshot) -> dict[int, int]:
    blocks = snapshot.blocks
    return {
        address: size for address, size, state in zip(blocks.addresses, blocks.sizes, blocks.states)
        if state == State.LIVE
    }


def assert_agreement(oracle: Oracle, target: ProcessTarget, snapshot) -> None:
    assert live_blocks(snapshot) == oracle.live
    integrity = check(snapshot)
    check_memory(target, snapshot, integrity)
    assert [str(finding) for finding in integrity.findings] == []
    assert snapshot.complete
    assert set(snapshot.blocks.states) <= {State.LIVE, State.FREED, State.UNUSED, State.QUARANTINED}
    for address, size in oracle.live.items():
        block = snapshot.block_at(address)
        assert (block.address, block.size_bytes) == (address, size)
        assert block.slot_end - address >= oracle.allocator.usable(address) >= size
    retired = {block.address: block.size_bytes for block in reversed(snapshot.retired)}
    recent = list(oracle.freed.items())[-20:]
    for address, size in recent:
        block = snapshot.block_at(address)
        if block is None:
            zone = snapshot.zone_at(address)
            assert zone is not None or address not in retired or retired[address] == size
        elif block.state == State.LIVE:
            assert block.address in oracle.live
        else:
            assert block.state in (State.FREED, State.UNUSED, State.QUARANTINED)


@pytest.mark.limit(240)
@given(STEPS)
@SETTINGS
def test_reader_sees_what_the_oracle_says(allocator, target, session, steps):
    oracle = Oracle(allocator)
    try:
        for step in steps:
            oracle.step(*step)
        assert_agreement(oracle, target, look(target, session))
    finally:
        oracle.free_all()
    assert_agreement(oracle, target, look(target, session))


FREEING_ORDERS = {
    "upwards": sorted,
    "downwards": lambda addresses: sorted(addresses, reverse=True),
    "every third": lambda addresses: [one for first in range(3) for one in sorted(addresses)[first::3]],
    "there and back": lambda addresses: [one for part in range(0, len(addresses), 7) for one in sorted(
        sorted(addresses)[part:part + 7], reverse=part % 2 == 1)],
}


@pytest.mark.parametrize("size", [1, 48, 100, 1000, 2000])
@pytest.mark.parametrize("order", FREEING_ORDERS)
def test_blocks_come_back_to_their_runs_in_any_order(allocator, target, session, order, size):
    oracle = Oracle(allocator)
    for survivors in (40, 0):
        oracle.step("burst", size, 3000)
        for address in FREEING_ORDERS[order](list(oracle.live))[survivors:]:
            allocator.free(address)
            oracle.died(address)
        assert_agreement(oracle, target, look(target, session))
    allocator.trim()
    assert_agreement(oracle, target, look(target, session))


def test_a_freed_small_block_keeps_its_size(allocator, target, session):
    address = allocator.malloc(333)
    allocator.free(address)
    block = look(target, session).block_at(address)
    assert (block.address, block.size_bytes) == (address, 333)
    assert block.state in ({State.FREED, State.QUARANTINED} if session.snapshot().options else {State.FREED})


def test_a_freed_large_block_is_retired(allocator, target, session):
    address = allocator.malloc(400_000)
    allocator.free(address)
    snapshot = look(target, session)
    block = snapshot.block_at(address)
    if block is None:
        assert (snapshot.retired[0].address, snapshot.retired[0].size_bytes) == (address, 400_000)
    else:
        assert (block.size_bytes, block.state) == (400_000, State.QUARANTINED)


def test_a_freed_large_block_of_few_pages_waits_in_its_zone(allocator, target, session):
    allocator.trim()  # those of earlier tests wait no longer: only so many pages may
    address = allocator.malloc(100_000)
    allocator.free(address)
    snapshot = look(target, session)
    block = snapshot.block_at(address)
    if snapshot.options and block is None:
        assert (snapshot.retired[0].address, snapshot.retired[0].size_bytes) == (address, 100_000)
    else:
        expected = State.QUARANTINED if snapshot.options else State.FREED
        assert (block.size_bytes, block.state) == (100_000, expected)
    assert not snapshot.findings


@pytest.mark.parametrize("size, expected", [
    (0, ZoneType.TINY), (1024, ZoneType.TINY), (1025, ZoneType.SMALL), (32768, ZoneType.SMALL),
    (32769, ZoneType.LARGE), (40 << 20, ZoneType.LARGE),
])
def test_zone_types_follow_the_size(allocator, target, session, size, expected):
    redzone_bytes = int(look(target, session).options.get("FtMallocRedzone", "0"))
    address = allocator.malloc(max(size - redzone_bytes, 0))
    try:
        zone = look(target, session).zone_at(address)
        assert zone.type == expected
        assert zone.size_bytes % 4096 == 0
    finally:
        allocator.free(address)


def rendered(session: Session, name: str) -> list[str]:
    return list(COMMANDS[name].run(session, Request()).lines(PLAIN))


def test_the_c_listing_is_the_command_s_listing(allocator, target, session):
    addresses = [allocator.malloc(size) for size in (0, 1, 42, 1024, 1025, 30_000, 50_000, 3 << 20, 20 << 20)]
    addresses += [allocator.memalign(alignment, 100) for alignment in (64, 4096, 1 << 16)]
    allocator.free(addresses.pop(2))
    with tempfile.TemporaryFile() as file:
        allocator.show_alloc_mem(file.fileno())
        file.seek(0)
        printed = file.read().decode()
    look(target, session)
    lines = rendered(session, "show-alloc-mem")
    assert printed == "\n".join(lines) + "\n"
    assert len(lines) > 14
    for address in addresses:
        allocator.free(address)


@pytest.mark.parametrize("name", ["info", "zone-map", "check", "show-alloc-mem"])
def test_rows_fit_and_are_plain(allocator, target, session, name):
    addresses = [allocator.malloc(40) for _ in range(500)] + [allocator.malloc(100_000) for _ in range(20)]
    look(target, session)
    rows = rendered(session, name)
    assert rows and all(len(row) <= 79 and row.isascii() and row.isprintable() for row in rows)
    for address in addresses:
        allocator.free(address)


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """Runs ``work(0)`` .. ``work(count - 1)``, each in a thread; its exceptions come out here."""
    failures: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_blocks_of_many_threads_are_seen_and_freed_by_others(allocator, target, session):
    oracles = [Oracle(allocator) for _ in range(4)]
    together = threading.Barrier(4)
    seen = []

    def work(number: int) -> None:
        oracle = oracles[number]
        for index in range(300):
            oracle.step("malloc", (index * 37 + number) % 3000, 0)
            if index % 3 == 0:
                oracle.step("free", 0, index)
            if index % 50 == 0:
                oracle.step("memalign", 200, 256)
                oracle.step("malloc", 90_000 + index, 0)
        together.wait()
        if number == 0:
            seen.append(look(target, session))
        together.wait()
        oracles[(number + 1) % 4].free_all()

    in_threads(4, work)
    everything = {}
    for snapshot in seen:
        assert check(snapshot).findings == []
        if not snapshot.options:
            assert len({cache.thread_id for cache in snapshot.caches} - {0}) >= 4
        everything = live_blocks(snapshot)
    assert len(everything) == sum(300 - 100 + 12 for _ in oracles)
    after = look(target, session)
    assert live_blocks(after) == {}
    assert check(after).findings == []


def test_switches_and_the_last_report_are_read(allocator, target, session):
    snapshot = look(target, session)
    if not snapshot.options:
        assert snapshot.last_fault is None
        return
    assert snapshot.options["FtMallocScribble"] == "1"
    assert any("FtMallocScribble" in row for row in rendered(session, "info"))


def test_blocks_on_their_way_to_the_quarantine_wait_too(allocator, target, session):
    freed = [allocator.malloc(100) for _ in range(40)]
    for address in freed:
        allocator.free(address)
    snapshot = look(target, session)
    if not snapshot.options:
        assert not snapshot.waiting
        return
    assert [address for address in snapshot.waiting if address in freed] == freed  # other threads' buffers hold more
    assert all(snapshot.block_at(address).state == State.QUARANTINED for address in snapshot.waiting)
    assert list(check_waiting(snapshot)) == []


def test_two_copies_in_one_process_are_told_apart(library, tmp_path):
    used = Library(Path(shutil.copy(library, tmp_path / "libftmalloc.so")))
    expected = {used.malloc(40_000 + number): 40_000 + number for number in range(200)}
    idle = Library(Path(shutil.copy(library, tmp_path / "libftmalloc.so.1")))
    snapshot = Session(ProcessTarget(idle, all_copies=True)).snapshot()
    assert live_blocks(snapshot) == expected
    others = {finding.address for finding in snapshot.findings if finding.rule == "second-library"}
    assert idle.symbol("ftmalloc_debug_info") in others
    assert used.symbol("ftmalloc_debug_info") not in others


def test_the_last_report_is_read(library, tmp_path, monkeypatch):
    monkeypatch.setenv("FtMallocReport", str(tmp_path / "report"))
    allocator = Library(Path(shutil.copy(library, tmp_path)))
    address = allocator.malloc(77)
    allocator.free(address)
    assert Session(ProcessTarget(allocator)).snapshot().last_fault is None
    allocator.free(address)
    session = Session(ProcessTarget(allocator))
    fault = session.snapshot().last_fault
    assert (fault.kind, fault.access, fault.address, fault.sequence) == ("double-free", "free", address, 1)
    assert (fault.block_address, fault.block_bytes, fault.block_state) == (address, 77, State.FREED)
    assert any(f"double-free at {address:#x}" in row for row in rendered(session, "info"))
    assert check(session.snapshot()).findings == []


def test_the_allocators_map_is_no_root(allocator, target, session):
    allocator.malloc(100)
    look(target, session)
    snapshot, layout = session.snapshot(), session.layout()
    start = int.from_bytes(target.memory.read(*layout.root("class_map")), "little")
    assert all(part.end <= start or part.start > start for part in collect_roots(target, snapshot).ranges)
