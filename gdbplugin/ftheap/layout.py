"""The library's self-description: found, proved, and checked once against all that this extension needs.

C sources: include/ftmalloc_debug_info.h (the table's form), inspect/layout.def (its rows). The form of the table
is the only thing that is known here in numbers; offsets, sizes, states and magics of the heap come from its rows.
The table lies in the inferior's writable memory, so it is untrusted input like everything else.
"""

from __future__ import annotations

import os
import struct
from mmap import mmap

from .errors import MemoryUnreadable, NotStarted, TargetError
from .memory import Memory
from .target import Mapping, Target
from .typed import Iterator, NamedTuple

SYMBOL = "ftmalloc_debug_info"
_MAGIC = b"ftmalloc-layout\0"
_FORMAT = 1
_HEADER = struct.Struct("<16sQIIIIII16s")
_ROW = struct.Struct("<44sIQQ")
_VALUE_OFFSET = struct.calcsize("<44sI")
_ORDER_LITTLE = 0x01020304
_ORDER_BIG = 0x04030201
_ALIGNMENT = 8  # of a structure with pointers
_PAGE_BYTES = 4096  # of the smallest pages: the loader moves files by whole ones
_ROWS_MAX = 4096
_ROW_BYTES_MAX = 1024
_SCAN_PIECE_BYTES = 2 << 20
_SCAN_BYTES_MAX = 4 << 30
_CANDIDATES_MAX = 16

STRUCT, FIELD, BITS, ENUM, CONST, ROOT = range(1, 7)
_KIND_NAMES = {STRUCT: "structure", FIELD: "field", BITS: "bit field", ENUM: "state", CONST: "constant", ROOT: "root"}

# All that the extension cannot do without.
# Of these structures the integers are read at once, by structs.Record.
NEEDED_INTEGERS = {
    "heap": "state prefix_bytes first_zone zone_count chunks chunk_count first_cache page_bytes zones_lock "
    "refused_count refused_bytes retired_next",
    "zone": "magic next previous size_bytes max_contiguous_free_bytes first_block type flags",
    "run": "state lead_unit unit_count slot_count carved_count free_count first_slot_offset stride_bytes",
    "chunk": "address size_bytes kind",
    "retired": "payload size_bytes",
    "region": "magic first_page page_count page_bytes",
    "span": "pages kind",
    "cache": "size_bytes next thread_id",
}
_NEEDED_OTHERS = {"heap": "retired", "slot_zone": "free_units runs free_bits", "block": "self extent"}
_NEEDED_BITS = "self:address self:state extent:size_bytes extent:next_granules"
_NEEDED_ENUMS = {
    "block_state": "live fresh freed quarantined shifted live_aligned changing",
    "zone_type": "tiny small large",
    "zone_flag": "huge guarded",
    "run_state": "none lead",
    "chunk_kind": "none slots region huge",
    "span_kind": "inner zone clean dirty",
    "heap_state": "ready",
}
_NEEDED_CONSTANTS = (
    "zone_magic region_magic block_granule_bytes granule_bytes unit_bytes unit_count "
    "slot_zone_header_bytes tiny_max_bytes lock_flags"
)


class Part(NamedTuple):
    """Rows that the extension asks for where the table has them all: roots, members by structure, bit fields and
    constants, spaces between."""

    roots: str = ""
    members: dict[str, str] = {}
    bits: str = ""
    constants: str = ""

    def rows(self) -> Iterator[tuple[int, str]]:
        """Kind and name of each."""
        for structure, members in self.members.items():
            yield STRUCT, structure
            yield from ((FIELD, f"{structure}.{member}") for member in members.split())
        for kind, names in ((ROOT, self.roots), (BITS, self.bits), (CONST, self.constants)):
            yield from ((kind, name) for name in names.split())


