"""The layout table as it stands in the library's own file: the second witness when the one in memory is lost.

A core file that was cut has lost the library's data first, since they lie near the end. The file on disk still says
how a heap is built; where its objects are follows from the address at which it was mapped.
"""

from __future__ import annotations

import mmap
import struct

from . import elf
from .errors import TargetError
from .layout import ROOT, Layout, occurrences, parse, value_offsets
from .memory import ImageMemory

_DT_RELA, _DT_RELA_BYTES = 7, 8
_TAG = struct.Struct("<QQ")
_RELOCATION = struct.Struct("<QQQ")
_RELATIVE = {62: 8, 183: 1027}  # by machine: R_X86_64_RELATIVE, R_AARCH64_RELATIVE
_TABLE_BYTES_MAX = 1 << 20
_SELF_OFFSET = 16


def read_file(path: str, start: int) -> Layout | None:
    """The table of the ELF file at ``path``, mapped from ``start`` on; None when the file is gone or has none.

    Roots are left out where the file does not tell their addresses.
    """
    try:
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _find(data, start)
    except (OSError, ValueError, OverflowError, struct.error):  # no such file, or no whole ELF file
        return None


def _find(data: mmap.mmap, start: int) -> Layout | None:
    header = elf.header(data[: elf.HEADER_BYTES])
    if header is None:
        return None
    base = start if header.kind == elf.ET_DYN else 0
    table_end = header.entries_offset + header.entry_bytes * header.entry_count
    entries = list(elf.entries(data[header.entries_offset : table_end], header.entry_bytes))
    for offset in occurrences(data):
        address = _address_of(entries, offset)
        if address is None:
            continue
        table = bytearray(data[offset : offset + _TABLE_BYTES_MAX])
        table[_SELF_OFFSET : _SELF_OFFSET + 8] = (base + address).to_bytes(8, "little")
        try:
            layout = parse(ImageMemory({base + address: table}), base + address)
        except TargetError:
            continue
        relocations = _relocations(data, entries, header.machine)
        addends = {row: relocations.get(address + place) for row, place in value_offsets(table)}
        return _with_roots(layout, base, addends)
    return None


def _address_of(entries: list[elf.Entry], offset: int) -> int | None:
    """Virtual address of a byte of the file, before relocation."""
    for entry in entries:
        if entry.kind == elf.PT_LOAD and entry.offset <= offset < entry.offset + entry.file_bytes:
            return entry.address + offset - entry.offset
    return None


def _offset_of(entries: list[elf.Entry], address: int) -> int | None:
    for entry in entries:
        if entry.kind == elf.PT_LOAD and entry.address <= address < entry.address + entry.file_bytes:
            return entry.offset + address - entry.address
    return None


def _relocations(data: mmap.mmap, entries: list[elf.Entry], machine: int) -> dict[int, int]:
    """Address to addend of every word that the loader makes relative to the base."""
    dynamic = next((entry for entry in entries if entry.kind == elf.PT_DYNAMIC), None)
    if dynamic is None:
        return {}
    table = data[dynamic.offset : dynamic.offset + dynamic.file_bytes]
    tags = {tag: value for tag, value in _TAG.iter_unpack(table[: len(table) // _TAG.size * _TAG.size])}
    offset, size_bytes = _offset_of(entries, tags.get(_DT_RELA, -1)), tags.get(_DT_RELA_BYTES, 0)
    if offset is None:
        return {}
    rows = data[offset : offset + size_bytes]
    rows = rows[: len(rows) // _RELOCATION.size * _RELOCATION.size]
    wanted = _RELATIVE.get(machine)
    return {place: addend for place, kind, addend in _RELOCATION.iter_unpack(rows) if kind == wanted}


def _with_roots(layout: Layout, base: int, addends: dict[tuple[int, str], int | None]) -> Layout:
    """Roots at their places in memory; ``addends`` by row, None where the loader changes nothing."""
    rows = dict(layout.rows)
    for kind, name in layout.rows:
        if kind == ROOT:
            value, size_bytes = rows.pop((kind, name))
            addend = addends[kind, name]
            value = value if addend is None else addend
            if value:
                rows[kind, name] = base + value, size_bytes
    return layout._replace(rows=rows)
