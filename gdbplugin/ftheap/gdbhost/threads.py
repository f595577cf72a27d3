"""The inferior's threads with their registers, read without a lasting change of what the user has selected."""

from __future__ import annotations

from contextlib import contextmanager

import gdb

from ..target import Thread
from ..typed import Iterator
from .answers import thread_name
from .corefile import CoreFile

_THREAD_POINTERS = ("fs_base", "tpidr", "tpidr_el0")
_SKIPPED = ("eflags", "mxcsr")
# The widest view of a vector register that this gdb and CPU have; the narrower ones are parts of it.
_VECTOR_FAMILIES = ("zmm", "ymm", "xmm", "z", "v")
_WORD_FIELDS = ("v8_int64", "v4_int64", "v2_int64")


def from_core(core: CoreFile) -> list[Thread]:
    """The core file's own notes: complete also where the registers are newer than gdb."""
    try:
        handles = gdb.selected_inferior().threads()
    except gdb.error:
        handles = ()
    numbers = {handle.ptid[1] or handle.ptid[0]: handle.num for handle in handles}
    return [
        Thread(
            numbers.get(thread.thread_id, 0),
            thread.thread_id,
            "",
            thread.registers,
            thread.vector_bytes,
            thread.stack_pointer,
            thread.thread_pointer,
        )
        for thread in sorted(core.threads, key=lambda thread: numbers.get(thread.thread_id, 0))
    ]


def from_gdb() -> tuple[list[Thread], list[tuple[str, int | None, str]]]:
    """All threads by number, and a finding for each whose registers can't be read."""
    threads: list[Thread] = []
    findings: list[tuple[str, int | None, str]] = []
    try:
        handles = sorted(gdb.selected_inferior().threads(), key=lambda thread: thread.num)
    except gdb.error as error:
        return [], [("threads-unreadable", None, f"gdb cannot list the threads: {error}")]
    with selection_kept():
        for handle in handles:
            thread_id = handle.ptid[1] or handle.ptid[2] or handle.ptid[0]
            if not handle.is_valid() or handle.is_exited():
                continue
            try:
                handle.switch()
                threads.append(_read_thread(handle, thread_id, gdb.newest_frame()))
            except gdb.error as error:
                if handle.is_running():
                    findings.append(("thread-running", None, f"thread {handle.num} runs; its registers can't be read"))
                else:
                    findings.append(("registers-unreadable", None, f"thread {handle.num}: {error}"))
                threads.append(Thread(handle.num, thread_id, thread_name(handle)))
    return threads, findings


def has_frames() -> bool:
    """True where the selected thread can be read: also while the condition of a breakpoint is evaluated, when gdb says
    of the threads that they run."""
    try:
        gdb.newest_frame()
    except gdb.error:
        return False
    return True


@contextmanager
def selection_kept() -> Iterator[None]:
    """Selects the same thread and frame again at the end, whatever happened between."""
    thread = gdb.selected_thread()
    try:
        frame = gdb.selected_frame()
    except gdb.error:
        frame = None
    try:
        yield
    finally:
        if thread is not None and thread.is_valid():
            thread.switch()
            if frame is not None and frame.is_valid():
                frame.select()


def _read_thread(handle: gdb.InferiorThread, thread_id: int, frame: gdb.Frame) -> Thread:
    names = [register.name for register in frame.architecture().registers() if register.name]
    registers = {}
    for name in names:
        value = integer_register(frame, name)
        if value is not None and name not in _SKIPPED:
            registers[name] = value
    for name in (*_THREAD_POINTERS, "gs_base"):
        value = integer_register(frame, name)
        if value is not None:
            registers[name] = value
    thread_pointer = next((registers[name] for name in _THREAD_POINTERS if name in registers), None)
    return Thread(
        handle.num,
        thread_id,
        thread_name(handle),
        registers,
        _vector_bytes(frame, names),
        integer_register(frame, "sp"),
        thread_pointer,
    )


def integer_register(frame: gdb.Frame, name: str) -> int | None:
    """A register as an unsigned number; None when it is a vector, a float, or not there."""
    try:
        value = frame.read_register(name)
        if value.type.strip_typedefs().code in (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_FLAGS):
            return int(value) & (1 << 8 * value.type.sizeof) - 1
    except (ValueError, gdb.error):
        pass
    return None


def _vector_bytes(frame: gdb.Frame, names: list[str]) -> bytes:
    """The vector registers one after the other, in the inferior's byte order."""
    present = set(names)
    for family in _VECTOR_FAMILIES:
        if family in ("zmm", "ymm", "xmm") and _has(frame, f"{family}0") or f"{family}0" in present:
            parts = []
            for index in range(32):
                part = _register_bytes(frame, f"{family}{index}")
                if part is None:
                    break
                parts.append(part)
            if parts:
                return b"".join(parts)
    return b""


def _has(frame: gdb.Frame, name: str) -> bool:
    try:
        return not frame.read_register(name).is_optimized_out
    except (ValueError, gdb.error):
        return False


def _register_bytes(frame: gdb.Frame, name: str) -> bytes | None:
    try:
        value = frame.read_register(name)
        if hasattr(value, "bytes"):  # gdb 15 and later
            return bytes(value.bytes)
        return _words_of(value)
    except (ValueError, gdb.error):
        return None


def _words_of(value: gdb.Value) -> bytes | None:
    """The 8-byte words of a vector value, found by the names that gdb gives to its views."""
    fields = {field.name for field in value.type.fields()}
    for name in _WORD_FIELDS:
        if name in fields:
            return _words(value[name])
    if "d" in fields:  # aarch64: v has a union of views, each with u and s
        view = value["d"]
        if view.type.strip_typedefs().code == gdb.TYPE_CODE_UNION:
            view = view["u"]
        return _words(view)
    return None


def _words(view: gdb.Value) -> bytes:
    low, high = view.type.range()
    return b"".join((int(view[index]) & (1 << 64) - 1).to_bytes(8, "little") for index in range(low, high + 1))
