"""Canaries behind live blocks, the fill of freed ones, and the queue of the quarantine: what was written where nobody
may write. Payloads are read a stretch of slots at a time.

C sources: debug/redzone.h, debug/quarantine.h, debug/check.h.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Iterator

from ..errors import MemoryUnreadable
from ..memory import Memory
from ..model.heap import Block, Finding, Run, Snapshot, State, Zone

REDZONE, AFTER_FREE, QUARANTINE = "smashed-redzone", "write-after-free", "bad-quarantine"
SEEN_BYTES = 8
FINDINGS_MAX = 1000
_STRETCH_BYTES = 1 << 20
_BYTES_MAX = 64 << 20  # of one block


@dataclass(frozen=True)
class Damage:
    """What is wrong with the block of row ``index``."""

    index: int
    finding: Finding


def check_fills(memory: Memory, snapshot: Snapshot) -> Iterator[Damage]:
    """Every damaged fill of the heap, by address; the thousandth is the last."""
    checker = _Checker(memory, snapshot)
    count = 0
    for zone in snapshot.zones:
        for run in zone.runs:
            for damage in checker.run(zone, run):
                yield damage
                count += 1
                if count >= FINDINGS_MAX:
                    return


def check_block(memory: Memory, snapshot: Snapshot, block: Block) -> Finding | None:
    """The damage of this block alone."""
    found = snapshot.run_at(block.slot_start)
    if found is None:
        return None
    _, run = found
    rows = range(block.index, block.index + 1)
    return next((damage.finding for damage in _Checker(memory, snapshot).rows(run, rows)), None)


def check_waiting(snapshot: Snapshot) -> Iterator[Finding]:
    """Entries of the quarantine's queue that are no quarantined blocks."""
    blocks = snapshot.blocks
    for position, payload in enumerate(snapshot.waiting):
        row = bisect_left(blocks.addresses, payload)
        if row < len(blocks) and blocks.addresses[row] == payload:
            state = State(blocks.states[row])
            if state in (State.QUARANTINED, State.CORRUPTED, State.UNKNOWN, State.CHANGING):
                continue
            what = f"the block at {payload:#x}, which is {state.name.lower()}"
        else:
            what = f"{payload:#x}, where no block is"
        yield Finding(QUARANTINE, payload, f"entry {position} of the quarantine's queue names {what}: its header or "
                      "the queue was written over")


class _Checker:
    def __init__(self, memory: Memory, snapshot: Snapshot):
        self.memory, self.snapshot = memory, snapshot
        fills, options = snapshot.fills, snapshot.options
        self.canary = fills.canary if snapshot.blocks.watched else None
        self.filled: set[int] = set()
        if fills.freed is not None:
            self.filled.add(State.QUARANTINED)
            if "FtMallocScribble" in options:
                self.filled.add(State.FREED)
        self.freed = fills.freed

    def run(self, zone: Zone, run: Run) -> Iterator[Damage]:
        rows = range(run.first_index, run.first_index + run.carved_count)
        states = self.snapshot.blocks.states[rows.start : rows.stop]
        if self._concerns(states, rows):
            step = max(_STRETCH_BYTES // run.stride_bytes, 1)
            for first in range(rows.start, rows.stop, step):
                yield from self.rows(run, range(first, min(first + step, rows.stop)))

    def _concerns(self, states: bytearray, rows: range) -> bool:
        if any(state in states for state in self.filled):
            return True
        return self.canary is not None and any(self.snapshot.blocks.watched[rows.start : rows.stop])

    def rows(self, run: Run, rows: range) -> Iterator[Damage]:
        """The damaged ones of these rows of ``run``."""
        start = run.first_slot + (rows.start - run.first_index) * run.stride_bytes
        size_bytes = min(len(rows) * run.stride_bytes, _BYTES_MAX)
        try:
            data = bytes(self.memory.read(start, size_bytes))
        except MemoryUnreadable:
            if len(rows) > 1:
                for row in rows:
                    yield from self.rows(run, range(row, row + 1))
            return
        blocks = self.snapshot.blocks
        for position, row in enumerate(rows):
            state = blocks.states[row]
            first = blocks.addresses[row] - start
            end = first + blocks.sizes[row]
            if state in self.filled:
                wrong = _damage(data[first:end], self.freed)
                slot = data[position * run.stride_bytes : (position + 1) * run.stride_bytes]
                if wrong is not None and not (state == State.FREED and self._held_aligned(slot, row, run)):
                    yield Damage(row, self._after_free(row, wrong))
            elif state == State.LIVE and self.canary is not None and blocks.watched[row]:
                wrong = _damage(data[end : (position + 1) * run.stride_bytes], self.canary)
                if wrong is not None:
                    yield Damage(row, self._overflow(row, wrong))

    def _held_aligned(self, slot: bytes, row: int, run: Run) -> bool:
        """True when the slot's last block stood further inside: what is in front of it was never filled. Its header,
        which holds the address of its payload, still stands there."""
        header_bytes = self.snapshot.header_bytes
        slot_start = run.first_slot + (row - run.first_index) * run.stride_bytes
        first = self.snapshot.blocks.addresses[row] - slot_start
        return any(
            (slot_start + offset + header_bytes).to_bytes(8, "little")[:6] in slot[offset : offset + header_bytes]
            for offset in range(first, len(slot) - header_bytes + 1, header_bytes)
        )

    def _overflow(self, row: int, wrong: tuple[int, bytes]) -> Finding:
        address, size_bytes = self.snapshot.blocks.addresses[row], self.snapshot.blocks.sizes[row]
        offset, seen = wrong
        where = f"{offset} {'byte' if offset == 1 else 'bytes'} behind its end" if offset else "right behind its end"
        return Finding(REDZONE, address, f"the {size_bytes}-byte block at {address:#x} was written past its end: "
                       f"offset {size_bytes + offset}, {where}, reads {_hex(seen)} instead of {self.canary:02x}")

    def _after_free(self, row: int, wrong: tuple[int, bytes]) -> Finding:
        address, size_bytes = self.snapshot.blocks.addresses[row], self.snapshot.blocks.sizes[row]
        state = State(self.snapshot.blocks.states[row]).name.lower()
        return Finding(AFTER_FREE, address, f"the {size_bytes}-byte {state} block at {address:#x} was written to after "
                       f"free: offset {wrong[0]} reads {_hex(wrong[1])} instead of {self.freed:02x}")


def _hex(seen: bytes) -> str:
    shown = seen[:SEEN_BYTES].hex(" ")
    return f"{shown} ... ({len(seen)} bytes)" if len(seen) > SEEN_BYTES else shown


def _damage(data: bytes, fill: int | None) -> tuple[int, bytes] | None:
    """Offset of the first wrong byte, and the bytes from there to the last wrong one; None when all is well."""
    if fill is None or data.count(fill) == len(data):
        return None
    mark = bytes((fill,))
    rest = data.lstrip(mark)
    return len(data) - len(rest), rest.rstrip(mark)
