"""``Target`` on gdb: the selected inferior, whether live, attached, remote, a core file, or not started."""

from __future__ import annotations

import os

import gdb

from .. import gdbhost
from ..errors import TargetError, UsageError
from ..modules import Modules
from ..patterns import pattern
from ..target import Frame, Mapping, Section, Stop, SymbolAt, Thread
from ..typed import TYPE_CHECKING, Callable, TypeVar
from . import build_ids, mappings, remote, symbols, threads
from .answers import number_in_c, printed_by, program_path
from .corefile import CoreFile
from .memory import GdbMemory, read_by_gdb
from .movement import Movement
from .processmemory import ProcessMemory, of_process
from .remote import KeptBytes
from .values import address_of

if TYPE_CHECKING:
    from .debug_info import GdbDebugInfo

_CORE_LINE = pattern(r"Local core dump file:\s*`(.*)', file type")
_ADDRESS = pattern(r"0x[0-9a-fA-F]{1,16}")
_Answer = TypeVar("_Answer")


class GdbTarget:
    """The selected inferior. What it answers is kept until the inferior moves."""

    def __init__(self, movement: Movement):
        self._movement = movement
        self._kept: dict[object, object] = {}
        self._kept_for: object = None
        self._core: tuple[object, CoreFile | None] = (None, None)
        self._process: tuple[object, ProcessMemory | None] = (None, None)
        self._brought: tuple[object, KeptBytes | None] = (None, None)
        self.memory = GdbMemory(self.core, self._process_memory, self._kept_bytes)

    def state_key(self) -> object:
        """Changes with every event that may change memory, registers or the selected inferior, and with the core file;
        always differs from the last one while a thread runs."""
        core = self.core()
        written_at = core.written_at() if core is not None else None
        return (*self._identity(), self._movement.count, written_at, object() if _is_running() else None)

    def require_readable(self) -> None:
        """Raises TargetError when the inferior can't be read as a whole: all its threads run, or it has a core file's
        connection without being its process, where gdb 13 crashes on any expression (`add-inferior` leaves this)."""
        inferior = gdb.selected_inferior()
        if inferior.pid == 0 and _connection_kind(inferior) == "core":
            raise TargetError(f"inferior {inferior.num} has no process; select another one with `inferior N`")
        handles = _live_threads()
        if handles and all(thread.is_running() for thread in handles) and not threads.has_frames():
            raise TargetError("the process is running; stop it first, with Ctrl-C or `interrupt`")

    def absence(self) -> str | None:
        inferior = gdb.selected_inferior()
        if inferior.pid != 0 or _connection_kind(inferior) == "core":
            return _other_machine()
        if inferior.num in self._movement.ended:
            return (
                "the process has ended, or was detached: run it again, and stop it at its end with "
                "`catch syscall exit_group`"
            )
        if program_path():
            return "the program is not started: run it to main first, or open a core file of it with `core-file`"
        return "no program and no core file: give gdb a core, or run a program on ftmalloc"

    def libraries_without_symbols(self) -> list[str]:
        return symbols.libraries_without_symbols()

    def description(self) -> str:
        inferior = gdb.selected_inferior()
        kind = _connection_kind(inferior)
        core = self.core()
        if core is not None:
            return f"core file {core.path}"
        if kind == "core":
            return "core file"
        if inferior.pid == 0:
            program = program_path()
            return f"program {program}, not started" if program else "no program and no process"
        if kind == "native":
            return f"process {inferior.pid}"
        details = getattr(inferior.connection, "details", None)
        return f"process {inferior.pid} on {kind or 'unknown'} target{' ' + details if details else ''}"

    def core(self) -> CoreFile | None:
        """The core file of the inferior, None when it has none or its form is not known to us."""
        inferior = gdb.selected_inferior()
        connection = inferior.connection
        if connection is None or connection.type != "core":
            return None
        identity = inferior.num, inferior.pid, connection.num  # each read asks
        if self._core[0] != identity:
            self._core = (identity, _open_core())
        return self._core[1]

    def _process_memory(self) -> ProcessMemory | None:
        """Of a process on this machine; None of anything else."""
        inferior = gdb.selected_inferior()
        kind, identity = _connection_kind(inferior), self._identity()
        if self._process[0] != identity:
            process = of_process(inferior.pid) if kind == "native" else None
            self._process = (identity, remote.process_here(inferior) if kind in remote.KINDS else process)
        return self._process[1]

    def _kept_bytes(self) -> KeptBytes | None:
        """Of a process that only packets reach, as it stands; None of anything else, and while a thread runs."""
        if _connection_kind(gdb.selected_inferior()) not in remote.KINDS or self._process_memory() is not None:
            return None
        key = (*self._identity(), self._movement.count)
        if self._brought[0] != key and not _is_running():
            self._brought = (key, KeptBytes(read_by_gdb))
        return self._brought[1] if self._brought[0] == key else None

    def _identity(self) -> tuple[object, ...]:
        inferior = gdb.selected_inferior()
        connection = inferior.connection
        return inferior.num, inferior.pid, connection.num if connection is not None else 0

    def _remembered(self, name: object, ask: Callable[[], _Answer]) -> _Answer:
        key = self.state_key()
        if self._kept_for != key:
            self._kept_for, self._kept = key, {}
        if name not in self._kept:
            self._kept[name] = ask()
        return self._kept[name]  # type: ignore[return-value]

    @property
    def debug_info(self) -> GdbDebugInfo:
        """What gdb knows of types and variables, for the inferior as it stands."""
        return self._remembered("debug info", gdbhost.debug_info.GdbDebugInfo)

    def symbol_address(self, name: str) -> int | None:
        return self._remembered(("symbol", name), lambda: symbols.symbol_address(name))

    def symbol_at(self, address: int) -> SymbolAt | None:
        return self._remembered(("symbol_at", address), lambda: symbols.symbol_at(address))

    def source_frames(self, address: int, is_return_address: bool = True) -> tuple[Frame, ...]:
        return self._remembered(
            ("frames", address, is_return_address),
            lambda: tuple(map(self._with_module, symbols.source_frames(address, is_return_address))),
        )

    def _with_module(self, frame: Frame) -> Frame:
        modules = self._remembered("modules", lambda: Modules(self.mappings(), self.memory))
        place = modules.place(frame.address)
        return frame._replace(module=place[0], module_offset_bytes=place[1]) if place is not None else frame

    def mappings(self) -> list[Mapping]:
        return self._remembered("mappings", self._read_mappings)

    def _read_mappings(self) -> list[Mapping]:
        core = self.core()
        if core is not None:
            return mappings.from_core(core)
        inferior = gdb.selected_inferior()
        if inferior.pid == 0:
            return []
        if _connection_kind(inferior) == "native":
            return mappings.from_kernel(inferior.pid) or mappings.from_gdb()
        return mappings.from_gdb()

    def sections(self) -> list[Section]:
        return self._remembered("sections", symbols.sections)

    def threads(self) -> list[Thread]:
        return self._threads()[0]

    def _threads(self) -> tuple[list[Thread], list[tuple[str, int | None, str]]]:
        return self._remembered("threads", self._read_threads)

    def _read_threads(self) -> tuple[list[Thread], list[tuple[str, int | None, str]]]:
        core = self.core()
        if core is not None and core.threads and core.threads[0].registers:
            return threads.from_core(core), []
        return threads.from_gdb()

    def stop(self) -> Stop | None:
        return self._remembered("stop", self._read_stop)

    def _read_stop(self) -> Stop | None:
        stop = gdbhost.stops.read_stop(self.core(), self.sections())
        if stop is not None:
            stop.frames = tuple(map(self._with_module, stop.frames))
        return stop

    def evaluate(self, expression: str) -> int:
        """The value of an expression as an unsigned address; of an array, structure or function, where it stands."""
        if not expression.strip():
            raise UsageError("give an address: any expression that gdb's `print` takes")
        if _ADDRESS.fullmatch(expression.strip()):  # as we print it: not every language writes numbers so
            return int(expression, 16)
        try:
            return address_of(gdb.parse_and_eval(expression))
        except (gdb.error, ValueError, OverflowError, TypeError) as error:
            raise UsageError(f"{expression}: {str(error).rstrip('.')}") from error

    def findings(self) -> list[tuple[str, int | None, str]]:
        return self._remembered("findings", self._read_findings)

    def _read_findings(self) -> list[tuple[str, int | None, str]]:
        found = list(self._threads()[1])
        core = self.core()
        if core is not None:
            found += core.findings()
            if not program_path():
                found.append((
                    "program-missing", None, "gdb was given no program: symbols are missing; use `file PROGRAM`"
                ))
            found += build_ids.findings(self.memory, self.mappings())
        elif _connection_kind(gdb.selected_inferior()) == "core":
            found.append(("core-unreadable", None, "the core file can't be read directly: missing parts go unnoticed"))
        elif any(mapping.path.endswith(build_ids.DELETED) for mapping in self.mappings()):
            found += build_ids.findings(self.memory, self.mappings())
        return found


