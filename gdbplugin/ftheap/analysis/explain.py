"""What an address is: a place in a block, the allocator's books, a stack, a global, code, a mapping, or nothing."""

from __future__ import annotations

from ..debug_info import FrameScope, Variable
from ..errors import MemoryUnreadable
from ..model.heap import Block, Fills, Retired, Snapshot, State, Zone
from ..model.runs import Run
from ..records import dataclass, field
from ..target import Mapping, Section, SymbolAt, Target
from .roots import RED_ZONE_BYTES, find_stacks
from .typed_heap import joined, variable_on_stack

NULL_PAGE_BYTES = 64 << 10
CANONICAL_BITS = 47  # x86-64 with four levels of page tables
STACK_GUARD_REACH_BYTES = 1 << 20


@dataclass
class Explanation:
    """``kind``: one of the contract's. ``offset_bytes`` counts from the block's payload, and may be negative.
    ``retired``: the LARGE block that stood here, when it is gone. ``place`` is the one-line answer behind
    "ADDRESS is"; ``notes`` are further sentences. ``frame``: whose part of a stack it is; ``variable``: the local,
    global or static one that holds it; ``own``: in the allocator's own memory, outside of zones."""

    address: int
    kind: str
    place: str
    block: Block | None = None
    retired: Retired | None = None
    offset_bytes: int | None = None
    zone: Zone | None = None
    previous: Block | None = None
    next: Block | None = None
    symbol: SymbolAt | None = None
    section: Section | None = None
    mapping: Mapping | None = None
    thread: int | None = None
    frame: FrameScope | None = None
    variable: Variable | None = None
    notes: list[str] = field(default_factory=list)
    own: bool = False


def explain(target: Target, snapshot: Snapshot, address: int) -> Explanation:
    """The first that holds: heap, retired block, stack, code or global, mapping, unmapped."""
    mapping = next((part for part in target.mappings() if part.start <= address < part.end), None)
    found = (
        _in_zone(snapshot, address, mapping)
        or _in_retired(snapshot, address)
        or _in_stack(target, snapshot, address, mapping)
        or _in_object(target, address, mapping)
        or _in_mapping(target, snapshot, address, mapping)
        or _nowhere(target, snapshot, address)
    )
    found.mapping = mapping
    return found


def _bytes(count: int) -> str:
    return f"{count} byte" if count == 1 else f"{count} bytes"


def describe_place(address: int, start: int, size_bytes: int) -> str:
    """``5 bytes after``, ``16 bytes before``, ``at the start of`` or ``3 bytes into``, for a block of that size."""
    if address < start:
        return f"{_bytes(start - address)} before"
    if address >= start + size_bytes and not (address == start and size_bytes == 0):
        return f"{_bytes(address - start - size_bytes)} after"
    return "at the start of" if address == start else f"{_bytes(address - start)} into"


def _state_word(state: State) -> str:
    words = {State.CHANGING: "changing (inside malloc or free)", State.CORRUPTED: "smashed"}
    return words.get(state, state.word)


def _in_zone(snapshot: Snapshot, address: int, mapping: Mapping | None) -> Explanation | None:
    found = snapshot.run_at(address)
    zone = found[0] if found else snapshot.zone_at(address)
    if zone is None:
        return None
    guarded = zone.guarded and mapping is not None and not mapping.writable  # gcore calls them all readable
    block = snapshot.block_at(address)
    if block is None or block.state == State.UNUSED:
        explanation = _in_books(snapshot, zone, found[1] if found else None, address)
    else:
        explanation = _in_block(snapshot, block, found[1] if found else None, address)
    if guarded:
        _add_guard(snapshot, zone, explanation)
    return explanation


def _add_guard(snapshot: Snapshot, zone: Zone, explanation: Explanation) -> None:
    """A freed guarded block is out of reach itself; around a live one, two pages are."""
    if explanation.kind == "freed":
        explanation.notes.append("The block's pages are inaccessible since it was freed (FtMallocGuard).")
        return
    explanation.kind = "guard"
    explanation.notes = ["This page is inaccessible on purpose (FtMallocGuard)."]
    explanation.previous = None
    if zone.runs and explanation.block is None:
        block = snapshot.block(zone.first_index, zone, zone.runs[0])
        address = explanation.address
        explanation.block, explanation.offset_bytes = block, address - block.address
        place = describe_place(address, block.address, block.size_bytes)
        explanation.place = f"{place} a {block.size_bytes}-byte {_state_word(block.state)} block"


