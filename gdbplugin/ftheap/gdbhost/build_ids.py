"""Whether the files that gdb took symbols from are those that ran: their build ids against those in memory."""

from __future__ import annotations

import os

import gdb

from .. import elf
from ..errors import MemoryUnreadable
from ..memory import Memory
from ..target import Mapping
from .answers import path_of, program_path

DELETED = " (deleted)"  # says the kernel behind the path of a file that was replaced or removed
_NT_GNU_BUILD_ID = 3
_ENTRIES_MAX = 64
_NOTES_MAX_BYTES = 4096


def findings(memory: Memory, mappings: list[Mapping]) -> list[tuple[str, int | None, str]]:
    """A finding for each object file that was rebuilt since the process began, and for a program that is none of those
    that ran."""
    starts: dict[str, int] = {}
    for mapping in mappings:
        if mapping.path:
            starts.setdefault(mapping.path.removesuffix(DELETED), mapping.start)
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
        f"what ran is {program}, not {path}: symbols are wrong; use `file {program}`",
    )]


def build_id_in_memory(memory: Memory, start: int) -> str | None:
    """The build id of the ELF file mapped at ``start`` as hexadecimal digits; None when it can't be read."""
    try:
        header = elf.header(bytes(memory.read(start, elf.HEADER_BYTES)))
        if header is None:
            return None
        table_bytes = header.entry_bytes * min(header.entry_count, _ENTRIES_MAX)
        for entry in elf.entries(bytes(memory.read(start + header.entries_offset, table_bytes)), header.entry_bytes):
            if entry.kind != elf.PT_NOTE:
                continue
            raw = bytes(memory.read(start + entry.address, min(entry.memory_bytes, _NOTES_MAX_BYTES)))
            for owner, kind, body in elf.notes(raw):
                if kind == _NT_GNU_BUILD_ID and owner == b"GNU\0":
                    return body.hex()
    except MemoryUnreadable:
        pass
    return None
