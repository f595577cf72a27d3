"""Broken heaps: every fault is a finding at the right place, and everything else is still read."""

from __future__ import annotations

import pytest
from ftheap.analysis.check import check
from ftheap.model.heap import State
from ftheap.session import Session
from heap_image import FREED, LIVE, HeapImage, sample_heap

GARBAGE = bytes(range(0xC0, 0x100))


def broken(image: HeapImage, *, change=lambda image: None):
    target = image.seal()
    change(image)
    target.memory._starts = sorted(target.pieces)
    return Session(target).snapshot()


def rules(snapshot) -> set[str]:
    return {finding.rule for finding in check(snapshot).findings}


def finding(snapshot, rule: str):
    found = [finding for finding in check(snapshot).findings if finding.rule == rule]
    assert len(found) == 1, [str(each) for each in check(snapshot).findings]
    return found[0]


def states(snapshot) -> dict[int, State]:
    return {address: State(state) for address, state in zip(snapshot.blocks.addresses, snapshot.blocks.states)}


def assert_all_blocks_seen(image, snapshot, lost: set[int] = frozenset()) -> None:
    assert {block.address for block in image.blocks} - set(snapshot.blocks.addresses) == set(lost)


# Links


@pytest.mark.parametrize("link", ["self", "cycle", "wild", "unmapped", "null", "inside"])
@pytest.mark.parametrize("position", [0, 2])
def test_a_broken_next_link_loses_no_zone(link, position):
    image = sample_heap()
    zone = image.zones[position]
    value = {
        "self": zone, "cycle": image.zones[0], "wild": 0xDEADBEEFDEADBEEF, "unmapped": 0x123456789000, "null": 0,
        "inside": image.zones[1] + 64,
    }[link]
    snapshot = broken(image, change=lambda image: image.set("zone", zone, next=value))
    assert_all_blocks_seen(image, snapshot)
    assert len(snapshot.zones) == len(image.zones)
    assert rules(snapshot) & {"broken-link", "unlisted-zone"}
    if link != "null":
        assert any(found.rule == "broken-link" and found.address == zone for found in snapshot.findings)


def test_a_broken_previous_link_is_named():
    image = sample_heap()
    snapshot = broken(image, change=lambda image: image.set("zone", image.zones[2], previous=7))
    assert_all_blocks_seen(image, snapshot)
    assert finding(snapshot, "broken-link").address == image.zones[2]


@pytest.mark.parametrize("value", [0, 1, 0xFFFFFFFFFFFFFFFF, 0x7F0000000008])
def test_a_wild_root_link_loses_no_zone(value):
    image = sample_heap()
    snapshot = broken(image, change=lambda image: image.set("heap", image.HEAP, first_zone=value))
    assert_all_blocks_seen(image, snapshot)
    assert rules(snapshot) & {"broken-link", "unlisted-zone"}


@pytest.mark.parametrize("chunks, count", [(0, 3), (0x10, 3), (0xFFFFFFFFFFFFF000, 5), (HeapImage.CHUNKS, 1 << 60)])
def test_without_the_registry_the_list_serves(chunks, count):
    image = sample_heap()
    snapshot = broken(image, change=lambda image: image.set("heap", image.HEAP, chunks=chunks, chunk_count=count))
    assert_all_blocks_seen(image, snapshot)
    assert rules(snapshot)


def test_garbage_in_the_registry_is_named_entry_by_entry():
    image = sample_heap()
    entry_bytes = image.shape.sizes["chunk"]
    snapshot = broken(image, change=lambda image: image.poke(image.CHUNKS + entry_bytes, b"\xff" * entry_bytes))
    assert_all_blocks_seen(image, snapshot)
    assert finding(snapshot, "broken-registry").address == image.CHUNKS + entry_bytes


def test_a_cyclic_cache_list_ends():
    image = sample_heap()
    image.thread_ids = [1, 2]
    snapshot = broken(image, change=lambda image: image.set("cache", image.CACHE + 4096, next=image.CACHE))
    assert [cache.thread_id for cache in snapshot.caches] == [1, 2]
    assert "broken-cache" in rules(snapshot)


# Headers


def test_an_overflow_names_the_smashed_block_and_the_one_before():
    image = sample_heap()
    culprit, victim = image.blocks[7 + 20], image.blocks[7 + 21]
    snapshot = broken(image, change=lambda image: image.poke(victim.address - 16, b"A"))
    found = finding(snapshot, "smashed-header")
    assert found.address == victim.address
    for word in (f"{victim.address:#x}", f"{culprit.address:#x}, {culprit.size_bytes} bytes, live", "likely culprit"):
        assert word in found.message
    assert states(snapshot)[victim.address] == State.CORRUPTED
    assert_all_blocks_seen(image, snapshot)


