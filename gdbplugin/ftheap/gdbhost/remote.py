"""The bytes of a process behind a stub, such as gdbserver. A packet carries some 9 KB and waits for its answer, so a
process that turns out to be on this machine is read past the stub, and what packets have brought is kept."""

from __future__ import annotations

import os

import gdb

from ..errors import MemoryUnreadable
from ..typed import Callable
from .processmemory import ProcessMemory, of_process

KINDS = ("remote", "extended-remote")  # of connections
_BOOT = "/proc/sys/kernel/random/boot_id"  # of this start of this kernel, and of no other
_NUMBERING = "/proc/self/ns/pid"
_SAMPLE_BYTES = 4096
_PIECE_BYTES = 64 << 10
_PIECES_AT_ONCE = 16  # a signal waits until they are there
_KEPT_BYTES_MAX = 512 << 20


def process_here(inferior: gdb.Inferior) -> ProcessMemory | None:
    """The inferior's process where the stub is under our kernel and counts processes as we do, and the memory proves to
    be the one that the stub shows (an emulator's is elsewhere); None where not, or where we may not read it."""
    packets = inferior.connection
    if not isinstance(packets, gdb.RemoteTargetConnection):
        return None
    try:
        with open(_BOOT, "rb") as file:
            if _file_there(packets, _BOOT) != file.read():
                return None
        if _link_there(packets, _NUMBERING) != os.fsencode(os.readlink(_NUMBERING)):
            return None
        process = of_process(inferior.pid)
        sample_at = int(gdb.newest_frame().read_register("sp")) // _SAMPLE_BYTES * _SAMPLE_BYTES
        sample = bytes(inferior.read_memory(sample_at, _SAMPLE_BYTES))
    except (OSError, gdb.error, ValueError):
        return None
    seen = process.borrow(sample_at, _SAMPLE_BYTES) if process is not None else None
    return process if seen is not None and bytes(seen) == sample else None


def _link_there(packets: gdb.RemoteTargetConnection, path: str) -> bytes | None:
    answer = _ask(packets, f"vFile:readlink:{path.encode().hex()}")
    return answer[1] if answer is not None else None


def _file_there(packets: gdb.RemoteTargetConnection, path: str) -> bytes | None:
    """What a short file on the stub's machine holds."""
    opened = _ask(packets, f"vFile:open:{path.encode().hex()},0,0")
    if opened is None:
        return None
    answer = _ask(packets, f"vFile:pread:{opened[0]:x},{_SAMPLE_BYTES:x},0")
    _ask(packets, f"vFile:close:{opened[0]:x}")
    return answer[1] if answer is not None else None


def _ask(packets: gdb.RemoteTargetConnection, request: str) -> tuple[int, bytes] | None:
    """Result and attachment of a host I/O packet, "F RESULT [, ERRNO] [; ATTACHMENT]"; None where it failed, or the
    stub does not know it. Neither file holds a byte that would be escaped."""
    answer = packets.send_packet(request) or b""
    result, _, attachment = answer[1:].partition(b";")
    if answer[:1] != b"F" or result.startswith(b"-"):
        return None
    return int(result, 16), attachment


class KeptBytes:
    """What was read of a process that stands still, in pieces. ``read`` gets bytes, or raises MemoryUnreadable."""

    def __init__(self, read: Callable[[int, int], memoryview | bytes]):
        self._read = read
        self._pieces: dict[int, bytes] = {}

    def read(self, address: int, size_bytes: int) -> memoryview | bytes:
        """As Memory.read. What is asked for in small parts is not widened to pieces."""
        first, end = address // _PIECE_BYTES, -(-(address + size_bytes) // _PIECE_BYTES)
        if size_bytes < _PIECE_BYTES and not all(number in self._pieces for number in range(first, end)):
            return self._read(address, size_bytes)
        try:
            data = b"".join(self._from(first, end))
        except MemoryUnreadable:  # of the pieces, maybe: not of what was asked for
            return self._read(address, size_bytes)
        return memoryview(data)[address - first * _PIECE_BYTES :][:size_bytes]

    def _from(self, number: int, end: int) -> list[bytes]:
        parts = []
        while number < end:
            if number not in self._pieces:
                missing = number
                while missing < min(end, number + _PIECES_AT_ONCE) and missing not in self._pieces:
                    missing += 1
                parts.append(self._fetch(number, missing))
                number = missing
            else:
                parts.append(self._pieces[number])
                number += 1
        return parts

    def _fetch(self, number: int, end: int) -> bytes:
        data = bytes(self._read(number * _PIECE_BYTES, (end - number) * _PIECE_BYTES))
        if (len(self._pieces) + end - number) * _PIECE_BYTES <= _KEPT_BYTES_MAX:
            for start in range(0, len(data), _PIECE_BYTES):
                self._pieces[number + start // _PIECE_BYTES] = data[start : start + _PIECE_BYTES]
        return data
