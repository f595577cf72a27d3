"""Where a conservative mark begins: everything the program can reach without the heap.

Roots are the registers of every thread, each stack from the stack pointer upwards, and all other writable memory:
data of every loaded object, thread-local storage (static TLS stands in thread stacks and data mappings), anonymous
and shared mappings. No root: the allocator's own memory, what lies below a stack pointer, and the stacks that the
C library keeps of threads that have ended.
"""

from __future__ import annotations

from ..errors import MemoryUnreadable
from ..model.heap import Finding, Snapshot
from ..records import dataclass, field
from ..target import Mapping, Target, Thread
from ..typed import NamedTuple
from .words import PAGE_BYTES, WORD_BYTES, Range, subtract

RED_ZONE_BYTES = 128  # System V x86-64 ABI: a leaf function may use these bytes below the stack pointer
STACK_MAX_BYTES = 64 << 20  # bound of a stack that is read upwards because no mapping tells its end
RANGE_MAX_BYTES = 16 << 30
CONTROL_BLOCK_SEARCH_BYTES = 16 << 10  # glibc puts struct pthread, about 2.3 KiB, at the top of a thread's stack
CONTROL_BLOCK_ALIGNMENT = 64
DTV_OFFSET = 8  # tcbhead_t.dtv, glibc sysdeps/x86_64/nptl/tls.h
TABLE_ENTRY_BYTES = 16  # glibc's dtv_t; the table's first entry, its length, stands in front of where dtv leads
SELF_OFFSET = 16  # tcbhead_t.self; equals tcbhead_t.tcb at offset 0


class RootRange(NamedTuple):
    """Memory to scan: ``[start, end)``. ``kind``: stack, data (of a loaded object) or mapping. ``thread``: gdb's
    number of a stack's thread."""

    start: int
    end: int
    kind: str
    label: str
    thread: int | None = None


class RootRegister(NamedTuple):
    """A value in a register of a thread. ``name`` ends in "?" when only a vector register's bytes are known."""

    thread: int
    name: str
    value: int


@dataclass
class Roots:
    """``ranges`` ascend and don't overlap. ``pinned``: addresses in blocks that are stacks themselves, or that the
    program has called no leaks, reached by definition. ``incomplete``: some root is known to be missing, a finding
    says which."""

    ranges: list[RootRange] = field(default_factory=list)
    registers: list[RootRegister] = field(default_factory=list)
    pinned: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    incomplete: bool = False

    def miss(self, rule: str, address: int | None, message: str) -> None:
        """Records a root that could not be used."""
        self.findings.append(Finding(rule, address, message))
        self.incomplete = True


def collect_roots(target: Target, snapshot: Snapshot) -> Roots:
    """All roots of the process, with the allocator's own memory left out."""
    roots = Roots()
    threads = target.threads()
    if not threads:
        roots.miss("no-threads", None, "no thread's registers are known, so blocks held by stacks only look leaked")
    own = own_memory(snapshot)
    for thread in threads:
        roots.registers += _registers(thread) + _thread_table(target, thread)
    mappings = sorted(target.mappings(), key=lambda mapping: mapping.start)
    stacks = find_stacks(threads, mappings, snapshot)
    for thread in threads:
        if thread.stack_pointer is None:
            roots.miss("thread-unreadable", None, f"registers of thread {thread.number} can't be read")
        elif thread.number not in stacks:
            _odd_stack(roots, target, snapshot, thread, bool(mappings))
    if mappings:
        _ranges_of_mappings(roots, target, mappings, stacks, own, threads)
    else:
        _ranges_of_sections(roots, target, own)
    _name_data(roots, target)
    roots.pinned += [snapshot.blocks.addresses[row] for row in snapshot.blocks.ignored]
    return roots


def own_memory(snapshot: Snapshot) -> list[Range]:
    """Everything that belongs to the allocator: zones and all ranges that the reader found besides."""
    return [(zone.address, zone.end) for zone in snapshot.zones] + list(snapshot.own_ranges)


