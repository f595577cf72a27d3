"""The port to the inferior's bytes."""

from __future__ import annotations

import bisect

from .errors import MemoryUnreadable
from .typed import NamedTuple, Protocol

WORD_BYTES = 8


class Memory(Protocol):
    """Bytes by address. Implementations: gdb (gdbhost), a byte image and this process's own memory (tests)."""

    def read(self, address: int, size_bytes: int) -> memoryview | bytes:
        """Exactly ``size_bytes`` bytes at ``address``.

        Raises MemoryUnreadable when any of them can't be read; never returns fewer.
        """
        ...


def borrow(memory: Memory, address: int, size_bytes: int) -> memoryview | bytes:
    """As ``read``, for one look by the kernel: the bytes may be a file's own pages, or a buffer that the next call
    fills anew. A memory offers this as a method ``borrow``; one without it is read."""
    return getattr(memory, "borrow", memory.read)(address, size_bytes)


class Place(NamedTuple):
    """Where the kernel finds bytes by itself: at ``position`` of a file that it may map, or, where ``process_id`` is
    not 0, at that address of a process on this machine."""

    descriptor: int
    process_id: int
    position: int


def place_of(memory: Memory, address: int, size_bytes: int) -> Place | None:
    """Where these bytes are, all of them; None where they can't be told so. A memory offers this as a method
    ``place``. What it says holds until something is done with the target."""
    place = getattr(memory, "place", None)
    return place(address, size_bytes) if place is not None else None


def read_word(memory: Memory, address: int) -> int | None:
    """The word at ``address``; None when it can't be read."""
    try:
        return int.from_bytes(memory.read(address, WORD_BYTES), "little")
    except MemoryUnreadable:
        return None


class ImageMemory:
    """Memory made of byte strings at addresses: heap images in tests, saved snapshots."""

    def __init__(self, pieces: dict[int, bytes | bytearray]):
        """``pieces``: start address to bytes; pieces must not overlap."""
        self._starts = sorted(pieces)
        self._pieces = pieces

    def read(self, address: int, size_bytes: int) -> bytes:
        index = bisect.bisect_right(self._starts, address) - 1
        if index >= 0:
            start = self._starts[index]
            offset = address - start
            piece = self._pieces[start]
            if size_bytes >= 0 and offset + size_bytes <= len(piece):
                return bytes(piece[offset : offset + size_bytes])
        raise MemoryUnreadable(address, size_bytes)