def _other_machine() -> str | None:
    """One sentence where the program is none that ftmalloc is built for."""
    try:
        pointer_bytes = number_in_c("sizeof (void *)")
        is_little = "little endian" in printed_by("show endian")
        name = gdb.selected_inferior().architecture().name()
    except gdb.error:
        return None
    if pointer_bytes == 8 and is_little:
        return None
    program = f"a {'' if is_little else 'big-endian '}program of {8 * pointer_bytes} bits ({name})"
    return f"{program}: ftmalloc is for 64-bit little-endian programs only"


def _live_threads() -> list[gdb.InferiorThread]:
    """gdb's threads; none where gdb can't tell, as for a core file that is broken."""
    try:
        handles = gdb.selected_inferior().threads()
    except gdb.error:
        return []
    return [thread for thread in handles if thread.is_valid() and not thread.is_exited()]


def _is_running() -> bool:
    """True when some thread runs; without non-stop mode, one stands for all."""
    handles = _live_threads()
    if handles and not gdb.parameter("non-stop"):
        handles = handles[:1]
    return any(thread.is_running() for thread in handles)


def _connection_kind(inferior: gdb.Inferior) -> str:
    return inferior.connection.type if inferior.connection is not None else ""


def _open_core() -> CoreFile | None:
    match = _CORE_LINE.search(printed_by("info files"))
    if match is None:
        return None
    try:
        return CoreFile(os.path.realpath(match.group(1)))
    except (OSError, ValueError):
        return None
