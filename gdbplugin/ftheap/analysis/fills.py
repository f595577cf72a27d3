"""Canaries behind live blocks, the fill of freed ones, and the queue of the quarantine: what was written where nobody
may write. Payloads are read a stretch of slots at a time.

C sources: debug/redzone.h, debug/quarantine.h, debug/check.h.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from contextlib import ExitStack
from ctypes import byref, c_uint64
from itertools import islice
from operator import attrgetter

from .. import kernel
from ..errors import MemoryUnreadable
from ..memory import Memory, borrow
from ..model.heap import Block, Finding, Snapshot, State, Zone, ZoneType, table_of
from ..model.runs import Run, Runs
from ..typed import Iterator, NamedTuple, Sequence

REDZONE, AFTER_FREE, QUARANTINE = "smashed-redzone", "write-after-free", "bad-quarantine"
SEEN_BYTES = 8
FINDINGS_MAX = 1000
_MAY_WAIT = frozenset({State.QUARANTINED, State.CORRUPTED, State.UNREADABLE, State.CHANGING})
_STRETCH_BYTES = 1 << 20
_AT_ONCE_BYTES_MAX = 16 << 20
_BYTES_MAX = 64 << 20  # of one block
_first_index = attrgetter("first_index")


class Damage(NamedTuple):
    """What happened to the block of row ``index``; ``offset_bytes`` from its payload stands the first wrong byte."""

    index: int  # type: ignore[assignment]  # no tuple.index
    finding: Finding
    offset_bytes: int


def check_fills(memory: Memory, snapshot: Snapshot) -> Iterator[Damage]:
    """Every damaged fill of the heap, by address; the thousandth is the last."""
    checker = _Checker(memory, snapshot)
    suspects = _Suspects(checker) if kernel.find()[0] is not None else None
    damages = (damage for zone in snapshot.zones for damage in checker.zone(zone, suspects))
    yield from islice(damages, FINDINGS_MAX)


def check_block(memory: Memory, snapshot: Snapshot, block: Block) -> Finding | None:
    """The damage of this block alone."""
    found = snapshot.run_at(block.slot_start)
    if found is None:
        return None
    zone, run = found
    if _is_closed(snapshot, zone):
        return None
    rows = range(block.index, block.index + 1)
    return next((damage.finding for damage in _Checker(memory, snapshot).rows(run, rows)), None)


def _is_closed(snapshot: Snapshot, zone: Zone) -> bool:
    """True of a guarded block that was freed: its pages were made inaccessible instead of being filled."""
    rows = range(zone.first_index, zone.end_index)
    return zone.guarded and all(snapshot.blocks.states[row] != State.LIVE for row in rows)


def check_waiting(snapshot: Snapshot) -> Iterator[Finding]:
    """Entries of the quarantine's queue that are no quarantined blocks."""
    blocks = snapshot.blocks
    for position in range(len(snapshot.waiting)) if kernel.find()[0] is None else _strangers(snapshot):
        payload = snapshot.waiting[position]
        row = bisect_left(blocks.addresses, payload)
        if row < len(blocks) and blocks.addresses[row] == payload:
            state = State(blocks.states[row])
            if state in _MAY_WAIT:
                continue
            what = f"the block at {payload:#x}, which is {state.word}"
        else:
            what = f"{payload:#x}, where no block is"
        yield Finding(QUARANTINE, payload, f"entry {position} of the quarantine's queue names {what}: its header or "
                      "the queue was written over")


def _strangers(snapshot: Snapshot) -> Sequence[int]:
    """Positions of the entries that are not well, by the kernel."""
    blocks, odd = snapshot.blocks, kernel.room(8 * len(snapshot.waiting))
    with ExitStack() as pins:
        columns = (snapshot.waiting, blocks.addresses, blocks.states, table_of(_MAY_WAIT), odd)
        values, addresses, states, well, at = (pins.enter_context(kernel.Address(column)) for column in columns)
        count = kernel.find()[0].ftscan_strangers(
            values, len(snapshot.waiting), addresses, states, len(blocks), well, at
        )
    return odd[: 8 * count].cast("Q")


