"""Whether the files that gdb took symbols from are those that ran: their build ids against those in memory."""

from __future__ import annotations

import os
import struct

import gdb

from ..errors import MemoryUnreadable
from ..memory import Memory
from ..target import Mapping
from .answers import path_of, program_path

_HEADER = struct.Struct("<16sHHIQQQIHHH")
_PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
_PT_NOTE, _NT_GNU_BUILD_ID = 4, 3
_PROGRAM_HEADERS_MAX = 64
_NOTES_MAX_BYTES = 4096


def findings(memory: Memory, mappings: list[Mapping]) -> list[tuple[str, int | None, str]]:
    """A finding for each object file that was rebuilt since the core file was written, and for a program that is none
    of those that ran."""
    starts: dict[str, int] = {}
    for mapping in mappings:
        if mapping.path:
            starts.setdefault(mapping.path, mapping.start)
    found: list[tuple[str, int | None, str]] = []
    for objfile in gdb.objfiles():
        path = os.path.realpath(path_of(objfile)) if objfile.owner is None and path_of(objfile) else ""
        if not objfile.build_id:
            continue
        if path not in starts:
            found += _stranger(path, objfile.build_id, memory, starts) if path_of(objfile) == program_path() else []
            continue
        ran = build_id_in_memory(memory, starts[path])
        if ran is not None and ran != objfile.build_id:
            found.append((
                "build-id-mismatch", starts[path],
                f"{path} is not the file that ran (build id {objfile.build_id}, ran {ran}): "
                "symbols and lines are wrong",
            ))
    return found


def _stranger(path: str, build_id: str, memory: Memory, starts: dict[str, int]) -> list[tuple[str, int | None, str]]:
    """A finding when nothing that ran is this program, which may have been renamed since."""
    ran = [build_id_in_memory(memory, start) for start in starts.values()]
    if not starts or build_id in ran or not any(ran):
        return []
    program = min(starts, key=lambda name: starts[name])
    return [(
        "program-mismatch", None,
        f"the core file is of {program}, not of {path}: symbols are wrong; use `file {program}`",
    )]


def build_id_in_memory(memory: Memory, start: int) -> str | None:
    """The build id of the ELF file mapped at ``start`` as hexadecimal digits; None when it can't be read."""
    try:
        header = _HEADER.unpack(memory.read(start, _HEADER.size))
        if header[0][:6] != b"\x7fELF\x02\x01":
            return None
        offset, entry_bytes, count = header[5], header[9], min(header[10], _PROGRAM_HEADERS_MAX)
        if entry_bytes < _PROGRAM_HEADER.size:
            return None
        table = bytes(memory.read(start + offset, entry_bytes * count))
        for at in range(0, len(table), entry_bytes):
            kind, _, _, address, _, _, size_bytes, _ = _PROGRAM_HEADER.unpack_from(table, at)
            if kind == _PT_NOTE:
                found = _build_id_of(bytes(memory.read(start + address, min(size_bytes, _NOTES_MAX_BYTES))))
                if found is not None:
                    return found
    except (MemoryUnreadable, struct.error):
        pass
    return None


def _build_id_of(notes: bytes) -> str | None:
    at = 0
    while at + 12 <= len(notes):
        name_bytes, size_bytes, kind = struct.unpack_from("<III", notes, at)
        body = at + 12 + (name_bytes + 3 & ~3)
        if kind == _NT_GNU_BUILD_ID and notes[at + 12 : at + 16] == b"GNU\0":
            return notes[body : body + size_bytes].hex()
        at = body + (size_bytes + 3 & ~3)
    return None
