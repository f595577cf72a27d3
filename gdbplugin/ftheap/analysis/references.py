"""Who points at a block, how a root reaches it, and what it alone keeps alive."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from ..memory import Memory
from ..model.heap import Block, Snapshot
from ..target import SymbolAt, Target
from .graph import INTERIOR, Graph
from .leaks import Sum, pinned_rows
from .roots import RootRange
from .words import WORD_BYTES, Range, readable_words


@dataclass(frozen=True)
class Reference:
    """A word that leads to a block. ``kind``: register, stack, data, mapping or block.

    ``address``: of the word; None for a register, which ``register`` and ``thread`` name. ``source``: the block that
    holds the word. ``offset_bytes``: from the source block's payload, or from the root range's start.
    ``interior``: the pointer leads into the target's inside, ``into_bytes`` from its start.
    """

    kind: str
    address: int | None
    interior: bool
    into_bytes: int
    source: Block | None = None
    offset_bytes: int = 0
    thread: int | None = None
    register: str | None = None
    symbol: SymbolAt | None = None
    label: str = ""


def block_of_row(snapshot: Snapshot, row: int) -> Block:
    """The block of a row of the columns."""
    block = snapshot.block_at(snapshot.blocks.addresses[row])
    assert block is not None and block.index == row, "a row's own address leads to it"
    return block


class Referrers:
    """Answers about one graph."""

    def __init__(self, graph: Graph, target: Target):
        self.graph, self.target = graph, target
        self.snapshot = graph.snapshot
        self._starts = [part.start for part in graph.roots.ranges]

    def of(self, row: int, limit: int) -> tuple[list[Reference], int]:
        """At most ``limit`` references to the block at ``row``, roots first, and how many there are."""
        graph = self.graph
        wanted = (2 * row, 2 * row + INTERIOR)
        roots = [index for index, edge in enumerate(graph.root_targets) if edge in wanted]
        places = [index for index, edge in enumerate(graph.targets) if edge in wanted]
        found = [self._from_root(index) for index in roots[:limit]]
        sources = sorted({bisect_right(graph.starts, place) - 1 for place in places})
        for source in sources:
            if len(found) >= limit:
                break
            found += self._from_block(source, row)[: limit - len(found)]
        return found, len(roots) + len(places)

    def _from_root(self, index: int) -> Reference:
        graph = self.graph
        place, edge = graph.root_places[index], graph.root_targets[index]
        target = block_of_row(self.snapshot, edge >> 1)
        if place < len(graph.roots.registers):
            register = graph.roots.registers[place]
            into = register.value - target.address
            return Reference("register", None, bool(into), into, thread=register.thread, register=register.name)
        into = _word(self.target.memory, place) - target.address
        part = self._range(place)
        symbol = self.target.symbol_at(place) if part.kind != "stack" else None
        offset = place - part.start
        return Reference(
            part.kind, place, bool(edge & INTERIOR), into, None, offset, part.thread, symbol=symbol, label=part.label
        )

    def _range(self, place: int) -> RootRange:
        return self.graph.roots.ranges[bisect_right(self._starts, place) - 1]

    def _from_block(self, source_row: int, row: int) -> list[Reference]:
        source, target = block_of_row(self.snapshot, source_row), block_of_row(self.snapshot, row)
        last = target.address + max(target.size_bytes, 1)
        missing: list[Range] = []
        end = source.end if source.size_bytes else source.slot_end
        return [
            Reference(
                "block", start + WORD_BYTES * index, word != target.address, word - target.address, source,
                start + WORD_BYTES * index - source.address,
            )
            for start, words in readable_words(self.target.memory, source.address, end, missing)
            for index, word in enumerate(words)
            if target.address <= word < last
        ]  # fmt: skip

    def shortest_path(self, row: int) -> list[Reference]:
        """References from a root to the block at ``row``, root first; [] when no root reaches it."""
        graph = self.graph
        parents: dict[int, int] = {}  # row to the row that led to it; roots: minus one, minus the root's index
        level: list[int] = []
        for index, edge in enumerate(graph.root_targets):
            if edge >> 1 not in parents:
                parents[edge >> 1] = -1 - index
                level.append(edge >> 1)
        while level and row not in parents:
            following = []
            for source in level:
                for edge in graph.targets[graph.starts[source] : graph.starts[source + 1]]:
                    if edge >> 1 not in parents:
                        parents[edge >> 1] = source
                        following.append(edge >> 1)
            level = following
        if row not in parents:
            return []
        path = []
        while parents[row] >= 0:
            path += self._from_block(parents[row], row)[:1]
            row = parents[row]
        return [self._from_root(-1 - parents[row]), *reversed(path)]


def _word(memory: Memory, address: int) -> int:
    return int.from_bytes(bytes(memory.read(address, WORD_BYTES)), "little")


def retained_by(graph: Graph, row: int) -> Sum:
    """What would be lost with the block at ``row``, itself included: what no root reaches but through it. Of a lost
    block: all that it leads to, and no root does."""
    seen = bytearray(len(graph.live))
    seen[row] = 1
    _reach(graph, [edge >> 1 for edge in graph.root_targets] + pinned_rows(graph), seen)
    total = Sum()
    sizes = graph.snapshot.blocks.sizes
    for reached in [row, *_reach(graph, [edge >> 1 for edge in graph.edges(row)], seen)]:
        total.add(sizes[reached])
    return total


def _reach(graph: Graph, seeds: list[int], seen: bytearray) -> list[int]:
    """Marks what the seeds lead to in ``seen``; returns the rows newly marked."""
    reached = []
    stack = []
    for row in seeds:
        if not seen[row]:
            seen[row] = 1
            stack.append(row)
    while stack:
        row = stack.pop()
        reached.append(row)
        for edge in graph.targets[graph.starts[row] : graph.starts[row + 1]]:
            if not seen[edge >> 1]:
                seen[edge >> 1] = 1
                stack.append(edge >> 1)
    return reached
