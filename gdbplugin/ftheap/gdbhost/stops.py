"""Why the inferior stopped: the signal with what the kernel says of it, the faulting code, and the stack."""

from __future__ import annotations


import gdb

from .. import analysis
from ..patterns import pattern
from ..target import Code, Frame, Instruction, Section, Stop
from . import symbols
from .answers import UNKNOWN, path_of, printed_by, printed_in_c, text_of
from .corefile import CoreFile
from .threads import integer_register, selection_kept

FRAMES_MAX = 200
INSTRUCTIONS_MAX = 24
CALLS_MAX = 4
_STARTS_BEFORE = range(96, 40, -1)  # bytes in front of pc where disassembly may begin, where no symbol tells
_FUNCTION_MAX_BYTES = 16 << 10
_SIGNALS = {
    3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV",
    13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
}  # fmt: skip
_SIGTRAP = 5
_FAULTS = ("SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT")
_STOPPED_BY = pattern(r"stopped at 0x(?P<pc>[0-9a-f]+)\.\s+It stopped with signal (?P<signal>SIG\w+)")
_WITH_ADDRESS = (4, 7, 8, 11)
_HANDLERS_MAX = 16  # frames between a fault and what its handler has called
# Of struct ucontext, with which the kernel's frame of a signal on x86-64 begins: the processor's trap, and its address.
_TRAP_OFFSET, _TRAP_ADDRESS_OFFSET = 200, 216
_TRAPS = {6: (4, 2), 13: (11, 128), 14: (11, 1)}  # invalid opcode, general protection, page fault: si_signo, si_code
_LINE = pattern(r"(?:=>)?\s*0x(?P<address>[0-9a-f]+)[^:]*:\s*(?P<text>.+)")


def read_stop(core: CoreFile | None, sections: list[Section]) -> Stop | None:
    """Of the selected thread, or of the first other one that a fault stopped; None when there is no thread.
    ``core``: the inferior's core file, if it is one. ``sections``: of all object files, for whose code it is."""
    selected = gdb.selected_thread()
    if selected is None or not selected.is_valid():
        return None
    with selection_kept():
        own = _stop_of(selected, core)
        if own is not None and own.signal in _FAULTS:
            return _with_code(own, sections)
        for handle in sorted(gdb.selected_inferior().threads(), key=lambda thread: thread.num):
            if handle.num != selected.num and handle.is_stopped():
                other = _stop_of(handle, core)
                if other is not None and other.signal in _FAULTS:
                    return _with_code(other, sections)
        selected.switch()
        return _with_code(own, sections) if own is not None else None


def _stop_of(handle: gdb.InferiorThread, core: CoreFile | None) -> Stop | None:
    """Signal, registers and place of one thread, which stays selected."""
    try:
        handle.switch()
        frame, info = _fault()
        names = [register.name for register in frame.architecture().registers() if register.name]
        registers = {name: integer_register(frame, name) for name in (*names, "fs_base", "gs_base")}
        pc = frame.pc()
    except gdb.error:
        return None
    number, code, fault_address = info
    name = _SIGNALS.get(number or 0) or _signal_without_info(handle, core, pc)
    known = {name: value for name, value in registers.items() if value is not None}
    stack_pointer = integer_register(frame, "sp")
    return Stop(name, code, fault_address, handle.num, pc, stack_pointer, known)


_Info = tuple[int | None, int | None, int | None]  # si_signo, si_code and si_addr; None for what is not told


def _fault() -> tuple[gdb.Frame, _Info]:
    """The frame that faulted, and the signal: of the newest frame, or of the one that a handler of the program has
    interrupted, when it went on to abort or to send the signal again."""
    newest, info = gdb.newest_frame(), _signal_info()
    if info[0] in _WITH_ADDRESS and (info[1] or 0) > 0 or "x86-64" not in newest.architecture().name():
        return newest, info
    frame: gdb.Frame | None = newest
    for _ in range(_HANDLERS_MAX):
        if frame is None:
            break
        if frame.type() == gdb.SIGTRAMP_FRAME:
            caught = _caught(integer_register(frame, "sp"))
            older = frame.older()
            if caught is not None and older is not None:
                return older, caught
        frame = frame.older()
    return newest, info


def _caught(context_address: int | None) -> _Info | None:
    """The fault that a frame of a signal tells of; None for other signals. Not every handler is given a siginfo."""
    if context_address is None:
        return None
    read = gdb.selected_inferior().read_memory
    trap = int.from_bytes(bytes(read(context_address + _TRAP_OFFSET, 8)), "little")
    if trap not in _TRAPS:
        return None
    address = int.from_bytes(bytes(read(context_address + _TRAP_ADDRESS_OFFSET, 8)), "little")
    number, code = _TRAPS[trap]
    return number, code, address if code == 1 else 0


def _signal_info() -> _Info:
    """What gdb tells of the selected thread's signal."""
    number = code = address = None
    try:
        info = gdb.parse_and_eval("$_siginfo")
        number, code = int(info["si_signo"]), int(info["si_code"])
        if number in _WITH_ADDRESS:
            address = int(info["_sifields"]["_sigfault"]["si_addr"]) & (1 << 64) - 1
    except gdb.error:
        pass
    if number == _SIGTRAP and gdb.selected_inferior().connection.type != "core":
        number = None  # a breakpoint of gdb's
    if number is None:
        try:
            number = int(gdb.parse_and_eval("$_exitsignal"))
        except (gdb.error, ValueError):
            number = None
    return number, code, address


