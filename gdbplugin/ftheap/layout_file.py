"""The layout table as it stands in the library's own file: the second witness when the one in memory is lost.

A core file that was cut has lost the library's data first, since they lie near the end. The file on disk still says
how a heap is built; where its objects are follows from the address at which it was mapped.
"""

from __future__ import annotations

import mmap
import struct

from .errors import TargetError
from .layout import ROOT, Layout, occurrences, parse, value_offsets
from .memory import ImageMemory

_IDENT = b"\x7fELF\x02\x01"  # 64 bit, little endian
_HEADER = struct.Struct("<16sHHIQQQIHHH")
_PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
_PT_LOAD, _PT_DYNAMIC, _ET_DYN = 1, 2, 3
_DT_RELA, _DT_RELA_BYTES = 7, 8
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
    if data[: len(_IDENT)] != _IDENT:
        return None
    header = _HEADER.unpack_from(data, 0)
    base = start if header[1] == _ET_DYN else 0
    segments = [
        _PROGRAM_HEADER.unpack_from(data, header[5] + index * header[9]) for index in range(header[10])
    ]
    for offset in occurrences(data):
        address = _address_of(segments, offset)
        if address is None:
            continue
        table = bytearray(data[offset : offset + _TABLE_BYTES_MAX])
        table[_SELF_OFFSET : _SELF_OFFSET + 8] = (base + address).to_bytes(8, "little")
        try:
            layout = parse(ImageMemory({base + address: table}), base + address)
        except TargetError:
            continue
        relocations = _relocations(data, segments, header[2])
        addends = {row: relocations.get(address + place) for row, place in value_offsets(table)}
        return _with_roots(layout, base, addends)
    return None


def _address_of(segments: list[tuple[int, ...]], offset: int) -> int | None:
    """Virtual address of a byte of the file, before relocation."""
    for kind, _, position, address, _, file_bytes, _, _ in segments:
        if kind == _PT_LOAD and position <= offset < position + file_bytes:
            return address + offset - position
    return None


def _offset_of(segments: list[tuple[int, ...]], wanted: int) -> int | None:
    for kind, _, position, address, _, file_bytes, _, _ in segments:
        if kind == _PT_LOAD and address <= wanted < address + file_bytes:
            return position + wanted - address
    return None


def _relocations(data: mmap.mmap, segments: list[tuple[int, ...]], machine: int) -> dict[int, int]:
    """Address to addend of every word that the loader makes relative to the base."""
    dynamic = next((part for part in segments if part[0] == _PT_DYNAMIC), None)
    if dynamic is None:
        return {}
    tags = dict(struct.iter_unpack("<QQ", data[dynamic[2] : dynamic[2] + dynamic[5] // 16 * 16]))
    offset, size_bytes = _offset_of(segments, tags.get(_DT_RELA, -1)), tags.get(_DT_RELA_BYTES, 0)
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
