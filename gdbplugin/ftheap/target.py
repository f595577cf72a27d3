"""The port to everything of the inferior but its bytes (memory) and its types (debug_info): symbols, mappings, threads.

gdbhost implements ``Target`` on gdb; tests implement it on images and on their own process. Everything here is
plain data: no ``gdb.Value`` leaves gdbhost.
"""

from __future__ import annotations

from .debug_info import DebugInfo
from .memory import Memory
from .records import dataclass, field
from .typed import NamedTuple, Protocol


class Mapping(NamedTuple):
    """One mapping of the inferior: ``[start, end)``. ``path``: "" when anonymous; may be "[stack]", "[heap]"."""

    start: int
    end: int
    readable: bool
    writable: bool
    executable: bool
    path: str = ""

    @property
    def access(self) -> str:
        """``rw-``."""
        flags = (self.readable, self.writable, self.executable)
        return "".join(letter if flag else "-" for letter, flag in zip("rwx", flags))


@dataclass
class Thread:
    """One thread of the inferior.

    ``number`` is gdb's, ``thread_id`` the kernel's (0 when not known). ``registers`` holds the integer value of
    every general register by name; ``vector_bytes`` the raw contents of the vector registers, which hold pointers
    too. ``stack_pointer`` and ``thread_pointer`` (TLS base) are None when they could not be read.
    """

    number: int
    thread_id: int
    name: str
    registers: dict[str, int] = field(default_factory=dict)
    vector_bytes: bytes = b""
    stack_pointer: int | None = None
    thread_pointer: int | None = None


class SymbolAt(NamedTuple):
    """What the symbol tables say of an address: ``name`` + ``offset_bytes``, in ``object_file`` ("" unknown).

    ``is_code``: True for a function, False for data.
    """

    name: str
    offset_bytes: int
    object_file: str
    is_code: bool


class Frame(NamedTuple):
    """One frame of a stack, innermost first in lists. None for what is not known."""

    address: int
    function: str | None = None
    file: str | None = None
    line: int | None = None
    source: str | None = None  # text of that line, where the file can be read
    module: str | None = None  # path of the object file that holds the code
    module_offset_bytes: int = 0  # where in it, as addr2line takes it

    @property
    def module_place(self) -> str:
        """``libc.so.6+0x891f5``, the same in every process; "" when no file holds the code."""
        return f"{self.module.rsplit('/', 1)[-1]}+{self.module_offset_bytes:#x}" if self.module else ""

    @property
    def place(self) -> str:
        """``list.c:12``; "" when the line is not known."""
        return f"{self.file.rsplit('/', 1)[-1]}:{self.line}" if self.file and self.line is not None else ""


class Instruction(NamedTuple):
    """A disassembled instruction in AT&T syntax: ``movq 0x8(%rax),%rax``."""

    address: int
    text: str


class Code(NamedTuple):
    """Instructions that lead to the last one of them, and what is known of the registers in front of that."""

    registers: dict[str, int]
    instructions: tuple[Instruction, ...]


@dataclass
class Stop:
    """Where and why the thread that got the signal stopped; of several, the selected one.

    ``signal``: its name, None when the process stopped for another reason. ``code`` and ``fault_address`` are si_code
    and si_addr, None when the target does not tell. ``registers``: the innermost frame's. ``instructions``: those
    that lead to ``pc``, the last one at ``pc``; empty when the code can't be read. ``frames`` and ``modules`` (object
    file of each frame, "" unknown): innermost first, bounded. ``calls``: code of the program in the calling frames,
    up to the calls, with the registers that a call keeps; innermost first, a few.
    """

    signal: str | None
    code: int | None = None
    fault_address: int | None = None
    thread: int = 0
    pc: int | None = None
    stack_pointer: int | None = None
    registers: dict[str, int] = field(default_factory=dict)
    instructions: tuple[Instruction, ...] = ()
    frames: tuple[Frame, ...] = ()
    modules: tuple[str, ...] = ()
    calls: tuple[Code, ...] = ()


class Section(NamedTuple):
    """A loaded section of an object file at its run-time address; ``writable`` where the program may write it."""

    start: int
    end: int
    name: str
    object_file: str
    writable: bool


class Target(Protocol):
    """An inferior: live, attached, remote, a core file, or a test's image."""

    @property
    def memory(self) -> Memory:
        """The inferior's bytes."""
        ...

    @property
    def debug_info(self) -> DebugInfo:
        """What is known of the program's types."""
        ...

    def state_key(self) -> object:
        """Compares equal while the inferior has not moved and its memory was not written through gdb."""
        ...

    def absence(self) -> str | None:
        """Why there is no process to read, and what to do; None when there is one, or a core file."""
        ...

    def libraries_without_symbols(self) -> list[str]:
        """Paths of loaded libraries that the debugger has not read."""
        ...

    def description(self) -> str:
        """For ``info``: "process 1234", "core file core.77", "remote target"."""
        ...

    def symbol_address(self, name: str) -> int | None:
        """Address of a data or function symbol, None when there is none."""
        ...

    def symbol_at(self, address: int) -> SymbolAt | None: ...

    def source_frames(self, address: int, is_return_address: bool = True) -> tuple[Frame, ...]:
        """The frames of a recorded code address, symbolised as well as the symbols allow: functions that the compiler
        inlined there, innermost first, then the one that holds the code. Never empty."""
        ...

    def mappings(self) -> list[Mapping]:
        """All mappings by address, ``[]`` when the target can't tell."""
        ...

    def sections(self) -> list[Section]:
        """Loaded sections of all object files (from the symbol readers), ``[]`` when stripped of all."""
        ...

    def threads(self) -> list[Thread]: ...

    def stop(self) -> Stop | None:
        """Why the inferior stopped; None when there is no process, or no thread can be read."""
        ...

    def evaluate(self, expression: str) -> int:
        """Any expression of the debugger as an address. Raises UsageError with the debugger's message."""
        ...

    def findings(self) -> list[tuple[str, int | None, str]]:
        """What the target itself is missing, as (rule, address, message): a truncated core, absent pages."""
        ...