class _Checker:
    def __init__(self, memory: Memory, snapshot: Snapshot):
        self.memory, self.snapshot = memory, snapshot
        fills, options = snapshot.fills, snapshot.options
        self.canary = fills.canary if snapshot.blocks.has_canaries else None
        filled = {State.QUARANTINED, State.FREED} if "FtMallocScribble" in options else {State.QUARANTINED}
        self.filled = {state for state in filled if fills.freed is not None and state in snapshot.blocks.states}
        self.freed = fills.freed

    def zone(self, zone: Zone, suspects: _Suspects | None) -> Iterator[Damage]:
        """All of a zone. ``suspects`` looks at many slots at once."""
        if not self.filled and self.canary is None:
            return
        if not self._concerns(zone.first_index, zone.end_index) or _is_closed(self.snapshot, zone):
            return
        rows = suspects.of(zone.runs) if suspects is not None and zone.type != ZoneType.LARGE else None
        if rows is not None:
            for row in rows:
                run = zone.runs[bisect_right(zone.runs, row, key=_first_index) - 1]
                yield from self.rows(run, range(row, row + 1))
            return
        for run in zone.runs:
            end = run.first_index + run.carved_count
            if self._concerns(run.first_index, end):
                step = max(_STRETCH_BYTES // run.stride_bytes, 1)
                for first in range(run.first_index, end, step):
                    yield from self.rows(run, range(first, min(first + step, end)))

    def _concerns(self, first: int, end: int) -> bool:
        """Whether something is to be checked in rows ``first`` to ``end``."""
        for state in self.filled:
            if self.snapshot.blocks.states.find(state, first, end) >= 0:
                return True
        return self.canary is not None and self.snapshot.blocks.has_canaries.find(1, first, end) >= 0

    def rows(self, run: Run, rows: range) -> Iterator[Damage]:
        """The damaged ones of these rows of ``run``. Of a single one no more is read than what is checked."""
        start = run.first_slot + (rows.start - run.first_index) * run.stride_bytes
        end = start + len(rows) * run.stride_bytes
        blocks = self.snapshot.blocks
        if len(rows) == 1 and blocks.states[rows.start] == State.LIVE:
            start = min(max(start, blocks.addresses[rows.start] + blocks.sizes[rows.start]), end)
        try:
            data = bytes(self.memory.read(start, min(end - start, _BYTES_MAX)))
        except MemoryUnreadable:
            if len(rows) > 1:
                for row in rows:
                    yield from self.rows(run, range(row, row + 1))
            return
        for row in rows:
            state = blocks.states[row]
            slot = run.first_slot + (row - run.first_index) * run.stride_bytes - start
            slot_end = slot + run.stride_bytes
            first = blocks.addresses[row] - start
            end = min(first + blocks.sizes[row], slot_end)
            if not slot <= first <= slot_end:
                continue  # what the reader gives always fits
            if state in self.filled:
                wrong = _damage(data[first:end], self.freed)
                held = data[slot:slot_end]
                if wrong is not None and not (state == State.FREED and self._held_aligned(held, row, run)):
                    yield Damage(row, self._after_free(row, wrong), wrong[0])
            elif state == State.LIVE and self.canary is not None and blocks.has_canaries[row]:
                wrong = _damage(data[end:slot_end], self.canary)
                if wrong is not None:
                    yield Damage(row, self._overflow(row, wrong), blocks.sizes[row] + wrong[0])

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
        state = State(self.snapshot.blocks.states[row]).word
        return Finding(AFTER_FREE, address, f"the {size_bytes}-byte {state} block at {address:#x} was written to after "
                       f"free: offset {wrong[0]} reads {_hex(wrong[1])} instead of {self.freed:02x}")


class _Suspects:
    """Which rows do not hold what they should, by the C kernel; the checker then says what is wrong with them."""

    def __init__(self, checker: _Checker):
        self._memory, self._blocks = checker.memory, checker.snapshot.blocks
        canary, freed = checker.canary, checker.freed
        self._fills = kernel.Fills(
            canary is not None, canary or 0, freed or 0, tuple(state in checker.filled for state in State)
        )
        self._found = (c_uint64 * FINDINGS_MAX)()

    def of(self, runs: Runs) -> list[int] | None:
        """Ascending; None where the slots can't be read in one go, or there are a thousand."""
        start, last = runs[0].first_slot, runs[-1]
        size_bytes = last.carved_end - start
        if not 0 < size_bytes <= _AT_ONCE_BYTES_MAX:
            return None
        try:
            data = borrow(self._memory, start, size_bytes)
        except MemoryUnreadable:
            return None
        blocks = self._blocks
        with ExitStack() as pins:
            columns = (blocks.addresses, blocks.sizes, blocks.states, blocks.has_canaries, runs.words)
            at = [pins.enter_context(kernel.Address(column)) for column in columns]
            source = kernel.FilledRows(len(blocks), *at[:3], at[3] if blocks.has_canaries else None)
            count = kernel.find()[0].ftscan_fills(
                byref(self._fills), byref(source), at[4], len(runs), start, pins.enter_context(kernel.Address(data)),
                len(data), self._found, FINDINGS_MAX,
            )  # fmt: skip
        return self._found[:count] if 0 <= count < FINDINGS_MAX else None


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
