"""What this crash was: from the allocator's report, the signal, the faulting instruction, and the state of the heap."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from types import ModuleType

from ..errors import MemoryUnreadable
from ..model.heap import Block, Retired, Snapshot, State
from ..target import Frame, Stop, Target
from . import arm64, x86
from .check import REMARKS, check, is_damage
from .explain import CANONICAL_BITS, NULL_PAGE_BYTES, Explanation, describe_place, explain

HEAP_FAULTS = frozenset(
    "heap-buffer-overflow heap-buffer-underflow heap-use-after-free double-free invalid-free alloc-dealloc-mismatch "
    "uninitialized-read heap-corruption out-of-memory".split()
)
STACK_REACH_BYTES = 1 << 20
BEYOND_LARGE_BYTES = 64 << 10
_LIBRARIES = ("libftmalloc", "libc.so", "libc-", "ld-linux", "libstdc++", "libgcc", "libpthread", "linux-vdso")
_GONE = (State.FREED, State.QUARANTINED)
_SMASHED = ("smashed-header", "free-but-live")
_TEXTS = {
    "SIGFPE": "an arithmetic fault, such as an integer division by zero: no memory is concerned",
    "SIGILL": "an instruction that the processor does not know, or a trap of the compiler",
}


@dataclass
class Diagnosis:
    """``frame``: the innermost one of the program itself. ``block``: the one that the fault concerns, ``offset_bytes``
    from its payload. ``evidence``: sentences, strongest first. ``certainty``: certain, likely or possible."""

    fault: str = "unknown"
    signal: str | None = None
    access: str | None = None
    fault_address: int | None = None
    frame: Frame | None = None
    block: Block | Retired | None = None
    offset_bytes: int | None = None
    evidence: list[str] = field(default_factory=list)
    certainty: str = "possible"

    def says(self, fault: str, certainty: str, *evidence: str) -> None:
        """Settles the answer."""
        self.fault, self.certainty = fault, certainty
        self.evidence += evidence

    def concerns(self, found: Explanation) -> None:
        """Names the block that an explained address lies in or beside."""
        if found.block is not None or found.retired is not None:
            self.block, self.offset_bytes = found.block or found.retired, found.offset_bytes


def diagnose(target: Target, snapshot: Snapshot, stop: Stop) -> Diagnosis:
    """``snapshot`` may be an empty one, of a process without ftmalloc: then the signal alone speaks."""
    diagnosis = Diagnosis(signal=stop.signal, frame=_own_frame(stop))
    if stop.signal == "SIGABRT":
        _aborted(diagnosis, snapshot, stop)
    elif stop.signal in ("SIGSEGV", "SIGBUS"):
        _bad_access(diagnosis, target, snapshot, stop)
    elif stop.signal in _TEXTS:
        diagnosis.says("non-heap", "certain", f"{stop.signal}: {_TEXTS[stop.signal]}")
    elif stop.signal is not None:
        diagnosis.says("non-heap", "certain", f"{stop.signal} ended the process from outside: no memory is concerned")
    else:
        diagnosis.says("non-heap", "likely", "the process stopped without a signal of a fault")
    _earlier_report(diagnosis, snapshot)
    _damage(diagnosis, target, snapshot)
    return diagnosis


def _own_frame(stop: Stop) -> Frame | None:
    for frame, module in zip(stop.frames, stop.modules):
        if module and not PurePath(module).name.startswith(_LIBRARIES):
            return frame
    return stop.frames[0] if stop.frames else None


def _in_allocator(stop: Stop) -> bool:
    return any(PurePath(module).name.startswith("libftmalloc") for module in stop.modules)


def _take_report(diagnosis: Diagnosis, snapshot: Snapshot, certainty: str) -> None:
    fault = snapshot.last_fault
    diagnosis.says(fault.kind, certainty, f"the allocator reported: {fault.evidence or fault.kind}")
    diagnosis.access = fault.access if fault.access in ("read", "write", "execute") else None
    diagnosis.fault_address = fault.address
    if fault.block_address is not None:
        found = snapshot.block_at(fault.block_address)
        same = found is not None and found.address == fault.block_address
        diagnosis.block = found if same else Retired(fault.block_address, fault.block_bytes)
        diagnosis.offset_bytes = fault.address - fault.block_address


def _aborted(diagnosis: Diagnosis, snapshot: Snapshot, stop: Stop) -> None:
    names = [frame.function or "" for frame in stop.frames]
    if snapshot.last_fault is not None and _in_allocator(stop):
        return _take_report(diagnosis, snapshot, "certain")
    if any(name.startswith("operator new") for name in names):
        return diagnosis.says("out-of-memory", "likely", "operator new threw and nobody caught it")
    if any(name.startswith("__assert_fail") for name in names):
        return diagnosis.says("abort", "certain", "an assertion of the program failed")
    if any("terminate" in name for name in names):
        return diagnosis.says("abort", "certain", "std::terminate: an exception was not caught")
    if any(name.startswith("__stack_chk_fail") for name in names):
        return diagnosis.says("non-heap", "certain", "the stack protector found an array on the stack overrun")
    diagnosis.says("abort", "certain", "the program called abort")


def _earlier_report(diagnosis: Diagnosis, snapshot: Snapshot) -> None:
    fault = snapshot.last_fault
    if fault is None or diagnosis.evidence[:1] and diagnosis.evidence[0].startswith("the allocator reported"):
        return
    if diagnosis.fault in HEAP_FAULTS or diagnosis.fault in ("null-dereference", "stack-overflow"):
        diagnosis.evidence.append(f"before that, the allocator reported {fault.kind}: {fault.evidence}")
    else:
        _take_report(diagnosis, snapshot, "likely")


def _damage(diagnosis: Diagnosis, target: Target, snapshot: Snapshot) -> None:
    """What ``check`` finds is part of the answer; it is the answer where nothing else speaks of the heap."""
    of_target = frozenset(rule for rule, _, _ in target.findings())
    findings = [
        found for found in check(snapshot, of_target).findings
        if found.rule not in REMARKS | of_target and is_damage(found.rule, snapshot)
    ]
    if not snapshot.complete:
        diagnosis.evidence.append("parts of the heap can't be read: see ftmalloc check")
    if not findings:
        if diagnosis.fault not in HEAP_FAULTS and snapshot.started and snapshot.complete:
            diagnosis.evidence.append("every header of the heap is whole")
        return
    diagnosis.evidence += [found.message for found in findings[:4]]
    if diagnosis.fault in HEAP_FAULTS or diagnosis.fault == "stack-overflow":
        return
    smashed = next((found for found in findings if found.rule in _SMASHED and found.address is not None), None)
    if smashed is None:
        diagnosis.says("heap-corruption", "likely")
        return
    slot = snapshot.block_at(smashed.address)
    culprit = snapshot.block_at(slot.slot_start - 1) if slot is not None else None
    if culprit is None or culprit.state == State.CORRUPTED:
        diagnosis.says("heap-corruption", "likely")
    else:
        diagnosis.says("heap-buffer-overflow", "likely")
        diagnosis.block, diagnosis.offset_bytes = culprit, slot.address - snapshot.header_bytes - culprit.address


def _bad_access(diagnosis: Diagnosis, target: Target, snapshot: Snapshot, stop: Stop) -> None:
    text = stop.instructions[-1].text if stop.instructions else ""
    chosen = _chosen(text, stop)
    address = chosen.address if chosen is not None else stop.fault_address
    executes = stop.pc is not None and (not text or stop.pc == stop.fault_address)
    if executes:
        chosen, address = None, stop.pc
    if address is None:
        return diagnosis.says("unknown", "possible", f"{stop.signal} without an address, in code that can't be decoded")
    diagnosis.access = "execute" if executes else chosen.kind if chosen is not None else None
    diagnosis.fault_address = address
    if text and not executes:
        diagnosis.evidence.append(f"the instruction `{' '.join(text.split())}` accesses {address:#x}")
    found = explain(target, snapshot, address)
    diagnosis.concerns(found)
    if _stack_overflow(diagnosis, target, stop, address) or _by_place(diagnosis, snapshot, found):
        return
    origin = _origin(target, stop, chosen)
    if origin is not None and _by_origin(diagnosis, target, snapshot, origin, address):
        return
    _by_value(diagnosis, snapshot, stop, found)


def _decoder(stop: Stop) -> ModuleType:
    """What understands the instructions of this machine."""
    return arm64 if "x30" in stop.registers else x86


def _chosen(text: str, stop: Stop) -> x86.Access | None:
    """The access that faulted: the one at the kernel's address; without one, the first that no pointer may name."""
    candidates = _decoder(stop).accesses(text, stop.registers)
    if not candidates:
        return None
    if stop.fault_address:
        return min(candidates, key=lambda access: abs(access.address - stop.fault_address))
    wild = [one for one in candidates if 1 << CANONICAL_BITS <= one.address < x86.MASK - (1 << CANONICAL_BITS)]
    return (wild or candidates)[0]


