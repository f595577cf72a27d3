"""SIGSEGV and SIGBUS: from the faulting instruction, the place that it names, and who gave the address."""

from __future__ import annotations


from ..layout import is_library
from ..memory import read_word
from ..model.heap import Block, Snapshot, State
from ..patterns import pattern
from ..target import Mapping, Stop, Target
from . import arm64, x86
from .diagnosis import GONE, Diagnosis
from .explain import CANONICAL_BITS, NULL_PAGE_BYTES, Explanation, describe_place, explain, fill_of
from .origin import freed_origin, is_arm64, judge_origin

STACK_REACH_BYTES = 1 << 20
BEYOND_HEAP_BYTES = 64 << 10
_WIDEST_ACCESS_BYTES = 64
_SENT = (0, -1, -6)  # si_code of kill, sigqueue, tgkill
_ALIGNED = pattern(r"v?(mova[ps][sd]|movdqa\d*|movnt\w+)$")


def judge_access(diagnosis: Diagnosis, target: Target, snapshot: Snapshot, stop: Stop) -> None:
    if stop.code in _SENT:
        return diagnosis.says("non-heap", "certain", f"{stop.signal} was sent by kill or raise: nothing was accessed")
    text = stop.instructions[-1].text if stop.instructions else ""
    executes = stop.pc is not None and (not text or stop.pc == stop.fault_address)
    chosen = x86.Access("execute", stop.pc or 0, None) if executes else _chosen(text, target, stop)
    address = chosen.address if chosen is not None else stop.fault_address
    if address is None:
        return diagnosis.says("unknown", "possible", f"{stop.signal} without an address, in code that can't be decoded")
    if chosen is not None and stop.fault_address and 0 < stop.fault_address - address < _WIDEST_ACCESS_BYTES:
        address = stop.fault_address  # the first byte that was out of reach
    diagnosis.access = chosen.kind if chosen is not None else None
    diagnosis.fault_address = address
    if text and not executes:
        verb = "jumps to" if diagnosis.access == "execute" else "accesses"
        diagnosis.evidence.append(f"the instruction `{' '.join(text.split())}` {verb} {address:#x}")
        if verb == "jumps to" and x86.split(text)[0].startswith("ret"):
            diagnosis.evidence.append("the return address on the stack was written over: an array of this function, "
                                      "most likely, was written past its end")  # fmt: skip
    found = explain(target, snapshot, address)
    diagnosis.concerns(found)
    if _stack_overflow(diagnosis, stop, found) or _null(diagnosis, target, snapshot, stop, chosen, found):
        return
    if _by_place(diagnosis, stop, found, text):
        return
    if judge_origin(diagnosis, target, snapshot, stop, chosen, address):
        return
    if found.kind != "unmapped" or not _beyond_heap(diagnosis, target, snapshot, address):
        _by_value(diagnosis, snapshot, stop, found)


def _is_canonical(address: int) -> bool:
    return not 1 << CANONICAL_BITS <= address < (1 << 64) - (1 << CANONICAL_BITS)


def _chosen(text: str, target: Target, stop: Stop) -> x86.Access | None:
    """The access that faulted: the one at the kernel's address; without one, the first that no pointer may name."""
    candidates = (arm64 if is_arm64(stop) else x86).accesses(text, stop.registers)
    if not candidates:
        return None
    if stop.fault_address:
        return min(candidates, key=lambda access: abs(access.address - stop.fault_address))
    wild = next((one for one in candidates if not _is_canonical(one.address)), None)
    jump = None if is_arm64(stop) else _jump(text, target, candidates[0])
    return wild or jump or candidates[0]


def _jump(text: str, target: Target, place: x86.Access) -> x86.Access | None:
    """A return or jump whose target is read from memory, and is no address."""
    if not x86.split(text)[0].startswith(("ret", "call", "jmp")):
        return None
    address = read_word(target.memory, place.address)
    return None if address is None or _is_canonical(address) else x86.Access("execute", address, place.operand, True)


def _stack_overflow(diagnosis: Diagnosis, stop: Stop, found: Explanation) -> bool:
    address, pointer = found.address, stop.stack_pointer
    if pointer is None or abs(pointer - address) > STACK_REACH_BYTES or found.zone is not None:
        return False
    if found.mapping is not None and found.mapping.writable:
        return False
    diagnosis.block = diagnosis.offset_bytes = None
    depth = f", {len(stop.frames)} frames or more deep" if len(stop.frames) > 50 else ""
    where = f"{address:#x} is below the stack, whose pointer is {pointer:#x}{depth}"
    diagnosis.says("stack-overflow", "certain", where)
    return True


