"""gdb's types by name: their size, their pointers, and what stands at an offset."""

from __future__ import annotations

import re

import gdb

from ..debug_info import POINTERS_MAX, DataType, PointerMember
from .answers import UNKNOWN

_TAGS = ("struct", "union", "class", "enum")
_SUFFIX = re.compile(r"(?P<base>.+?)\s*(?P<suffix>(?:\*\s*)+|\[\d+\])$")
_ELEMENTS_MAX = 4096
_DEPTH_MAX = 16
_POINTERS = (gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF)
_STRUCTURES = (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION)


class Types:
    """Types seen so far, by name; two types of one name are one."""

    def __init__(self) -> None:
        self._types: dict[str, gdb.Type | None] = {}
        self._described: dict[str, DataType | None] = {}

    def name_of(self, kind: gdb.Type) -> str:
        """The name to find ``kind`` by later. Types without a name get a number, and qualifiers go."""
        kind = kind.unqualified()
        name = str(kind)
        if "{" in name:
            name = f"{name.split('{')[0]}{{...}} {len(self._types)}"
        known = self._types.get(name)
        if known is None or known.sizeof == 0:
            self._types[name] = kind
        return name

    def find(self, name: str) -> gdb.Type | None:
        """The type of this name, complete where some unit completes it; None when there is none."""
        found = self._types.get(name)
        if found is None or found.sizeof == 0 and found.strip_typedefs().code in _STRUCTURES:
            self._types[name] = found = _looked_up(name) or found
        return found

    def data_type(self, name: str) -> DataType | None:
        if name not in self._described:
            kind = self.find(name)
            described = None
            if kind is not None and kind.strip_typedefs().sizeof > 0:
                pointers: list[PointerMember] = []
                self._collect(kind, 0, "", pointers, 0)
                described = DataType(str(kind.unqualified()), kind.strip_typedefs().sizeof, tuple(pointers))
            self._described[name] = described
        return self._described[name]

    def _collect(self, kind: gdb.Type, offset: int, path: str, found: list[PointerMember], depth: int) -> None:
        """All pointers of ``kind``, which stands at ``offset``."""
        kind = kind.strip_typedefs()
        if len(found) >= POINTERS_MAX or depth > _DEPTH_MAX:
            return
        if kind.code in _POINTERS:
            pointee = self.pointee_of(kind)
            if pointee is not None:
                found.append(PointerMember(offset, path, pointee))
        elif kind.code in _STRUCTURES:
            for field in kind.fields():
                if _in_bytes(field):
                    self._collect(field.type, offset + field.bitpos // 8, _joined(path, field), found, depth + 1)
        elif kind.code == gdb.TYPE_CODE_ARRAY and _may_point(kind.target()):
            size_bytes = kind.target().strip_typedefs().sizeof
            for index in range(min(_count(kind), _ELEMENTS_MAX)):
                self._collect(kind.target(), offset + index * size_bytes, f"{path}[{index}]", found, depth + 1)

    def pointee_of(self, kind: gdb.Type) -> str | None:
        """What a pointer type points to; None for void and functions."""
        target = kind.strip_typedefs().target()
        if target.strip_typedefs().code in (gdb.TYPE_CODE_VOID, gdb.TYPE_CODE_FUNC, gdb.TYPE_CODE_METHOD):
            return None
        return self.name_of(target)

    def innermost(self, name: str, offset: int) -> tuple[str, gdb.Type | None, int]:
        """Path and type of the innermost member that holds byte ``offset`` of a type, and the offset in it."""
        kind, path = self.find(name), ""
        for _ in range(_DEPTH_MAX):
            if kind is None:
                return path, None, offset
            plain = kind.strip_typedefs()
            if plain.code in _STRUCTURES:
                fields = [
                    field
                    for field in plain.fields()
                    if _in_bytes(field) and 0 <= offset - field.bitpos // 8 < field.type.strip_typedefs().sizeof
                ]
                if not fields:
                    return path, None, offset
                field = fields[-1]
                kind, offset, path = field.type, offset - field.bitpos // 8, _joined(path, field)
            elif plain.code == gdb.TYPE_CODE_ARRAY and plain.target().strip_typedefs().sizeof:
                index, offset = divmod(offset, plain.target().strip_typedefs().sizeof)
                kind, path = plain.target(), f"{path}[{index}]"
            else:
                break
        return path, kind, offset


def field_of(kind: gdb.Type, name: str) -> gdb.Type | None:
    """The type of a member, also one of a base class or of an unnamed part."""
    kind = kind.strip_typedefs()
    if kind.code not in _STRUCTURES:
        return None
    for field in kind.fields():
        if field.name == name:
            return field.type
        if field.is_base_class or not field.name:
            inner = field_of(field.type, name)
            if inner is not None:
                return inner
    return None


def _in_bytes(field: gdb.Field) -> bool:
    """False for static members, bit fields, and bases without a fixed place."""
    return isinstance(getattr(field, "bitpos", None), int) and not field.bitsize and field.bitpos % 8 == 0


def _joined(path: str, field: gdb.Field) -> str:
    if field.is_base_class or not field.name:
        return path
    return f"{path}.{field.name}" if path else field.name


def _may_point(kind: gdb.Type) -> bool:
    return kind.strip_typedefs().code in (*_POINTERS, *_STRUCTURES, gdb.TYPE_CODE_ARRAY)


def _count(kind: gdb.Type) -> int:
    low, high = kind.range()
    return max(high - low + 1, 0)


def _looked_up(name: str) -> gdb.Type | None:
    """``name``, as a user writes it: with or without its tag, ``*`` or ``[N]`` behind it."""
    name = name.strip()
    match = _SUFFIX.match(name)
    if match is not None:
        base = _looked_up(match["base"])
        if base is None:
            return None
        if match["suffix"].startswith("["):
            count = int(match["suffix"][1:-1])
            return base.array(count - 1) if 0 < count < 1 << 40 else None
        for _ in range(match["suffix"].count("*")):
            base = base.pointer()
        return base
    tagged = name.split(None, 1)[0] in _TAGS if name else True
    for candidate in (name,) if tagged else (name, *(f"{tag} {name}" for tag in _TAGS)):
        try:
            return gdb.lookup_type(candidate)
        except UNKNOWN:
            continue
    return None
