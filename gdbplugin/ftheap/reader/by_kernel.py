"""The slots of neighbouring runs decoded in C, in one call: the same columns as RunReader.read, for runs in which all
is well. What is odd is left to the twin, which can say what it is."""

from __future__ import annotations

from array import array
from ctypes import addressof, byref, c_uint8, c_uint32, c_uint64

from .. import kernel
from ..model.heap import Blocks, State, Zone
from ..model.runs import Runs
from ..typed import Any
from .context import Context
from .traces import TraceReader

_ROWS_AT_FIRST = 1 << 16
_GAP_BYTES = 1 << 16  # reading that much for nothing costs less than one more call
_RUN_BYTES = 8 * kernel.RUN_WORDS


class SlotKernel:
    """Appends rows to the columns of one snapshot."""

    def __init__(self, library: Any, context: Context, traces: TraceReader, states: Any):
        """``states``: a BlockStates."""
        header = context.structs.header
        self._library, self._context, self._blocks, self._traced = library, context, traces.blocks, bool(traces)
        self.form = kernel.SlotForm(
            context.heap.prefix_bytes, header.size_bytes, header.granule_bytes, header.self_offset,
            header.extent_offset, header.address_bits, header.state_bits, header.size_bits,
            header.next_bits, header.key_mask, states.shifted, header.ignored_flag, _by_number(states.of_slot),
            _by_number(states.of_aligned), self._traced,
        )  # fmt: skip
        if traces:
            self.form.parts = tuple(traces.offsets)
            self.form.thread_shift, self.form.thread_mask = traces.thread_bits
            self.form.has_canaries = traces.canaries_bit
        self._make_room(_ROWS_AT_FIRST)
        fields = [context.layout.field(f"run.{name}") for name in kernel.TABLE_FIELDS]
        self._table_fields = tuple(offset for offset, _ in fields), tuple(size_bytes for _, size_bytes in fields)
        self._gap_bytes = _GAP_BYTES

    def _make_room(self, count: int) -> None:
        traced = count if self._traced else 1
        self._room = count
        self._words = [(c_uint64 * count)() for _ in range(2)]
        self._states = (c_uint8 * count)()
        self._parts = [(c_uint32 * traced)() for _ in range(kernel.PART_COUNT)]
        self._has_canaries, self._ignored = (c_uint8 * traced)(), (c_uint32 * count)()
        self._columns = kernel.Columns(
            *map(addressof, self._words), addressof(self._states), tuple(map(addressof, self._parts)),
            addressof(self._has_canaries), addressof(self._ignored), 0,
        )

    def take_table(self, form: Any, zone: Zone, table: memoryview, found: Runs) -> bool:
        """Adds the runs of a zone's table to ``found``; False where some unit makes no sense. ``form``: a
        slots.TableForm."""
        record_bytes = self._context.structs.run.size_bytes
        found.words = array("Q", [0]) * (len(table) // record_bytes * kernel.RUN_WORDS)
        rules = self.table_form(form)
        with kernel.Address(table) as table_at, kernel.Address(found.words) as at:
            count = self._library.ftscan_runs(
                byref(rules), zone.address, table_at, len(table), zone.first_index, at
            )
        del found.words[max(count, 0) * kernel.RUN_WORDS :]
        return count >= 0

    def table_form(self, form: Any) -> kernel.TableForm:
        """The same for the kernel."""
        return kernel.TableForm(
            form.unit_bytes, form.header_bytes, form.granule_bytes, form.overhead_bytes, form.lead, form.none,
            self._context.structs.run.size_bytes, *self._table_fields,
        )  # fmt: skip

    def together(self, runs: Runs, position: int) -> tuple[int, int, int | None]:
        """Which runs from ``position`` on one bulk read may serve: where they end, and their first and last address;
        None where they have no blocks."""
        with kernel.Address(runs.words) as at:
            end = self._library.ftscan_together(at, len(runs), position, self._gap_bytes)
        last = end - 1
        while last >= position and not runs[last].carved_count:
            last -= 1
        while position < last and not runs[position].carved_count:
            position += 1
        return end, runs[position].first_slot, runs[last].carved_end if last >= position else None

    def decode(self, runs: Runs, position: int, end: int, start: int, data: memoryview | bytes) -> int:
        """Runs ``position`` to ``end``; ``data`` begins at ``start``. Returns the first one whose rows it has not
        appended."""
        total = sum(runs.column("carved_count")[position:end])
        if total > self._room:
            self._make_room(total)
        with kernel.Address(runs.words) as at, kernel.Address(data) as data_at:
            done = position + self._library.ftscan_slots(
                byref(self.form), at + position * _RUN_BYTES, end - position, start, data_at, len(data),
                byref(self._columns),
            )  # fmt: skip
        self._append(total if done == end else sum(runs.column("carved_count")[position:done]))
        return done

    def _append(self, count: int) -> None:
        blocks: Blocks = self._blocks
        ignored = self._ignored[: self._columns.ignored_count]
        blocks.ignored.extend(len(blocks) + row for row in ignored if row < count)
        columns = [blocks.addresses, blocks.sizes]
        scratch: list[Any] = list(self._words)
        if self._traced:
            columns += [blocks.allocation_traces, blocks.free_traces, blocks.allocation_threads, blocks.free_threads]
            scratch += self._parts
            blocks.has_canaries += memoryview(self._has_canaries)[:count]
        for column, part in zip(columns, scratch):
            column.frombytes(memoryview(part).cast("B")[: count * column.itemsize])
        blocks.states += memoryview(self._states)[:count]


def _by_number(states: dict[int, State]) -> tuple[int, ...]:
    """State by the allocator's number, for a table in C."""
    return tuple(int(states.get(number, State.CORRUPTED)) for number in range(kernel.STATES_MAX))