def test_a_long_overflow_is_one_finding():
    image = sample_heap()
    first, second = image.blocks[7 + 20], image.blocks[7 + 23]
    size_bytes = second.address - first.address
    snapshot = broken(image, change=lambda image: image.poke(first.address, b"A" * size_bytes))
    found = finding(snapshot, "smashed-header")
    assert found.address == image.blocks[7 + 21].address
    assert "2 blocks behind it" in found.message
    assert [states(snapshot)[block.address] for block in image.blocks[27:32]] == [
        State.LIVE, State.CORRUPTED, State.CORRUPTED, State.CORRUPTED, State.LIVE,
    ]


def test_an_absurd_size_is_cut_to_the_slot():
    image = sample_heap()
    victim = image.blocks[7 + 5]
    place, _ = image.field_at("block", "extent", victim.address - 16)
    snapshot = broken(image, change=lambda image: image.poke(place + 4, b"\xff\xff"))
    assert finding(snapshot, "bad-size").address == victim.address
    block = snapshot.block_at(victim.address)
    assert (block.size_bytes, block.state) == (32, State.LIVE)


def test_a_wrong_distance_is_named():
    image = sample_heap()
    victim = image.blocks[7 + 5]
    place, _ = image.field_at("block", "extent", victim.address - 16)
    snapshot = broken(image, change=lambda image: image.poke(place + 6, b"\x09"))
    assert finding(snapshot, "bad-extent").address == victim.address


def test_a_smashed_header_of_an_aligned_block_is_named():
    image = sample_heap()
    victim = image.blocks[2]
    snapshot = broken(image, change=lambda image: image.poke(victim.address - 16, b"AAAA"))
    assert finding(snapshot, "smashed-header").address == victim.address


def test_a_live_block_in_the_bitmap_of_free_slots():
    image = sample_heap()
    victim = image.blocks[1]
    assert victim.state == FREED
    snapshot = broken(image, change=lambda image: image.header(victim.address - 16, LIVE, 10, 96))
    assert finding(snapshot, "free-but-live").address == victim.address


def test_a_smashed_large_header_is_named():
    image = sample_heap()
    victim = image.blocks[-2]
    snapshot = broken(image, change=lambda image: image.poke(victim.address - 16, GARBAGE[:16]))
    assert finding(snapshot, "smashed-header").address == victim.address
    assert states(snapshot)[victim.address] == State.CORRUPTED


# Zones and runs


@pytest.mark.parametrize("position", range(5))
def test_a_wrong_zone_magic_loses_no_block(position):
    image = sample_heap()
    zone = image.zones[position]
    snapshot = broken(image, change=lambda image: image.set("zone", zone, magic=0x4141414141414141))
    assert_all_blocks_seen(image, snapshot)
    assert finding(snapshot, "smashed-zone").address == zone


@pytest.mark.parametrize("position", range(5))
def test_a_zone_header_full_of_garbage_loses_no_block(position):
    image = sample_heap()
    zone = image.zones[position]
    header_bytes = image.shape.sizes["zone"]
    snapshot = broken(image, change=lambda image: image.poke(zone, b"\xa5" * header_bytes))
    assert_all_blocks_seen(image, snapshot)
    assert finding(snapshot, "smashed-zone").address == zone


@pytest.mark.parametrize("size_bytes", [0, 5, 1 << 63, (1 << 64) - 4096, 1 << 47])
@pytest.mark.parametrize("position", range(5))
def test_an_absurd_zone_size_is_replaced_by_the_registry_s(position, size_bytes):
    image = sample_heap()
    zone = image.zones[position]
    snapshot = broken(image, change=lambda image: image.set("zone", zone, size_bytes=size_bytes))
    assert_all_blocks_seen(image, snapshot)
    assert "bad-zone" in rules(snapshot)


@pytest.mark.parametrize("values", [
    {"stride_bytes": 0}, {"stride_bytes": 0xFFFFFFFF}, {"carved_count": 0xFFFF}, {"first_slot_offset": 0xFFFFFFF0},
    {"slot_count": 0xFFFF}, {"unit_count": 0}, {"unit_count": 255}, {"state": 200}, {"lead_unit": 9},
    {"stride_bytes": 47},
])
def test_a_smashed_run_is_recovered_from_its_headers(values):
    image = sample_heap()
    zone = image.zones[0]
    snapshot = broken(image, change=lambda image: image.set("run", image.run_address(zone, 1), **values))
    assert_all_blocks_seen(image, snapshot)
    assert "smashed-run" in rules(snapshot)


def test_counts_that_disagree_are_named():
    image = sample_heap()
    run = image.run_address(image.zones[0], 1)
    assert "bad-count" in rules(broken(image, change=lambda image: image.set("run", run, free_count=9)))
    image = sample_heap()
    assert "bad-free-space" in rules(
        broken(image, change=lambda image: image.set("zone", image.zones[1], max_contiguous_free_bytes=1))
    )
    image = sample_heap()
    assert "zone-count" in rules(broken(image, change=lambda image: image.set("heap", image.HEAP, zone_count=99)))
    image = sample_heap()
    assert "bad-zone" in rules(
        broken(image, change=lambda image: image.set("zone", image.zones[1], first_block=image.zones[1] + 8))
    )


