"""The leak check's hot loops in C: the same edges as graph.Builder, classes as mark.classify."""

from __future__ import annotations

from array import array
from contextlib import ExitStack
from ctypes import byref

from .. import kernel
from ..errors import MemoryUnreadable
from ..memory import WORD_BYTES, Memory, borrow
from ..model.heap import Snapshot, Zone
from ..model.pointers import Pointers
from ..model.runs import Run, Runs
from ..typed import Any, Iterable
from .graph import Builder, Graph
from .roots import Roots
from .words import PIECE_BYTES, readable_words

_PIECE_WORDS = PIECE_BYTES // WORD_BYTES
_PLACES_PER_RUN = 4  # of the index from an address to its run
_NO_PLACE = 1 << 63 | 1  # where registers would stand in memory: no pointer has such a value


class KernelBuilder(Builder):
    """Scans a piece of memory at a time."""

    def __init__(self, snapshot: Snapshot, memory: Memory, roots: Roots):
        super().__init__(snapshot, memory, roots)
        self._library = kernel.find()[0]
        self._room = [kernel.room(_PIECE_WORDS * item_bytes) for item_bytes in (4, 8, 8, 8)]
        self._pins = ExitStack()
        self._found = kernel.Found(*(self._pins.enter_context(kernel.Address(part)) for part in self._room), 0, 0)
        # These columns keep their length from here on, so that their addresses hold.
        columns = (snapshot.blocks.addresses, self.sizes, self.live, self.counts, self.heads, self.runs.words,
                   self.runs.column("first_slot"))
        pinned = [self._pins.enter_context(kernel.Address(column)) for column in columns]
        self._counts_at, self._heads_at, runs_at, firsts_at = pinned[3:]
        shift = max(((self.high - self.low) // (_PLACES_PER_RUN * len(self.runs) or 1)).bit_length(), 4)
        count = (self.high - self.low >> shift) + 1
        index_at = self._pins.enter_context(kernel.Address(kernel.room(4 * (count + 1))))
        self._heap = kernel.Heap(
            len(self.runs), runs_at, firsts_at, len(snapshot.blocks), *pinned[:3], self.low, self.high,
            index_at, count, shift,
        )  # fmt: skip
        self._library.ftscan_index(byref(self._heap))

    def scan_zone(self, zone: Zone) -> None:
        """From what was taken when the zone was read, else in one call where its slots can be read in one go; else by
        its runs, which finds what is missing."""
        pointers = self.snapshot.pointers.pop(zone.address, None)
        if pointers is not None:
            return self._resolve(zone, pointers)
        runs = zone.runs
        if len(runs) < 2:
            return super().scan_zone(zone)
        start = -(-runs[0].first_slot // WORD_BYTES) * WORD_BYTES
        end = runs[-1].carved_end // WORD_BYTES * WORD_BYTES
        if not 0 < end - start <= PIECE_BYTES:
            return super().scan_zone(zone)
        try:
            words = memoryview(borrow(self.memory, start, end - start)).cast("B").cast("Q")
        except MemoryUnreadable:
            return super().scan_zone(zone)
        self._scan(runs, start, words)

    def scan_piece(self, run: Run, start: int, words: memoryview) -> None:
        self._scan(Runs([run]), start, words)

    def _scan(self, runs: Runs, start: int, words: memoryview) -> None:
        with kernel.Address(runs.words) as rows_at, kernel.Address(words) as at:
            self._library.ftscan_edges(
                byref(self._heap), rows_at, len(runs), start, at, len(words), len(self.targets), self._counts_at,
                self._heads_at, byref(self._found),
            )  # fmt: skip
        self._take(self.targets)

    def _resolve(self, zone: Zone, pointers: Pointers) -> None:
        with ExitStack() as pins:
            at = [pins.enter_context(kernel.Address(column)) for column in pointers[1:]]
            taken = kernel.Pointers(*at, len(pointers.granules), len(pointers.odd))
            self._library.ftscan_resolve(
                byref(self._heap), zone.first_index, len(pointers.counts), byref(taken), pointers.low,
                len(self.targets), self._counts_at, self._heads_at, byref(self._found),
            )  # fmt: skip
        self._take(self.targets)

    def scan_roots(self) -> None:
        values = (register.value for register in self.roots.registers)
        registers = array("Q", [value if 0 <= value < 1 << 64 else 0 for value in values])
        self._scan_roots(_NO_PLACE, registers)
        self.root_places = array("Q", [(place - _NO_PLACE) // WORD_BYTES for place in self.root_places])
        for part in self.roots.ranges:
            for start, words in readable_words(self.memory, part.start, part.end, self.missing):
                self._scan_roots(start, words)

    def _scan_roots(self, start: int, words: memoryview | array[int]) -> None:
        with kernel.Address(words) as at:
            self._library.ftscan_roots(
                byref(self._heap), start, at, len(words), len(self.root_targets), byref(self._found)
            )
        self.root_places.frombytes(self._room[1][: self._found.count * 8])
        self._take(self.root_targets)

    def _take(self, targets: array) -> None:
        """Appends what the kernel has found."""
        found, (edges, _, at, values) = self._found, self._room
        targets.frombytes(edges[: found.count * 4])
        self.interior_at.frombytes(at[: found.interior_count * 8])
        self.interior_values.frombytes(values[: found.interior_count * 8])

    def starts(self) -> array:
        starts = array("Q", [0]) * (len(self.counts) + 1)
        with kernel.Address(starts) as at:
            self._library.ftscan_starts(self._counts_at, len(self.counts), at)
        return starts

    def finish(self) -> Graph:
        graph = super().finish()
        self._pins.close()
        return graph


def classify(graph: Graph, targets: array, root_targets: array, pinned: Iterable[int]) -> bytearray:
    """As mark.classify."""
    count = len(graph.live)
    classes, rows = bytearray(count), array("I", pinned)
    with ExitStack() as pins:
        columns = (graph.starts, targets, classes, graph.live, root_targets, rows, *map(kernel.room, [4 * count] * 2))
        at = [pins.enter_context(kernel.Address(column)) for column in columns]
        edges = kernel.Edges(count, at[0], len(targets), at[1], at[2], at[6])
        kernel.find()[0].ftscan_classify(byref(edges), at[3], at[4], len(root_targets), at[5], len(rows), at[7])
    return classes


def undecided(library: Any, graph: Graph, classes: bytearray) -> array:
    """As heuristics._undecided."""
    found = array("Q")
    with ExitStack() as pins:
        columns = (graph.starts, graph.targets, classes, graph.root_targets, graph.interior_at)
        at = [pins.enter_context(kernel.Address(column)) for column in columns]
        edges = kernel.Edges(len(classes), at[0], len(graph.targets), at[1], at[2], None)
        sizes = len(graph.root_targets), len(graph.interior_at)
        for _ in range(2):  # counts, then writes
            with kernel.Address(found) as found_at:
                count = library.ftscan_undecided(
                    byref(edges), at[3], sizes[0], at[4], sizes[1], found_at, len(found)
                )
            if not found:
                found = array("Q", bytes(8 * count))
    return found


def reach(library: Any, graph: Graph, seeds: array, seen: bytearray, value: int) -> None:
    """As references._reach."""
    with ExitStack() as pins:
        columns = (graph.starts, graph.targets, seen, seeds, kernel.room(4 * len(seen)))
        at = [pins.enter_context(kernel.Address(column)) for column in columns]
        edges = kernel.Edges(len(seen), at[0], len(graph.targets), at[1], at[2], at[4])
        library.ftscan_reach(byref(edges), at[3], len(seeds), value)


def parents(library: Any, graph: Graph, seeds: array, row: int) -> array:
    """As references.parents."""
    found = array("I", [0]) * len(graph.live)
    with ExitStack() as pins:
        columns = (graph.starts, graph.targets, seeds, found, kernel.room(4 * len(found)))
        at = [pins.enter_context(kernel.Address(column)) for column in columns]
        edges = kernel.Edges(len(found), at[0], len(graph.targets), at[1], None, None)
        library.ftscan_parents(byref(edges), at[2], len(seeds), row, at[3], at[4])
    return found
