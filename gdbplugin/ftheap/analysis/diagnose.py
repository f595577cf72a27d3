"""What this crash was: from the allocator's report, the signal, the faulting instruction, and the state of the heap."""

from __future__ import annotations

from ..layout import is_library
from ..model.heap import Block, Finding, Snapshot, State
from ..target import Frame, Stop, Target
from .aborts import judge_abort, take_report
from .bad_access import judge_access
from .check import REMARKS, check, check_memory, innocent_before, is_damage
from .diagnosis import HEAP_FAULTS, Diagnosis, is_of_program
from .fills import Damage

_SMASHED = ("smashed-header", "free-but-live")
_UNDERFLOWN = ("bad-size", "bad-extent")
_WRITTEN = {
    "smashed-redzone": "heap-buffer-overflow",
    "smashed-trace": "heap-buffer-overflow",
    "write-after-free": "heap-use-after-free",
}
_SYSTEM_FILES = ("/usr/include/", "/usr/lib/gcc", "/usr/local/include/")
_TEXTS = {
    "SIGFPE": "an arithmetic fault, such as an integer division by zero: no memory is concerned",
    "SIGILL": "an instruction that the processor does not know, or a trap of the compiler",
    "SIGTRAP": "a breakpoint instruction in the program, without a debugger",
}


def diagnose(target: Target, snapshot: Snapshot, stop: Stop) -> Diagnosis:
    """``snapshot`` may be an empty one, of a process without ftmalloc: then the signal alone speaks."""
    diagnosis = Diagnosis(signal=stop.signal, frame=_own_frame(stop))
    if stop.signal == "SIGABRT":
        judge_abort(diagnosis, target, snapshot, stop)
    elif stop.signal in ("SIGSEGV", "SIGBUS"):
        judge_access(diagnosis, target, snapshot, stop)
    elif stop.signal in _TEXTS:
        diagnosis.says("non-heap", "certain", f"{stop.signal}: {_TEXTS[stop.signal]}")
    elif stop.signal is not None:
        diagnosis.says("non-heap", "certain", f"{stop.signal} ended the process from outside: no memory is concerned")
    else:
        diagnosis.says("non-heap", "likely", "the process stopped without a signal of a fault")
    _refusals(diagnosis, snapshot)
    _earlier_report(diagnosis, snapshot)
    _damage(diagnosis, target, snapshot)
    return diagnosis


def _refusals(diagnosis: Diagnosis, snapshot: Snapshot) -> None:
    """A null pointer, or an end by the program itself, where the heap has refused memory before."""
    if snapshot.refused_count and diagnosis.fault in ("null-dereference", "abort", "out-of-memory"):
        often = "once" if snapshot.refused_count == 1 else f"{snapshot.refused_count} times"
        last = "it" if snapshot.refused_count == 1 else "the last time, it"
        diagnosis.evidence.append(
            f"the heap has refused memory {often} before: {last} was asked for {snapshot.refused_bytes} bytes"
        )


def _own_frame(stop: Stop) -> Frame | None:
    """The innermost frame in the program's own source; what the headers of the system put into it comes second."""
    inside = [
        frame for frame, module in zip(stop.frames, stop.modules)
        if is_of_program(module) and frame.function != "_start"
    ]  # fmt: skip
    written = (frame for frame in inside if not (frame.file or "").startswith(_SYSTEM_FILES))
    callers = [frame for frame, module in zip(stop.frames, stop.modules) if not is_library(module)]
    return next(written, None) or next(iter(inside or callers[_aborting(callers) :] or stop.frames), None)


def _aborting(frames: list[Frame]) -> int:
    """How many frames only end the process."""
    abort = [number for number, frame in enumerate(frames) if (frame.function or "").endswith("abort")]
    return abort[0] + 1 if abort else 0


def _earlier_report(diagnosis: Diagnosis, snapshot: Snapshot) -> None:
    """A report of what is no fault of the heap is of this very crash: the library told it while it happened, and knew
    less of it than the instruction does."""
    fault = snapshot.last_fault
    if fault is None or diagnosis.evidence[:1] and diagnosis.evidence[0].startswith("the allocator reported"):
        return
    if fault.kind not in HEAP_FAULTS and diagnosis.fault != "unknown":
        return
    if diagnosis.fault in HEAP_FAULTS or diagnosis.fault in ("null-dereference", "stack-overflow"):
        diagnosis.evidence.append(f"the allocator has reported {fault.kind} before: {fault.evidence}")
    else:
        take_report(diagnosis, snapshot, "likely")


def _damage(diagnosis: Diagnosis, target: Target, snapshot: Snapshot) -> None:
    """What ``check`` finds is part of the answer; it is the answer where nothing else speaks of the heap."""
    of_target = frozenset(rule for rule, _, _ in target.findings())
    integrity = check(snapshot, of_target)
    check_memory(target, snapshot, integrity)
    findings = [
        found for found in integrity.findings
        if found.rule not in REMARKS | of_target and is_damage(found.rule, snapshot)
    ]
    if snapshot.started and not snapshot.complete:
        diagnosis.evidence.append("parts of the heap can't be read: see ftmalloc check")
    if not findings:
        if diagnosis.fault not in HEAP_FAULTS and snapshot.started and snapshot.complete:
            diagnosis.evidence.append("every header of the heap is whole")
        return
    diagnosis.evidence += [found.message for found in findings[:4]]
    if diagnosis.fault not in HEAP_FAULTS and diagnosis.fault != "stack-overflow":
        _judge(diagnosis, snapshot, findings, integrity.damaged)


def _first_wrong_byte(
    snapshot: Snapshot, smashed: Block, culprit: Block, damaged: dict[Finding, Damage]
) -> int:
    """Offset from the culprit's payload: what its canaries tell, else where the smashed header behind it begins."""
    header = smashed.address - snapshot.header_bytes - culprit.address
    offsets = (damage.offset_bytes for damage in damaged.values() if damage.index == culprit.index)
    return next((offset for offset in offsets if offset >= 0), header)


def _judge(
    diagnosis: Diagnosis, snapshot: Snapshot, findings: list[Finding], damaged: dict[Finding, Damage]
) -> None:
    """The fault by the first finding that leads to a block."""
    for found in findings:
        if found.rule in _WRITTEN and found in damaged:
            damage = damaged[found]
            culprit, offset = snapshot.block_at(snapshot.blocks.addresses[damage.index] - 1), damage.offset_bytes
            fault = _WRITTEN[found.rule] if offset >= 0 else "heap-buffer-underflow"
        elif found.rule in _UNDERFLOWN and found.address is not None:
            culprit, offset, fault = snapshot.block_at(found.address), None, "heap-buffer-underflow"
        elif found.rule in _SMASHED and found.address is not None:
            slot = snapshot.block_at(found.address)
            culprit = snapshot.block_at(slot.slot_start - 1) if slot is not None else None
            written = {damage.index for damage in damaged.values()}
            is_alone = culprit is None or innocent_before(snapshot, found.address, written) is not None
            if found.rule == "smashed-header" and slot is not None and is_alone:
                diagnosis.says("heap-buffer-underflow", "likely")  # how large the block is, is not known
                return
            fault = "heap-buffer-overflow"
            offset = _first_wrong_byte(snapshot, slot, culprit, damaged) if slot is not None and culprit else 0
        else:
            continue
        if culprit is not None and culprit.state != State.CORRUPTED:
            diagnosis.says(fault, "likely")
            diagnosis.block, diagnosis.offset_bytes = culprit, offset
            return
        break
    diagnosis.says("heap-corruption", "likely")
