"""The reader on whole heaps: plain layouts and odd ones must give what the image's author put there."""

from __future__ import annotations

import pytest
from ftheap.analysis.check import check
from ftheap.model.heap import State, ZoneType
from ftheap.session import Session
from heap_image import FREED, FRESH, LIVE, QUARANTINED, HeapImage, sample_heap
from heap_shape import Shape

_STATES = {LIVE: State.LIVE, FREED: State.FREED, QUARANTINED: State.QUARANTINED, FRESH: State.UNUSED,
           "changing": State.CHANGING}


def read(image: HeapImage):
    return Session(image.seal()).snapshot()


def columns(snapshot):
    blocks = snapshot.blocks
    rows = zip(blocks.addresses, blocks.sizes, blocks.states)
    return {address: (size, State(state)) for address, size, state in rows}


def assert_as_written(image, snapshot):
    expected = {block.address: (block.size_bytes, _STATES[block.state]) for block in image.blocks}
    assert columns(snapshot) == expected
    assert list(snapshot.blocks.addresses) == sorted(snapshot.blocks.addresses)
    assert snapshot.findings == []
    assert check(snapshot).findings == []
    assert snapshot.complete


@pytest.mark.parametrize("prefix_bytes", [0, 16, 48])
@pytest.mark.parametrize("seed", [None, *range(12)])
def test_blocks_zones_and_states_are_those_written(seed, prefix_bytes):
    image = sample_heap(Shape.make(seed), prefix_bytes)
    assert_as_written(image, read(image))


def test_zones_have_type_size_and_free_space():
    image = sample_heap()
    snapshot = read(image)
    types = [zone.type for zone in snapshot.zones]
    assert types == [ZoneType.TINY, ZoneType.SMALL, ZoneType.LARGE, ZoneType.LARGE, ZoneType.LARGE]
    assert snapshot.zones[0].size_bytes == 1 << 16
    assert snapshot.zones[0].max_contiguous_free_bytes == 14 * 4096
    assert all(zone.listed for zone in snapshot.zones)


def test_block_at_finds_every_byte_of_a_slot():
    image = sample_heap(prefix_bytes=16)
    snapshot = read(image)
    first = image.blocks[0]
    block = snapshot.block_at(first.address + 41)
    assert (block.address, block.size_bytes, block.state) == (first.address, 42, State.LIVE)
    assert snapshot.block_at(first.address - 32).address == first.address
    assert snapshot.block_at(block.slot_end).address == image.blocks[1].address
    assert snapshot.block_at(snapshot.zones[0].address) is None


def test_retired_blocks_are_newest_first_and_freed_spans_follow():
    image = sample_heap()
    retired = read(image).retired
    assert [(block.address, block.size_bytes) for block in retired[:2]] == [
        (0x7FFF00002000, 456), (0x7FFF00001000, 123),
    ]
    assert [block.size_bytes for block in retired[2:]] == [3000]


def test_own_ranges_cover_chunks_registry_table_root_and_caches():
    image = sample_heap()
    ranges = read(image).own_ranges
    for address in (image.TABLE, image.HEAP, image.CHUNKS, image.CACHE, image.chunks[0][0]):
        assert any(start <= address < end for start, end in ranges), hex(address)


def test_caches_name_their_threads():
    image = sample_heap()
    image.thread_ids = [12, 0, 34]
    assert [cache.thread_id for cache in read(image).caches] == [12, 0, 34]


def test_an_empty_heap_has_no_zone():
    snapshot = read(HeapImage())
    assert (snapshot.zones, snapshot.findings, snapshot.started) == ([], [], True)


def test_a_library_that_served_nothing_is_not_started():
    image = HeapImage()
    image.started = False
    snapshot = read(image)
    assert not snapshot.started and not snapshot.zones and not snapshot.findings


def test_snapshot_is_kept_until_the_process_moves():
    image = sample_heap()
    target = image.seal()
    session = Session(target)
    snapshot = session.snapshot()
    assert session.snapshot() is snapshot
    target.key = 1
    assert session.snapshot() is not snapshot


def test_a_locked_list_is_in_transition_and_no_fault():
    image = sample_heap()
    image.lock_owner = 4711 | image.shape.constants["lock_flags"]
    target = image.seal()
    image.set("zone", image.zones[1], next=0)
    snapshot = Session(target).snapshot()
    assert snapshot.locked_by == 4711
    assert columns(snapshot).keys() == {block.address for block in image.blocks}
    assert {finding.rule for finding in check(snapshot).findings} <= {"in-transition"}


def test_what_the_target_misses_is_a_finding_and_makes_the_snapshot_incomplete():
    image = sample_heap()
    target = image.seal()
    target.missing = [("core-truncated", None, "the core file is cut")]
    snapshot = Session(target).snapshot()
    assert not snapshot.complete and snapshot.findings[0].rule == "core-truncated"
    target.missing = [("build-id-mismatch", None, "another file ran")]
    assert Session(target).snapshot().complete