def _null(
    diagnosis: Diagnosis, target: Target, snapshot: Snapshot, stop: Stop, chosen: x86.Access | None,
    found: Explanation,
) -> bool:  # fmt: skip
    """The null page: a fault of its own, unless the null was read from a block that is gone."""
    if found.address >= NULL_PAGE_BYTES:
        return False
    if not freed_origin(diagnosis, target, snapshot, stop, chosen, found.address):
        diagnosis.says("null-dereference", "certain", f"the address is {found.place}")
    return True


def _by_place(diagnosis: Diagnosis, stop: Stop, found: Explanation, text: str) -> bool:
    """Answers where the address itself lies in or beside the heap, or in memory of another kind."""
    address, block = found.address, found.block
    where = f"{address:#x} is {found.place}"
    if found.kind == "unmapped":
        return False
    if diagnosis.access == "execute":
        diagnosis.says("wild-pointer", "certain", f"the program jumped to {address:#x}: {found.place}")
    elif found.kind in ("freed", "quarantined") or found.retired is not None:
        diagnosis.says("heap-use-after-free", "certain", where)
    elif _ALIGNED.match(x86.split(text)[0]) and address % 16 and _allows(found.mapping, diagnosis.access):
        wanted = "the instruction wants an address that is a multiple of 16 or more: the memory itself is in order"
        diagnosis.says("non-heap", "certain", where, wanted)
    elif block is not None and found.kind in ("guard", "redzone"):
        kind = "heap-buffer-underflow" if address < block.address else "heap-buffer-overflow"
        diagnosis.says("heap-use-after-free" if block.state in GONE else kind, "certain", where)
    elif stop.signal == "SIGBUS" and found.mapping is not None and found.mapping.path:
        diagnosis.says("non-heap", "certain", where, "the file behind that mapping ends before, or could not be read")
    elif found.own:
        diagnosis.says("wild-pointer", "likely", f"{where}: no pointer of the program leads there")
    elif found.mapping is not None and found.mapping.readable and block is None:
        diagnosis.says("non-heap", "likely", f"{where}: the memory allows no such access")
    else:
        return False
    return True


def _allows(mapping: Mapping | None, access: str | None) -> bool:
    return mapping is not None and (mapping.writable if access == "write" else mapping.readable)


def _beyond_heap(diagnosis: Diagnosis, target: Target, snapshot: Snapshot, address: int) -> bool:
    """An unmapped address right behind memory that begins with a block: whoever wrote or read on came to its end."""
    block = _last_block_before(snapshot, address)
    if block is None or not _is_one_piece(target, block.end, address):
        return False
    diagnosis.block, diagnosis.offset_bytes = block, address - block.address
    where = f"{describe_place(address, block.address, block.size_bytes)} a {block.size_bytes}-byte block"
    sentence = f"{address:#x} is {where}, the last one in front of the end of that memory"
    diagnosis.says("heap-buffer-overflow", "likely", sentence)
    return True


def _last_block_before(snapshot: Snapshot, address: int) -> Block | None:
    zones = [zone for zone in snapshot.zones if zone.address < address and zone.first_index < zone.end_index]
    for zone in sorted(zones, key=lambda zone: -zone.address)[:1]:
        for run in reversed(zone.runs):
            rows = range(run.first_index + run.carved_count - 1, run.first_index - 1, -1)
            row = next((row for row in rows if snapshot.blocks.states[row] != State.UNUSED), None)
            if row is not None:
                return snapshot.block(row, zone, run)
    return None


def _is_one_piece(target: Target, start: int, end: int) -> bool:
    """True when all from ``start`` is accessible, up to a little before ``end``."""
    for part in sorted(target.mappings(), key=lambda part: part.start):
        if part.start <= start < part.end and part.readable:
            start = part.end
    return start <= end < start + BEYOND_HEAP_BYTES


def _by_value(diagnosis: Diagnosis, snapshot: Snapshot, stop: Stop, found: Explanation) -> None:
    fill, made_of = fill_of(snapshot.fills, found.address), "the pointer is made of"
    certainty = "likely" if "FtMallocScribble" in snapshot.options else "possible"
    if fill is not None and fill == snapshot.fills.freed:
        diagnosis.says("heap-use-after-free", certainty, f"{made_of} {fill:#x}, the fill of freed memory")
    elif fill is not None and fill == snapshot.fills.canary:
        diagnosis.says("heap-buffer-overflow", certainty, f"{made_of} {fill:#x}, the fill of red zones")
    elif fill is not None:
        diagnosis.says("uninitialized-read", certainty, f"{made_of} {fill:#x}, the fill of fresh memory")
    elif stop.modules and is_library(stop.modules[0]):
        diagnosis.says("heap-corruption", "likely", "the fault is inside the allocator")
    else:
        diagnosis.says("wild-pointer", "likely", f"{found.address:#x} is {found.place}", *found.notes)
