"""From the headers of one run to rows of the block columns.

The common case is done on whole columns without a Python object for each block; only headers that do not fit what
their place demands are looked at one by one.
"""

from __future__ import annotations

from array import array
from itertools import compress, repeat
from operator import and_, sub

from .. import kernel
from ..errors import MemoryUnreadable
from ..memory import borrow
from ..model.heap import Blocks, State
from ..model.runs import Run, Runs
from ..records import dataclass
from ..typed import Any
from .by_kernel import SlotKernel
from .context import Context
from .tolerant import Bytes, read_tolerant
from .traces import TraceReader

CULPRIT = "; likely culprit: the block before it at"  # the end of a message that accuses
# What comes from the block in front meets the first word first.
WRITTEN_FROM_BEHIND = (
    ": the second word of its header is written over, the first is whole: this block was written in front of its start"
)
_NEIGHBOUR_BYTES = 64 << 10
_SHIFTED = 100  # in the place of a State: the block is further inside of its slot
STATE_WORDS = {
    State.UNUSED: "never used",
    State.LIVE: "live",
    State.FREED: "freed",
    State.QUARANTINED: "quarantined",
    State.CHANGING: "changing",
    State.CORRUPTED: "itself smashed",
    State.UNREADABLE: "unreadable",
}


class BlockStates:
    """What the allocator's state numbers mean, by the layout (heap/block.h)."""

    def __init__(self, context: Context):
        def number(name: str) -> int:
            return context.layout.state(f"block_state.{name}")

        self.of_slot = {
            number("live"): State.LIVE,
            number("fresh"): State.UNUSED,
            number("freed"): State.FREED,
            number("quarantined"): State.QUARANTINED,
            number("changing"): State.CHANGING,
        }
        self.of_aligned = {**self.of_slot, number("live_aligned"): State.LIVE}
        del self.of_aligned[number("live")]
        self.shifted = number("shifted")
        self.of_large = {**self.of_slot, number("live_aligned"): State.LIVE}


