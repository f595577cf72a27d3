"""Who gave the wrong address: the memory that it was read from, or the pointer that it was computed from."""

from __future__ import annotations

from itertools import chain

from ..model.heap import Snapshot, State
from ..target import Code, Stop, Target
from ..typed import Iterator
from . import arm64_trail, x86, x86_trail
from .diagnosis import Diagnosis
from .explain import describe_place, explain, fill_of
from .x86_trail import Part, Value

_ARGUMENT_REACH_BYTES = 1 << 20  # how far a function may have gone from the pointer that it was given
_FAR_BYTES = 1 << 32  # a null pointer's element may lie so far away


def is_arm64(stop: Stop) -> bool:
    """True for code of aarch64, by the register that only it has."""
    return "x30" in stop.registers


def judge_origin(
    diagnosis: Diagnosis, target: Target, snapshot: Snapshot, stop: Stop, chosen: x86.Access | None, address: int
) -> bool:
    """Answers where the address was read from a block or computed from one; else only adds what is known of it."""
    own = list(_own_ways(target, stop, chosen, address))
    # An index that was never written tells more than the pointer that it was added to.
    if any(_by_memory(diagnosis, target, snapshot, parts) for parts in own):
        return True
    if any(_by_pointer(diagnosis, snapshot, parts, address) for parts in own):
        return True
    first = own[:1]
    for parts in _callers_ways(target, stop, chosen, address):
        if _by_memory(diagnosis, target, snapshot, parts) or _by_pointer(diagnosis, snapshot, parts, address):
            return True
        first = first or [parts]
    if _by_register(diagnosis, snapshot, stop, chosen, address):
        return True
    for part in (part for parts in first for part in parts[:1]):
        found = explain(target, snapshot, part.address)
        diagnosis.concerns(found)
        diagnosis.evidence.append(f"the pointer was read at {part.address:#x}, {found.place}")
    return False


def freed_origin(
    diagnosis: Diagnosis, target: Target, snapshot: Snapshot, stop: Stop, chosen: x86.Access | None, address: int
) -> bool:
    """Answers where the address was read from a freed block, and only there."""
    ways = chain(_own_ways(target, stop, chosen, address), _callers_ways(target, stop, chosen, address))
    return any(_by_memory(diagnosis, target, snapshot, parts) for parts in ways)


def explain_argument(diagnosis: Diagnosis, target: Target, snapshot: Snapshot, stop: Stop) -> None:
    """Of a call that the allocator refused because its pointer is made of a fill: where that was read."""
    address, fault = diagnosis.fault_address, diagnosis.fault
    if address is None or diagnosis.block is not None or fill_of(snapshot.fills, address) is None:
        return
    if freed_origin(diagnosis, target, snapshot, stop, None, address) and diagnosis.fault == "uninitialized-read":
        diagnosis.fault = fault  # nothing but the free itself was wrong


def _own_ways(target: Target, stop: Stop, chosen: x86.Access | None, address: int) -> Iterator[tuple[Part, ...]]:
    """The parts of the address by each replay of the faulting code that leads to it."""
    if is_arm64(stop):
        place = arm64_trail.origin(target, stop, chosen)
        if place is not None and chosen is not None and chosen.operand is not None:
            yield (Part(place, stop.registers.get(chosen.operand.base, address), 8),)
        return
    if chosen is not None and chosen.operand is not None and stop.instructions:
        text = stop.instructions[-1].text
        for replay in x86_trail.replays(target.memory, Code(stop.registers, stop.instructions)):
            yield from _leading(replay.target() if chosen.is_target else replay.address(chosen.operand, text), address)


def _callers_ways(target: Target, stop: Stop, chosen: x86.Access | None, address: int) -> Iterator[tuple[Part, ...]]:
    """The parts of what callers gave as arguments, from which a function may have come to the address."""
    for number, call in enumerate(() if is_arm64(stop) else stop.calls):
        for replay in x86_trail.replays(target.memory, call):
            if number == 0 and chosen is not None and chosen.kind == "execute":
                yield from _leading(replay.target(), address)
            arguments = [replay.register(name) for name in x86_trail.ARGUMENTS]
            yield from _related([value for value in arguments if value.unknown is None], address)