def _stack_overflow(diagnosis: Diagnosis, target: Target, stop: Stop, address: int) -> bool:
    pointer = stop.stack_pointer
    if pointer is None or abs(pointer - address) > STACK_REACH_BYTES:
        return False
    mapping = next((part for part in target.mappings() if part.start <= address < part.end), None)
    if mapping is not None and mapping.readable:
        return False
    diagnosis.block = diagnosis.offset_bytes = None
    depth = f", {len(stop.frames)} frames or more deep" if len(stop.frames) > 50 else ""
    where = f"{address:#x} is below the stack, whose pointer is {pointer:#x}{depth}"
    diagnosis.says("stack-overflow", "certain", where)
    return True


def _by_place(diagnosis: Diagnosis, snapshot: Snapshot, found: Explanation) -> bool:
    """Answers where the address itself lies in or beside the heap, or in the null page."""
    address, block = found.address, found.block
    if address < NULL_PAGE_BYTES:
        diagnosis.says("null-dereference", "certain", f"the address is {found.place}")
    elif diagnosis.access == "execute" and found.kind not in ("unmapped",):
        diagnosis.says("wild-pointer", "certain", f"the program jumped to {address:#x}: {found.place}")
    elif found.kind in ("freed", "quarantined") or found.retired is not None:
        diagnosis.says("heap-use-after-free", "certain", f"{address:#x} is {found.place}")
    elif block is not None and (found.kind == "guard" or found.kind == "redzone"):
        kind = "heap-buffer-underflow" if address < block.address else "heap-buffer-overflow"
        kind = "heap-use-after-free" if block.state in _GONE else kind
        diagnosis.says(kind, "certain", f"{address:#x} is {found.place}")
    elif found.kind == "unmapped":
        return _beside_zone(diagnosis, snapshot, address)
    else:
        if found.mapping is not None and found.mapping.readable and found.block is None:
            diagnosis.says("non-heap", "likely", f"{address:#x} is {found.place}: the memory allows no such access")
            return True
        return False
    return True


