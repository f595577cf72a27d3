"""Who points at whom: every word in a live block or in a root that leads into a live block, as columns.

A conservative view: any aligned word whose value lies in a live block's payload counts as a pointer. An edge is the
target's row in the block columns, times two, plus one when the pointer is interior. This module is pure Python, and
says what the answer is; by_kernel builds the same columns faster where the C kernel was built.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from .. import kernel
from ..memory import WORD_BYTES, Memory
from ..model.heap import Finding, Snapshot, State, Zone, table_of
from ..model.runs import Run, Runs
from ..progress import Progress
from ..records import dataclass, field
from ..target import Target
from ..typed import Any, NamedTuple
from .roots import Roots, collect_roots, names_thread_table
from .words import Range, readable_words

INTERIOR = 1
_LIVE = table_of({State.LIVE, State.CHANGING, State.CORRUPTED})


@dataclass
class Graph:
    """Edges of block b are ``targets[starts[b]:starts[b + 1]]``, in the order of its words.

    ``root_targets[i]`` is led to by the word at ``root_places[i]``; places below ``len(roots.registers)`` are rows of
    ``roots.registers`` instead. ``live`` is 1 for each row that may be pointed to. ``heads`` holds the first word of
    each live block (0 where it has none). ``interior_values[i]`` is the pointer behind the interior edge at position
    ``interior_at[i]`` of ``targets`` (negative: at ``-1 - interior_at[i]`` of ``root_targets``).
    ``complete`` is False where a root or a zone could not be read: ``findings`` say which.
    """

    snapshot: Snapshot
    roots: Roots
    live: bytearray
    starts: array
    targets: array
    root_places: array
    root_targets: array
    heads: array
    interior_at: array
    interior_values: array
    findings: list[Finding] = field(default_factory=list)
    complete: bool = True

    def edges(self, index: int) -> array:
        """Edges of the block at row ``index``."""
        return self.targets[self.starts[index] : self.starts[index + 1]]


class Place(NamedTuple):
    """Runs with blocks, ascending, ready for bisection. ``first`` slots, then what leads from an address to a row."""

    first: list[int]
    geometry: list[tuple[int, int, int, int]]  # first slot, stride, carved slots, first row


def used_runs(snapshot: Snapshot) -> Runs:
    """Those with blocks."""
    runs = snapshot.runs
    if 0 in runs.column("carved_count") or 0 in runs.column("stride_bytes"):
        return Runs([run for run in runs if run.carved_count and run.stride_bytes])
    return runs


def places_of(snapshot: Snapshot) -> Place:
    """The lookup table for addresses of the heap."""
    runs = used_runs(snapshot)
    geometry: list[Any] = list(zip(*map(runs.column, ("first_slot", "stride_bytes", "carved_count", "first_index"))))
    return Place([row[0] for row in geometry], geometry)


def live_rows(snapshot: Snapshot) -> bytearray:
    """1 for each row that the program may use: live, in transition, or smashed."""
    return bytearray(snapshot.blocks.states).translate(_LIVE)


def payload_bytes(snapshot: Snapshot) -> array:
    """Bytes of each row that are scanned and may be pointed to: the size; the whole slot of a smashed block."""
    corrupted = snapshot.blocks.states.find(State.CORRUPTED)
    sizes = snapshot.blocks.sizes if corrupted < 0 else array("Q", snapshot.blocks.sizes)
    while corrupted >= 0:
        block = snapshot.block_at(snapshot.blocks.addresses[corrupted])
        sizes[corrupted] = max(block.slot_end - block.address, 0) if block else 0
        corrupted = snapshot.blocks.states.find(State.CORRUPTED, corrupted + 1)
    return sizes


def graph_of(target: Target, snapshot: Snapshot, progress: Progress = Progress()) -> Graph:
    """The snapshot's graph, built at the first call and kept with it."""
    graph = snapshot.derived.get("graph")
    if not isinstance(graph, Graph):
        graph = build(snapshot, target.memory, collect_roots(target, snapshot), progress, fastest_builder())
        snapshot.derived["graph"] = graph
    return graph


def fastest_builder() -> type[Builder]:
    """The builder on the C kernel, where that was built."""
    if kernel.find()[0] is None:
        return Builder
    from .by_kernel import KernelBuilder

    return KernelBuilder


