"""``DebugInfo`` on gdb: DWARF through gdb's symbols, blocks and types."""

from __future__ import annotations

import re
from bisect import bisect_right

import gdb

from ..debug_info import DataType, FrameScope, PointerMember, Variable
from ..errors import UsageError
from ..patterns import pattern
from . import symbols
from .answers import UNKNOWN, printed_by, text_of
from .threads import integer_register, selection_kept
from .types import Types, field_of

FRAMES_MAX = 64
VARIABLES_MAX = 256  # of one frame
RED_ZONE_BYTES = 128
_MANGLED = pattern(r"[A-Za-z_$][\w.$]*")
_ABI_TAG = pattern(r"\[abi:\w+\]")
_STEP = pattern(r"\s*(?:(?:->|\.)\s*(?P<field>[A-Za-z_]\w*)|\[[^\]]*\])")
_ELEMENTS_PRINTED = 200


class GdbDebugInfo:
    """Asks gdb anew each time but for types; ``GdbTarget`` drops it with everything else when the inferior moves."""

    def __init__(self) -> None:
        self._types = Types()
        self._globals: dict[tuple[str, int], Variable | None] = {}
        self._starts: list[int] = []  # of the globals that were found; ascending
        self._found: list[Variable] = []
        self._scopes: dict[int, list[FrameScope]] = {}

    def data_type(self, name: str) -> DataType | None:
        try:
            return self._types.data_type(name)
        except UNKNOWN:
            return None

    def type_in_scope(self, code_address: int, name: str) -> DataType | None:
        try:
            block = gdb.block_for_pc(code_address - 1)
            if block is not None:
                kind = gdb.lookup_type(name, block)
                return self._types.data_type(self._types.name_of(kind))
        except UNKNOWN:
            pass
        return self.data_type(name)

    def pointer_at(self, type_name: str, offset_bytes: int) -> PointerMember | None:
        try:
            return self._types.pointer_at(type_name, offset_bytes)
        except UNKNOWN:
            return None

    def member_at(self, type_name: str, offset_bytes: int) -> str:
        try:
            return self._types.path_at(type_name, offset_bytes)
        except UNKNOWN:
            return ""

    def global_at(self, address: int) -> Variable | None:
        position = bisect_right(self._starts, address) - 1
        if position >= 0 and address < self._starts[position] + self._found[position].size_bytes:
            return self._found[position]
        symbol = symbols.symbol_at(address)
        if symbol is None or symbol.is_code:
            return None
        key = symbol.name, address - symbol.offset_bytes
        if key not in self._globals:
            self._globals[key] = found = self._global(*key)
            if found is not None:
                self._starts.insert(position + 1, key[1])
                self._found.insert(position + 1, found)
        found = self._globals[key]
        return found if found is not None and address < key[1] + found.size_bytes else None

    def _global(self, name: str, start: int) -> Variable | None:
        """The variable of this name that stands at ``start``: several units may have a static one of that name."""
        candidates: list[gdb.Symbol | None] = []
        try:
            for written in dict.fromkeys((name, _ABI_TAG.sub("", name))):  # gdb 18 knows a variable without its tag
                candidates += [gdb.lookup_global_symbol(written), *gdb.lookup_static_symbols(written)]
        except UNKNOWN:
            return None
        for symbol in candidates:
            try:
                value = symbol.value() if symbol is not None and symbol.is_variable else None
                if value is not None and value.address is not None and int(value.address) == start:
                    kind = value.type
                    return Variable(name, self._types.name_of(kind), kind.strip_typedefs().sizeof, start)
            except UNKNOWN:
                continue
        return None

    def frame_scopes(self, thread: int) -> list[FrameScope]:
        if thread not in self._scopes:
            self._scopes[thread] = self._read_scopes(thread)
        return self._scopes[thread]

    def _read_scopes(self, thread: int) -> list[FrameScope]:
        found: list[FrameScope] = []
        try:
            handles = [handle for handle in gdb.selected_inferior().threads() if handle.num == thread]
        except UNKNOWN:
            return found
        if not handles or not handles[0].is_valid():
            return found
        with selection_kept():
            try:
                handles[0].switch()
                frame = gdb.newest_frame()
                start = (integer_register(frame, "sp") or 0) - RED_ZONE_BYTES
                while frame is not None and len(found) < FRAMES_MAX:
                    older = frame.older()
                    end = integer_register(older, "sp") if older is not None else None
                    name, variables = text_of(frame.name), self._variables(frame)
                    found.append(FrameScope(len(found), name, start, end or start, variables))
                    frame, start = older, end or start
            except UNKNOWN:
                pass
        return found

    def _variables(self, frame: gdb.Frame) -> tuple[Variable, ...]:
        found: list[Variable] = []
        try:
            block = frame.block()
        except UNKNOWN:
            return ()
        while block is not None and not block.is_global and not block.is_static and len(found) < VARIABLES_MAX:
            for symbol in block:
                if symbol.is_variable or symbol.is_argument:
                    variable = self._variable(symbol, frame)
                    if variable is not None:
                        found.append(variable)
            if block.function is not None:
                break
            block = block.superblock
        return tuple(found)

    def _variable(self, symbol: gdb.Symbol, frame: gdb.Frame) -> Variable | None:
        try:
            value = symbol.value(frame)
            kind = value.type.strip_typedefs()
            address = int(value.address) if value.address is not None else None
            number = None
            if address is None:
                if value.is_optimized_out or kind.code != gdb.TYPE_CODE_PTR:
                    return None
                number = int(value) & (1 << 8 * kind.sizeof) - 1
            name = text_of(lambda: symbol.print_name)
            return Variable(name, self._types.name_of(value.type), kind.sizeof, address, number)
        except UNKNOWN:
            return None

    def declared_pointee(self, code_address: int, expression: str) -> str | None:
        try:
            kind = self._declared(code_address - 1, expression)
            if kind is not None and kind.strip_typedefs().code == gdb.TYPE_CODE_PTR:
                return self._types.pointee_of(kind)
        except UNKNOWN:
            pass
        return None

    def _declared(self, place: int, expression: str) -> gdb.Type | None:
        """The type of ``a``, ``*a``, ``a->b.c[i]`` as declared at ``place``; also of a member of ``this``."""
        expression = expression.strip()
        stars = len(expression) - len(expression.lstrip("*"))
        match = re.match(r"[A-Za-z_]\w*", expression[stars:])
        block = gdb.block_for_pc(place)
        if match is None or block is None:
            return None
        kind = _type_of_name(match.group(), block)
        rest = expression[stars + match.end() :]
        while kind is not None and rest.strip():
            step = _STEP.match(rest)
            if step is None:
                return None
            plain = kind.strip_typedefs()
            if plain.code in (gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_ARRAY) and not rest.lstrip().startswith("."):
                plain = plain.target()
            kind = field_of(plain, step["field"]) if step["field"] else plain
            rest = rest[step.end() :]
        for _ in range(stars):
            kind = kind.strip_typedefs().target() if kind is not None else None
        return kind

    def source_lines(self, code_address: int, depth: int, before: int, after: int) -> list[str]:
        return symbols.source_lines(code_address - 1, depth, before, after)

    def demangled(self, name: str) -> str | None:
        if not _MANGLED.fullmatch(name):
            return None
        try:
            text = printed_by(f"demangle -l c++ -- {name}").strip()
        except UNKNOWN:
            return None
        return text if text != name and not text.startswith("Can't demangle") else None

    def printed(self, type_name: str, address: int, count: int) -> list[str]:
        try:
            kind = self._types.find(type_name)
            if kind is None:
                raise UsageError(f"no type {type_name!r} in the program's symbols")
            place = kind.array(count - 1) if count > 1 else kind
            value = gdb.Value(address).cast(place.pointer()).dereference()
            text = value.format_string(styling=False, pretty_structs=True, max_elements=_ELEMENTS_PRINTED)
        except gdb.MemoryError as error:
            raise UsageError(f"{type_name} at {address:#x}: {str(error).rstrip('.')}") from None
        except UNKNOWN as error:
            raise UsageError(f"gdb cannot print {type_name} at {address:#x}: {str(error).rstrip('.')}") from None
        return [row.rstrip() for row in text.splitlines()]


def _type_of_name(name: str, block: gdb.Block) -> gdb.Type | None:
    symbol = gdb.lookup_symbol(name, block)[0]
    if symbol is not None and symbol.type is not None:
        return symbol.type
    this = gdb.lookup_symbol("this", block)[0]
    return field_of(this.type.strip_typedefs().target(), name) if this is not None else None
