"""Sums over the block columns: rows in groups of one key, and tallies by state. Each in pure Python, which says what
the answer is, and in C, which is fifty times as fast."""

from __future__ import annotations

from array import array
from collections import defaultdict
from ctypes import addressof, byref, c_uint32, c_uint64
from itertools import compress, repeat
from typing import Iterator, NamedTuple, Sequence

from .. import kernel
from ..model.heap import Snapshot, State

GroupOfRows = tuple[int, int, Sequence[int], int]
Span = tuple[int, int]


class Tally(NamedTuple):
    """Of a span of rows: how many, and what they were asked for, by State."""

    counts: Sequence[int]
    sizes: Sequence[int]


def group(classes: bytearray, keys: array, sizes: array) -> Iterator[GroupOfRows]:
    """(class, key, rows, bytes) of each group of rows of one class and one key, by first row; where the key is 0, or
    ``keys`` is empty, of one class and size. Class 0 is left out."""
    return (plain_group if kernel.find()[0] is None else kernel_group)(classes, keys, sizes)


def plain_group(classes: bytearray, keys: array, sizes: array) -> Iterator[GroupOfRows]:
    """As group."""
    members: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
    for row, (row_class, key, size_bytes) in enumerate(zip(classes, keys or repeat(0), sizes)):
        members[row_class, key, 0 if key else size_bytes].append(row)
    for (row_class, key, size_bytes), rows in members.items():
        if row_class:
            yield row_class, key, rows, sum(map(sizes.__getitem__, rows)) if key else len(rows) * size_bytes


def kernel_group(classes: bytearray, keys: array, sizes: array) -> Iterator[GroupOfRows]:
    """As group."""
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


def tally(snapshot: Snapshot, spans: Sequence[Span]) -> list[Tally]:
    """A Tally of each span ``first row, end``."""
    return (plain_tally if kernel.find()[0] is None else kernel_tally)(snapshot, spans)


def plain_tally(snapshot: Snapshot, spans: Sequence[Span]) -> list[Tally]:
    """As tally."""
    found = []
    masks = [bytes(value == state for value in range(256)) for state in State]
    for first, end in spans:
        states, sizes = snapshot.blocks.states[first:end], memoryview(snapshot.blocks.sizes)[first:end]
        counts = [states.count(state) for state in State]
        sums = [sum(compress(sizes, states.translate(masks[state]))) if counts[state] else 0 for state in State]
        found.append(Tally(counts, sums))
    return found


def kernel_tally(snapshot: Snapshot, spans: Sequence[Span]) -> list[Tally]:
    """As tally."""
    blocks, states = snapshot.blocks, len(State)
    flat = array("Q", [row for span in spans for row in span])
    tallies = array("Q", bytes(8 * 2 * states * len(spans)))
    with kernel.Address(blocks.states) as states_at, kernel.Address(blocks.sizes) as sizes_at, \
            kernel.Address(flat) as spans_at, kernel.Address(tallies) as tallies_at:
        kernel.find()[0].ftscan_tally(len(blocks), states_at, sizes_at, spans_at, len(spans), tallies_at)
    return [
        Tally(tallies[start : start + states], tallies[start + states : start + 2 * states])
        for start in range(0, len(tallies), 2 * states)
    ]
