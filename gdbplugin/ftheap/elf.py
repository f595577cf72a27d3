"""ELF files of 64-bit little-endian machines: headers and notes, of files and of what the loader mapped of them.

Source: elf(5). Nothing is trusted: what is absurd gives None or an end, never an exception.
"""

from __future__ import annotations

import struct

from .typed import Iterator, NamedTuple

ET_EXEC, ET_DYN, ET_CORE = 2, 3, 4
PT_LOAD, PT_DYNAMIC, PT_NOTE = 1, 2, 4
PN_XNUM = 0xFFFF  # the count of program headers is sh_info of the first section header
_IDENT = b"\x7fELF\x02\x01"  # 64 bit, little endian
_HEADER = struct.Struct("<16sHHIQQQIHHH")
_PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
_NOTE = struct.Struct("<III")
_SECTION_INFO_OFFSET = 44  # sh_info

HEADER_BYTES = _HEADER.size
SECTION_HEADER_BYTES = 64


class Header(NamedTuple):
    """The file header. ``entry_bytes`` and ``entry_count`` are of the table of program headers."""

    kind: int
    machine: int
    entries_offset: int
    sections_offset: int
    entry_bytes: int
    entry_count: int


class Entry(NamedTuple):
    """A program header. ``file_bytes`` at ``offset`` of the file are the first of ``memory_bytes`` at ``address``,
    which is relative to the file's base where it has no fixed place."""

    kind: int
    flags: int
    offset: int
    address: int
    file_bytes: int
    memory_bytes: int


def header(raw: bytes) -> Header | None:
    """The header that ``raw`` begins with; None when these are no such file's bytes, or fewer than HEADER_BYTES."""
    if len(raw) < _HEADER.size or not raw.startswith(_IDENT):
        return None
    _, kind, machine, _, _, entries, sections, _, _, entry_bytes, count = _HEADER.unpack_from(raw)
    return Header(kind, machine, entries, sections, entry_bytes, count)


def entries(table: bytes, entry_bytes: int) -> Iterator[Entry]:
    """The whole program headers of a table."""
    if entry_bytes < _PROGRAM_HEADER.size:
        return
    for at in range(0, len(table) - _PROGRAM_HEADER.size + 1, entry_bytes):
        kind, flags, offset, address, _, file_bytes, memory_bytes, _ = _PROGRAM_HEADER.unpack_from(table, at)
        yield Entry(kind, flags, offset, address, file_bytes, memory_bytes)


def count_in_section(raw: bytes) -> int:
    """The count of program headers where the file header says PN_XNUM, from the first section header's bytes."""
    whole = len(raw) >= SECTION_HEADER_BYTES
    return int.from_bytes(raw[_SECTION_INFO_OFFSET : _SECTION_INFO_OFFSET + 4], "little") if whole else 0


def notes(raw: bytes) -> Iterator[tuple[bytes, int, bytes]]:
    """Owner with its zero byte, type and contents of each note; the last ones may be cut."""
    at = 0
    while at + _NOTE.size <= len(raw):
        name_bytes, size_bytes, kind = _NOTE.unpack_from(raw, at)
        name_at, at = at + _NOTE.size, at + _NOTE.size + _padded(name_bytes)
        yield raw[name_at : name_at + name_bytes], kind, raw[at : at + size_bytes]
        at += _padded(size_bytes)


def _padded(size_bytes: int) -> int:
    return size_bytes + 3 & ~3
