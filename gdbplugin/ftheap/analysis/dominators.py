"""What each block alone keeps alive: dominators of the graph, by the semi-NCA method (Georgiadis and Tarjan).

A block dominates another when every way from a root leads through it; its retained bytes are those of all that it
dominates. Nodes are numbered in the order of a depth-first search, 0 is the common parent of all roots.
"""

from __future__ import annotations

from array import array
from contextlib import ExitStack
from ctypes import byref
from itertools import accumulate

from .. import kernel
from ..typed import Any, NamedTuple
from .graph import Graph
from .leaks import pinned_rows

_EDGES_END = 1 << 32  # of the kernel's columns


class Retained(NamedTuple):
    """A block that no other block dominates: it, and all that it alone keeps alive."""

    row: int
    count: int  # type: ignore[assignment]  # no tuple.count
    size_bytes: int


def owners(graph: Graph) -> list[Retained]:
    """Blocks held by roots, or by several blocks at once, with what each retains; most bytes first. Together they are
    all that is reachable, each block counted once."""
    library = kernel.find()[0]
    seeds = _seeds(graph)
    if library is None or len(graph.targets) + len(seeds) >= _EDGES_END:
        order, dominators = plain_tree(graph, seeds)
        counts, sizes = plain_sums(graph, order, dominators)
    else:
        order, dominators = kernel_tree(library, graph, seeds)
        counts, sizes = kernel_sums(library, graph, order, dominators)
    numbers = (number for number, dominator in enumerate(dominators) if dominator == 0 and number)
    found = [Retained(order[number], counts[number], sizes[number]) for number in numbers]
    return sorted(found, key=lambda owner: (-owner.size_bytes, owner.row))


def plain_tree(graph: Graph, seeds: array) -> tuple[array, array]:
    """Rows by number (0 stands for the roots), and the number of the immediate dominator of each."""
    order, parents, numbers = _search(graph, seeds)
    return order, _immediate_dominators(parents, *_predecessors(graph, seeds, order, numbers))


def kernel_tree(library: Any, graph: Graph, seeds: array) -> tuple[array, array]:
    """As plain_tree; the numbers may be others."""
    count = len(graph.live)
    # Rooms: what is freed goes back to the system at once, so that the sums have room for theirs.
    columns = [kernel.room(4 * (count + 2)) for _ in range(7)] + [kernel.room(4 * (len(graph.targets) + len(seeds)))]
    with ExitStack() as pins:
        starts_at, targets_at, seeds_at, *at = (
            pins.enter_context(kernel.Address(column)) for column in (graph.starts, graph.targets, seeds, *columns)
        )
        tree = kernel.Tree(*at, 0)
        edges = kernel.Edges(count, starts_at, len(graph.targets), targets_at, None, None)
        library.ftscan_dominators(byref(edges), seeds_at, len(seeds), byref(tree))
    order, dominators = array("I"), array("I")
    chosen = (order, columns[1]), (dominators, columns[2])
    del columns
    for column, found in chosen:
        column.frombytes(found[: 4 * tree.count])
    return order, dominators


def plain_sums(graph: Graph, order: array, dominators: array) -> tuple[array, array]:
    """How many blocks each number's dominates, itself included, and how many bytes."""
    counts, sizes = array("I", [0]) * len(order), array("Q", [0]) * len(order)
    for number in range(len(order) - 1, 0, -1):
        sizes[number] += graph.snapshot.blocks.sizes[order[number]]
        counts[number] += 1
        sizes[dominators[number]] += sizes[number]
        counts[dominators[number]] += counts[number]
    return counts, sizes


def kernel_sums(library: Any, graph: Graph, order: array, dominators: array) -> tuple[array, array]:
    """As plain_sums."""
    counts, sizes = array("I", [0]) * len(order), array("Q", [0]) * len(order)
    with ExitStack() as pins:
        columns = (order, dominators, graph.snapshot.blocks.sizes, sizes, counts)
        library.ftscan_retained(len(order), *(pins.enter_context(kernel.Address(column)) for column in columns))
    return counts, sizes


def _seeds(graph: Graph) -> array:
    return array("I", sorted({edge >> 1 for edge in graph.root_targets} | set(pinned_rows(graph))))


def _search(graph: Graph, seeds: array) -> tuple[array, array, array]:
    """Rows by number (0 stands for the roots), the parent's number of each, and numbers by row (0: not reached)."""
    order, parents = array("I", [0]), array("I", [0])
    numbers = array("I", [0]) * len(graph.live)
    for seed in seeds:
        stack = [(seed, 0)]
        while stack:
            row, parent = stack.pop()
            if numbers[row]:
                continue
            number = numbers[row] = len(order)
            order.append(row)
            parents.append(parent)
            for edge in graph.targets[graph.starts[row] : graph.starts[row + 1]]:
                if not numbers[edge >> 1]:
                    stack.append((edge >> 1, number))
    return order, parents, numbers


def _predecessors(graph: Graph, seeds: array, order: array, numbers: array) -> tuple[array, array]:
    """Columns: predecessors of n are ``sources[starts[n]:starts[n + 1]]``."""
    counts = array("I", [0]) * len(order)
    for row in seeds:
        counts[numbers[row]] += 1
    for row in order[1:]:
        for edge in graph.targets[graph.starts[row] : graph.starts[row + 1]]:
            counts[numbers[edge >> 1]] += 1
    starts = array("Q", accumulate(counts, initial=0))
    free = array("Q", starts)
    sources = array("I", [0]) * starts[-1]
    for row in seeds:
        sources[free[numbers[row]]] = 0
        free[numbers[row]] += 1
    for number in range(1, len(order)):
        row = order[number]
        for edge in graph.targets[graph.starts[row] : graph.starts[row + 1]]:
            aim = numbers[edge >> 1]
            sources[free[aim]] = number
            free[aim] += 1
    return starts, sources


def _immediate_dominators(parents: array, starts: array, sources: array) -> array:
    count = len(parents)
    semis, labels = array("I", range(count)), array("I", range(count))
    ancestors = array("I", parents)
    for number in range(count - 1, 0, -1):
        lowest = parents[number]
        for source in sources[starts[number] : starts[number + 1]]:
            if source > number:
                _compress(source, number, ancestors, labels, semis)
                source = semis[labels[source]]
            lowest = min(lowest, source)
        semis[number] = lowest
    idoms = array("I", parents)
    for number in range(1, count):
        dominator = idoms[number]
        while dominator > semis[number]:
            dominator = idoms[dominator]
        idoms[number] = dominator
    return idoms


def _compress(node: int, limit: int, ancestors: array, labels: array, semis: array) -> None:
    """Shortens the way from ``node`` up to the tree whose root is at most ``limit``, keeping the lowest semi."""
    way = []
    while ancestors[node] > limit:
        way.append(node)
        node = ancestors[node]
    top = ancestors[node]
    best = labels[node]
    for node in reversed(way):
        if semis[best] < semis[labels[node]]:
            labels[node] = best
        best = labels[node]
        ancestors[node] = top
