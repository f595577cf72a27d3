"""The port to what the compiler left for debuggers: types, variables, and the source text of a call.

gdbhost implements ``DebugInfo`` on gdb; tests by hand. A type is known by its name, as the debugger writes it
("struct node", "Widget", "char"); no debugger's object leaves the implementation.
"""

from __future__ import annotations

from .typed import NamedTuple, Protocol


class PointerMember(NamedTuple):
    """A pointer inside a type: ``path`` leads to it ("next", "items[3].name"; "" when the type is the pointer
    itself); ``pointee`` is the name of the type that it points to, never void and never a function."""

    offset_bytes: int
    path: str
    pointee: str


class DataType(NamedTuple):
    """A type. ``size_bytes`` is above 0; ``pointers`` ascend by offset, the first POINTERS_MAX of them."""

    name: str
    size_bytes: int
    pointers: tuple[PointerMember, ...] = ()


POINTERS_MAX = 1024


class Variable(NamedTuple):
    """A variable. ``address`` is None when it stands in a register; ``value`` is that of a pointer in a register,
    else None."""

    name: str
    type_name: str
    size_bytes: int
    address: int | None
    value: int | None = None


class FrameScope(NamedTuple):
    """A frame of a thread's stack. ``number``: 0 for the innermost; ``[start, end)``: its bytes of the stack;
    ``variables``: its parameters and locals, those of inner scopes first."""

    number: int
    function: str | None
    start: int
    end: int
    variables: tuple[Variable, ...] = ()


class DebugInfo(Protocol):
    """What is known of the program's types. Everything may be unknown: None or empty, never an exception."""

    def data_type(self, name: str) -> DataType | None:
        """The type of this name; "node" finds "struct node" too. None when unknown or incomplete."""
        ...

    def type_in_scope(self, code_address: int, name: str) -> DataType | None:
        """The type that a name means where the code at a return address stands, such as a template's parameter."""
        ...

    def pointer_at(self, type_name: str, offset_bytes: int) -> PointerMember | None:
        """The pointer at this very offset of a type, however large it is."""
        ...

    def member_at(self, type_name: str, offset_bytes: int) -> str:
        """The path of the innermost member that holds the byte: "next", "items[3].name"; "" for none."""
        ...

    def global_at(self, address: int) -> Variable | None:
        """The global or static variable whose bytes hold ``address``."""
        ...

    def frame_scopes(self, thread: int) -> list[FrameScope]:
        """Frames of the thread with this number of the debugger, innermost first, bounded."""
        ...

    def declared_pointee(self, code_address: int, expression: str) -> str | None:
        """The type that a name or a path ("list->head") points to, as declared where the code at a return address
        stands."""
        ...

    def source_lines(self, code_address: int, depth: int, before: int, after: int) -> list[str]:
        """Source text around the line of the call behind a return address: ``before`` lines, that line, ``after``
        lines. ``depth``: 0 for the innermost of the functions inlined there, 1 for the one it was inlined into, ...
        [] when the text is not at hand; "" where the file has no such line."""
        ...

    def demangled(self, name: str) -> str | None:
        """The readable form of a mangled C++ name, None when it is none."""
        ...

    def printed(self, type_name: str, address: int, count: int) -> list[str]:
        """The debugger's own rows for the value of the type at ``address``; of an array when ``count`` is above 1.
        Raises UsageError when it can't be printed."""
        ...
