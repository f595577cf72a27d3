"""The leak check's hot loops in C: the same edges as graph.Builder, classes as mark.classify, groups as leaks."""

from __future__ import annotations

from array import array
from contextlib import ExitStack
from ctypes import addressof, byref, c_int64, c_uint32, c_uint64, string_at
from typing import Iterable, Iterator

from .. import kernel
from ..memory import Memory
from ..model.heap import Run, Snapshot
from .graph import Builder, Graph
from .roots import Roots
from .words import PIECE_BYTES, WORD_BYTES, readable_words

_PIECE_WORDS = PIECE_BYTES // WORD_BYTES


class KernelBuilder(Builder):
    """Scans a piece of memory at a time."""

    def __init__(self, snapshot: Snapshot, memory: Memory, roots: Roots):
        super().__init__(snapshot, memory, roots)
        self._library = kernel.find()[0]
        self._runs = (kernel.RunRow * len(self.place.geometry))(*self.place.geometry)
        # Zero pages until used: what a piece without edges would fill is never touched.
        self._targets, self._places = (c_uint32 * _PIECE_WORDS)(), (c_uint64 * _PIECE_WORDS)()
        self._at, self._values = (c_int64 * _PIECE_WORDS)(), (c_uint64 * _PIECE_WORDS)()
        self._found = kernel.Found(*map(addressof, (self._targets, self._places, self._at, self._values)), 0, 0)
        # These columns keep their length from here on, so that their addresses hold.
        self._pins = ExitStack()
        columns = (snapshot.blocks.addresses, self.sizes, self.live, self.counts, self.heads)
        pinned = [self._pins.enter_context(kernel.Address(column)) for column in columns]
        self._counts_at, self._heads_at = pinned[3:]
        self._heap = kernel.Heap(
            len(self._runs), addressof(self._runs), len(snapshot.blocks), *pinned[:3], self.low, self.high
        )

    def scan_piece(self, run: Run, start: int, words: memoryview) -> None:
        row = kernel.RunRow(run.first_slot, run.stride_bytes, run.carved_count, run.first_index)
        with kernel.Address(words) as at:
            self._library.ftscan_edges(
                byref(self._heap), byref(row), start, at, len(words), len(self.targets), self._counts_at,
                self._heads_at, byref(self._found),
            )  # fmt: skip
        self._take(self.targets)

    def scan_roots(self) -> None:
        for index, register in enumerate(self.roots.registers):
            self.add_root(index, register.value)
        for part in self.roots.ranges:
            for start, words in readable_words(self.memory, part.start, part.end, self.missing):
                with kernel.Address(words) as at:
                    self._library.ftscan_roots(
                        byref(self._heap), start, at, len(words), len(self.root_targets), byref(self._found)
                    )
                self.root_places.frombytes(string_at(self._places, self._found.count * 8))
                self._take(self.root_targets)

    def _take(self, targets: array) -> None:
        """Appends what the kernel has found."""
        found = self._found
        targets.frombytes(string_at(self._targets, found.count * 4))
        self.interior_at.frombytes(string_at(self._at, found.interior_count * 8))
        self.interior_values.frombytes(string_at(self._values, found.interior_count * 8))

    def finish(self) -> Graph:
        self._pins.close()
        return super().finish()


def classify(graph: Graph, targets: array, root_targets: array, pinned: Iterable[int]) -> bytearray:
    """As mark.classify."""
    count = len(graph.live)
    classes, rows = bytearray(count), array("I", pinned)
    stack, forest = (c_uint32 * max(count, 1))(), (c_uint32 * max(count, 1))()
    with ExitStack() as pins:
        columns = (graph.starts, targets, classes, graph.live, root_targets, rows)
        at = [pins.enter_context(kernel.Address(column)) for column in columns]
        edges = kernel.Edges(count, at[0], len(targets), at[1], at[2], addressof(stack))
        kernel.find()[0].ftscan_classify(byref(edges), at[3], at[4], len(root_targets), at[5], len(rows), forest)
    return classes


def group(snapshot: Snapshot, classes: bytearray) -> Iterator[tuple[int, int, array, int]]:
    """As leaks.group."""
    blocks = snapshot.blocks
    count = len(blocks)
    if not count:
        return
    small = [(c_uint32 * count)() for _ in range(3)]
    sums, order = (c_uint64 * count)(), (c_uint32 * count)()
    table = (c_uint32 * (1 << (2 * count).bit_length()))()
    first, members, of_row = small
    groups = kernel.Groups(
        0, addressof(first), addressof(members), addressof(sums), addressof(of_row), addressof(table), len(table) - 1
    )
    traces = blocks.allocation_traces
    with kernel.Address(classes) as classes_at, kernel.Address(traces) as traces_at, \
            kernel.Address(blocks.sizes) as sizes_at:
        kernel.find()[0].ftscan_group(
            count, classes_at, traces_at if traces else None, sizes_at, byref(groups), order
        )
    start = 0
    for index in range(groups.count):
        row, end = first[index], start + members[index]
        rows = array("I", memoryview(order).cast("B").cast("I")[start:end])
        yield classes[row], traces[row] if traces else 0, rows, sums[index]
        start = end
