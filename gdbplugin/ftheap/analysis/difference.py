"""What has grown between two moments: live blocks by allocation stack, by size where no stack was recorded."""

from __future__ import annotations

import time
from array import array
from itertools import compress

from ..model.heap import LIVE_ONLY, Snapshot, State
from ..model.saved import SavedFrame, SavedHeap
from ..records import dataclass, field
from ..target import Target
from ..typed import Iterator
from .stacks import frames_of
from .sums import Sum, group_rows, tally_rows

ADDRESSES_MAX = 1000
_STRETCH_ROWS = 8


def save(target: Target, snapshot: Snapshot) -> SavedHeap:
    """The live blocks of a snapshot, with stacks that another process can be compared by."""
    saved = SavedHeap(target.description(), time.strftime("%Y-%m-%dT%H:%M:%S"))
    blocks = snapshot.blocks
    live = blocks.states.translate(LIVE_ONLY)
    saved.addresses = _chosen(blocks.addresses, live)
    saved.sizes = _chosen(blocks.sizes, live)
    saved.total_bytes = tally_rows(snapshot, [(0, len(blocks))])[0].sizes[State.LIVE]
    if not blocks.allocation_traces:
        saved.rows = array("i", (-1,)) * len(saved)
        return saved
    rows: dict[int, int] = {}
    for trace in dict.fromkeys(compress(blocks.allocation_traces, live)):
        stack = _saved_stack(target, snapshot, trace) if trace else ()
        rows[trace] = len(saved.stacks) if stack else -1
        saved.stacks += [stack] if stack else []
    saved.rows.extend(map(rows.__getitem__, compress(blocks.allocation_traces, live)))
    return saved


def _chosen(column: array[int], chosen: bytes | bytearray) -> array[int]:
    """Of the rows with 1 in ``chosen``; whole stretches of them, where these are long."""
    if chosen.count(b"\0\1") * _STRETCH_ROWS > len(chosen):
        return array(column.typecode, compress(column, chosen))
    found, start = array(column.typecode), chosen.find(1)
    while start >= 0:
        end = chosen.find(0, start)
        end = len(chosen) if end < 0 else end
        found += column[start:end]
        start = chosen.find(1, end)
    return found


def _saved_stack(target: Target, snapshot: Snapshot, trace: int) -> tuple[SavedFrame, ...]:
    return tuple(
        SavedFrame(
            frame.function, frame.file, frame.line,
            None if frame.function else frame.module_place or hex(frame.address),
        )
        for frame in frames_of(target, snapshot.traces.get(trace))
    )  # fmt: skip


@dataclass
class Change:
    """One stack, or one size: ``size_bytes`` is None where a stack is known. ``added``: addresses of blocks that
    were not there before, at most ADDRESSES_MAX."""

    stack: tuple[SavedFrame, ...]
    size_bytes: int | None
    count_before: int = 0
    bytes_before: int = 0
    count_after: int = 0
    bytes_after: int = 0
    added: list[int] = field(default_factory=list)

    @property
    def growth_bytes(self) -> int:
        """Negative when it has shrunk."""
        return self.bytes_after - self.bytes_before

    @property
    def growth_count(self) -> int:
        """Negative when there are fewer blocks."""
        return self.count_after - self.count_before


def compare(before: SavedHeap, after: SavedHeap) -> list[Change]:
    """A Change for each stack or size of which the blocks differ, most growth first."""
    changes: dict[tuple[object, ...], Change] = {}

    def change_of(saved: SavedHeap, size_bytes: int, row: int) -> Change:
        stack = saved.stacks[row] if row >= 0 else ()
        key = (stack, None if stack else size_bytes)
        if key not in changes:
            changes[key] = Change(stack, None if stack else size_bytes)
        return changes[key]

    if before.is_like(after):
        return []
    for size_bytes, row, found in _groups(before):
        change = change_of(before, size_bytes, row)
        change.count_before += found.count
        change.bytes_before += found.size_bytes
    for size_bytes, row, found in _groups(after):
        change = change_of(after, size_bytes, row)
        change.count_after += found.count
        change.bytes_after += found.size_bytes
    for address, size_bytes, row in _added(before, after):
        change = change_of(after, size_bytes, row)
        if len(change.added) < ADDRESSES_MAX:
            change.added.append(address)
    differing = [change for change in changes.values() if change.growth_bytes or change.growth_count]
    return sorted(differing, key=lambda change: (-change.growth_bytes, -change.growth_count, change.size_bytes or 0))


def _groups(saved: SavedHeap) -> Iterator[tuple[int, int, Sum]]:
    """(size, row, sum) of the blocks of each row of ``saved.stacks``; where that is -1, of each size."""
    keys = array("I", map(int(1).__add__, saved.rows)) if saved.stacks else array("I")
    for _, key, rows, size_bytes in group_rows(bytearray(b"\1") * len(saved), keys, saved.sizes):
        yield saved.sizes[rows[0]], key - 1, Sum(len(rows), size_bytes)


def _added(before: SavedHeap, after: SavedHeap) -> Iterator[tuple[int, int, int]]:
    """Blocks of which ``before`` has none of that address and size. Both ascend by address."""
    if before.addresses == after.addresses and before.sizes == after.sizes:
        return
    earlier = zip(before.addresses, before.sizes)
    known = next(earlier, None)
    for address, size_bytes, row in after.blocks:
        while known is not None and known < (address, size_bytes):
            known = next(earlier, None)
        if known != (address, size_bytes):
            yield address, size_bytes, row