def _registers(thread: Thread) -> list[RootRegister]:
    found = [RootRegister(thread.number, name, value) for name, value in thread.registers.items() if value]
    whole = len(thread.vector_bytes) // WORD_BYTES * WORD_BYTES
    words = memoryview(thread.vector_bytes)[:whole].cast("Q")
    return found + [RootRegister(thread.number, "vector", value) for value in words if value]


def _thread_table(target: Target, thread: Thread) -> list[RootRegister]:
    """The block of a thread's TLS table on aarch64, to whose second entry the first word of its control block leads.
    (names_thread_table knows the form of x86-64.)"""
    if thread.thread_pointer is None or "x30" not in thread.registers:
        return []
    try:
        table = int.from_bytes(target.memory.read(thread.thread_pointer, WORD_BYTES), "little")
    except MemoryUnreadable:
        return []
    return [RootRegister(thread.number, "thread table", table - TABLE_ENTRY_BYTES & (1 << 64) - 1)]


def find_stacks(threads: list[Thread], mappings: list[Mapping], snapshot: Snapshot) -> dict[int, Range]:
    """By thread number: (first byte below which nothing lives, end) of each stack that a mapping proves.

    A thread whose stack pointer stands elsewhere (signal stack in data, stack in a heap block, overflow into the
    guard page) is left out; its real stack is then covered as an ordinary mapping, dead part included.
    """
    stacks = {}
    # A core file does not name the main stack; it is the highest of all writable mappings.
    main = [mapping for mapping in mappings if mapping.writable][-1:]
    for thread in threads:
        pointer, control = thread.stack_pointer, thread.thread_pointer
        if pointer is None or snapshot.zone_at(pointer) is not None:
            continue
        for mapping in mappings:
            inside = mapping.start <= pointer < mapping.end and mapping.writable
            anonymous = not mapping.path.startswith("/")
            if inside and (mapping.path == "[stack]" or anonymous and mapping in main):
                stacks[thread.number] = (mapping.start, mapping.end)
            elif inside and anonymous and (control is None or pointer < control < mapping.end):
                below = [
                    other.thread_pointer
                    for other in threads
                    if other.thread_pointer is not None and mapping.start <= other.thread_pointer < pointer
                ]
                start = -(-(max(below) + 1) // PAGE_BYTES) * PAGE_BYTES if below else mapping.start
                stacks[thread.number] = (start, mapping.end)
    for number, (start, end) in stacks.items():  # without guard pages, several stacks share one mapping
        stacks[number] = (start, min([end, *(other for other, _ in stacks.values() if other > start)]))
    return stacks


def _stack_range(start: int, end: int, thread: Thread) -> RootRange:
    return RootRange(start, end, "stack", f"stack of thread {thread.number}", thread.number)


def _odd_stack(roots: Roots, target: Target, snapshot: Snapshot, thread: Thread, mapped: bool) -> None:
    """A stack inside a heap block, or one whose extent no mapping tells."""
    pointer = thread.stack_pointer or 0
    start = max(pointer - RED_ZONE_BYTES, 0)
    block = snapshot.block_at(pointer)
    if block is not None:
        roots.pinned.append(block.address)
        roots.ranges.append(_stack_range(start, block.slot_end, thread))
    elif not mapped:
        end = _readable_end(target, pointer)
        if end > start:
            roots.ranges.append(_stack_range(start, end, thread))
        else:
            roots.miss("stack-unreadable", pointer, f"the stack of thread {thread.number} can't be read")


def _readable_end(target: Target, address: int) -> int:
    """First unreadable page above ``address``, at most STACK_MAX_BYTES away."""
    page = address // PAGE_BYTES * PAGE_BYTES
    end = page
    while end - page < STACK_MAX_BYTES:
        try:
            target.memory.read(end, PAGE_BYTES)
        except MemoryUnreadable:
            break
        end += PAGE_BYTES
    return end


def _ranges_of_mappings(
    roots: Roots,
    target: Target,
    mappings: list[Mapping],
    stacks: dict[int, Range],
    own: list[Range],
    threads: list[Thread],
) -> None:
    taken = list(own) + list(stacks.values()) + [(part.start, part.end) for part in roots.ranges]
    for thread in threads:
        if thread.number in stacks and thread.stack_pointer is not None:
            start, end = stacks[thread.number]
            start = max(thread.stack_pointer - RED_ZONE_BYTES, start) // WORD_BYTES * WORD_BYTES
            roots.ranges.append(_stack_range(start, _bounded(roots, start, end), thread))
    controls = {thread.thread_pointer for thread in threads}
    for mapping in mappings:
        if not mapping.writable or not mapping.readable:
            continue
        parts = subtract([(mapping.start, mapping.end)], taken)
        if parts == [(mapping.start, mapping.end)] and not mapping.path and None not in controls:
            parts = _without_dead_stack(target, mapping, controls) or parts
        for start, end in parts:
            end = _bounded(roots, start, end)
            roots.ranges.append(RootRange(start, end, "mapping", mapping.path or "anonymous mapping"))
    # Read-only after relocation, but the program's own variables all the same.
    frozen = [(mapping.start, mapping.end) for mapping in mappings if mapping.readable and not mapping.writable]
    for section in target.sections():
        if section.writable:
            outside = subtract([(section.start, section.end)], frozen)
            for start, end in subtract([(section.start, section.end)], outside + own):
                roots.ranges.append(RootRange(start, end, "data", section.object_file))
    roots.ranges.sort(key=lambda part: part.start)


def _bounded(roots: Roots, start: int, end: int) -> int:
    """``end``, or less where the range is absurdly long."""
    if end - start <= RANGE_MAX_BYTES:
        return end
    roots.miss("root-too-large", start, f"only {RANGE_MAX_BYTES >> 30} GiB of a mapping are scanned")
    return start + RANGE_MAX_BYTES


def _without_dead_stack(target: Target, mapping: Mapping, controls: set[int | None]) -> list[Range]:
    """Of the stack of a thread that has ended, kept by glibc for the next one, only the pointer to its thread-local
    storage table still counts. Returns [] when ``mapping`` is no such stack."""
    start = max(mapping.end - CONTROL_BLOCK_SEARCH_BYTES, mapping.start)
    start = -(-start // CONTROL_BLOCK_ALIGNMENT) * CONTROL_BLOCK_ALIGNMENT
    try:
        size_bytes = (mapping.end - start) // WORD_BYTES * WORD_BYTES
        words = memoryview(target.memory.read(start, size_bytes)).cast("B").cast("Q")
    except MemoryUnreadable:
        return []
    step = CONTROL_BLOCK_ALIGNMENT // WORD_BYTES
    for index in range(0, len(words) - step, step):
        address = start + index * WORD_BYTES
        if words[index] == address and words[index + SELF_OFFSET // WORD_BYTES] == address:
            return [] if address in controls else [(address, address + SELF_OFFSET + WORD_BYTES)]
    return []


def _ranges_of_sections(roots: Roots, target: Target, own: list[Range]) -> None:
    """Without a list of mappings: the data that the symbol readers know."""
    roots.miss(
        "no-mappings", None, "the target gives no list of mappings, so blocks held by anonymous mappings look leaked"
    )
    taken = own + [(part.start, part.end) for part in roots.ranges]
    for section in target.sections():
        if section.writable:
            for start, end in subtract([(section.start, section.end)], taken):
                roots.ranges.append(RootRange(start, end, "data", section.object_file))
                taken.append((start, end))
    roots.ranges.sort(key=lambda part: part.start)


def _name_data(roots: Roots, target: Target) -> None:
    """Turns mappings that hold a loaded object's writable sections into data of that object."""
    sections = [section for section in target.sections() if section.writable]
    for index, part in enumerate(roots.ranges):
        if part.kind != "mapping":
            continue
        for section in sections:
            if section.start < part.end and part.start < section.end:
                roots.ranges[index] = RootRange(part.start, part.end, "data", section.object_file or part.label)
                break


def names_thread_table(words: memoryview, index: int, address: int) -> bool:
    """True when the word ``words[index]`` at ``address`` is the table pointer of a thread's control block.

    glibc keeps it 16 bytes into the block that it allocated (struct pthread, `dtv` points behind the first entry),
    so that it looks like an interior pointer.
    """
    head = address - DTV_OFFSET
    return 0 < index < len(words) - 1 and words[index - 1] == head and words[index + 1] == head
