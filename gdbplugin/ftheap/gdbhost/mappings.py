"""Mappings of the inferior: from the core file, the kernel, or what gdb prints."""

from __future__ import annotations

import re

import gdb

from ..patterns import pattern
from ..target import Mapping
from .answers import printed_by
from .corefile import CoreFile

_MAPS_LINE = pattern(r"([0-9a-f]+)-([0-9a-f]+) ([r-])([w-])([x-])\S* \S+ \S+ \S+\s*(.*)")
# gdb 12 to 16: start, end, size, offset, permissions (where known), object file; the headings vary, the columns don't.
_INFO_PROC_LINE = pattern(
    r"\s*0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+0x[0-9a-f]+\s+0x[0-9a-f]+(?:\s+([r-])([w-])([x-])[ps-])?(?:\s+(.*))?$"
)


def from_core(core: CoreFile) -> list[Mapping]:
    """One mapping for each loaded segment, adjacent ones of one file kept apart."""
    return [
        Mapping(part.start, part.end, part.readable, part.writable, part.executable, core.path_at(part.start))
        for part in core.segments
    ]


def from_kernel(process_id: int) -> list[Mapping]:
    """/proc/PID/maps of a process on this machine. ``[]`` when it is gone."""
    try:
        with open(f"/proc/{process_id}/maps", encoding="utf-8", errors="surrogateescape") as lines:
            return parse_maps(lines.read())
    except OSError:
        return []


def parse_maps(text: str) -> list[Mapping]:
    """The kernel's form of /proc/PID/maps."""
    return [_mapping(match) for match in map(_MAPS_LINE.match, text.splitlines()) if match]


def from_gdb() -> list[Mapping]:
    """What ``info proc mappings`` prints: for remote targets, and cores that we can't read ourselves."""
    try:
        text = printed_by("info proc mappings")
    except gdb.error:
        return []
    return parse_info_proc(text)


def parse_info_proc(text: str) -> list[Mapping]:
    """gdb's form, with or without permissions; without them, everything may be readable and writable."""
    found = [_mapping(match) for match in map(_INFO_PROC_LINE.match, text.splitlines()) if match]
    return sorted(found, key=lambda mapping: mapping.start)


def _mapping(match: re.Match[str]) -> Mapping:
    start, end, readable, writable, executable, path = match.groups()
    known = readable is not None
    return Mapping(
        int(start, 16),
        int(end, 16),
        not known or readable == "r",
        not known or writable == "w",
        executable == "x",
        (path or "").strip(),
    )
