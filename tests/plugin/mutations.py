"""Heaps with random faults in them, the same for a seed."""

from __future__ import annotations

import os
import random
from typing import Iterator

from ftheap.commands import load_all
from ftheap.errors import ExpectedError
from ftheap.registry import COMMANDS, Request
from ftheap.render import json_text
from ftheap.render.style import PLAIN
from ftheap.session import Session
from heap_image import HeapImage, ImageTarget, sample_heap
from heap_shape import Shape

load_all()
SEEDS_PER_TEST = 25
# FT_MUTATED_HEAPS: how many in all, half of them here and half in test_analysis_mutations.
HEAPS = int(os.environ.get("FT_MUTATED_HEAPS", "700")) // 2
INTERESTING = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 1 << 31, (1 << 32) - 1, 1 << 47, (1 << 63) - 1, (1 << 64) - 1)


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


def damaged_heaps(first_seed: int) -> Iterator[tuple[int, random.Random, HeapImage, ImageTarget]]:
    """A test's share, with their seeds and what else is to be chosen by them."""
    for seed in range(first_seed, first_seed + SEEDS_PER_TEST):
        chance = random.Random(seed)
        image = sample_heap(Shape.make(seed if seed % 2 else None), prefix_bytes=chance.choice([0, 32]))
        target = image.seal()
        for _ in range(chance.randrange(1, 12)):
            damage(image, chance)
        target.memory._starts = sorted(target.pieces)
        yield seed, chance, image, target


def check_answer(session: Session, name: str, request: Request, seed: int) -> None:
    """A command's answer comes in whole rows, and as a document; a refusal is one row, and nothing is a trace."""
    try:
        result = COMMANDS[name].run(session, request)
        json_text.dumps(result.document())
        rows = list(result.lines(PLAIN))
    except ExpectedError as error:
        rows = [str(error)[:79]]
    assert rows, (seed, name)
    for row in rows:
        assert len(row) <= 79 and row.isascii() and row.isprintable(), (seed, name, row)