def _in_block(snapshot: Snapshot, block: Block, run: Run | None, address: int) -> Explanation:
    place = describe_place(address, block.address, block.size_bytes)
    size = f"a {block.size_bytes}-byte {_state_word(block.state)} block"
    kinds = {State.FREED: "freed", State.QUARANTINED: "quarantined"}
    kind = kinds.get(block.state, "payload")
    explanation = Explanation(address, kind, f"{place} {size}", block, None, address - block.address, block.zone)
    explanation.previous, explanation.next = _neighbours(snapshot, block, run)
    if address < block.address:
        explanation.kind = "header"
        explanation.place = f"in the header of {size}"
        before = explanation.previous
        if before is not None and before.slot_end == block.slot_start:
            explanation.notes.append(
                f"It is {describe_place(address, before.address, before.size_bytes)} the {before.size_bytes}-byte "
                f"{_state_word(before.state)} block at {before.address:#x}, the likely culprit of a wrong write here."
            )
    elif address >= block.end and kind == "payload" and block.state not in (State.CORRUPTED, State.UNREADABLE):
        # a block of size 0 still has a start
        explanation.kind = "redzone" if block.size_bytes or address != block.address else "payload"
    if block.state == State.CORRUPTED:
        explanation.notes.append("The block's header is written over: its size and state are not to be trusted.")
    return explanation


