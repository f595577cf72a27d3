"""Sums over the block columns: rows in groups of one key, and tallies by state. Each in pure Python, which says what
the answer is, and in C, which is fifty times as fast."""

from __future__ import annotations

from array import array
from collections import defaultdict
from contextlib import ExitStack
from ctypes import byref
from itertools import chain, compress, repeat

from .. import kernel
from ..model.heap import Snapshot, State, table_of
from ..records import dataclass
from ..typed import Iterator, MutableSequence, NamedTuple, Sequence

GroupOfRows = tuple[int, int, Sequence[int], int]
_MASKS = [table_of({state}) for state in State]


@dataclass
class Sum:
    """How many blocks, and how many bytes they were asked for."""

    count: int = 0
    size_bytes: int = 0

    def add(self, size_bytes: int) -> None:
        """One more block."""
        self.count += 1
        self.size_bytes += size_bytes

    def add_all(self, other: Sum) -> None:
        """All blocks of another sum."""
        self.count += other.count
        self.size_bytes += other.size_bytes


class Tally(NamedTuple):
    """By State: how many rows, the bytes that they were asked for, and the bytes of their slots."""

    counts: MutableSequence[int]
    sizes: MutableSequence[int]
    slots: MutableSequence[int]


def group_rows(classes: bytearray, keys: array, sizes: array) -> Iterator[GroupOfRows]:
    """(class, key, rows, bytes) of each group of rows of one class and one key, by first row; where the key is 0, or
    ``keys`` is empty, of one class and size. Class 0 is left out."""
    return (plain_group if kernel.find()[0] is None else kernel_group)(classes, keys, sizes)


def plain_group(classes: bytearray, keys: array, sizes: array) -> Iterator[GroupOfRows]:
    """As group_rows."""
    members: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
    for row, (row_class, key, size_bytes) in enumerate(zip(classes, keys or repeat(0), sizes)):
        members[row_class, key, 0 if key else size_bytes].append(row)
    for (row_class, key, size_bytes), rows in members.items():
        if row_class:
            yield row_class, key, rows, sum(map(sizes.__getitem__, rows)) if key else len(rows) * size_bytes


def kernel_group(classes: bytearray, keys: array, sizes: array) -> Iterator[GroupOfRows]:
    """As group_rows."""
    count = len(sizes)
    if not count:
        return
    first, members, of_row, order = (kernel.room(4 * count) for _ in range(4))
    sums, table = kernel.room(8 * count), kernel.room(4 << (2 * count).bit_length())
    with ExitStack() as pins:
        columns = (classes, sizes, order, first, members, sums, of_row, table)
        classes_at, sizes_at, order_at, *at = (pins.enter_context(kernel.Address(column)) for column in columns)
        groups = kernel.Groups(0, *at, len(table) // 4 - 1)
        keys_at = pins.enter_context(kernel.Address(keys)) if keys else None
        kernel.find()[0].ftscan_group(count, classes_at, keys_at, sizes_at, byref(groups), order_at)
    del of_row, table, columns  # a large heap's are as large as its columns
    first, members, ordered, sums = first.cast("I"), members.cast("I"), order.cast("I"), sums.cast("Q")
    start = 0
    for index in range(groups.count):
        row, end = first[index], start + members[index]
        yield classes[row], keys[row] if keys else 0, ordered[start:end], sums[index]
        start = end


def tally_rows(snapshot: Snapshot, stretches: Sequence[tuple[int, int]]) -> list[Tally]:
    """One for each stretch of rows, first and end, whatever their slots are: ``slots`` is 0."""
    if kernel.find()[0] is None:
        found = _zeros(len(stretches))
        for (first, end), one in zip(stretches, found):
            _add(snapshot, first, end, 0, one)
        return found
    return _by_kernel(snapshot, "ftscan_tally_rows", array("Q", chain.from_iterable(stretches)), len(stretches))


def tally_runs(snapshot: Snapshot, numbers: array[int], count: int) -> list[Tally]:
    """``count`` tallies: what run i of ``snapshot.runs`` holds counts for number ``numbers[i]``."""
    if kernel.find()[0] is None:
        found = _zeros(count)
        for run, number in zip(snapshot.runs, numbers):
            _add(snapshot, run.first_index, run.first_index + run.carved_count, run.stride_bytes, found[number])
        return found
    return _by_kernel(snapshot, "ftscan_tally_runs", snapshot.runs.words, count, numbers)


def _zeros(count: int) -> list[Tally]:
    return [Tally(*([0] * len(State) for _ in Tally._fields)) for _ in range(count)]


def _add(snapshot: Snapshot, first: int, end: int, slot_bytes: int, found: Tally) -> None:
    states, sizes = snapshot.blocks.states[first:end], memoryview(snapshot.blocks.sizes)[first:end]
    for state in State:
        rows = states.count(state)
        if rows:
            found.counts[state] += rows
            found.sizes[state] += sum(compress(sizes, states.translate(_MASKS[state])))
            found.slots[state] += rows * slot_bytes


def _by_kernel(
    snapshot: Snapshot, function: str, table: array[int], count: int, numbers: array[int] | None = None
) -> list[Tally]:
    blocks, states = snapshot.blocks, len(State)
    tallies = array("Q", [0]) * (len(Tally._fields) * states * count)
    with ExitStack() as pins:
        columns = [blocks.states, blocks.sizes, table, tallies] + ([numbers] if numbers is not None else [])
        states_at, sizes_at, table_at, at, *numbers_at = (pins.enter_context(kernel.Address(one)) for one in columns)
        where = (numbers_at[0], at, count) if numbers is not None else (at,)
        rows = len(numbers) if numbers is not None else count
        getattr(kernel.find()[0], function)(len(blocks), states_at, sizes_at, table_at, rows, *where)
    parts = [tallies[start : start + states] for start in range(0, len(tallies), states)]
    return list(map(Tally, parts[::3], parts[1::3], parts[2::3]))
