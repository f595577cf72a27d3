"""Interior pointers that lead into a block on purpose, by the names that valgrind gave them, and one more.

stdstring: a reference-counted std::string points behind its length, capacity and count. length64: the caller got the
address behind an 8-byte length. newarray: new T[n] of a class with a destructor points behind the element count.
multipleinheritance: a pointer to a second base class points at its table of virtual functions. exception: what was
thrown stands behind its header, and exception_ptr and the runtime's own list point at either.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right

from .. import kernel
from ..memory import WORD_BYTES, read_word
from ..model.leaks import LeakClass
from ..target import Target
from ..typed import Iterable
from . import by_kernel
from .exceptions import is_exception_mark
from .graph import INTERIOR, Graph
from .roots import own_memory

NAMES = ("stdstring", "length64", "newarray", "multipleinheritance", "exception")
_STRING_HEAD_BYTES = 24  # length, capacity, reference count: libstdc++'s _Rep, the ABI before C++11
_VTABLE_ENTRIES_READ = 2
# libstdc++'s block of an exception: a count, __cxa_exception, in that _Unwind_Exception with its mark, the object.
_EXCEPTION_OFFSETS, _MARK_OFFSET = (16, 96, 128), 96


def parse(text: str) -> frozenset[str]:
    """``all``, ``none``, or names with commas between. Raises ValueError with the unknown name."""
    if text in ("all", ""):
        return frozenset(NAMES)
    if text == "none":
        return frozenset()
    names = frozenset(text.split(","))
    for name in sorted(names - set(NAMES)):
        raise ValueError(name)
    return names


class _Judge:
    """Looks at one interior pointer at a time."""

    def __init__(self, graph: Graph, target: Target, names: frozenset[str]):
        self.graph, self.memory, self.names = graph, target.memory, names
        mappings = sorted(target.mappings(), key=lambda mapping: mapping.start)
        self.constant = [(item.start, item.end) for item in mappings if item.readable and not item.executable]
        self.heap = sorted(own_memory(graph.snapshot))
        self.code = [(item.start, item.end) for item in mappings if item.executable]
        self.tables: dict[int, bool] = {}

    def leads_in(self, row: int, value: int) -> bool:
        """True when a heuristic holds for the pointer ``value`` into the block at ``row``."""
        blocks = self.graph.snapshot.blocks
        offset, size, head = value - blocks.addresses[row], blocks.sizes[row], self.graph.heads[row]
        if offset % WORD_BYTES or offset == 0:
            return False
        if offset == WORD_BYTES:
            rest = size - WORD_BYTES
            if "length64" in self.names and head == rest:
                return True
            if "newarray" in self.names and 0 < head <= rest and rest % head == 0:
                return True
        if offset == _STRING_HEAD_BYTES and "stdstring" in self.names and self._is_string(row, head, size):
            return True
        if offset in _EXCEPTION_OFFSETS and size >= _EXCEPTION_OFFSETS[-1] and "exception" in self.names:
            if is_exception_mark(self._word(blocks.addresses[row] + _MARK_OFFSET)):
                return True
        return "multipleinheritance" in self.names and self._is_table(head) and self._is_table(self._word(value))

    def _is_string(self, row: int, length: int, size: int) -> bool:
        capacity = self._word(self.graph.snapshot.blocks.addresses[row] + WORD_BYTES)
        return length <= capacity and capacity + _STRING_HEAD_BYTES + 1 == size

    def _word(self, address: int) -> int:
        return read_word(self.memory, address) or 0

    def _is_table(self, address: int) -> bool:
        """A vtable: aligned, in a loaded object's data, and one of its first entries is code."""
        if address % WORD_BYTES or _inside(self.heap, address) or not _inside(self.constant, address):
            return False
        if address not in self.tables:
            entries = (self._word(address + WORD_BYTES * index) for index in range(_VTABLE_ENTRIES_READ))
            self.tables[address] = any(_inside(self.code, entry) for entry in entries)
        return self.tables[address]


def _inside(ranges: list[tuple[int, int]], address: int) -> bool:
    index = bisect_right(ranges, (address, 1 << 64)) - 1
    return index >= 0 and ranges[index][0] <= address < ranges[index][1]


def apply(graph: Graph, target: Target, names: frozenset[str], classes: bytearray) -> tuple[array, array] | None:
    """The graph's ``targets`` and ``root_targets``, with interior edges made direct where a heuristic holds; None where
    none does. ``classes``: of each row without heuristics; what is reachable needs no further edge, and most heaps have
    more interior pointers into such blocks than there is time to look at."""
    if not names or not graph.interior_at:
        return None
    judge = _Judge(graph, target, names)
    known: dict[int, bool] = {}
    direct: list[int] = []
    library = kernel.find()[0]
    waiting = by_kernel.undecided(library, graph, classes) if library is not None else _undecided(graph, classes)
    for at in waiting:
        position, value = graph.interior_at[at], graph.interior_values[at]
        if value not in known:
            known[value] = judge.leads_in(_edge(graph, position) >> 1, value)
        if known[value]:
            direct.append(position)
    if not direct:
        return None
    targets, root_targets = array("I", graph.targets), array("I", graph.root_targets)
    for position in direct:
        column, index = (targets, position) if position >= 0 else (root_targets, -1 - position)
        column[index] &= ~INTERIOR & 0xFFFFFFFF
    return targets, root_targets


def _edge(graph: Graph, position: int) -> int:
    return graph.targets[position] if position >= 0 else graph.root_targets[-1 - position]


def _undecided(graph: Graph, classes: bytearray) -> Iterable[int]:
    """Those of the interior edges, as positions in ``interior_at``, that lead to a block which is not reachable."""
    for at, position in enumerate(graph.interior_at):
        if classes[_edge(graph, position) >> 1] != LeakClass.REACHABLE:
            yield at
