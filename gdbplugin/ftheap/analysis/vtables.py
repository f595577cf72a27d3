"""The type of an object by its table of virtual functions, as the Itanium C++ ABI lays it out.

    [offset to top] [type information] | [function] [function] ...
                                       ^ where an object's pointer leads

The symbol tells the class ("vtable for Widget"); where symbols were stripped, the type information does, whose second
word leads to the mangled name. The offset to the top tells where in the whole object the pointer stands.
"""

from __future__ import annotations

from bisect import bisect_right

from ..errors import MemoryUnreadable
from ..memory import WORD_BYTES, read_word
from ..target import Target
from ..typed import NamedTuple

_SYMBOL = "vtable for "
_TYPE_NAME = "typeinfo name for "
_NAME_BYTES_MAX = 512
_TOP_BYTES_MAX = 1 << 20


class Vtable(NamedTuple):
    """``class_name`` is that of the whole object, ``top_bytes`` how far in front of the pointer to this table the
    object begins. ``by_symbol``: False when the type information told."""

    class_name: str
    top_bytes: int
    by_symbol: bool


class Vtables:
    """Tables by address, each looked at once."""

    def __init__(self, target: Target):
        self._target = target
        mappings = sorted(target.mappings(), key=lambda mapping: mapping.start)
        self._objects = [(part.start, part.end) for part in mappings if part.path.startswith("/") and part.readable]
        self._known: dict[int, Vtable | None] = {}

    def at(self, address: int) -> Vtable | None:
        """The table that a pointer of this value leads to; None when it is no such pointer."""
        if address % WORD_BYTES or not self._in_object(address):
            return None
        if address not in self._known:
            self._known[address] = self._read(address)
        return self._known[address]

    def _in_object(self, address: int) -> bool:
        index = bisect_right(self._objects, (address, 1 << 64)) - 1
        return index >= 0 and self._objects[index][0] <= address < self._objects[index][1]

    def _read(self, address: int) -> Vtable | None:
        try:
            head = bytes(self._target.memory.read(address - 2 * WORD_BYTES, 2 * WORD_BYTES))
        except MemoryUnreadable:
            return None
        top_bytes = -int.from_bytes(head[:WORD_BYTES], "little", signed=True)
        if not 0 <= top_bytes <= _TOP_BYTES_MAX:
            return None
        symbol = self._target.symbol_at(address)
        if symbol is not None and not symbol.is_code and symbol.name.startswith(_SYMBOL):
            return Vtable(symbol.name[len(_SYMBOL) :], top_bytes, True)
        if symbol is not None and symbol.offset_bytes < 2 * WORD_BYTES:
            return None  # a variable of its own, no place inside a table
        name = self._class_name(int.from_bytes(head[WORD_BYTES:], "little"))
        return Vtable(name, top_bytes, False) if name is not None else None

    def _class_name(self, information: int) -> str | None:
        """By the type information at this address; None when it is none."""
        if information % WORD_BYTES or not self._in_object(information):
            return None
        place = read_word(self._target.memory, information + WORD_BYTES)
        if place is None or not self._in_object(place):
            return None
        try:
            text = self._text(place)
        except MemoryUnreadable:
            return None
        readable = self._target.debug_info.demangled(f"_ZTS{text.lstrip('*')}") if text else None
        return readable[len(_TYPE_NAME) :] if readable and readable.startswith(_TYPE_NAME) else None

    def _text(self, address: int) -> str:
        """A name of ASCII characters, "" when something else stands there."""
        data = b""
        while len(data) < _NAME_BYTES_MAX and 0 not in data:
            data += bytes(self._target.memory.read(address + len(data), 16))
        text = data.split(b"\0", 1)[0]
        return text.decode("ascii") if text.isascii() and text.isalnum() or b"_" in text and text.isascii() else ""
