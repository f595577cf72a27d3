"""The graph's columns; and the C kernel (build/libftmalloc_scan.so, by `make`) against its twin in pure Python."""

from __future__ import annotations

import random
import shutil
from array import array

import pytest
from fake_target import DATA, FakeHeap
from ftheap import kernel
from ftheap.analysis import by_kernel, heuristics, mark, references, sums
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


COLUMNS = ("starts", "targets", "root_places", "root_targets", "heads", "interior_at", "interior_values")


@pytest.mark.parametrize("seed", range(40))
def test_the_kernel_gives_its_twins_answers(seed, monkeypatch):
    chance = random.Random(seed)
    session = random_heap(seed).session()
    snapshot, memory = session.snapshot(), session.target.memory
    break_columns(snapshot, chance, seed % 4)
    roots = collect_roots(session.target, snapshot)
    assert fastest_builder() is by_kernel.KernelBuilder, f"{kernel.status()}; run make"
    plain, fast = (build(snapshot, memory, roots, builder_type=builder) for builder in (Builder, fastest_builder()))
    for column in COLUMNS:
        assert getattr(plain, column) == getattr(fast, column), column
    assert len(plain.targets) > 50 and len(plain.interior_at) > 5
    pinned = chance.sample(range(len(snapshot.blocks)), 3)
    root_targets = plain.root_targets[:: chance.choice([1, 5, 100])]
    classes = mark.classify(plain, plain.targets, root_targets, pinned)
    assert by_kernel.classify(plain, plain.targets, root_targets, pinned) == classes
    undecided = list(heuristics._undecided(plain, classes))
    assert list(by_kernel.undecided(kernel.find()[0], plain, classes)) == undecided
    assert len(undecided) < len(plain.interior_at)
    if seed % 2:
        snapshot.blocks.allocation_traces.extend(chance.randrange(4) for _ in classes)
    groups = [[(*group[:2], list(group[2]), group[3])
               for group in twin(classes, snapshot.blocks.allocation_traces, snapshot.blocks.sizes)]
              for twin in (sums.plain_group, sums.kernel_group)]
    assert groups[0] == groups[1] and groups[0]
    held = {row: references.retained_by(plain, row) for row in chance.sample(range(len(classes)), 10)}
    seeds = array("I", (edge >> 1 for edge in root_targets))
    parents = [references.parents(plain, seeds, row) for row in held]
    monkeypatch.setattr(references.kernel, "find", lambda: (None, "left out"))
    assert {row: references.retained_by(plain, row) for row in held} == held
    assert [references.parents(plain, seeds, row) for row in held] == parents and any(map(any, parents))


@pytest.mark.parametrize("seed", range(8))
def test_tallies(seed, monkeypatch):
    snapshot = random_heap(seed).session().snapshot()
    rows, chance = len(snapshot.blocks), random.Random(seed)
    numbers = array("I", (chance.randrange(3) for _ in snapshot.runs))
    assert len(numbers) > 3

    def tallies():
        spans = [(0, rows), (3, 3), (5, rows - 1), (rows, rows)]
        return [[tuple(map(list, one)) for one in sums.tally_rows(snapshot, spans)],
                [tuple(map(list, one)) for one in sums.tally_runs(snapshot, numbers, 4)]]

    by_kernel = tallies()
    monkeypatch.setattr(sums.kernel, "find", lambda: (None, "left out"))
    assert tallies() == by_kernel
    of_rows, of_runs = by_kernel
    assert [sum(counts) for counts, _, _ in of_rows] == [rows, 0, rows - 6, 0]
    assert sum(sum(counts) for counts, _, _ in of_runs) == rows and not sum(of_runs[3][0])
    slots = sum(run.carved_count * run.stride_bytes for run in snapshot.runs)
    assert sum(sum(slot_bytes) for _, _, slot_bytes in of_runs) == slots


def break_columns(snapshot, chance, count):
    """Sizes and addresses of no sense, as a reader that erred might give them."""
    for _ in range(count):
        row = chance.randrange(len(snapshot.blocks))
        snapshot.blocks.sizes[row] = chance.choice([0, 7, 1 << 40])
        row = chance.randrange(len(snapshot.blocks))
        snapshot.blocks.addresses[row] += chance.choice([-8, 3, 16, 1 << 30])


@pytest.mark.parametrize("changed", ["graph.c", "another.h"])
def test_a_kernel_of_other_sources_is_not_used(changed, monkeypatch, tmp_path):
    sources = shutil.copytree(kernel._SOURCES, tmp_path / "kernel")
    monkeypatch.setattr(kernel, "_SOURCES", str(sources))
    kernel.find.cache_clear()
    assert kernel.find()[0] is not None, f"{kernel.status()}; run make"
    with (sources / changed).open("a") as file:
        file.write("\n")
    kernel.find.cache_clear()
    assert fastest_builder() is Builder and "run make" in kernel.status()
    kernel.find.cache_clear()


def test_without_the_kernel_the_twin_answers_and_info_says_so(monkeypatch, tmp_path):
    wrong = tmp_path / "wrong.so"
    wrong.write_bytes(b"\x7fELF no library")
    for places, word in (((tmp_path / "none.so",), "not found"), ((wrong,), "another version or machine")):
        kernel.find.cache_clear()
        monkeypatch.setattr(kernel, "_PLACES", places)
        assert fastest_builder() is Builder and word in kernel.status() and "pure Python" in kernel.status()
    kernel.find.cache_clear()
