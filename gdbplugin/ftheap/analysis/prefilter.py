"""Which rows of a run may satisfy an expression: whole columns at a time, so that few rows need a closer look."""

from __future__ import annotations

from array import array
from itertools import repeat
from operator import and_, eq, ge, gt, le, lt, ne, or_

from .. import kernel
from ..errors import MemoryUnreadable
from ..memory import Memory, borrow
from ..model.heap import Blocks
from ..model.runs import Run
from ..typed import Callable, Iterable
from .expression import Expression, Test, tests_of

_RUN_BYTES_MAX = 32 << 20
_COMPARISONS = (lt, le, eq, ne, ge, gt)  # as kernel/groups.c counts them
_CONTENTS = ("string", "bytes", "pointer")
# Of the rows of a run, a byte each: 1 where it may; None: they all may.
Mask = bytes | None


class Prefilter:
    """``classes``: the LeakClass of each row, empty where no test asks for it."""

    def __init__(self, memory: Memory, blocks: Blocks, classes: bytearray):
        self._memory = memory
        self._columns: dict[str, array[int] | bytearray] = {
            "size": blocks.sizes, "address": blocks.addresses, "state": blocks.states, "class": classes,
            "thread": blocks.allocation_threads, "freed-by": blocks.free_threads,
        }  # fmt: skip

    def of(self, expression: Expression) -> Callable[[Run], Mask]:
        """The mask of a run."""
        if isinstance(expression, Test):
            return self._of_test(expression)
        if expression.kind == "not":  # what its part may satisfy says nothing of what it does not
            return lambda run: None
        parts = [self.of(part) for part in sorted(expression.parts, key=_reads)]
        if expression.kind == "and":
            return lambda run: _all(part(run) for part in parts)
        return lambda run: _any([part(run) for part in parts])

    def _of_test(self, test: Test) -> Callable[[Run], Mask]:
        name, compare, value = test.field.name, test.compare, test.value
        if name in _CONTENTS:
            needle = value.to_bytes(8, "little") if name == "pointer" else value
            return lambda run: self._with(run, needle)
        column: array[int] | bytearray = self._columns.get(name, bytearray())
        if not column:
            return lambda run: None
        if kernel.find()[0] is not None and compare in _COMPARISONS and 0 <= value < 1 << 64:
            holds = _compared(column, _COMPARISONS.index(compare), value)
            return lambda run: holds[run.first_index : _end(run)]
        return lambda run: bytes(map(compare, column[run.first_index : _end(run)], repeat(value)))

    def _with(self, run: Run, needle: bytes) -> Mask:
        """The slots in which the needle begins."""
        size_bytes = run.carved_end - run.first_slot
        if run.carved_count < 2 or size_bytes > _RUN_BYTES_MAX:
            return None
        try:
            data = bytes(borrow(self._memory, run.first_slot, size_bytes))
        except MemoryUnreadable:
            return None
        mask = bytearray(run.carved_count)
        place = data.find(needle)
        while 0 <= place < size_bytes:
            slot = place // run.stride_bytes
            mask[slot] = 1
            place = data.find(needle, (slot + 1) * run.stride_bytes)
        return bytes(mask)


def _compared(column: array[int] | bytearray, comparison: int, value: int) -> bytes:
    """The test on a whole column, by the kernel."""
    holds, item_bytes = bytearray(len(column)), memoryview(column).itemsize
    with kernel.Address(column) as column_at, kernel.Address(holds) as at:
        kernel.find()[0].ftscan_compare(column_at, item_bytes, len(column), comparison, value, at)
    return bytes(holds)


def _reads(expression: Expression) -> bool:
    """Whether it takes the contents of the slots."""
    return any(test.field.name in _CONTENTS for test in tests_of(expression))


def _end(run: Run) -> int:
    return run.first_index + run.carved_count


def _all(masks: Iterable[Mask]) -> Mask:
    both: Mask = None
    for mask in masks:
        both = mask if both is None else both if mask is None else bytes(map(and_, both, mask))
        if both is not None and not any(both):
            return both
    return both


def _any(masks: list[Mask]) -> Mask:
    either = masks[0]
    for mask in masks[1:]:
        either = None if mask is None or either is None else bytes(map(or_, either, mask))
    return either
