"""Sums over the block columns: rows in groups of one key, and tallies by state. Each in pure Python, which says what
the answer is, and in C, which is fifty times as fast."""

from __future__ import annotations

from array import array
from collections import defaultdict
from ctypes import addressof, byref, c_uint32, c_uint64
from dataclasses import dataclass
from itertools import compress, repeat
from typing import Iterable, Iterator, MutableSequence, NamedTuple, Sequence

from .. import kernel
from ..model.heap import Snapshot, State

GroupOfRows = tuple[int, int, Sequence[int], int]


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


class Span(NamedTuple):
    """Rows ``first`` .. ``end``, of slots of one size, which count for one of the tallies."""

    first: int
    end: int
    slot_bytes: int
    tally: int


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
    first, members, of_row, order = ((c_uint32 * count)() for _ in range(4))
    sums, table = (c_uint64 * count)(), (c_uint32 * (1 << (2 * count).bit_length()))()
    groups = kernel.Groups(
        0, addressof(first), addressof(members), addressof(sums), addressof(of_row), addressof(table), len(table) - 1
    )
    with kernel.Address(classes) as classes_at, kernel.Address(keys) as keys_at, kernel.Address(sizes) as sizes_at:
        kernel.find()[0].ftscan_group(
            count, classes_at, keys_at if keys else None, sizes_at, byref(groups), order
        )
    start, ordered = 0, memoryview(order).cast("B").cast("I")
    for index in range(groups.count):
        row, end = first[index], start + members[index]
        yield classes[row], keys[row] if keys else 0, ordered[start:end], sums[index]
        start = end


def tally(snapshot: Snapshot, spans: Sequence[Span], count: int) -> list[Tally]:
    """``count`` tallies of what the spans hold."""
    return (plain_tally if kernel.find()[0] is None else kernel_tally)(snapshot, spans, count)


def tally_rows(snapshot: Snapshot, stretches: Iterable[tuple[int, int]]) -> list[Tally]:
    """One for each stretch of rows, first and end, whatever their slots are: ``slots`` is 0."""
    spans = [Span(first, end, 0, number) for number, (first, end) in enumerate(stretches)]
    return tally(snapshot, spans, len(spans))


def plain_tally(snapshot: Snapshot, spans: Sequence[Span], count: int) -> list[Tally]:
    """As tally."""
    found = [Tally(*([0] * len(State) for _ in Tally._fields)) for _ in range(count)]
    masks = [bytes(value == state for value in range(256)) for state in State]
    for first, end, slot_bytes, number in spans:
        states, sizes = snapshot.blocks.states[first:end], memoryview(snapshot.blocks.sizes)[first:end]
        for state in State:
            rows = states.count(state)
            if rows:
                found[number].counts[state] += rows
                found[number].sizes[state] += sum(compress(sizes, states.translate(masks[state])))
                found[number].slots[state] += rows * slot_bytes
    return found


def kernel_tally(snapshot: Snapshot, spans: Sequence[Span], count: int) -> list[Tally]:
    """As tally."""
    blocks, states = snapshot.blocks, len(State)
    flat = array("Q", [value for span in spans for value in span])
    tallies = array("Q", bytes(8 * len(Tally._fields) * states * count))
    with kernel.Address(blocks.states) as states_at, kernel.Address(blocks.sizes) as sizes_at, \
            kernel.Address(flat) as spans_at, kernel.Address(tallies) as tallies_at:
        kernel.find()[0].ftscan_tally(len(blocks), states_at, sizes_at, spans_at, len(spans), tallies_at, count)
    parts = [tallies[start : start + states] for start in range(0, len(tallies), states)]
    return list(map(Tally, parts[::3], parts[1::3], parts[2::3]))
