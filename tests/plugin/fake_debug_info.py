"""Types, variables and source text made by hand.

    info = FakeDebugInfo()
    info.add("struct node", 16, next=(0, "struct node"))
    info.globals.append(Variable("head", "struct node *", 8, DATA))
    heap.target.debug_info = info
"""

from __future__ import annotations

from bare_target import NoDebugInfo
from ftheap.debug_info import DataType, FrameScope, PointerMember, Variable
from ftheap.errors import UsageError


class FakeDebugInfo(NoDebugInfo):
    """``types`` by name; ``sources``: statement lines by code address + depth; ``pointees``: declared type by (code
    address, expression); ``mangled``: readable names; ``unprintable``: types that the debugger fails on."""

    def __init__(self) -> None:
        self.types: dict[str, DataType] = {}
        self.globals: list[Variable] = []
        self.scopes: dict[int, list[FrameScope]] = {}
        self.sources: dict[int, str] = {}
        self.pointees: dict[tuple[int, str], str] = {}
        self.mangled: dict[str, str] = {}
        self.unprintable: set[str] = set()

    def add(self, name: str, size_bytes: int, **pointers: tuple[int, str]) -> None:
        """A type, and the type of pointers to it; ``pointers``: member to offset and pointee."""
        members = tuple(PointerMember(offset, path, pointee) for path, (offset, pointee) in pointers.items())
        self.types[name] = DataType(name, size_bytes, members)
        self.types[f"{name} *"] = DataType(f"{name} *", 8, (PointerMember(0, "", name),))

    def data_type(self, name: str) -> DataType | None:
        return self.types.get(name) or self.types.get(f"struct {name}")

    def type_in_scope(self, code_address: int, name: str) -> DataType | None:
        return self.data_type(name)

    def pointer_at(self, type_name: str, offset_bytes: int) -> PointerMember | None:
        kind = self.data_type(type_name)
        members = kind.pointers if kind is not None else ()
        return next((member for member in members if member.offset_bytes == offset_bytes), None)

    def member_at(self, type_name: str, offset_bytes: int) -> str:
        member = self.pointer_at(type_name, offset_bytes)
        return member.path if member is not None else ""

    def global_at(self, address: int) -> Variable | None:
        return next((each for each in self.globals if each.address <= address < each.address + each.size_bytes), None)

    def frame_scopes(self, thread: int) -> list[FrameScope]:
        return self.scopes.get(thread, [])

    def declared_pointee(self, code_address: int, expression: str) -> str | None:
        return self.pointees.get((code_address, expression))

    def source_lines(self, code_address: int, depth: int, before: int, after: int) -> list[str]:
        text = self.sources.get(code_address + depth)
        return [""] * before + [text] + [""] * after if text is not None else []

    def demangled(self, name: str) -> str | None:
        return self.mangled.get(name)

    def printed(self, type_name: str, address: int, count: int) -> list[str]:
        if type_name in self.unprintable:
            raise UsageError(f"gdb cannot print {type_name} at {address:#x}: broken")
        return [f"<{type_name} x {count} at {address:#x}>"]
