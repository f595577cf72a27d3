"""Randomly damaged heaps: every command answers in bounded time, in whole rows, and what vanishes is never silent."""

from __future__ import annotations

import os
import random

import pytest
from ftheap.analysis.check import check
from ftheap.commands import load_all
from ftheap.errors import ExpectedError
from ftheap.registry import COMMANDS, Request
from ftheap.render import json_text
from ftheap.render.style import PLAIN
from ftheap.session import Session
from heap_image import HeapImage, sample_heap
from heap_shape import Shape

load_all()
NAMES = ("show-alloc-mem", "zone-map", "check", "info")
SEEDS_PER_TEST = 25
# FT_MUTATED_HEAPS: how many in all, half of them here and half in test_analysis_mutations.
HEAPS = int(os.environ.get("FT_MUTATED_HEAPS", "700")) // 2
INTERESTING = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 1 << 31, (1 << 32) - 1, 1 << 47, (1 << 63) - 1, (1 << 64) - 1)


def answers(target) -> list[str]:
    """Rows of all commands; a refusal is one row."""
    session, rows = Session(target), []
    for name in NAMES:
        for options in ({}, {"all": True}):
            try:
                result = COMMANDS[name].run(session, Request(options))
                json_text.dumps(result.document())
                rows += COMMANDS[name].run(session, Request(options)).lines(PLAIN)
            except ExpectedError as error:
                rows.append(str(error)[:79])
    return rows


def damage(image: HeapImage, chance: random.Random) -> None:
    """One fault: bytes, a word, a link to somewhere, a missing or copied page; mostly where the books are."""
    start = chance.choice([*image.zones, image.HEAP, image.CHUNKS, image.CACHE, image.TABLE, *image.pieces])
    if start not in image.pieces:
        start = next((at for at, data in image.pieces.items() if at <= start < at + len(data)), image.HEAP)
    if start not in image.pieces:
        return
    size_bytes = len(image.pieces[start])
    offset = chance.randrange(min(size_bytes, chance.choice([96, 2048, 1 << 20])))
    kind = chance.randrange(6)
    if kind == 0:
        image.poke(start + offset, bytes([chance.randrange(256)]))
    elif kind == 1:
        image.poke(start + offset, chance.randbytes(min(chance.randrange(1, 200), size_bytes - offset)))
    elif kind == 2 and offset + 8 <= size_bytes:
        image.poke(start + offset // 8 * 8, chance.choice(INTERESTING).to_bytes(8, "little")[: size_bytes - offset])
    elif kind == 3 and offset + 16 <= size_bytes:
        place = chance.choice([*image.zones, image.HEAP, start, chance.getrandbits(48)])
        image.poke(start + offset // 8 * 8, place.to_bytes(8, "little"))
    elif kind == 4:
        page = start + offset // 4096 * 4096
        image.drop(page, min(4096, start + size_bytes - page))
    else:
        other = chance.choice(list(image.pieces))
        length = min(len(image.pieces[other]), size_bytes, 4096)
        image.poke(start, bytes(image.pieces[other][:length]))


@pytest.mark.parametrize("first_seed", range(0, HEAPS, SEEDS_PER_TEST))
def test_random_damage_gives_answers_and_never_a_trace(first_seed):
    for seed in range(first_seed, first_seed + SEEDS_PER_TEST):
        chance = random.Random(seed)
        image = sample_heap(Shape.make(seed if seed % 2 else None), prefix_bytes=chance.choice([0, 32]))
        target = image.seal()
        for _ in range(chance.randrange(1, 12)):
            damage(image, chance)
        target.memory._starts = sorted(target.pieces)
        rows = answers(target)
        assert rows, seed
        for row in rows:
            assert len(row) <= 79 and row.isascii() and row.isprintable(), (seed, row)


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
                       ("state", "unit_count", "size_class", "first_slot_offset", "stride_bytes", "slot_count")]
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