# What a library may lack, one by one; a table from the library's file may lack roots.
PARTS = {
    "class map": Part("class_map class_map_count"),
    "ignored": Part(bits="block.self:ignored"),
    "marked": Part(bits="block.self:marked"),
    "told": Part(bits="block.self:told"),
    "options": Part("options", {"option_value": "name value"}),
    "canaries": Part(constants="redzone_fill"),
    "freed fill": Part(constants="freed_fill"),
    "allocated fill": Part(constants="allocated_fill"),
    "last fault": Part(
        "last_fault",
        {"fault": "kind access block_state sequence address argument block_address block_bytes evidence "
         "stack allocated freed", "fault_stack": "thread_id frame_count frames"},
    ),
    "traces": Part(
        members={"block_trace": "allocated_stack freed_stack allocated_by freed_by"},
        bits="block_trace.allocated_by:thread block_trace.allocated_by:canaries",
    ),
    "seals": Part(
        "trace_seals", {"block_trace": "allocated_by freed_by"},
        bits="block_trace.allocated_by:sealed block_trace.freed_by:seal",
    ),
    "depot": Part("depot", {"depot": "words used_words lost_count stack_count", "stored_stack": "frame_count frames"}),
    "history": Part(
        "history",
        {"history": "events capacity count",
         "history_event": "sequence nanoseconds address size_bytes old_address kind thread_id stack"},
    ),
    "quarantine": Part("quarantine", {"quarantine": "entries capacity first end"}),
    "thread buffer": Part("heap", {"heap": "companion_bytes", "thread_buffer": "held_counts held"}),
}  # fmt: skip


def is_library(path: str) -> bool:
    """True for the allocator's own shared library, whatever folder and version suffix it has."""
    return os.path.basename(path).startswith("libftmalloc")


def needed_rows() -> Iterator[tuple[str, int]]:
    """Name and kind of every row that must be there."""
    yield "heap", ROOT
    for structure, members in (*NEEDED_INTEGERS.items(), *_NEEDED_OTHERS.items()):
        yield structure, STRUCT
        for member in members.split():
            yield f"{structure}.{member}", FIELD
    for part in _NEEDED_BITS.split():
        yield f"block.{part}", BITS
    for enumeration, names in _NEEDED_ENUMS.items():
        for name in names.split():
            yield f"{enumeration}.{name}", ENUM
    for name in _NEEDED_CONSTANTS.split():
        yield name, CONST


class Layout(NamedTuple):
    """A validated table. Rows are kept by kind and name, since a structure and its root may share a name."""

    address: int
    size_bytes: int
    version: str
    rows: dict[tuple[int, str], tuple[int, int]]

    def has(self, kind: int, name: str) -> bool:
        """True when the table has the row."""
        return (kind, name) in self.rows

    def has_part(self, name: str) -> bool:
        """True when the table has all rows of a part, by its name in PARTS."""
        return all(row in self.rows for row in PARTS[name].rows())

    def _row(self, kind: int, name: str) -> tuple[int, int]:
        try:
            return self.rows[kind, name]
        except KeyError:
            raise missing_row(kind, name, self.version) from None

    def size(self, structure: str) -> int:
        """Size of a structure in bytes."""
        return self._row(STRUCT, structure)[0]

    def field(self, name: str) -> tuple[int, int]:
        """Offset and size in bytes of ``structure.member``."""
        return self._row(FIELD, name)

    def offset(self, name: str) -> int:
        """Offset in bytes of ``structure.member``."""
        return self._row(FIELD, name)[0]

    def bits(self, name: str) -> tuple[int, int]:
        """Shift and mask (already in place at bit 0) of ``structure.member:part``."""
        shift, width = self._row(BITS, name)
        return shift, (1 << width) - 1

    def constant(self, name: str) -> int:
        """A CONST row's value."""
        return self._row(CONST, name)[0]

    def state(self, name: str) -> int:
        """An ENUM row's value, such as ``block_state.live``."""
        return self._row(ENUM, name)[0]

    def root(self, name: str) -> tuple[int, int]:
        """Address and size in bytes of an object."""
        return self._row(ROOT, name)

    def names(self, kind: int, prefix: str) -> list[str]:
        """Names of the rows of this kind that begin with ``prefix``, in the table's order."""
        return [name for row_kind, name in self.rows if row_kind == kind and name.startswith(prefix)]


