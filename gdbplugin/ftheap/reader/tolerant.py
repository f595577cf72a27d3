"""Bulk reads that survive holes: a missing page costs the bytes of that page only."""

from __future__ import annotations

from ..errors import MemoryUnreadable
from ..memory import Memory
from ..records import dataclass

PIECE_BYTES = 4096
_READ_BYTES_MAX = 64 << 20


@dataclass
class Bytes:
    """``data`` begins at ``address``; bytes in ``holes``, ``[start, end)`` each, could not be read and are zero."""

    address: int
    data: memoryview
    holes: list[tuple[int, int]]

    def has(self, address: int, size_bytes: int) -> bool:
        """True when these bytes are inside and none of them is in a hole."""
        end = address + size_bytes
        if address < self.address or end > self.address + len(self.data):
            return False
        return not any(start < end and address < stop for start, stop in self.holes)


def read_tolerant(memory: Memory, address: int, size_bytes: int) -> Bytes:
    """Reads in one call; on failure halves, down to pages. ``size_bytes`` is cut to 64 MiB."""
    size_bytes = max(min(size_bytes, _READ_BYTES_MAX), 0)
    try:
        return Bytes(address, _view(memory.read(address, size_bytes)), [])
    except MemoryUnreadable:
        pass
    data = bytearray(size_bytes)
    holes: list[tuple[int, int]] = []
    pending = [(address, address + size_bytes)]
    while pending:
        start, end = pending.pop()
        try:
            data[start - address : end - address] = memory.read(start, end - start)
        except MemoryUnreadable:
            middle = (start + end) // 2 // PIECE_BYTES * PIECE_BYTES
            if middle <= start:
                middle = start // PIECE_BYTES * PIECE_BYTES + PIECE_BYTES
            if middle < end:
                pending += [(middle, end), (start, middle)]
            elif holes and holes[-1][1] == start:
                holes[-1] = (holes[-1][0], end)
            else:
                holes.append((start, end))
    return Bytes(address, memoryview(data), holes)


def _view(data: bytes | memoryview) -> memoryview:
    view = data if isinstance(data, memoryview) else memoryview(data)
    return view if view.format == "B" else view.cast("B")
