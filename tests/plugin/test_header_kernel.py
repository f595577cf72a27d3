"""Headers decoded by the C kernel and by its twin in pure Python: one snapshot, on whole heaps and damaged ones."""

from __future__ import annotations

import random

import pytest
from ftheap import kernel
from ftheap.errors import TargetError
from ftheap.model.heap import State
from ftheap.reader import blocks as reader_blocks
from ftheap.session import Session
from heap_image import LIVE, sample_heap
from heap_shape import Shape
from mutations import damage


def read(image) -> tuple | str:
    try:
        snapshot = Session(image.seal()).snapshot()
    except TargetError as error:
        return str(error)
    columns = snapshot.blocks
    ignored = [columns.addresses[row] for row in columns.ignored]
    return (
        snapshot.zones, list(columns.addresses), list(columns.sizes), bytes(columns.states), snapshot.findings, ignored
    )


@pytest.mark.parametrize("first_seed", range(0, 300, 100))
def test_the_kernel_reads_what_its_twin_reads(first_seed, monkeypatch):
    assert kernel.find()[0] is not None, f"{kernel.status()}; run make"
    states = set()
    for seed in range(first_seed, first_seed + 100):
        chance = random.Random(seed)
        image = sample_heap(Shape.make(seed if seed % 2 else None), prefix_bytes=chance.choice([0, 32]))
        live = [block.address for block in image.blocks if block.state == LIVE]
        ignored = sorted(random.Random(seed).sample(live, 10))
        for address in ignored:
            image.flag(address, "ignored")
        for block in random.Random(-seed - 1).sample(image.blocks, 10):
            image.flag(block.address, "marked")
        for _ in range(seed % 4):
            damage(image, chance)
        by_kernel = read(image)
        if seed % 4 == 0:
            assert by_kernel[5] == ignored, f"seed {seed}"
        with monkeypatch.context() as patch:
            patch.setattr(reader_blocks.kernel, "find", lambda: (None, "left out"))
            assert read(image) == by_kernel, f"seed {seed}"
        states |= set(by_kernel[3]) if isinstance(by_kernel, tuple) else set()
    assert {State.LIVE, State.FREED, State.CORRUPTED} <= states