def missing_row(kind: int, name: str, version: str) -> TargetError:
    """The one sentence for a table that lacks a row that is needed."""
    return TargetError(
        f"the layout table of ftmalloc {version} has no {_KIND_NAMES[kind]} '{name}': "
        "use the extension that came with this library"
    )


def parse(memory: Memory, address: int) -> Layout:
    """The table at ``address``, proved and validated. Raises TargetError with one clear line, also when unreadable."""
    try:
        header = bytes(memory.read(address, _HEADER.size))
    except MemoryUnreadable as error:
        raise TargetError(
            f"the layout table of ftmalloc at {address:#x} cannot be read: start the program, or use a whole core file"
        ) from error
    magic, own_address, form, order, pointer_bytes, header_bytes, row_bytes, row_count, version = _HEADER.unpack(header)
    if magic != _MAGIC:
        raise TargetError(f"no layout table of ftmalloc at {address:#x}: its magic is not there")
    if order == _ORDER_BIG:
        raise TargetError("this ftmalloc is big-endian: the extension reads little-endian heaps only")
    if order != _ORDER_LITTLE:
        raise TargetError(f"the layout table of ftmalloc at {address:#x} is damaged: unknown byte order {order:#x}")
    if form != _FORMAT:
        raise TargetError(f"the layout table of ftmalloc has format {form}, this extension reads format {_FORMAT}")
    if pointer_bytes != struct.calcsize("<Q"):
        raise TargetError(f"this ftmalloc has pointers of {pointer_bytes} bytes: the extension reads 64-bit heaps only")
    if own_address != address:
        if own_address == 0 or own_address < address and (address - own_address) % _PAGE_BYTES == 0:  # not relocated
            raise NotStarted("ftmalloc is there but not started: run the program to main first")
        raise TargetError(f"the layout table of ftmalloc at {address:#x} is a copy of one at {own_address:#x}")
    if not (
        _HEADER.size <= header_bytes <= _ROW_BYTES_MAX
        and _ROW.size <= row_bytes <= _ROW_BYTES_MAX
        and 0 < row_count <= _ROWS_MAX
    ):
        raise TargetError(f"the layout table of ftmalloc at {address:#x} is damaged: absurd row sizes or counts")
    text = _text(version) or "of unknown version"
    try:
        body = bytes(memory.read(address + header_bytes, row_bytes * row_count))
    except MemoryUnreadable as error:
        raise TargetError(f"the rows of ftmalloc's layout table at {address:#x} cannot be read") from error
    return _validated(Layout(address, header_bytes + len(body), text, dict(_rows(body, row_bytes))))


def _text(field: bytes) -> str:
    text = field.split(b"\0", 1)[0].decode("ascii", "replace")
    return "".join(character if character.isascii() and character.isprintable() else "?" for character in text)


def _rows(body: bytes, row_bytes: int) -> Iterator[tuple[tuple[int, str], tuple[int, int]]]:
    for offset in range(0, len(body), row_bytes):
        name, kind, value, size_bytes = _ROW.unpack_from(body, offset)
        yield (kind, _text(name)), (value, size_bytes)


def value_offsets(table: bytes | bytearray) -> Iterator[tuple[tuple[int, str], int]]:
    """Kind and name of each row of a table that holds, and where its value stands in the table's bytes."""
    *_, header_bytes, row_bytes, row_count, _ = _HEADER.unpack_from(table)
    for offset in range(header_bytes, header_bytes + row_bytes * row_count, row_bytes):
        name, kind, _, _ = _ROW.unpack_from(table, offset)
        yield (kind, _text(name)), offset + _VALUE_OFFSET


