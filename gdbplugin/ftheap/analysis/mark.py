"""Mark and sweep over a Graph: which live blocks can still be reached, and how.

The classes are valgrind's. Reachable: a chain of pointers to starts of blocks leads from a root to it. Possible: a
chain leads to it, but some link is interior. Definite: no chain, and no other lost block leads to it (of a lost
cycle, the block with the lowest address). Indirect: lost, and led to by another lost block.
"""

from __future__ import annotations

from array import array
from itertools import compress
from operator import gt

from ..model.leaks import LeakClass
from ..typed import Iterable
from .graph import INTERIOR, Graph


def classify(graph: Graph, targets: array, root_targets: array, pinned: Iterable[int]) -> bytearray:
    """The LeakClass of each row. ``targets`` and ``root_targets`` are the graph's, or copies in which a heuristic
    has made interior edges direct. ``pinned``: rows that are reachable by definition."""
    starts = graph.starts
    classes = bytearray(len(graph.live))
    interior = _mark_direct(starts, targets, root_targets, pinned, classes)
    _mark_any(starts, targets, interior, classes)
    _sort_lost(starts, targets, graph.live, classes)
    return classes


def _mark_direct(
    starts: array, targets: array, root_targets: array, pinned: Iterable[int], classes: bytearray
) -> list[int]:
    """Marks what direct edges alone reach; returns the targets of the interior edges met."""
    interior: list[int] = []
    stack: list[int] = []
    for row in [*pinned, *(edge >> 1 for edge in root_targets if not edge & INTERIOR)]:
        if not classes[row]:
            classes[row] = LeakClass.REACHABLE
            stack.append(row)
    interior += [edge >> 1 for edge in root_targets if edge & INTERIOR]
    reachable = int(LeakClass.REACHABLE)
    while stack:
        row = stack.pop()
        for edge in targets[starts[row] : starts[row + 1]]:
            target = edge >> 1
            if not classes[target]:
                if edge & INTERIOR:
                    interior.append(target)
                else:
                    classes[target] = reachable
                    stack.append(target)
    return interior


def _mark_any(starts: array, targets: array, seeds: list[int], classes: bytearray) -> None:
    """Marks what is reached by way of an interior edge."""
    for row in seeds:
        if not classes[row]:
            _spread(starts, targets, row, classes, LeakClass.POSSIBLE)


def _sort_lost(starts: array, targets: array, live: bytearray, classes: bytearray) -> None:
    """Tells definite from indirect among the rest, by two rounds of depth-first search.

    The first round, by address, finds the roots of a search forest. No tree leads into one that began later. So in
    the second round, which takes the roots from last to first, a root that nothing has led to yet is led to by its
    own cycle at most.
    """
    indirect = int(LeakClass.INDIRECT)
    lost = list(compress(range(len(live)), map(gt, live, classes)))
    roots = []
    for row in lost:
        if not classes[row]:
            roots.append(row)
            if starts[row] == starts[row + 1]:
                classes[row] = indirect
            else:
                _spread(starts, targets, row, classes, indirect)
    for row in lost:
        classes[row] = 0
    definite = int(LeakClass.DEFINITE)
    for row in reversed(roots):
        if not classes[row]:
            if starts[row] != starts[row + 1]:
                _spread(starts, targets, row, classes, indirect)
            classes[row] = definite


def _spread(starts: array, targets: array, row: int, classes: bytearray, value: int) -> None:
    """Gives ``value`` to ``row`` and to all rows without a class that it leads to."""
    classes[row] = value
    stack = [row]
    while stack:
        row = stack.pop()
        for edge in targets[starts[row] : starts[row + 1]]:
            target = edge >> 1
            if not classes[target]:
                classes[target] = value
                stack.append(target)
