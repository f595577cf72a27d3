"""What every inferior of the tests answers unless it knows better."""

from __future__ import annotations

from ftheap.debug_info import DataType, FrameScope, PointerMember, Variable
from ftheap.errors import UsageError
from ftheap.memory import Memory
from ftheap.target import Frame, Mapping, Section, Stop, SymbolAt, Thread


class NoDebugInfo:
    """The ``DebugInfo`` port of a program of which nothing is known."""

    def data_type(self, name: str) -> DataType | None:
        return None

    def type_in_scope(self, code_address: int, name: str) -> DataType | None:
        return None

    def pointer_at(self, type_name: str, offset_bytes: int) -> PointerMember | None:
        return None

    def member_at(self, type_name: str, offset_bytes: int) -> str:
        return ""

    def global_at(self, address: int) -> Variable | None:
        return None

    def frame_scopes(self, thread: int) -> list[FrameScope]:
        return []

    def declared_pointee(self, code_address: int, expression: str) -> str | None:
        return None

    def source_lines(self, code_address: int, depth: int, before: int, after: int) -> list[str]:
        return []

    def demangled(self, name: str) -> str | None:
        return None

    def printed(self, type_name: str, address: int, count: int) -> list[str]:
        return []


class BareTarget:
    """The ``Target`` port of a process without symbols, threads and mappings; change the attributes to make it move
    or stop."""

    def __init__(self, memory: Memory, name: str):
        self.memory = memory
        self.name = name
        self.debug_info = NoDebugInfo()
        self.key = 0
        self.stopped: Stop | None = None
        self.missing: list[tuple[str, int | None, str]] = []

    def state_key(self) -> object:
        return self.key

    def absence(self) -> str | None:
        return None

    def libraries_without_symbols(self) -> list[str]:
        return []

    def description(self) -> str:
        return self.name

    def symbol_address(self, name: str) -> int | None:
        return None

    def symbol_at(self, address: int) -> SymbolAt | None:
        return None

    def source_frames(self, address: int, is_return_address: bool = True) -> tuple[Frame, ...]:
        return (Frame(address),)

    def mappings(self) -> list[Mapping]:
        return []

    def sections(self) -> list[Section]:
        return []

    def threads(self) -> list[Thread]:
        return []

    def stop(self) -> Stop | None:
        return self.stopped

    def evaluate(self, expression: str) -> int:
        try:
            return int(expression, 0)
        except ValueError:
            raise UsageError(f"No symbol {expression!r} in current context.") from None

    def findings(self) -> list[tuple[str, int | None, str]]:
        return self.missing
