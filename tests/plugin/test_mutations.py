"""Randomly damaged heaps: every command answers in bounded time, in whole rows, and what vanishes is never silent."""

from __future__ import annotations

import random

import pytest
from ftheap.analysis.check import check
from ftheap.registry import Request
from ftheap.session import Session
from heap_image import HeapImage, sample_heap
from mutations import HEAPS, SEEDS_PER_TEST, check_answer, damaged_heaps


@pytest.mark.parametrize("first_seed", range(0, HEAPS, SEEDS_PER_TEST))
def test_random_damage_gives_answers_and_never_a_trace(first_seed):
    for seed, _, _, target in damaged_heaps(first_seed):
        session = Session(target)
        for name in ("show-alloc-mem", "zone-map", "check", "info"):
            for options in ({}, {"all": True}):
                check_answer(session, name, Request(options), seed)


def books_of(image: HeapImage) -> list[tuple[int, int]]:
    """Address and size of all that leads to blocks; a run's count of cut slots has no second witness, and is left
    out."""
    shape = image.shape
    places = [(image.CHUNKS, len(image.chunks) * shape.sizes["chunk"])]
    for name in ("state", "prefix_bytes", "first_zone", "chunks", "chunk_count"):
        places.append(image.field_at("heap", name, image.HEAP))
    for zone in image.zones:
        places.append((zone, shape.sizes["zone"]))
    for zone in image._units:
        for unit in range(shape.constants["unit_count"]):
            run = image.run_address(zone, unit)
            places += [image.field_at("run", name, run) for name in
                       ("state", "unit_count", "first_slot_offset", "stride_bytes", "slot_count")]
    for block in image.blocks:
        places.append((block.address - shape.sizes["block"], 6))
    return places


@pytest.mark.parametrize("seed", range(8))
def test_one_wrong_byte_in_the_books_loses_no_block_silently(seed):
    chance = random.Random(seed)
    for _ in range(60):
        image = sample_heap()
        target = image.seal()
        place, size_bytes = chance.choice(books_of(image))
        address = place + chance.randrange(size_bytes)
        image.poke(address, bytes([image.peek(address, 1)[0] ^ 1 << chance.randrange(8)]))
        snapshot = Session(target).snapshot()
        seen = set(snapshot.blocks.addresses)
        lost = {block.address for block in image.blocks} - seen
        assert not lost or check(snapshot).findings, hex(address)