def _signal_without_info(handle: gdb.InferiorThread, core: CoreFile | None, pc: int) -> str | None:
    """For targets without $_siginfo, as those of qemu: the core file's note, or what gdb says of the last stop."""
    if core is not None:
        numbers = {thread.thread_id: thread.signal for thread in core.threads}
        return _SIGNALS.get(numbers.get(handle.ptid[1] or handle.ptid[0], 0))
    try:
        match = _STOPPED_BY.search(printed_by("info program"))
    except gdb.error:
        return None
    return match["signal"] if match is not None and int(match["pc"], 16) == pc else None


def _with_code(stop: Stop, sections: list[Section]) -> Stop:
    """``stop`` with its instructions and frames; its thread is selected."""
    for handle in gdb.selected_inferior().threads():
        if handle.num == stop.thread:
            handle.switch()
    frame, _ = _fault()
    frames, modules = _frames(frame, sections)
    instructions = _instructions(stop.pc) if stop.pc is not None else ()
    return Stop(
        stop.signal, stop.code, stop.fault_address, stop.thread, stop.pc, stop.stack_pointer, stop.registers,
        instructions, frames, modules, _calls(frame, sections),
    )  # fmt: skip


def _frames(newest: gdb.Frame, sections: list[Section]) -> tuple[tuple[Frame, ...], tuple[str, ...]]:
    frames: list[Frame] = []
    modules: list[str] = []
    is_return_address = False
    frame: gdb.Frame | None = newest
    try:
        while frame is not None and len(frames) < FRAMES_MAX:
            address = frame.pc()
            frames.append(_frame(frame))
            modules.append(_module_at(address - 1 if is_return_address else address, sections))
            is_return_address = frame.type() not in (gdb.SIGTRAMP_FRAME, gdb.INLINE_FRAME)
            frame = frame.older()
    except (*UNKNOWN, gdb.MemoryError):
        pass
    return tuple(frames), tuple(modules)


def _frame(frame: gdb.Frame) -> Frame:
    """As gdb has unwound it: it knows the inlined functions too."""
    place, function = frame.find_sal(), frame.function()
    name = text_of(lambda: function.print_name if function is not None else frame.name())
    if place.symtab is None or not place.line:
        return Frame(frame.pc(), name)
    source = symbols.source_line(text_of(place.symtab.fullname), place.line)
    return Frame(frame.pc(), name, path_of(place.symtab), place.line, source)


def _calls(newest: gdb.Frame, sections: list[Section]) -> tuple[Code, ...]:
    """The calls in code of the program that lead to the innermost frame, up to where one can't be read."""
    found: list[Code] = []
    try:
        frame = newest.older()
        for _ in range(FRAMES_MAX):
            if frame is None or len(found) == CALLS_MAX:
                break
            module = _module_at(frame.pc() - 1, sections)
            if frame.type() != gdb.INLINE_FRAME and analysis.diagnosis.is_of_program(module):
                registers = {name: integer_register(frame, name) for name in analysis.x86.KEPT_BY_CALLS}
                known = {name: value for name, value in registers.items() if value is not None}
                found.append(Code(known, _instructions(frame.pc())[:-1]))
            frame = frame.older()
    except (*UNKNOWN, gdb.MemoryError):
        pass
    return tuple(found)


def _module_at(address: int, sections: list[Section]) -> str:
    """The object file that holds the code, "" where none does. gdb names no program, only libraries."""
    name = text_of(lambda: gdb.solib_name(address)) if address > 0 else None
    if name:
        return name
    return next((part.object_file for part in sections if part.start <= address < part.end), "")


def _instructions(pc: int) -> tuple[Instruction, ...]:
    """From the function's start where it is known and near; else from the first place that leads exactly to ``pc``:
    x86 code falls into step again after a few instructions."""
    here = _disassembled(f"x/i {pc:#x}")
    if not here:
        return ()
    symbol = symbols.symbol_at(pc)
    starts = [pc - distance for distance in _STARTS_BEFORE]
    if symbol is not None and symbol.is_code and symbol.offset_bytes <= _FUNCTION_MAX_BYTES:
        starts = [pc - symbol.offset_bytes]
    for start in starts:
        before = [line for line in _disassembled(f"disassemble {start:#x},{pc:#x}") if line.address < pc]
        if start == pc or _leads_to(before, pc):
            return (*before[1 - INSTRUCTIONS_MAX :], here[0])
    return tuple(here[:1])


def _leads_to(before: list[Instruction], pc: int) -> bool:
    if not before or any("(bad)" in line.text for line in before):
        return False
    following = _disassembled(f"x/2i {before[-1].address:#x}")
    return len(following) == 2 and following[1].address == pc


def _disassembled(command: str) -> list[Instruction]:
    text = ""
    for flavour in ("with disassembly-flavor att -- ", ""):  # not every machine's gdb has flavours
        try:
            text = printed_in_c(f"with print symbol-filename off -- {flavour}{command}")
            break
        except gdb.error:
            continue
    found = (_LINE.match(row) for row in text.splitlines())
    return [Instruction(int(match["address"], 16), match["text"].strip()) for match in found if match]