def _in_books(snapshot: Snapshot, zone: Zone, run: Run | None, address: int) -> Explanation:
    first = min((part.first_slot for part in zone.runs), default=zone.end)
    name = zone.type.name
    if address < first and not (run is not None and address >= run.first_slot):
        place = f"in the header of a {name} zone, {_bytes(address - zone.address)} from its start"
        return Explanation(address, "zone-header", place, zone=zone)
    explanation = Explanation(address, "zone-unused", f"in a part of a {name} zone that holds no block", zone=zone)
    row = -1
    if run is not None and run.stride_bytes and run.carved_count:
        slot = min((address - run.first_slot) // run.stride_bytes, run.carved_count) - 1
        row = _used_row(snapshot, range(run.first_index + slot, run.first_index - 1, -1))
    if run is not None and row >= 0:
        before = snapshot.block(row, zone, run)
        explanation.previous = before
        explanation.notes.append(
            f"It is {describe_place(address, before.address, before.size_bytes)} the {before.size_bytes}-byte "
            f"{_state_word(before.state)} block at {before.address:#x}."
        )
    return explanation


def _used_row(snapshot: Snapshot, rows: range) -> int:
    return next((row for row in rows if snapshot.blocks.states[row] != State.UNUSED), -1)


def _neighbours(snapshot: Snapshot, block: Block, run: Run | None) -> tuple[Block | None, Block | None]:
    """The blocks of the same run in front and behind, those never handed out left out."""
    if run is None:
        return None, None
    before = _used_row(snapshot, range(block.index - 1, run.first_index - 1, -1))
    after = _used_row(snapshot, range(block.index + 1, run.first_index + run.carved_count))
    return tuple(None if row < 0 else snapshot.block(row, block.zone, run) for row in (before, after))  # type: ignore


def _in_retired(snapshot: Snapshot, address: int) -> Explanation | None:
    for retired in snapshot.retired:
        start = retired.address - snapshot.header_bytes
        if start <= address < retired.address + retired.size_bytes:
            place = describe_place(address, retired.address, retired.size_bytes)
            found = Explanation(address, "freed", f"{place} a {retired.size_bytes}-byte freed block of a LARGE zone")
            found.retired, found.offset_bytes = retired, address - retired.address
            found.notes.append("The zone is gone since: its pages are kept for reuse, or unmapped.")
            return found
    return None


def _in_stack(target: Target, snapshot: Snapshot, address: int, mapping: Mapping | None) -> Explanation | None:
    threads = {thread.number: thread for thread in target.threads()}
    mappings = sorted(target.mappings(), key=lambda part: part.start)
    for number, (start, end) in find_stacks(list(threads.values()), mappings, snapshot).items():
        pointer = threads[number].stack_pointer or 0
        if start <= address < end:
            found = Explanation(address, "stack", f"on the stack of thread {number}", thread=number)
            if address >= pointer:
                found.place += f", {_bytes(address - pointer)} above the stack pointer"
                _add_frame(target, found)
            elif address >= pointer - RED_ZONE_BYTES:
                found.place += f", {_bytes(pointer - address)} below the stack pointer, in the red zone"
            else:
                found.place += f", {_bytes(pointer - address)} below the stack pointer"
                found.notes.append("Nothing lives below the stack pointer: a variable here is out of scope.")
            return found
        out_of_reach = mapping is None or not mapping.writable
        if out_of_reach and start - STACK_GUARD_REACH_BYTES <= address < start:
            kind = "unmapped" if mapping is None else "guard"
            found = Explanation(address, kind, f"{_bytes(start - address)} below the stack of thread {number}")
            found.thread = number
            found.notes.append("An access here is a stack overflow: too deep a recursion, or too large an array.")
            return found
    return None


def _add_frame(target: Target, found: Explanation) -> None:
    """The frame and the variable, where the stack can be unwound."""
    scopes = target.debug_info.frame_scopes(found.thread or 0)
    found.frame, found.variable = variable_on_stack(scopes, found.address)
    if found.frame is not None:
        name = f"frame {found.frame.number} ({found.frame.function or '??'})"
        inside = f"in {_variable_place(target, found)} of {name}" if found.variable is not None else f"in {name}"
        found.place = f"{inside} " + found.place


def _variable_place(target: Target, found: Explanation) -> str:
    """``list.next``, ``buffer[3]``, or ``number + 2``."""
    variable = found.variable
    assert variable is not None and variable.address is not None
    offset = found.address - variable.address
    path = joined(variable.name, target.debug_info.member_at(variable.type_name, offset))
    return path if path != variable.name or not offset else f"{path} + {offset}"


def _in_object(target: Target, address: int, mapping: Mapping | None) -> Explanation | None:
    section = next((part for part in target.sections() if part.start <= address < part.end), None)
    symbol = target.symbol_at(address)
    code = mapping.executable if mapping is not None else symbol is not None and symbol.is_code
    if symbol is None and section is None and not code:
        return None
    if mapping is None and section is None and not _readable(target, address):
        return None
    kind = "code" if code else "global"
    if symbol is not None:
        offset = f" + {symbol.offset_bytes}" if symbol.offset_bytes else ""
        place = f"in {symbol.name}{offset}"
        where = symbol.object_file
    else:
        where = section.object_file if section is not None else mapping.path if mapping is not None else ""
        place = f"in section {section.name}" if section is not None else "in executable memory"
    place += f" of {where}" if where else ""
    found = Explanation(address, kind, place, symbol=symbol, section=section)
    if kind == "global":
        found.variable = target.debug_info.global_at(address)
        member = found.variable is not None and _variable_place(target, found)
        if member and found.variable is not None and member != found.variable.name and " + " not in member:
            found.notes.append(f"It is {member}, part of a {found.variable.type_name}.")
    elif symbol is not None and kind == "code":
        frame = target.source_frames(address, False)[0]
        if frame.file is not None and frame.line is not None:
            found.notes.append(f"It is line {frame.line} of {frame.file}.")
    return found


def _in_mapping(target: Target, snapshot: Snapshot, address: int, mapping: Mapping | None) -> Explanation | None:
    own = any(start <= address < end for start, end in snapshot.own_ranges)
    if mapping is None:
        if not _readable(target, address):
            return None
        return Explanation(address, "mapped", "in memory of the process that no list of mappings tells more about")
    what = "the allocator's own memory" if own else mapping.path or "an anonymous mapping"
    place = f"in {what} ({mapping.access}), {address - mapping.start:#x} from its start"
    found = Explanation(address, "mapped", place, own=own)
    if not mapping.readable:
        found.notes.append("The page is inaccessible: any access faults.")
    return found


def _readable(target: Target, address: int) -> bool:
    try:
        target.memory.read(address, 1)
    except MemoryUnreadable:
        return False
    return True


def _nowhere(target: Target, snapshot: Snapshot, address: int) -> Explanation:
    """Unmapped: says what kind of wrong pointer this is, where the value shows it."""
    found = Explanation(address, "unmapped", "not mapped")
    if address < NULL_PAGE_BYTES:
        found.place = "null" if address == 0 else f"{_bytes(address)} from null: a field of a null pointer"
        return found
    if 0 < (1 << 64) - address <= NULL_PAGE_BYTES:
        found.place = f"{_bytes((1 << 64) - address)} below null: an error code or an index below a null pointer"
        return found
    fill = fill_of(snapshot.fills, address)
    if fill is not None:
        switch, memory, when = _fill_meaning(snapshot.fills, fill)
        found.place = f"made of {fill:#x} bytes: a pointer read from {memory}"
        found.notes.append(f"{switch} fills {memory} with {fill:#x}: the pointer was read {when}.")
    elif 1 << CANONICAL_BITS <= address < (1 << 64) - (1 << CANONICAL_BITS):
        found.place = "not canonical: no pointer on this machine has such a value"
        text = address.to_bytes(8, "little")
        if all(0x20 <= byte < 0x7F for byte in text.rstrip(b"\0")):
            quoted = text.rstrip(b"\0").decode("ascii")
            found.notes.append(f'Its bytes read "{quoted}": text stands where a pointer should.')
    elif target.mappings():
        found.notes += _nearest(target, address)
    return found


def _fill_meaning(fills: Fills, fill: int) -> tuple[str, str, str]:
    """The switch that fills, what it fills, and when a pointer made of that was read."""
    if fill == fills.canary:
        return "FtMallocRedzone", "a red zone", "behind the end of a block"
    if fill == fills.freed:
        return "FtMallocScribble", "freed memory", "after free"
    return "FtMallocScribble", "fresh memory", "before it was written"


def fill_of(fills: Fills, number: int, size_bytes: int = 8) -> int | None:
    """The fill of freed or of allocated memory or of red zones, when a number of 4 bytes or more is made of it; a
    field's offset may have been added to a whole word, so that its two low bytes do not count."""
    raw = number.to_bytes(8, "big")[8 - size_bytes :]
    kept = raw[:6] if size_bytes == 8 else raw
    return next((fill for fill in fills if fill is not None and size_bytes >= 4 and set(kept) == {fill}), None)


def _nearest(target: Target, address: int) -> list[str]:
    below = [part for part in target.mappings() if part.end <= address]
    if not below:
        return []
    part = max(below, key=lambda other: other.end)
    return [f"The nearest mapping below ends {address - part.end:#x} bytes before: {part.path or 'anonymous'}."]
