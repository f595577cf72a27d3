"""The slots of neighbouring runs decoded in C, in one call: the same columns as RunReader.read, for runs in which all
is well. What is odd is left to the twin, which can say what it is."""

from __future__ import annotations

from ctypes import addressof, byref, c_uint8, c_uint32, c_uint64
from typing import Any, Sequence

from .. import kernel
from ..model.heap import Blocks, Run, State
from ..structs import Header
from .traces import TraceReader

_ROWS_AT_FIRST = 1 << 16


class SlotKernel:
    """Appends rows to the columns of one snapshot."""

    def __init__(self, library: Any, header: Header, prefix_bytes: int, traces: TraceReader, states: Any):
        """``states``: a BlockStates."""
        self._library, self._blocks, self._traced = library, traces.blocks, bool(traces)
        self._form = kernel.SlotForm(
            prefix_bytes, header.size_bytes, header.granule_bytes, header.self_offset, header.extent_offset,
            header.address_bits, header.class_bits[0], header.state_bits, header.size_bits, header.next_bits,
            header.key_mask, states.shifted, header.ignored_flag, _by_number(states.of_slot),
            _by_number(states.of_aligned), self._traced,
        )  # fmt: skip
        if traces:
            self._form.parts = tuple(traces.offsets)
            self._form.thread_shift, self._form.thread_mask = traces.thread_bits
            self._form.watched = traces.watched_bit
        self._make_room(_ROWS_AT_FIRST)

    def _make_room(self, count: int) -> None:
        traced = count if self._traced else 1
        self._room = count
        self._words = [(c_uint64 * count)() for _ in range(2)]
        self._states = (c_uint8 * count)()
        self._parts = [(c_uint32 * traced)() for _ in range(kernel.PART_COUNT)]
        self._watched, self._ignored = (c_uint8 * traced)(), (c_uint32 * count)()
        self._columns = kernel.Columns(
            *map(addressof, (*self._words, self._states)), tuple(map(addressof, self._parts)),
            addressof(self._watched), addressof(self._ignored), 0,
        )

    def decode(self, runs: Sequence[tuple[Run, int]], start: int, data: memoryview | bytes) -> int:
        """``runs`` with their classes; ``data`` begins at ``start``. Returns of how many, from the first on, the rows
        were appended."""
        total = sum(run.carved_count for run, _ in runs)
        if total > self._room:
            self._make_room(total)
        rows = kernel.run_rows(
            (run.first_slot, run.stride_bytes, run.carved_count, 0, size_class) for run, size_class in runs
        )
        with kernel.Address(rows) as rows_at, kernel.Address(data) as at:
            done = self._library.ftscan_slots(
                byref(self._form), rows_at, len(runs), start, at, len(data), byref(self._columns)
            )
        self._append(sum(run.carved_count for run, _ in runs[:done]))
        return done

    def _append(self, count: int) -> None:
        blocks: Blocks = self._blocks
        ignored = self._ignored[: self._columns.ignored_count]
        blocks.ignored.extend(len(blocks) + row for row in ignored if row < count)
        columns = [blocks.addresses, blocks.sizes]
        scratch = list(self._words)
        if self._traced:
            columns += [blocks.allocation_traces, blocks.free_traces, blocks.allocation_threads, blocks.free_threads]
            scratch += self._parts
            blocks.watched += memoryview(self._watched)[:count]
        for column, part in zip(columns, scratch):
            column.frombytes(memoryview(part).cast("B")[: count * column.itemsize])
        blocks.states += memoryview(self._states)[:count]


def _by_number(states: dict[int, State]) -> tuple[int, ...]:
    """State by the allocator's number, for a table in C."""
    return tuple(int(states.get(number, State.CORRUPTED)) for number in range(kernel.STATES_MAX))
