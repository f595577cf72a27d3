"""Decoders of C structures, built from the layout's rows; they work on bulk bytes.

A ``Record`` is made once per layout, and turns bytes into named values without knowing an offset itself.
"""

from __future__ import annotations

import struct

from .errors import TargetError
from .layout import NEEDED_INTEGERS, Layout
from .typed import Any, Iterator, NamedTuple, tuple_of

_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}
_WORD = struct.Struct("<Q")


class Record:
    """The named integer fields of one structure, in any order and with any padding between them."""

    def __init__(self, layout: Layout, structure: str, fields: str):
        """``fields``: member names, spaces between. Raises TargetError when the table makes no structure of them."""
        names = sorted(fields.split(), key=lambda name: layout.offset(f"{structure}.{name}"))
        self.size_bytes = layout.size(structure)
        form, position = "<", 0
        for name in names:
            offset, size_bytes = layout.field(f"{structure}.{name}")
            if offset < position or size_bytes not in _CODES:
                raise TargetError(
                    f"the layout table of ftmalloc {layout.version} is damaged: "
                    f"field '{structure}.{name}' has {size_bytes} bytes at offset {offset}"
                )
            form += f"{offset - position}x{_CODES[size_bytes]}"
            position = offset + size_bytes
        self._struct = struct.Struct(f"{form}{self.size_bytes - position}x")
        self._make = tuple_of(structure, names)._make

    def unpack(self, data: bytes | memoryview, offset: int = 0) -> Any:
        """The structure at ``offset`` as a named tuple; ``data`` must be long enough."""
        return self._make(self._struct.unpack_from(data, offset))

    def unpack_all(self, data: bytes | memoryview) -> Iterator[Any]:
        """An array of the structure; a rest that is too short for one more is left out."""
        whole = len(data) - len(data) % self.size_bytes
        return map(self._make, self._struct.iter_unpack(memoryview(data)[:whole]))


class HeaderValues(NamedTuple):
    """One block header taken apart. ``next_bytes``: distance to the next header, 0 when there is none."""

    address: int
    state: int
    size_bytes: int
    next_bytes: int
    is_ignored: bool


class Header:
    """The block header (heap/block.h): two words, each of several bit fields."""

    def __init__(self, layout: Layout):
        self.size_bytes = layout.size("block")
        self.granule_bytes = layout.constant("block_granule_bytes")
        self.self_offset, self_bytes = layout.field("block.self")
        self.extent_offset, extent_bytes = layout.field("block.extent")
        apart = abs(self.self_offset - self.extent_offset) >= _WORD.size
        if {self_bytes, extent_bytes} != {_WORD.size} or not apart:
            raise TargetError(f"the layout table of ftmalloc {layout.version} is damaged: a block's words are no words")
        self.address_bits = layout.bits("block.self:address")
        self.state_bits = layout.bits("block.self:state")
        self.ignored_flag, *others = (_flag(layout, name) for name in ("ignored", "marked", "told"))
        # Of a ``self`` word: all but the flags, which say nothing of its state.
        self.key_mask = (1 << 64) - 1 - self.ignored_flag - sum(others)
        self.size_bits = layout.bits("block.extent:size_bytes")
        self.next_bits = layout.bits("block.extent:next_granules")

    def self_words(self, data: memoryview, first: int, stride_bytes: int, count: int) -> list[int]:
        """The ``self`` words of ``count`` headers from byte ``first`` of ``data`` on, one each ``stride_bytes``."""
        return self._words(data, first + self.self_offset, stride_bytes, count)

    def extent_words(self, data: memoryview, first: int, stride_bytes: int, count: int) -> list[int]:
        """The ``extent`` words, likewise."""
        return self._words(data, first + self.extent_offset, stride_bytes, count)

    def _words(self, data: memoryview, first: int, stride_bytes: int, count: int) -> list[int]:
        if count <= 0:
            return []
        if stride_bytes % _WORD.size:
            return [_WORD.unpack_from(data, first + index * stride_bytes)[0] for index in range(count)]
        window = data[first : first + (count - 1) * stride_bytes + _WORD.size]
        return window.cast("Q")[:: stride_bytes // _WORD.size].tolist()

    def values(self, data: bytes | memoryview, offset: int = 0) -> HeaderValues:
        """The header at ``offset`` of ``data``."""
        word = _WORD.unpack_from(data, offset + self.self_offset)[0]
        extent = _WORD.unpack_from(data, offset + self.extent_offset)[0]
        return HeaderValues(
            part(word, self.address_bits),
            part(word, self.state_bits),
            part(extent, self.size_bits),
            part(extent, self.next_bits) * self.granule_bytes,
            bool(word & self.ignored_flag),
        )


def part(word: int, bits: tuple[int, int]) -> int:
    """A bit field of a word; ``bits`` as ``Layout.bits`` gives them."""
    shift, mask = bits
    return word >> shift & mask


def _flag(layout: Layout, name: str) -> int:
    """A flag's bit in the word ``self``; 0: the library has none."""
    if not layout.has_part(name):
        return 0
    shift, mask = layout.bits(f"block.self:{name}")
    return mask << shift


class Structs:
    """All decoders that the reader uses, for one layout."""

    def __init__(self, layout: Layout):
        def whole(structure: str) -> Record:
            return Record(layout, structure, NEEDED_INTEGERS[structure])

        self.heap = whole("heap")
        self.zone = whole("zone")
        self.run = whole("run")
        self.chunk = whole("chunk")
        self.retired = whole("retired")
        self.region = whole("region")
        self.span = whole("span")
        self.cache = whole("cache")
        self.header = Header(layout)
