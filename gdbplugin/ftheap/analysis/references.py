"""Who points at a block, how a root reaches it, and what it alone keeps alive."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import compress

from .. import kernel
from ..debug_info import FrameScope, Variable
from ..memory import WORD_BYTES, Memory
from ..model.heap import Block, Snapshot, table_of
from ..target import SymbolAt, Target
from ..typed import Iterator, NamedTuple
from . import by_kernel
from .graph import INTERIOR, Graph
from .leaks import pinned_rows
from .roots import RootRange
from .sums import Sum
from .typed_heap import joined, member_of, types_of, variable_on_stack
from .words import Range, readable_words


class Reference(NamedTuple):
    """A word that leads to a block. ``kind``: register, stack, data, mapping or block.

    ``address``: of the word; None for a register, which ``register`` and ``thread`` name. ``source``: the block that
    holds the word. ``offset_bytes``: from the source block's payload, or from the root range's start.
    ``interior``: the pointer leads into the target's inside, ``into_bytes`` from its start. ``variable``: the global,
    static or local one, with its member, that holds the word ("head.next"); in a block, the member of its likely type
    ("next of a struct node"); "" when not known. ``frame``: whose part of a stack it is.
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
    variable: str = ""
    frame: FrameScope | None = None


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
        self._types = types_of(target, graph.snapshot)
        self._starts = [part.start for part in graph.roots.ranges]

    def of(self, row: int, limit: int) -> tuple[list[Reference], int]:
        """At most ``limit`` references to the block at ``row``, roots first, and how many there are."""
        graph = self.graph
        wanted = (2 * row, 2 * row + INTERIOR)
        roots = sorted(place for edge in wanted for place in _places(graph.root_targets, edge))
        places = sorted(place for edge in wanted for place in _places(graph.targets, edge))
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
            frame, name = self._in_register(register.thread, register.value)
            return Reference(
                "register", None, bool(into), into, thread=register.thread, register=register.name, variable=name,
                frame=frame,
            )  # fmt: skip
        into = _word(self.target.memory, place) - target.address
        part = self._range(place)
        frame = symbol = None
        if part.kind == "stack" and part.thread is not None:
            frame, variable = variable_on_stack(self._frames(part.thread), place)
        else:
            symbol, variable = self.target.symbol_at(place), self.target.debug_info.global_at(place)
        return Reference(
            part.kind, place, bool(edge & INTERIOR), into, None, place - part.start, part.thread, symbol=symbol,
            label=part.label, variable=self._member(variable, place), frame=frame,
        )  # fmt: skip

    def _frames(self, thread: int) -> list[FrameScope]:
        return self.target.debug_info.frame_scopes(thread)

    def _member(self, variable: Variable | None, place: int) -> str:
        """``head``, ``list.first``, ``table[3]``; "" when no variable holds the word."""
        if variable is None or variable.address is None:
            return ""
        path = self.target.debug_info.member_at(variable.type_name, place - variable.address)
        return joined(variable.name, path)

    def _block_member(self, block: Block, place: int) -> str:
        best = self._types.best(block.index) if self._types is not None else None
        if best is None:
            return ""
        member = member_of(self.target, best, place - block.address)
        if not member and place == block.address:
            member = self.target.debug_info.member_at(best.name, 0)
        return f"{member} of a {best.name}" if member else f"in a {best.name}"

    def _in_register(self, thread: int, value: int) -> tuple[FrameScope | None, str]:
        """A variable of some frame that stands in a register and has this value: the likely one."""
        for scope in self._frames(thread):
            for variable in scope.variables:
                if variable.value == value:
                    return scope, variable.name
        return None, ""

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
                variable=self._block_member(source, start + WORD_BYTES * index),
            )
            for start, words in readable_words(self.target.memory, source.address, end, missing)
            for index, word in enumerate(words)
            if target.address <= word < last
        ]  # fmt: skip

    def shortest_path(self, row: int) -> list[Reference]:
        """References from a root to the block at ``row``, root first; [] when no root reaches it. Of equal ones, that
        which begins in memory tells more than one in a register."""
        graph = self.graph
        first = bisect_left(graph.root_places, len(graph.roots.registers))
        roots = [*range(first, len(graph.root_targets)), *range(first)]
        seeds = array("I", (graph.root_targets[index] >> 1 for index in roots))
        led_by = parents(graph, seeds, row)
        if not led_by[row]:
            return []
        path = []
        while led_by[row] != row + 1:
            path += self._from_block(led_by[row] - 1, row)[:1]
            row = led_by[row] - 1
        return [self._from_root(roots[seeds.index(row)]), *reversed(path)]


def parents(graph: Graph, seeds: array, row: int) -> array:
    """By row, one more than the row that led to it first, its own where it is a seed; 0 where none did before ``row``
    was met. A breadth-first search."""
    library = kernel.find()[0]
    if library is not None:
        return by_kernel.parents(library, graph, seeds, row)
    found = array("I", [0]) * len(graph.live)
    queue = array("I")
    for seed in seeds:
        if not found[seed]:
            found[seed] = seed + 1
            queue.append(seed)
    for source in queue:  # which grows meanwhile
        if found[row]:
            break
        for edge in graph.targets[graph.starts[source] : graph.starts[source + 1]]:
            if not found[edge >> 1]:
                found[edge >> 1] = source + 1
                queue.append(edge >> 1)
    return found


def _places(column: array, value: int) -> Iterator[int]:
    """Where a column has this value."""
    place = -1
    try:
        while True:
            place = column.index(value, place + 1)
            yield place
    except ValueError:
        return


def _word(memory: Memory, address: int) -> int:
    return int.from_bytes(bytes(memory.read(address, WORD_BYTES)), "little")


def retained_by(graph: Graph, row: int) -> Sum:
    """What would be lost with the block at ``row``, itself included: what no root reaches but through it. Of a lost
    block: all that it leads to, and no root does."""
    seen, held, own = bytearray(len(graph.live)), 1, 2
    seen[row] = own
    _reach(graph, [edge >> 1 for edge in graph.root_targets] + pinned_rows(graph), seen, held)
    _reach(graph, [edge >> 1 for edge in graph.edges(row)], seen, own)
    chosen = seen.translate(table_of({own}))
    return Sum(sum(chosen), sum(compress(graph.snapshot.blocks.sizes, chosen)))


def _reach(graph: Graph, seeds: list[int], seen: bytearray, value: int) -> None:
    """Gives ``value`` to all that the seeds lead to and that has none."""
    library = kernel.find()[0]
    if library is not None:
        by_kernel.reach(library, graph, array("I", seeds), seen, value)
        return
    stack = []
    for row in seeds:
        if not seen[row]:
            seen[row] = value
            stack.append(row)
    while stack:
        row = stack.pop()
        for edge in graph.targets[graph.starts[row] : graph.starts[row + 1]]:
            if not seen[edge >> 1]:
                seen[edge >> 1] = value
                stack.append(edge >> 1)
