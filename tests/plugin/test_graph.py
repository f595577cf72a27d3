"""The graph's columns; and the builder on numpy, where gdb's Python has it, against the plain one."""

from __future__ import annotations

import random

import pytest
from fake_target import DATA, FakeHeap
from ftheap.analysis.graph import INTERIOR, Builder, build, fastest_builder
from ftheap.analysis.roots import collect_roots
from ftheap.model.heap import State

STATES = [State.LIVE] * 6 + [State.FREED, State.CORRUPTED, State.CHANGING, State.UNUSED]
SIZES = [0, 8, 15, 16, 24, 40, 100, 300, 1000]


def test_edges_and_where_roots_stand():
    heap = FakeHeap()
    first, second = heap.block(40), heap.block(40)
    heap.set_word(first, 8, second + 8)
    heap.set_word(first, 16, second)
    heap.set_global(5, first)
    session = heap.session()
    graph = build(session.snapshot(), session.target.memory, collect_roots(session.target, session.snapshot()))
    assert list(graph.edges(0)) == [2 + INTERIOR, 2] and list(graph.edges(1)) == []
    assert (list(graph.root_places), list(graph.root_targets)) == ([DATA + 40], [0])
    assert (list(graph.interior_at), list(graph.interior_values)) == ([0], [second + 8])


def random_heap(seed: int) -> FakeHeap:
    chance = random.Random(seed)
    heap = FakeHeap()
    addresses = [heap.block(chance.choice(SIZES), state=chance.choice(STATES)) for _ in range(60)]
    addresses += [heap.block(50_000), heap.block(3_000_000)]
    for address, size_bytes, _ in heap.rows:
        for offset in range(0, min(size_bytes, 2000), 8):
            if chance.random() < 0.3:
                shift = chance.choice([0, 0, 8, 1, -16, 999, 1 << 20])
                heap.set_word(address, offset, chance.choice(addresses) + shift)
    for index in range(20):
        heap.set_global(index, chance.choice(addresses) + chance.choice([0, 0, 8]))
    return heap


@pytest.mark.parametrize("seed", range(20))
def test_the_fastest_builder_here_gives_the_plain_builders_columns(seed):
    session = random_heap(seed).session()
    snapshot, memory = session.snapshot(), session.target.memory
    roots = collect_roots(session.target, snapshot)
    plain, fast = (build(snapshot, memory, roots, None, builder) for builder in (Builder, fastest_builder()))
    for column in ("starts", "targets", "root_places", "root_targets", "heads", "interior_at", "interior_values"):
        assert getattr(plain, column) == getattr(fast, column), column
    assert len(plain.targets) > 50 and len(plain.interior_at) > 5
