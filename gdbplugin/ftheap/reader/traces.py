"""Who allocated and who freed each block: the words in front of the headers, and the depot of stacks that they name.

C sources: debug/trace.h, debug/depot.h. Both are optional rows of the layout, and untrusted memory.
"""

from __future__ import annotations

from ..errors import MemoryUnreadable, TargetError
from ..layout import PARTS
from ..model.heap import Blocks, Trace, TraceSeal
from ..structs import Record
from ..typed import Any, Iterator, Mapping
from .context import Context
from .tolerant import Bytes, read_tolerant

_WORD_BYTES = 8
_PART_BYTES = 4
_DEPOT_BYTES_MAX = 128 << 20
_PIECE_BYTES = 64 << 20
_FRAMES_MAX = 256
_PARTS = ("allocated_stack", "freed_stack", "allocated_by", "freed_by")


class TraceReader:
    """Fills the trace columns, a whole run at a time. False when the blocks have no such words."""

    def __init__(self, context: Context, blocks: Blocks):
        layout, prefix_bytes = context.layout, context.heap.prefix_bytes
        self.blocks = blocks
        self._enabled = prefix_bytes > 0 and layout.has_part("traces")
        if not self._enabled:
            return
        fields = [layout.field(f"block_trace.{part}") for part in _PARTS]
        self.offsets = [offset for offset, _ in fields]
        self._enabled = all(
            size_bytes == _PART_BYTES and offset % _PART_BYTES == 0 and offset + size_bytes <= prefix_bytes
            for offset, size_bytes in fields
        )
        self.thread_bits = layout.bits("block_trace.allocated_by:thread")
        self.canaries_bit = 1 << layout.bits("block_trace.allocated_by:canaries")[0]

    def __bool__(self) -> bool:
        return self._enabled

    def read(self, first_slot: int, stride_bytes: int, count: int, data: Bytes) -> None:
        """Appends ``count`` rows; ``data`` covers their slots."""
        columns = []
        for offset in self.offsets:
            first = first_slot + offset - data.address
            window = data.data[first : first + (count - 1) * stride_bytes + _PART_BYTES]
            columns.append(window.cast("I")[:: stride_bytes // _PART_BYTES].tolist())
        allocated, freed, allocated_by, freed_by = columns
        blocks, (shift, mask), has_canaries = self.blocks, self.thread_bits, self.canaries_bit
        blocks.allocation_traces.extend(allocated)
        blocks.free_traces.extend(freed)
        blocks.allocation_threads.extend([by >> shift & mask for by in allocated_by])
        blocks.free_threads.extend([by & mask for by in freed_by])
        blocks.has_canaries.extend([by & has_canaries != 0 for by in allocated_by])

    def read_one(self, context: Context, slot: int) -> None:
        """Appends the row of the one block of a LARGE zone; nothing recorded where it can't be read."""
        size_bytes = max(self.offsets) + _PART_BYTES
        self.read(slot, context.heap.prefix_bytes, 1, read_tolerant(context.memory, slot, size_bytes))


def read_seal(context: Context) -> TraceSeal | None:
    """How traces are sealed; None when they are not, or the library does not tell."""
    layout, mark, seal = context.layout, "block_trace.allocated_by:sealed", "block_trace.freed_by:seal"
    if not context.heap.prefix_bytes or not layout.has_part("seals"):
        return None
    address, bit_count = layout.root("trace_seals")
    (mark_shift, _), (seal_shift, seal_mask) = layout.bits(mark), layout.bits(seal)
    mark_offset = layout.offset("block_trace.allocated_by") + mark_shift // 8
    seal_offset = layout.offset("block_trace.freed_by") + seal_shift // 8
    if bit_count != 8 * context.heap.prefix_bytes or seal_shift % 8 or seal_mask != 0xFF:
        return None
    try:
        of_bit = bytes(context.memory.read(address, bit_count))
    except MemoryUnreadable:
        return None
    if not any(of_bit):
        return None
    tables = [_xor_table(of_bit[bit : bit + 8]) for bit in range(0, bit_count, 8)]
    tables[seal_offset] = bytes(range(256))
    return TraceSeal(
        tuple(tables), layout.constant("block_granule_bytes"), mark_offset, 1 << mark_shift % 8
    )


def _xor_table(of_bit: bytes) -> bytes:
    """By a byte's value: the entries of its bits, xor-ed."""
    table = [0] * 256
    for value in range(1, 256):
        low = value & -value
        table[value] = table[value ^ low] ^ of_bit[low.bit_length() - 1]
    return bytes(table)


class Depot(Mapping[int, Trace]):
    """Recorded stacks by number, decoded when asked for, from a copy of the depot's bytes."""

    def __init__(self, pieces: list[Bytes], end: int, frames_offset: int, count_offset: int):
        """``end``: number behind the last stack."""
        self._pieces, self._end = pieces, end
        self._frames_offset, self._count_offset = frames_offset, count_offset
        self._kept: dict[int, Trace | None] = {}

    def _bytes(self, offset: int, size_bytes: int) -> memoryview | None:
        start = self._pieces[0].address
        for piece in self._pieces:
            if piece.has(start + offset, size_bytes):
                at = start + offset - piece.address
                return piece.data[at : at + size_bytes]
        return None

    def _decode(self, number: int) -> Trace | None:
        if not 0 < number < self._end:
            return None
        offset = number * _WORD_BYTES
        counted = self._bytes(offset + self._count_offset, _PART_BYTES)
        count = int.from_bytes(counted, "little") if counted is not None else 0
        if not 0 < count <= _FRAMES_MAX or number + self._frames_offset // _WORD_BYTES + count > self._end:
            return None
        frames = self._bytes(offset + self._frames_offset, count * _WORD_BYTES)
        return None if frames is None else Trace(tuple(frames.cast("Q")))

    def get(self, number: int, default: Trace | None = None) -> Trace | None:  # type: ignore[override]
        """The stack of this number; ``default`` for what is none, or can't be read."""
        if number not in self._kept:
            self._kept[number] = self._decode(number)
        trace = self._kept[number]
        return default if trace is None else trace

    def __getitem__(self, number: int) -> Trace:
        trace = self.get(number)
        if trace is None:
            raise KeyError(number)
        return trace

    def __iter__(self) -> Iterator[int]:
        """The numbers in the order of recording, up to the first that makes no sense."""
        number = 1
        while (trace := self.get(number)) is not None:
            yield number
            number += self._frames_offset // _WORD_BYTES + len(trace.addresses)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def read_head(context: Context, name: str, fields: str) -> Any:
    """The named fields of the root structure ``name``, of which only the part up to the last of them is read: the
    rest may be large. Raises MemoryUnreadable or TargetError."""
    record = Record(context.layout, name, fields)
    end = max(sum(context.layout.field(f"{name}.{field}")) for field in fields.split())
    data = bytes(context.memory.read(context.layout.root(name)[0], end))
    return record.unpack(data.ljust(record.size_bytes, b"\0"))


def read_depot(context: Context) -> Mapping[int, Trace]:
    """Copies the depot; empty when no stacks are recorded."""
    layout = context.layout
    if not layout.has_part("depot"):
        return {}
    try:
        depot = read_head(context, "depot", PARTS["depot"].members["depot"])
    except MemoryUnreadable as error:
        context.find("stacks-unreadable", error.address, "the books of the recorded stacks cannot be read")
        return {}
    except TargetError:
        return {}
    if depot.words == 0:
        return {}
    used = depot.used_words
    if used > _DEPOT_BYTES_MAX // _WORD_BYTES or depot.words % _WORD_BYTES:
        context.find("smashed-depot", depot.words, f"the depot of stacks says {used} words: its books are written over")
        used = min(used, _DEPOT_BYTES_MAX // _WORD_BYTES)
    if depot.lost_count:
        context.find("stacks-lost", None, f"{depot.lost_count} stacks were not recorded: the depot is full")
    return Depot(
        _read_words(context, depot.words, used),
        used,
        layout.offset("stored_stack.frames"),
        layout.offset("stored_stack.frame_count"),
    )


def _read_words(context: Context, address: int, count: int) -> list[Bytes]:
    """In pieces that overlap by the longest stack, so that each stack is whole in one of them."""
    overlap = (_FRAMES_MAX + 4) * _WORD_BYTES
    size_bytes, start = count * _WORD_BYTES, 0
    pieces: list[Bytes] = []
    while start < size_bytes or not pieces:
        piece = read_tolerant(context.memory, address + start, min(size_bytes - start, _PIECE_BYTES))
        pieces.append(piece)
        start += _PIECE_BYTES - overlap
    for start, end in [hole for piece in pieces for hole in piece.holes][:1]:
        context.find("stacks-unreadable", start, f"{end - start} bytes of the recorded stacks cannot be read")
    return pieces
