"""Zones that the kernel reads ahead, with what they may point to, from a file as a core is one: the same snapshot and
the same graph as its twins give, on whole heaps and damaged ones."""

from __future__ import annotations

import os
import random
import tempfile

import pytest
from ftheap import kernel
from ftheap.analysis.graph import Builder, build
from ftheap.analysis.by_kernel import KernelBuilder
from ftheap.analysis.roots import Roots
from ftheap.errors import TargetError
from ftheap.memory import ImageMemory, Place
from ftheap.model.heap import Snapshot
from ftheap.reader import ahead
from ftheap.reader import blocks as reader_blocks
from ftheap.session import Session
from heap_image import LIVE, HeapImage, ImageTarget, sample_heap
from heap_shape import Shape
from mutations import damage

GRAPH = ("starts", "targets", "heads", "interior_at", "interior_values", "findings", "complete")


class FileMemory(ImageMemory):
    """The pieces in a file too, at odd places."""

    def __init__(self, pieces: dict[int, bytearray]):
        super().__init__(pieces)
        self._file = tempfile.TemporaryFile()
        self._places = {}
        for start, data in pieces.items():
            self._file.write(bytes(1000))
            self._places[start] = self._file.tell()
            self._file.write(data)
        self._file.flush()

    def place(self, address: int, size_bytes: int) -> Place | None:
        for start, position in self._places.items():
            if start <= address and address + size_bytes <= start + len(self._pieces[start]):
                return Place(self._file.fileno(), 0, position + address - start)
        return None


def read(target: ImageTarget, memory: ImageMemory) -> Snapshot | str:
    target.memory = memory
    try:
        return Session(target).snapshot(wants_pointers=True)
    except TargetError as error:
        return str(error)


def with_pointers(image: HeapImage, chance: random.Random) -> HeapImage:
    """Words in payloads that lead to blocks, into them, behind them, and just outside of the heap."""
    live = [block for block in image.blocks if block.state == LIVE]
    for block in live:
        for offset in range(0, block.size_bytes - 7, 8):
            to = chance.choice(live)
            value = to.address + chance.choice([0, 0, 8, 3, -16, 1 << 40])
            image.poke(block.address + offset, value.to_bytes(8, "little"))
    return image


@pytest.mark.parametrize("first_seed", range(0, 120, 40))
def test_what_is_read_ahead_is_what_the_twins_read(first_seed, monkeypatch):
    assert kernel.find()[0] is not None, f"{kernel.status()}; run make"
    monkeypatch.setattr(ahead, "ZONES_AT_ONCE", 2)
    taken = edges = 0
    for seed in range(first_seed, first_seed + 40):
        chance = random.Random(seed)
        image = with_pointers(sample_heap(Shape.make(seed if seed % 2 else None), chance.choice([0, 32])), chance)
        image.flag(chance.choice([block.address for block in image.blocks if block.state == LIVE]), "ignored")
        for _ in range(seed % 3):
            damage(image, chance)
        target = image.seal()
        fast = read(target, FileMemory(target.pieces))
        with monkeypatch.context() as patch:
            patch.setattr(reader_blocks.kernel, "find", lambda: (None, "left out"))
            plain = read(target, ImageMemory(target.pieces))
        if isinstance(fast, str) or isinstance(plain, str):
            assert fast == plain, f"seed {seed}"
            continue
        for name in ("zones", "findings", "complete"):
            assert getattr(fast, name) == getattr(plain, name), f"seed {seed}: {name}"
        assert vars(fast.blocks) == vars(plain.blocks), f"seed {seed}"
        taken += len(fast.pointers)
        graphs = [build(snapshot, target.memory, Roots(), builder_type=builder)
                  for snapshot, builder in ((fast, KernelBuilder), (plain, Builder))]
        for name in GRAPH:
            assert getattr(graphs[0], name) == getattr(graphs[1], name), f"seed {seed}: {name}"
        assert not fast.pointers
        edges += len(graphs[0].targets)
    assert taken > 40 and edges > 1000


def test_a_file_that_ends_early_is_left_alone():
    target = sample_heap().seal()
    memory = FileMemory(target.pieces)
    plain = read(target, ImageMemory(target.pieces))
    memory.place = lambda address, size_bytes: Place(os.open("/dev/null", os.O_RDONLY), 0, 0)
    assert vars(read(target, memory).blocks) == vars(plain.blocks)
    memory.place = lambda address, size_bytes: Place(-1, os.getpid(), address)  # where this process has nothing
    assert vars(read(target, memory).blocks) == vars(plain.blocks)
