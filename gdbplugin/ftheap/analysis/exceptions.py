"""The exception of C++ that is in flight: found on the stack by the mark that the Itanium ABI puts in front of it."""

from __future__ import annotations

import re

from ..errors import MemoryUnreadable
from ..memory import read_word
from ..target import Stop, Target
from ..typed import NamedTuple

# _Unwind_Exception stands right in front of the thrown object; its class is a text, whose last byte tells a thrown
# object (0) from one that was thrown again by std::rethrow_exception (1).
_MARK = int.from_bytes(b"GNUCC++\0", "big")
_MARK_BYTES, _HEADER_BYTES = 32, 112  # in front of the object: _Unwind_Exception, all of __cxa_exception
_SEARCHED_BYTES = 16 << 10  # of the stack
_TYPEINFO = "typeinfo for "
_BASES_MAX = 16
_TEXT_MAX_BYTES = 400
# libstdc++ keeps the text of these behind the pointer to their virtual table.
_WITH_MESSAGE = ("St13runtime_error", "St11logic_error")
_SHORT = {"i": "int", "j": "unsigned int", "l": "long", "m": "unsigned long", "d": "double", "b": "bool", "c": "char",
          "PKc": "char const*", "Pc": "char*", "x": "long long", "f": "float", "s": "short"}  # fmt: skip


class Thrown(NamedTuple):
    """``what``: the text of a standard exception, None where it is not kept in the object."""

    address: int
    type_name: str
    what: str | None
    is_bad_alloc: bool


def is_exception_mark(word: int) -> bool:
    """True for the first word of _Unwind_Exception."""
    return word & ~1 == _MARK


def find_thrown(target: Target, stop: Stop) -> Thrown | None:
    """The exception nearest to the top of the stack; None when there is none."""
    if stop.stack_pointer is None:
        return None
    reader = _Reader(target)
    seen: set[int] = set()
    for offset in range(0, _SEARCHED_BYTES, 8):
        word = reader.word(stop.stack_pointer + offset)
        if word is None:
            return None
        if word % 16 or word in seen:
            continue
        seen.add(word)
        for address in (word, word + _MARK_BYTES):  # a pointer to the object, or to what stands in front of it
            mark = reader.word(address - _MARK_BYTES)
            if mark is not None and is_exception_mark(mark):
                return _describe(target, reader, _primary(reader, address, mark))
    return None


def _primary(reader: _Reader, address: int, mark: int) -> int:
    """The object itself, where a second header only refers to it."""
    if mark & 1:
        return reader.word(address - _HEADER_BYTES) or address
    return address


def _describe(target: Target, reader: _Reader, address: int) -> Thrown | None:
    type_info = reader.word(address - _HEADER_BYTES)
    if type_info is None:
        return None
    names = reader.type_names(type_info)
    if not names:
        return None
    symbol = target.symbol_at(type_info)
    name = symbol.name if symbol is not None and symbol.name.startswith(_TYPEINFO) else ""
    name = name.removeprefix(_TYPEINFO).split("@")[0]  # without the symbol's version
    what = None
    if any(base in _WITH_MESSAGE for base in names):
        what = reader.text(reader.word(address + 8))
    return Thrown(address, name or readable(names[0]), what, "St9bad_alloc" in names)


class _Reader:
    def __init__(self, target: Target):
        self._target = target

    def word(self, address: int | None) -> int | None:
        return read_word(self._target.memory, address) if address is not None and 0 < address < 1 << 63 else None

    def text(self, address: int | None) -> str | None:
        """A string of at most _TEXT_MAX_BYTES printable characters."""
        raw = bytearray()
        while address is not None and len(raw) < _TEXT_MAX_BYTES:
            try:
                byte = bytes(self._target.memory.read(address + len(raw), 1))
            except MemoryUnreadable:
                break
            if byte == b"\0":
                return raw.decode("ascii", "replace").replace("\ufffd", "?")
            raw += byte
        return None

    def type_names(self, type_info: int) -> list[str]:
        """The mangled names of a class and of its bases, as far as each has only one."""
        names: list[str] = []
        place: int | None = type_info
        while place is not None and len(names) < _BASES_MAX:
            name = self.text(self.word(place + 8))
            if name is None or not re.fullmatch(r"\*?\w+", name):
                break
            names.append(name.lstrip("*"))
            virtual = self._target.symbol_at(self.word(place) or 0)
            is_single = virtual is not None and "__si_class_type_info" in virtual.name
            place = self.word(place + 16) if is_single else None
        return names


def readable(mangled: str) -> str:
    """A type's name in C++ for the usual forms; others stay as they are."""
    if mangled in _SHORT:
        return _SHORT[mangled]
    nested = re.fullmatch(r"(?:N(.+)E|(St)?(\d+.+))", mangled)
    rest = nested[1] or nested[0] if nested else ""
    parts = []
    while rest:
        match = re.match(r"St|(\d+)", rest)
        if match is None:
            return mangled
        if match[1]:
            end = match.end() + int(match[1])
            parts.append(rest[match.end() : end])
            rest = rest[end:]
        else:
            parts.append("std")
            rest = rest[2:]
    return "::".join(parts) or mangled