@pytest.mark.parametrize("field, value", [("magic", 1), ("page_count", 1 << 31), ("page_bytes", 0), ("first_page", 0)])
def test_a_smashed_region_header_loses_no_large_block(field, value):
    image = sample_heap()
    region = next(iter(image._regions))
    snapshot = broken(image, change=lambda image: image.set("region", region, **{field: value}))
    assert_all_blocks_seen(image, snapshot)
    assert finding(snapshot, "smashed-region").address == region


def test_a_smashed_span_loses_no_listed_zone():
    image = sample_heap()
    region = next(iter(image._regions))
    base = region + image.shape.sizes["region"]
    span_bytes = image.shape.sizes["span"]
    snapshot = broken(image, change=lambda image: image.poke(base, b"\xff" * (span_bytes * 6)))
    assert_all_blocks_seen(image, snapshot)
    assert rules(snapshot) & {"broken-span", "unregistered-zone"}


# Holes


def test_a_missing_page_loses_only_its_own_blocks():
    image = HeapImage()
    zone = image.add_slot_zone("small")
    payloads = image.add_run(zone, 240, [(LIVE, 200)] * 100, units=8)
    page = zone + 4 * 4096
    snapshot = broken(image, change=lambda image: image.drop(page, 4096))
    inside = {address for address in payloads if page <= address - 16 < page + 4096 or page < address <= page + 4096}
    assert {address for address, state in states(snapshot).items() if state == State.UNREADABLE} == inside
    assert {address for address, state in states(snapshot).items() if state == State.LIVE} == set(payloads) - inside
    found = finding(snapshot, "unreadable")
    assert found.address == page and f"{len(inside)} blocks" in found.message
    assert not snapshot.complete


def test_a_zone_without_any_page_is_unreadable_and_the_others_are_read():
    image = sample_heap()
    zone = image.zones[0]
    snapshot = broken(image, change=lambda image: image.drop(zone, 1 << 16))
    lost = {block.address for block in image.blocks if zone <= block.address < zone + (1 << 16)}
    assert_all_blocks_seen(image, snapshot, lost)
    assert "unreadable" in rules(snapshot) and not snapshot.complete


@pytest.mark.parametrize("kept_bytes", [0, 100, 4096, 5000, 9000, 40_000])
def test_truncated_memory_is_said(kept_bytes):
    image = sample_heap()
    zone = image.zones[1]
    snapshot = broken(image, change=lambda image: image.drop(zone + kept_bytes, (1 << 16) - kept_bytes))
    if kept_bytes <= 4096:  # the zone's header and carved slots end a little further
        assert "unreadable" in rules(snapshot) and not snapshot.complete
    assert_all_blocks_seen(
        image, snapshot, {block.address for block in image.blocks if zone <= block.address < zone + (1 << 16)}
        - set(snapshot.blocks.addresses)
    )


@pytest.mark.parametrize("start", [HeapImage.CHUNKS, HeapImage.CACHE])
def test_lost_books_are_said_and_the_blocks_are_seen(start):
    image = sample_heap()
    snapshot = broken(image, change=lambda image: image.pieces.pop(start))
    assert_all_blocks_seen(image, snapshot)
    assert rules(snapshot) & {"unreadable", "broken-cache"} and not snapshot.complete


# Units and bitmaps of a zone


@pytest.mark.parametrize("locked_by", [0, 77])
def test_a_unit_that_is_neither_free_nor_used_is_told_unless_a_thread_is_at_work(locked_by):
    image = sample_heap()
    image.lock_owner = locked_by
    zone = image.zones[0]
    last = image.shape.constants["unit_count"] - 1
    free = image.get("slot_zone", zone, "free_units") & ~(1 << last)
    snapshot = broken(image, change=lambda image: image.set("slot_zone", zone, free_units=free))
    if locked_by:
        assert "lost-unit" not in rules(snapshot)
    else:
        assert finding(snapshot, "lost-unit").address == zone + last * image.shape.constants["unit_bytes"]


def test_a_free_slot_that_was_never_cut_is_told():
    image = HeapImage()
    zone = image.add_slot_zone()
    payloads = image.add_run(zone, 80, [(LIVE, 10), (FREED, 10)])
    bits = zone + image.shape.fields["slot_zone.free_bits"][0]
    snapshot = broken(image, change=lambda image: image.poke(bits, bytes([0b110])))
    stride = payloads[1] - payloads[0]
    assert finding(snapshot, "bad-bitmap").address == payloads[1] + stride - image.shape.sizes["block"]
    assert finding(snapshot, "bad-count").message.endswith("says 1 free slots, its bitmap has 2")
