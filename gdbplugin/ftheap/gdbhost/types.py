"""gdb's types by name: their size, their pointers, and what stands at an offset."""

from __future__ import annotations


import gdb

from ..debug_info import POINTERS_MAX, DataType, PointerMember
from ..patterns import pattern
from .answers import UNKNOWN

_TAGS = ("struct", "union", "class", "enum")
_SUFFIX = pattern(r"(?P<base>.+?)\s*(?P<suffix>(?:\*\s*)+|\[\d+\])$")
_ELEMENTS_MAX = 4096
_DEPTH_MAX = 16
# libstdc++ links its nodes by their base. Container or node to the type of its nodes, {} being a template argument.
_NODES = {
    "std::list": ("std::_List_node<{}>", 0),
    "std::__cxx11::list": ("std::_List_node<{}>", 0),
    "std::_List_node": ("std::_List_node<{}>", 0),
    "std::_Rb_tree": ("std::_Rb_tree_node<{}>", 1),
    "std::_Rb_tree_node": ("std::_Rb_tree_node<{}>", 0),
}
_NODE_BASES = ("std::__detail::_List_node_base", "std::_Rb_tree_node_base")
_POINTERS = (gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF)
_STRUCTURES = (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION)


class Types:
    """Types seen so far, by name; two types of one name are one."""

    def __init__(self) -> None:
        self._types: dict[str, gdb.Type | None] = {}
        self._described: dict[str, DataType | None] = {}
        self._members: dict[str, list[tuple[int, int, gdb.Field]]] = {}

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
                self._collect(kind, 0, "", pointers, 0, None)
                described = DataType(str(kind.unqualified()), kind.strip_typedefs().sizeof, tuple(pointers))
            self._described[name] = described
        return self._described[name]

    def _collect(
        self, kind: gdb.Type, offset: int, path: str, found: list[PointerMember], depth: int, nodes: str | None
    ) -> None:
        """All pointers of ``kind``, which stands at ``offset``; ``nodes``: of the container that it is part of."""
        kind = kind.strip_typedefs()
        nodes = self._nodes_of(kind) or nodes
        if len(found) >= POINTERS_MAX or depth > _DEPTH_MAX:
            return
        if kind.code in _POINTERS:
            pointee = self.pointee_of(kind, nodes)
            if pointee is not None:
                found.append(PointerMember(offset, path, pointee))
        elif kind.code in _STRUCTURES:
            for field in kind.fields():
                if _in_bytes(field):
                    self._collect(field.type, offset + field.bitpos // 8, _joined(path, field), found, depth + 1, nodes)
        elif kind.code == gdb.TYPE_CODE_ARRAY and _may_point(kind.target()):
            size_bytes = kind.target().strip_typedefs().sizeof
            for index in range(min(_count(kind), _ELEMENTS_MAX)):
                self._collect(kind.target(), offset + index * size_bytes, f"{path}[{index}]", found, depth + 1, nodes)

    def _nodes_of(self, kind: gdb.Type) -> str | None:
        """The type of a container's nodes; None for what is no such container."""
        if kind.code != gdb.TYPE_CODE_STRUCT or ">::" in (kind.tag or ""):  # a part of a container, not the whole
            return None
        form, argument = _NODES.get((kind.tag or "").split("<", 1)[0], ("", 0))
        if not form:
            return None
        found = self.find(form.format(kind.template_argument(argument)))
        return self.name_of(found) if found is not None else None

    def pointee_of(self, kind: gdb.Type, nodes: str | None = None) -> str | None:
        """What a pointer type points to; None for void and functions. ``nodes`` stand for their base."""
        target = kind.strip_typedefs().target()
        if target.strip_typedefs().code in (gdb.TYPE_CODE_VOID, gdb.TYPE_CODE_FUNC, gdb.TYPE_CODE_METHOD):
            return None
        name = self.name_of(target)
        return nodes if nodes is not None and name in _NODE_BASES else name

    def pointer_at(self, name: str, offset: int) -> PointerMember | None:
        """The pointer that begins at byte ``offset`` of a type."""
        path, kind, rest, nodes = self._innermost(name, offset)
        if kind is None or rest or kind.strip_typedefs().code != gdb.TYPE_CODE_PTR:
            return None
        pointee = self.pointee_of(kind, nodes)
        return PointerMember(offset, path, pointee) if pointee is not None else None

    def path_at(self, name: str, offset: int) -> str:
        """The path of the innermost member that holds byte ``offset`` of a type."""
        return self._innermost(name, offset)[0]

    def _innermost(self, name: str, offset: int) -> tuple[str, gdb.Type | None, int, str | None]:
        """Path and type of that member, the offset in it, and the nodes of the container that it is part of."""
        kind, path, nodes = self.find(name), "", None
        for _ in range(_DEPTH_MAX):
            if kind is None:
                return path, None, offset, nodes
            plain = kind.strip_typedefs()
            nodes = self._nodes_of(plain) or nodes
            if plain.code in _STRUCTURES:
                held = [(start, field) for start, end, field in self._members_of(plain) if start <= offset < end]
                if not held:
                    return path, None, offset, nodes
                start, field = held[-1]
                kind, offset, path = field.type, offset - start, _joined(path, field)
            elif plain.code == gdb.TYPE_CODE_ARRAY and plain.target().strip_typedefs().sizeof:
                index, offset = divmod(offset, plain.target().strip_typedefs().sizeof)
                kind, path = plain.target(), f"{path}[{index}]"
            else:
                break
        return path, kind, offset, nodes

    def _members_of(self, kind: gdb.Type) -> list[tuple[int, int, gdb.Field]]:
        """Start, end and field of each member of a structure that stands in whole bytes; asked of gdb once, unless the
        structure has no name."""
        members = self._members.get(kind.tag or "")
        if members is None:
            members = [
                (field.bitpos // 8, field.bitpos // 8 + field.type.strip_typedefs().sizeof, field)
                for field in kind.fields()
                if _in_bytes(field)
            ]
            if kind.tag:
                self._members[kind.tag] = members
        return members


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