@dataclass
class RunReader:
    """Decodes runs of one snapshot into ``blocks``."""

    context: Context
    blocks: Blocks

    def __post_init__(self) -> None:
        self.header = self.context.structs.header
        self.states = BlockStates(self.context)
        self.prefix_bytes = self.context.heap.prefix_bytes
        self.traces = TraceReader(self.context, self.blocks)
        # The state bits of a header, as they stand in its word, to State.
        shift = self.header.state_bits[0]
        self._table = {number << shift: int(state) for number, state in self.states.of_slot.items()}
        self._table[self.states.shifted << shift] = _SHIFTED
        library = kernel.find()[0]
        self.kernel = SlotKernel(library, self.context, self.traces, self.states) if library else None
        self.ahead: Any = None  # a ReadAhead, where there is one

    def read_runs(self, runs: Runs, what: str) -> None:
        """Appends the rows of a zone's runs. ``what`` names the zone."""
        position = 0
        while position < len(runs):
            if self.kernel is not None:
                position = self._read_together(self.kernel, runs, position)
            if position < len(runs):
                run = runs[position]
                if run.carved_count:
                    own = read_tolerant(self.context.memory, run.first_slot, run.carved_end - run.first_slot)
                    self.read(run, own, what)
                position += 1

    def _read_together(self, by_kernel: SlotKernel, runs: Runs, position: int) -> int:
        """Runs that stand near to each other, by the kernel. Returns where the first is that it does not do."""
        end, first, last = by_kernel.together(runs, position)
        if last is None:
            return end
        try:
            data = borrow(self.context.memory, first, last - first)
        except MemoryUnreadable:
            return position  # the twin finds out what is missing
        return by_kernel.decode(runs, position, end, first, data)

    def read(self, run: Run, data: Bytes, what: str) -> None:
        """Appends ``run.carved_count`` rows. ``data`` covers the run's carved slots."""
        base, ignored = len(self.blocks), self.blocks.ignored
        ignored_before = len(ignored)
        odd = self.decode(run, data)
        if self.traces:
            self.traces.read(run.first_slot, run.stride_bytes, run.carved_count, data)
        states = self.blocks.states[base:]
        if data.holes:
            self._mark_holes(run, base, data, what)
        if _SHIFTED in states:
            for index in _positions(self.blocks.states, _SHIFTED, base):
                self._follow_shift(run, base, index - base, data)
        if odd:
            first = run.first_slot + self.prefix_bytes - data.address
            extents = self.header.extent_words(data.data, first, run.stride_bytes, run.carved_count)
            self._check_extents(run, base, extents)
        if int(State.UNUSED) in states:
            for index in _positions(self.blocks.states, int(State.UNUSED), base):
                self.blocks.sizes[index] = 0
        if int(State.CORRUPTED) in self.blocks.states[base:]:
            self._report_smashed(run, base, data)
        if len(ignored) > ignored_before:
            live = (row for row in ignored[ignored_before:] if self.blocks.states[row] == State.LIVE)
            ignored[ignored_before:] = array("I", sorted(live))

    def decode(self, run: Run, data: Bytes) -> bool:
        """Appends what the headers themselves say. True when some say a size or a distance that does not fit."""
        header, count, stride, base = self.header, run.carved_count, run.stride_bytes, len(self.blocks)
        first_header = run.first_slot + self.prefix_bytes
        first = first_header - data.address
        words = header.self_words(data.data, first, stride, count)
        extents = header.extent_words(data.data, first, stride, count)
        payloads = range(first_header + header.size_bytes, first_header + header.size_bytes + count * stride, stride)
        shift = header.address_bits[0]
        proofs = range(payloads.start << shift, payloads.stop << shift, stride << shift)
        keys = map(sub, map(and_, words, repeat(header.key_mask)), proofs)
        size_shift, size_mask = header.size_bits
        sizes = [extent >> size_shift & size_mask for extent in extents]
        next_shift, next_mask = header.next_bits
        distances = {extent >> next_shift & next_mask for extent in extents}
        self.blocks.addresses.extend(payloads)
        self.blocks.sizes.extend(sizes)
        self.blocks.states += bytearray(map(self._table.get, keys, repeat(int(State.CORRUPTED))))
        flagged = compress(range(base, base + count), map(and_, words, repeat(header.ignored_flag)))
        self.blocks.ignored.extend(row for row in flagged if self.blocks.states[row] != _SHIFTED)
        return max(sizes) > run.capacity_bytes or bool(distances - {stride // header.granule_bytes})

    def _mark_holes(self, run: Run, base: int, data: Bytes, what: str) -> None:
        header_bytes = self.header.size_bytes
        run_end = run.first_slot + run.carved_count * run.stride_bytes
        for start, end in data.holes:
            if end <= run.first_slot or start >= run_end:
                continue
            first = max((start - header_bytes - self.prefix_bytes - run.first_slot) // run.stride_bytes + 1, 0)
            last = min((end - 1 - self.prefix_bytes - run.first_slot) // run.stride_bytes, run.carved_count - 1)
            for index in range(first, last + 1):
                self.blocks.states[base + index] = State.UNREADABLE
                self.blocks.sizes[base + index] = 0
            self.context.unreadable(
                max(start, run.first_slot),
                min(end, run_end) - max(start, run.first_slot),
                f"{what}, with the headers of {max(last - first + 1, 0)} blocks,",
            )

    def _follow_shift(self, run: Run, base: int, index: int, data: Bytes) -> None:
        """Row ``index`` becomes the aligned block that stands further inside of its slot."""
        blocks, header, row = self.blocks, self.header, base + index
        slot_payload = blocks.addresses[row]
        distance = blocks.sizes[row]
        payload = slot_payload + distance
        slot_end = run.first_slot + (index + 1) * run.stride_bytes
        blocks.states[row], blocks.sizes[row] = State.CORRUPTED, 0
        if distance < header.size_bytes or distance % header.granule_bytes or payload > slot_end:
            return
        if not data.has(payload - header.size_bytes, header.size_bytes):
            blocks.states[row] = State.UNREADABLE
            return
        values = header.values(data.data, payload - header.size_bytes - data.address)
        state = self.states.of_aligned.get(values.state)
        blocks.addresses[row] = payload
        if values.address == payload and state is not None:
            blocks.states[row] = state
            blocks.sizes[row] = values.size_bytes
            if values.is_ignored:
                blocks.ignored.append(row)
            if values.size_bytes > slot_end - payload:
                self._report_size(row, slot_end - payload)

    def _report_size(self, row: int, capacity_bytes: int) -> None:
        blocks = self.blocks
        self.context.find(
            "bad-size",
            blocks.addresses[row],
            f"the block at {blocks.addresses[row]:#x} says {blocks.sizes[row]} bytes, its slot has room for "
            f"{capacity_bytes}{WRITTEN_FROM_BEHIND}",
        )
        blocks.sizes[row] = capacity_bytes

    def _check_extents(self, run: Run, base: int, extents: list[int]) -> None:
        blocks, header = self.blocks, self.header
        judged = (State.LIVE, State.FREED, State.QUARANTINED)
        first_header = run.first_slot + self.prefix_bytes
        for index, extent in enumerate(extents):
            row = base + index
            payload = first_header + index * run.stride_bytes + header.size_bytes
            if blocks.states[row] not in judged or blocks.addresses[row] != payload:
                continue
            if blocks.sizes[row] > run.capacity_bytes:
                self._report_size(row, run.capacity_bytes)
                continue
            next_bytes = (extent >> header.next_bits[0] & header.next_bits[1]) * header.granule_bytes
            is_last = index == len(extents) - 1
            if next_bytes != run.stride_bytes and not (is_last and next_bytes == 0):
                self.context.find(
                    "bad-extent",
                    payload,
                    f"the block at {payload:#x} says that the next header is {next_bytes} bytes further, its slot has "
                    f"{run.stride_bytes}{WRITTEN_FROM_BEHIND}",
                )

    def _report_smashed(self, run: Run, base: int, data: Bytes) -> None:
        """One finding for each stretch of smashed headers, with the block in front of it as the likely culprit."""
        blocks, header = self.blocks, self.header
        row, end = base, base + run.carved_count
        while row < end:
            if blocks.states[row] != State.CORRUPTED:
                row += 1
                continue
            stop = row + 1
            while stop < end and blocks.states[stop] == State.CORRUPTED:
                stop += 1
            for smashed in range(row, stop):
                if blocks.sizes[smashed] > run.capacity_bytes:
                    blocks.sizes[smashed] = 0
            address = blocks.addresses[row]
            seen = bytes(data.data[address - header.size_bytes - data.address :][: header.size_bytes]).hex()
            more = "" if stop == row + 1 else f", and those of the {stop - row - 1} blocks behind it"
            self.context.find(
                "smashed-header",
                address,
                f"the header of the block at {address:#x} (slot of {run.stride_bytes} bytes) is written over"
                f"{more}: it reads {seen}{self.suspect(row)}",
            )
            row = stop

    def suspect(self, row: int) -> str:
        """The end of a message: which block is the likely culprit, the one in front."""
        if row == 0:
            return "; no block stands in front of it"
        address, size_bytes = self.blocks.addresses[row - 1], self.blocks.sizes[row - 1]
        gap = self.blocks.addresses[row] - self.header.size_bytes - (address + size_bytes)
        if not 0 <= gap <= _NEIGHBOUR_BYTES:
            return "; no block stands in front of it"
        word = STATE_WORDS[State(self.blocks.states[row - 1])]
        if self.blocks.states[row - 1] in (State.CORRUPTED, State.UNREADABLE):
            return f"{CULPRIT} {address:#x}, {word}"
        return f"{CULPRIT} {address:#x}, {size_bytes} bytes, {word}"

    def suspect_of_zone(self, zone: int) -> str:
        """The same for a smashed zone header: the last block read, when it ends shortly in front of ``zone``."""
        if not len(self.blocks):
            return ""
        address, size_bytes = self.blocks.addresses[-1], self.blocks.sizes[-1]
        if not 0 <= zone - (address + size_bytes) <= _NEIGHBOUR_BYTES:
            return ""
        word = STATE_WORDS[State(self.blocks.states[-1])]
        return f"{CULPRIT} {address:#x}, {size_bytes} bytes, {word}"


def _positions(states: bytearray, value: int, start: int) -> list[int]:
    found, index = [], states.find(value, start)
    while index >= 0:
        found.append(index)
        index = states.find(value, index + 1)
    return found