def _validated(layout: Layout) -> Layout:
    for name, kind in needed_rows():
        if not layout.has(kind, name):
            raise missing_row(kind, name, layout.version)
    for (kind, name), (value, size_bytes) in layout.rows.items():
        if kind == STRUCT and not 0 < value <= 1 << 24:
            raise _damaged(layout, name, f"a structure of {value} bytes")
        if kind == BITS and not (0 < size_bytes <= 64 and value + size_bytes <= 64):
            raise _damaged(layout, name, f"bits {value} to {value + size_bytes}")
        if kind == FIELD:
            structure = layout.rows.get((STRUCT, name.split(".", 1)[0]))
            if structure is None or size_bytes == 0 or value + size_bytes > structure[0]:
                raise _damaged(layout, name, "a field outside of its structure")
    for name in ("block_granule_bytes", "granule_bytes", "unit_bytes", "unit_count"):
        value = layout.constant(name)
        if not 0 < value <= 1 << 40 or value & (value - 1):
            raise _damaged(layout, name, f"{value}, not a power of two")
    if not 0 < layout.constant("slot_zone_header_bytes") < layout.constant("granule_bytes"):
        raise _damaged(layout, "slot_zone_header_bytes", f"{layout.constant('slot_zone_header_bytes')} bytes")
    if layout.field("slot_zone.runs")[1] != layout.constant("unit_count") * layout.size("run"):
        raise _damaged(layout, "slot_zone.runs", "another size than that of a run for each unit")
    if layout.constant("unit_count") > 1 << 16:
        raise _damaged(layout, "unit_count", f"{layout.constant('unit_count')} units")
    return layout


def _damaged(layout: Layout, name: str, what: str) -> TargetError:
    return TargetError(f"the layout table of ftmalloc {layout.version} is damaged: row '{name}' says {what}")


def candidates(target: Target, everywhere: bool) -> list[int]:
    """Addresses of tables that may hold, the symbol's first.

    The writable mappings of files are searched in any case, since a process may hold two copies of the library and
    only one has the symbol; ``everywhere``: all other writable memory too.
    """
    found: list[int] = []
    symbol = target.symbol_address(SYMBOL)
    if symbol is not None:
        found.append(symbol)
    writable = [mapping for mapping in target.mappings() if mapping.readable and mapping.writable]
    searched = [mapping for mapping in writable if everywhere or mapping.path.startswith("/")]
    for address in _scan(target.memory, searched):
        if address not in found and len(found) < _CANDIDATES_MAX:
            found.append(address)
    return found


def _scan(memory: Memory, mappings: list[Mapping]) -> Iterator[int]:
    """Addresses of self-proving tables in these mappings; reads pieces, skips what can't be read."""
    budget = _SCAN_BYTES_MAX
    for mapping in mappings:
        start = mapping.start
        while start < mapping.end and budget > 0:
            size_bytes = min(mapping.end - start, _SCAN_PIECE_BYTES)
            budget -= size_bytes
            try:
                piece = bytes(memory.read(start, size_bytes))
            except MemoryUnreadable:
                start += size_bytes
                continue
            for offset in occurrences(piece):
                if _proves_itself(memory, start + offset):
                    yield start + offset
            start += size_bytes


def occurrences(piece: bytes | mmap) -> Iterator[int]:
    """Offsets where a table may begin."""
    offset = piece.find(_MAGIC)
    while offset >= 0:
        if offset % _ALIGNMENT == 0:
            yield offset
        offset = piece.find(_MAGIC, offset + 1)


def _proves_itself(memory: Memory, address: int) -> bool:
    try:
        fields = _HEADER.unpack(memory.read(address, _HEADER.size))
    except MemoryUnreadable:
        return False
    return fields[1] == address
