"""What has grown between two moments: live blocks by allocation stack, by size where no stack was recorded."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from ..model.heap import Snapshot, State
from ..model.saved import SavedHeap
from ..target import Target
from .stacks import frames_of

ADDRESSES_MAX = 1000


def save(target: Target, snapshot: Snapshot) -> SavedHeap:
    """The live blocks of a snapshot, with their stacks as text, so that another process can be compared."""
    saved = SavedHeap(target.description(), time.strftime("%Y-%m-%dT%H:%M:%S"))
    rows: dict[int, int] = {0: -1}
    blocks = snapshot.blocks
    traces = blocks.allocation_traces or [0] * len(blocks)
    for address, size_bytes, state, trace in zip(blocks.addresses, blocks.sizes, blocks.states, traces):
        if state != State.LIVE:
            continue
        row = rows.get(trace)
        if row is None:
            stack = _stack_text(target, snapshot, trace)
            row = rows[trace] = len(saved.stacks) if stack else -1
            if stack:
                saved.stacks.append(stack)
        saved.blocks.append((address, size_bytes, row))
    return saved


def _stack_text(target: Target, snapshot: Snapshot, trace: int) -> tuple[str, ...]:
    texts = []
    for frame in frames_of(target, snapshot.traces.get(trace)):
        place = f" {frame.file.rsplit('/', 1)[-1]}:{frame.line}" if frame.file and frame.line is not None else ""
        texts.append(f"{frame.function or _module_place(target, frame.address)}{place}")
    return tuple(texts)


def _module_place(target: Target, address: int) -> str:
    """``libc.so.6+0x1f2e``, the same in every process of the program; the bare address where no file is mapped."""
    here = next((part for part in target.mappings() if part.start <= address < part.end), None)
    if here is None or not here.path.startswith("/"):
        return hex(address)
    start = min(part.start for part in target.mappings() if part.path == here.path)
    return f"{here.path.rsplit('/', 1)[-1]}+{address - start:#x}"


@dataclass
class Change:
    """One stack, or one size: ``size_bytes`` is None where a stack is known. ``added``: addresses of blocks that
    were not there before, at most ADDRESSES_MAX."""

    stack: tuple[str, ...]
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

    for (size_bytes, row), count in Counter(block[1:] for block in before.blocks).items():
        change = change_of(before, size_bytes, row)
        change.count_before += count
        change.bytes_before += count * size_bytes
    known = {block[:2] for block in before.blocks}
    for address, size_bytes, row in after.blocks:
        change = change_of(after, size_bytes, row)
        change.count_after += 1
        change.bytes_after += size_bytes
        if (address, size_bytes) not in known and len(change.added) < ADDRESSES_MAX:
            change.added.append(address)
    differing = [change for change in changes.values() if change.growth_bytes or change.growth_count]
    return sorted(differing, key=lambda change: (-change.growth_bytes, -change.growth_count, change.size_bytes or 0))