class Builder:
    """Collects edges run after run; ``add_rows`` is the hot loop."""

    def __init__(self, snapshot: Snapshot, memory: Memory, roots: Roots):
        self.snapshot, self.memory, self.roots = snapshot, memory, roots
        self.live = live_rows(snapshot)
        self.sizes = payload_bytes(snapshot)
        self.counts = array("I", [0]) * len(snapshot.blocks)
        self.heads = array("Q", [0]) * len(snapshot.blocks)
        self.targets, self.root_targets = array("I"), array("I")
        self.root_places = array("Q")
        self.interior_at, self.interior_values = array("q"), array("Q")
        self.missing: list[Range] = []
        self.runs = used_runs(snapshot)
        self.low: int = self.runs[0].first_slot if self.runs else 0
        self.high: int = self.runs[-1].carved_end if self.runs else 0

    @cached_property
    def place(self) -> Place:
        """The lookup table of edge_to."""
        return places_of(self.snapshot)

    def edge_to(self, value: int) -> int:
        """The edge that a word of this value makes, -1 for none."""
        position = bisect_right(self.place.first, value) - 1
        if position < 0:
            return -1
        first, stride, carved, base = self.place.geometry[position]
        slot = (value - first) // stride
        if slot >= carved or not self.live[base + slot]:
            return -1
        address = self.snapshot.blocks.addresses[base + slot]
        if value == address:
            return 2 * (base + slot)
        if address < value < address + self.sizes[base + slot]:
            return 2 * (base + slot) + INTERIOR
        return -1

    def hits(self, words: memoryview) -> list[int]:
        """Indexes of the words that may lead into the heap."""
        low, high = self.low, self.high
        return [index for index, word in enumerate(words) if low <= word < high]

    def scan_zone(self, zone: Zone) -> None:
        """All live payloads of a zone."""
        for run in zone.runs:
            if run.carved_count and run.stride_bytes:
                self.scan_run(run)

    def scan_run(self, run: Run) -> None:
        """All live payloads of a run: the bytes in between are read too, and left aside."""
        end = run.first_slot + run.stride_bytes * run.carved_count
        if run.carved_count == 1:  # LARGE: read no more than the payload
            if not self.live[run.first_index]:
                return
            end = self.snapshot.blocks.addresses[run.first_index] + self.sizes[run.first_index]
        elif not any(self.live[run.first_index : run.first_index + run.carved_count]):
            return
        for address, words in readable_words(self.memory, run.first_slot, end, self.missing):
            self.scan_piece(run, address, words)

    def scan_piece(self, run: Run, start: int, words: memoryview) -> None:
        """First words and edges of the run's live blocks, as far as ``words``, read at ``start``, hold them."""
        self.add_heads(run, start, words)
        self.add_rows(run, start, words)

    def add_heads(self, run: Run, start: int, words: memoryview) -> None:
        """First words of the run's live blocks."""
        addresses, live, sizes, heads = self.snapshot.blocks.addresses, self.live, self.sizes, self.heads
        count = len(words)
        for row in range(run.first_index, run.first_index + run.carved_count):
            if live[row] and sizes[row] >= WORD_BYTES:
                index = (addresses[row] - start) // WORD_BYTES
                if 0 <= index < count:
                    heads[row] = words[index]

    def add_rows(self, run: Run, start: int, words: memoryview) -> None:
        """Edges of the run's live blocks, as far as ``words``, read at ``start``, hold them."""
        stride, base = run.stride_bytes, run.first_index
        offset = start - run.first_slot
        addresses, sizes, live, counts = self.snapshot.blocks.addresses, self.sizes, self.live, self.counts
        edge_to, append = self.edge_to, self.targets.append
        for index in self.hits(words):
            row = base + (offset + index * WORD_BYTES) // stride
            if not live[row]:
                continue
            place = start + index * WORD_BYTES - addresses[row]
            if not 0 <= place <= sizes[row] - WORD_BYTES:
                continue
            edge = edge_to(words[index])
            if edge >= 0:
                if edge & INTERIOR:
                    self.interior_at.append(len(self.targets))
                    self.interior_values.append(words[index])
                append(edge)
                counts[row] += 1

    def scan_roots(self) -> None:
        """Registers first, then the ranges by address."""
        for index, register in enumerate(self.roots.registers):
            self.add_root(index, register.value)
        for part in self.roots.ranges:
            for start, words in readable_words(self.memory, part.start, part.end, self.missing):
                for index in self.hits(words):
                    place = start + index * WORD_BYTES
                    self.add_root(place, words[index], names_thread_table(words, index, place))

    def add_root(self, place: int, value: int, as_direct: bool = False) -> None:
        """Adds the root word ``value``, if it leads anywhere."""
        edge = self.edge_to(value)
        if edge < 0:
            return
        if edge & INTERIOR:
            if as_direct:
                edge ^= INTERIOR
            else:
                self.interior_at.append(-1 - len(self.root_targets))
                self.interior_values.append(value)
        self.root_places.append(place)
        self.root_targets.append(edge)

    def starts(self) -> array:
        """Where the edges of each row begin."""
        return array("Q", accumulate(self.counts, initial=0))

    def finish(self) -> Graph:
        """The graph of all that was scanned."""
        findings = list(self.roots.findings)
        for start, end in self.missing:
            message = f"{end - start} bytes can't be read: blocks that only they point to look leaked"
            findings.append(Finding("memory-unreadable", start, message))
        starts = self.starts()
        complete = not self.missing and not self.roots.incomplete and self.snapshot.complete
        return Graph(
            self.snapshot, self.roots, self.live, starts, self.targets, self.root_places, self.root_targets,
            self.heads, self.interior_at, self.interior_values, findings, complete,
        )  # fmt: skip


def build(
    snapshot: Snapshot,
    memory: Memory,
    roots: Roots,
    progress: Progress = Progress(),
    builder_type: type[Builder] = Builder,
) -> Graph:
    """Scans all roots and all live blocks."""
    builder = builder_type(snapshot, memory, roots)
    builder.scan_roots()
    for number, zone in enumerate(snapshot.zones):
        builder.scan_zone(zone)
        progress.report("scanning zones", number + 1, len(snapshot.zones))
    return builder.finish()
