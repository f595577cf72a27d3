"""Why the inferior stopped: the signal with what the kernel says of it, the faulting code, and the stack."""

from __future__ import annotations

import re
from dataclasses import replace

import gdb

from ..target import Frame, Instruction, Stop
from . import symbols
from .answers import printed_by, text_of
from .corefile import CoreFile
from .threads import integer_register, selection_kept

FRAMES_MAX = 200
INSTRUCTIONS_MAX = 24
_STARTS_BEFORE = range(96, 40, -1)  # bytes in front of pc where disassembly may begin, where no symbol tells
_FUNCTION_MAX_BYTES = 16 << 10
_SIGNALS = {
    3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 14: "SIGALRM",
    13: "SIGPIPE", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
}  # fmt: skip
_FAULTS = ("SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT")
_STOPPED_BY = re.compile(r"stopped at 0x(?P<pc>[0-9a-f]+)\.\s+It stopped with signal (?P<signal>SIG\w+)")
_LINE = re.compile(r"(?:=>)?\s*0x(?P<address>[0-9a-f]+)[^:]*:\s*(?P<text>.+)")


def read_stop(core: CoreFile | None) -> Stop | None:
    """Of the selected thread, or of the first other one that a fault stopped; None when there is no thread. ``core``:
    the inferior's core file, if it is one."""
    selected = gdb.selected_thread()
    if selected is None or not selected.is_valid():
        return None
    with selection_kept():
        own = _stop_of(selected, core)
        if own is not None and own.signal in _FAULTS:
            return _with_code(own)
        for handle in sorted(gdb.selected_inferior().threads(), key=lambda thread: thread.num):
            if handle.num != selected.num and handle.is_stopped():
                other = _stop_of(handle, core)
                if other is not None and other.signal in _FAULTS:
                    return _with_code(other)
        selected.switch()
        return _with_code(own) if own is not None else None


def _stop_of(handle: gdb.InferiorThread, core: CoreFile | None) -> Stop | None:
    """Signal, registers and place of one thread, which stays selected."""
    try:
        handle.switch()
        frame = gdb.newest_frame()
        frame.select()
        names = [register.name for register in frame.architecture().registers() if register.name]
        registers = {name: integer_register(frame, name) for name in (*names, "fs_base", "gs_base")}
        pc = frame.pc()
    except gdb.error:
        return None
    number, code, fault_address = _signal_info()
    name = _SIGNALS.get(number or 0) or _signal_without_info(handle, core, pc)
    known = {name: value for name, value in registers.items() if value is not None}
    stack_pointer = integer_register(frame, "sp")
    return Stop(name, code, fault_address, handle.num, pc, stack_pointer, known)


def _signal_info() -> tuple[int | None, int | None, int | None]:
    """si_signo, si_code and si_addr; None for those that the target doesn't tell."""
    number = code = address = None
    try:
        info = gdb.parse_and_eval("$_siginfo")
        number, code = int(info["si_signo"]), int(info["si_code"])
        if number in (4, 7, 8, 11):
            address = int(info["_sifields"]["_sigfault"]["si_addr"]) & (1 << 64) - 1
    except gdb.error:
        pass
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


def _with_code(stop: Stop) -> Stop:
    """``stop`` with its instructions and frames; its thread is selected."""
    for handle in gdb.selected_inferior().threads():
        if handle.num == stop.thread:
            handle.switch()
    frames, modules = _frames()
    instructions = _instructions(stop.pc) if stop.pc is not None else ()
    return Stop(
        stop.signal, stop.code, stop.fault_address, stop.thread, stop.pc, stop.stack_pointer, stop.registers,
        instructions, frames, modules,
    )  # fmt: skip


def _frames() -> tuple[tuple[Frame, ...], tuple[str, ...]]:
    frames: list[Frame] = []
    modules: list[str] = []
    is_return_address = False
    try:
        frame = gdb.newest_frame()
        while frame is not None and len(frames) < FRAMES_MAX:
            address = frame.pc()
            place = symbols.source_frame(address, is_return_address)
            name = place.function or text_of(frame.name)
            frames.append(replace(place, address=address, function=name))
            modules.append(_module_at(address - 1 if is_return_address and address else address))
            is_return_address = frame.type() not in (gdb.SIGTRAMP_FRAME, gdb.INLINE_FRAME)
            frame = frame.older()
    except (gdb.error, gdb.MemoryError):
        pass
    return tuple(frames), tuple(modules)


def _module_at(address: int) -> str:
    """The object file that holds the code; gdb prints nothing of a program linked alone."""
    name = text_of(lambda: gdb.solib_name(address))
    if name:
        return name
    symbol = symbols.symbol_at(address)
    return symbol.object_file if symbol is not None else ""


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
            text = printed_by(f"{flavour}{command}")
            break
        except gdb.error:
            continue
    found = (_LINE.match(row) for row in text.splitlines())
    return [Instruction(int(match["address"], 16), match["text"].strip()) for match in found if match]
