"""Why a process aborted: the allocator's report, the C library's last words, or an exception of C++."""

from __future__ import annotations

from ..errors import MemoryUnreadable
from ..layout import is_library
from ..model.heap import Retired, Snapshot, State
from ..target import Stop, Target
from . import x86_trail
from .diagnosis import Diagnosis
from .exceptions import Thrown, find_thrown
from .origin import explain_argument

_MESSAGE_MAX_BYTES = 400
_WRITTEN = ("heap-buffer-overflow", "heap-buffer-underflow", "heap-corruption")


def judge_abort(diagnosis: Diagnosis, target: Target, snapshot: Snapshot, stop: Stop) -> None:
    names = [frame.function or "" for frame in stop.frames]
    if snapshot.last_fault is not None and in_allocator(stop):
        take_report(diagnosis, snapshot, "certain")
        return explain_argument(diagnosis, target, snapshot, stop)
    if any(name.startswith("__cxa_pure_virtual") for name in names):
        diagnosis.says("abort", "certain", "a pure virtual function was called: by a constructor or destructor, or of "
                       "an object that is gone")  # fmt: skip
    elif any("terminate" in name or name.startswith("__cxa_throw") for name in names):
        _terminated(diagnosis, find_thrown(target, stop))
    elif any(name.startswith("__stack_chk_fail") for name in names):
        diagnosis.says("non-heap", "certain", "the stack protector found an array on the stack overrun")
    elif any(name.endswith("_chk") or name == "__chk_fail" for name in names):
        _fortified(diagnosis, target, snapshot, stop, names)
    elif any(name.startswith("__assert") for name in names):
        diagnosis.says("abort", "certain", "an assertion of the program failed")
    else:
        diagnosis.says("abort", "certain", "the program called abort")
    message = _last_words(target)
    if message:
        diagnosis.evidence.append(f"the C library said: {message}")


def in_allocator(stop: Stop) -> bool:
    """True when the allocator itself is at work on the stack, shared or linked statically."""
    names = {frame.function for frame in stop.frames}
    return "raise_fault" in names or any(map(is_library, stop.modules))


def take_report(diagnosis: Diagnosis, snapshot: Snapshot, certainty: str) -> None:
    """The allocator's own last report is the answer."""
    fault = snapshot.last_fault
    if fault is None:
        return
    diagnosis.says(fault.kind, certainty, f"the allocator reported: {fault.evidence or fault.kind}")
    diagnosis.access = fault.access if fault.access in ("read", "write", "execute") else None
    if diagnosis.access is None and fault.kind in _WRITTEN and fault.block_address is not None:
        diagnosis.access = "write"  # what a call found was written at some time before
    diagnosis.fault_address = fault.address
    if fault.block_address is not None:
        found = snapshot.block_at(fault.block_address)
        if found is None or found.address != fault.block_address:
            diagnosis.block = Retired(fault.block_address, fault.block_bytes)
        elif found.state in (State.LIVE, State.CORRUPTED) and found.size_bytes != fault.block_bytes:
            diagnosis.block = found._replace(size_bytes=fault.block_bytes)  # damaged; the report knew
        else:
            diagnosis.block = found
        diagnosis.offset_bytes = fault.address - fault.block_address


def _terminated(diagnosis: Diagnosis, thrown: Thrown | None) -> None:
    if thrown is None:
        return diagnosis.says("abort", "certain", "std::terminate was called, and no exception is in flight")
    what = f': "{thrown.what}"' if thrown.what is not None else ""
    sentence = f"an exception of type {thrown.type_name} was not caught{what}"
    if thrown.is_bad_alloc:
        diagnosis.says("out-of-memory", "certain", sentence, "operator new could not get the memory that was asked for")
    else:
        diagnosis.says("abort", "certain", sentence)


def _fortified(diagnosis: Diagnosis, target: Target, snapshot: Snapshot, stop: Stop, names: list[str]) -> None:
    """The C library was told how large the target is, and refused: the target is the first argument of the call."""
    name = next(name for name in names if name.endswith("_chk") or name == "__chk_fail")
    sentence = f"{name} was asked to write more than its target holds (_FORTIFY_SOURCE), and refused"
    diagnosis.access = "write"
    for call in stop.calls:
        if not call.instructions or "_chk" not in call.instructions[-1].text:
            continue
        for replay in x86_trail.replays(target.memory, call):
            value = replay.register("rdi")
            block = snapshot.block_at(value.number) if value.unknown is None else None
            if block is not None and block.state == State.LIVE and block.address <= value.number <= block.end:
                diagnosis.block, diagnosis.offset_bytes = block, block.size_bytes
                return diagnosis.says("heap-buffer-overflow", "certain", sentence)
    diagnosis.says("non-heap", "likely", sentence)


def _last_words(target: Target) -> str:
    """What glibc printed before it aborted: an assertion, or that a check failed. "" for none."""
    variable = target.symbol_address("__abort_msg")
    try:
        place = int.from_bytes(target.memory.read(variable, 8), "little") if variable else 0
        size_bytes = int.from_bytes(target.memory.read(place, 4), "little") if place else 0
        raw = bytes(target.memory.read(place + 4, max(0, min(size_bytes, _MESSAGE_MAX_BYTES) - 4))) if place else b""
    except MemoryUnreadable:
        return ""
    return raw.split(b"\0")[0].decode("ascii", "replace").strip().replace("\ufffd", "?")