def _beside_zone(diagnosis: Diagnosis, snapshot: Snapshot, address: int) -> bool:
    """An unmapped address directly behind a zone, or in front of one."""
    for zone in snapshot.zones:
        if not (zone.end <= address < zone.end + BEYOND_LARGE_BYTES) or not zone.runs:
            continue
        run = zone.runs[-1]
        if run.carved_count:
            block = snapshot.block(run.first_index + run.carved_count - 1, zone, run)
            diagnosis.block, diagnosis.offset_bytes = block, address - block.address
            where = describe_place(address, block.address, block.size_bytes)
            diagnosis.says("heap-buffer-overflow", "likely", f"{address:#x} is {where} a {block.size_bytes}-byte block")
            return True
    return False


def _origin(target: Target, stop: Stop, chosen: x86.Access | None) -> int | None:
    """Where the wild pointer was read from: its register followed back through the code; None when that is lost.

    The memory must still hold the pointer's value: that proves the way back.
    """
    operand = chosen.operand if chosen is not None else None
    if operand is None:
        return None
    name, wanted = operand.base, stop.registers.get(operand.base)
    if chosen.kind == "execute" and name not in stop.registers:
        return None
    stale: set[str] = set()
    for instruction in reversed(stop.instructions[:-1]):
        source = _decoder(stop).loads(instruction.text, name)
        if source is not None:
            address = _address_before(target, stop, instruction.address, source, stale | {name})
            return address if address is not None and _word(target, address) == wanted else None
        copied = _decoder(stop).copies(instruction.text, name)
        changed = _decoder(stop).changes(instruction.text)
        if copied is not None:
            name = copied
        elif name in changed:
            return None
        stale |= changed
    return None


