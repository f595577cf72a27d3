"""Which object file holds a code address, and where in it: what addr2line needs where no symbol tells more."""

from __future__ import annotations

from bisect import bisect_right

from . import elf
from .errors import MemoryUnreadable
from .memory import Memory
from .target import Mapping
from .typed import Sequence

_PARTS_MAX = 64  # mappings of one file


class Modules:
    """The files among ``mappings``; their headers are read from ``memory``."""

    def __init__(self, mappings: Sequence[Mapping], memory: Memory):
        self._files = sorted((part.start, part.end, part.path) for part in mappings if part.path)
        self._starts = [start for start, _, _ in self._files]
        self._memory = memory
        self._bases: dict[int, int] = {}

    def place(self, address: int) -> tuple[str, int] | None:
        """Path and offset of an address; None where no file is mapped. The offset counts from the file's beginning,
        or is the address itself where the file has a fixed place, as its own symbols do."""
        index = bisect_right(self._starts, address) - 1
        if index < 0 or address >= self._files[index][1]:
            return None
        if index not in self._bases:
            self._bases[index] = self._base(index)
        return self._files[index][2], address - self._bases[index]

    def _base(self, index: int) -> int:
        """Of a file that is mapped twice, the copy around this part."""
        path = self._files[index][2]
        lowest = first = index
        while first >= 0 and index - first < _PARTS_MAX and self._files[first][2] == path:
            lowest = first
            header = self._header(self._files[first][0])
            if header is not None:
                return 0 if header.kind == elf.ET_EXEC else self._files[first][0]
            first -= 1
        return self._files[lowest][0]

    def _header(self, start: int) -> elf.Header | None:
        try:
            return elf.header(bytes(self._memory.read(start, elf.HEADER_BYTES)))
        except MemoryUnreadable:
            return None