def _leading(value: Value | None, address: int) -> Iterator[tuple[Part, ...]]:
    if value is not None and value.unknown is None and value.number == address and value.parts:
        yield value.parts


def _related(arguments: list[Value], address: int) -> Iterator[tuple[Part, ...]]:
    """Of the arguments of a call, those from which a function may have come to the address, the nearest first."""
    near = [value for value in arguments if 0 <= address - value.number < _ARGUMENT_REACH_BYTES]
    for value in sorted(near, key=lambda value: address - value.number):
        if value.parts:
            yield value.parts


def _by_memory(diagnosis: Diagnosis, target: Target, snapshot: Snapshot, parts: tuple[Part, ...]) -> bool:
    """The number was read from a freed block or a red zone, or still is the fill of a fresh block."""
    for part in parts:
        found = explain(target, snapshot, part.address)
        if found.block is None and found.retired is None:
            continue
        what = "the pointer" if part.size_bytes == 8 else "a number that the address was computed from"
        where = f"{what} was read at {part.address:#x}, {found.place}"
        fill = fill_of(snapshot.fills, part.number, part.size_bytes)
        if found.kind in ("freed", "quarantined"):
            diagnosis.says("heap-use-after-free", "certain", where)
        elif found.kind == "redzone" and fill == snapshot.fills.canary is not None:
            diagnosis.says("heap-buffer-overflow", "certain", where, f"there stands {fill:#x}, the fill of red zones")
        elif found.kind == "payload" and fill == snapshot.fills.allocated is not None:
            holds = f"it still holds {fill:#x}, the fill of fresh memory"
            diagnosis.says("uninitialized-read", "certain", where, holds)
        else:
            continue
        diagnosis.concerns(found)
        return True
    return False


def _by_pointer(diagnosis: Diagnosis, snapshot: Snapshot, parts: tuple[Part, ...], address: int) -> bool:
    """The address was computed from a pointer to a block, which it has left; or from null."""
    whole = [part for part in parts if part.size_bytes == 8]
    if any(_left_its_block(diagnosis, snapshot, part.number, address) for part in whole):
        return True
    null = next((part for part in whole if part.number == 0), None)
    if null is not None and address < _FAR_BYTES:
        diagnosis.says(
            "null-dereference", "likely", f"{address:#x} was computed from the null pointer at {null.address:#x}"
        )
        return True
    return False


def _by_register(
    diagnosis: Diagnosis, snapshot: Snapshot, stop: Stop, chosen: x86.Access | None, address: int
) -> bool:
    """The instruction itself adds an index to a pointer into a block, and leaves it."""
    operand = chosen.operand if chosen is not None and not chosen.is_target else None
    if operand is None or not operand.index or operand.scale != 1 and not operand.base:
        return False
    names = (operand.base, operand.index) if operand.scale == 1 else (operand.base,)
    pointers = (stop.registers.get(name) for name in names)
    return any(pointer and _left_its_block(diagnosis, snapshot, pointer, address) for pointer in pointers)


def _left_its_block(diagnosis: Diagnosis, snapshot: Snapshot, pointer: int, address: int) -> bool:
    block = snapshot.block_at(pointer)
    if block is None or not block.address <= pointer <= block.end or block.address <= address < block.end:
        return False
    if block.state not in (State.LIVE, State.FREED, State.QUARANTINED):
        return False
    beyond = "heap-buffer-underflow" if address < block.address else "heap-buffer-overflow"
    place = describe_place(address, block.address, block.size_bytes)
    diagnosis.block, diagnosis.offset_bytes = block, address - block.address
    diagnosis.says(
        beyond if block.state == State.LIVE else "heap-use-after-free", "likely",
        f"{address:#x} was computed from {pointer:#x}, a pointer into a {block.size_bytes}-byte "
        f"{block.state.word} block, and lies {place} that",
    )  # fmt: skip
    return True