def _address_before(
    target: Target, stop: Stop, at: int, source: x86.MemoryOperand | arm64.MemoryOperand, stale: set[str]
) -> int | None:
    """Effective address of a load some instructions ago: registers that changed since are read again from memory."""
    registers = {name: value for name, value in stop.registers.items() if name not in stale}
    address = source.address(registers)
    if address is not None or source.base in registers or not source.base:
        return address
    for instruction in reversed([one for one in stop.instructions if one.address < at]):
        earlier = _decoder(stop).loads(instruction.text, source.base)
        if earlier is not None:
            place = earlier.address(registers)
            value = _word(target, place) if place is not None else None
            return source.address({**registers, source.base: value}) if value is not None else None
        if source.base in _decoder(stop).changes(instruction.text):
            return None
    return None


def _word(target: Target, address: int) -> int | None:
    try:
        return int.from_bytes(target.memory.read(address, 8), "little")
    except MemoryUnreadable:
        return None


def _by_origin(diagnosis: Diagnosis, target: Target, snapshot: Snapshot, origin: int, address: int) -> bool:
    found = explain(target, snapshot, origin)
    if found.block is None and found.retired is None:
        diagnosis.evidence.append(f"the pointer was read at {origin:#x}, which is {found.place}")
        return False
    diagnosis.concerns(found)
    where = f"the pointer was read at {origin:#x}, {found.place}"
    if found.kind in ("freed", "quarantined"):
        diagnosis.says("heap-use-after-free", "certain", where)
    elif _fill(address) == 0xAA and found.kind == "payload":
        diagnosis.says("uninitialized-read", "certain", where, "it still holds 0xaa, the fill of fresh memory")
    else:
        diagnosis.evidence.append(where)
        return False
    return True


def _fill(address: int) -> int | None:
    upper = address.to_bytes(8, "big")[:6]
    return upper[0] if upper in (b"\x55" * 6, b"\xaa" * 6) else None


def _by_value(diagnosis: Diagnosis, snapshot: Snapshot, stop: Stop, found: Explanation) -> None:
    fill = _fill(found.address)
    certainty = "likely" if "FtMallocScribble" in snapshot.options else "possible"
    if fill == 0x55:
        diagnosis.says("heap-use-after-free", certainty, "the pointer is made of 0x55, the fill of freed memory")
    elif fill == 0xAA:
        diagnosis.says("uninitialized-read", certainty, "the pointer is made of 0xaa, the fill of fresh memory")
    elif stop.frames and stop.modules and PurePath(stop.modules[0]).name.startswith("libftmalloc"):
        diagnosis.says("heap-corruption", "likely", "the fault is inside the allocator")
    else:
        diagnosis.says("wild-pointer", "likely", f"{found.address:#x} is {found.place}", *found.notes)
