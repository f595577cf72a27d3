"""What a heap looks like at one moment.

Blocks are kept as columns, 17 bytes each, since a heap may hold ten million of them. A ``Block`` object is made
only for those that are shown.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from enum import IntEnum
from operator import attrgetter

from ..records import dataclass, field
from ..typed import Collection, Mapping, NamedTuple
from .pointers import Pointers
from .runs import Run, Runs

LARGE_HEAP_BLOCKS = 20_000  # a heap of more is not looked at block by block without being asked


class State(IntEnum):
    """State of a slot as a user sees it. The reader maps the allocator's own values to these."""

    UNUSED = 0  # carved or not, never handed out
    LIVE = 1
    FREED = 2
    QUARANTINED = 3
    CHANGING = 4  # the process was stopped inside malloc or free of this very block
    CORRUPTED = 5  # the header does not prove itself
    UNREADABLE = 6  # the header could not be read

    @property
    def word(self) -> str:
        """As commands, documents and find write it."""
        return self.name.lower()


def table_of(values: Collection[int]) -> bytes:
    """For ``bytes.translate`` of a column: 1 for these values, 0 for all others."""
    return bytes(value in values for value in range(256))


LIVE_ONLY = table_of({State.LIVE})
HANDED_OUT = table_of(set(State) - {State.UNUSED})


class ZoneType(IntEnum):
    """In the order of show_alloc_mem."""

    TINY = 1
    SMALL = 2
    LARGE = 3


class Finding(NamedTuple):
    """Something broken or unreadable in the target. ``rule`` is a stable kebab-case name; ``address`` may be None."""

    rule: str
    address: int | None
    message: str


_run_start = attrgetter("start")


class Books(NamedTuple):
    """What a zone's header says, unchecked, for ``check`` to compare with what is there.

    ``first_block`` is the first header's address or 0; bit u of ``free_units``: unit u belongs to no run.
    ``unit_bytes`` is 0 for LARGE zones, which have no units.
    """

    next: int = 0
    previous: int = 0
    first_block: int = 0
    free_units: int = 0
    unit_bytes: int = 0
    unit_count: int = 0
    header_bytes: int = 0  # at the zone's start, its own header's: units wholly in there are neither free nor a run's


class Retired(NamedTuple):
    """A LARGE block freed lately, whose place may be unmapped, zero or in use by now."""

    address: int
    size_bytes: int


class ThreadCache(NamedTuple):
    """A thread's cache of free blocks. ``thread_id``: the kernel's; 0: its thread has ended."""

    address: int
    thread_id: int


@dataclass
class Zone:
    """One zone. ``max_contiguous_free_bytes`` is the header's own figure. ``listed``: reached by the list, not only
    by the registry. ``runs`` ascend. Rows ``first_index`` .. ``end_index`` of the block columns are its blocks.
    ``was_read``: False in a snapshot around an address that is far: it has no runs and no rows then."""

    address: int
    type: ZoneType
    size_bytes: int
    max_contiguous_free_bytes: int
    listed: bool = True
    guarded: bool = False
    runs: Runs = field(default_factory=Runs)
    first_index: int = 0
    end_index: int = 0
    books: Books | None = None  # None: the header is smashed
    was_read: bool = True

    @property
    def end(self) -> int:
        return self.address + self.size_bytes


class Trace(NamedTuple):
    """A recorded stack: return addresses, innermost first. ``thread_id``: the kernel's, 0 when not known."""

    addresses: tuple[int, ...]
    thread_id: int = 0


class Fault(NamedTuple):
    """A fault as the allocator reported it. ``kind`` and ``access`` (None: none) by the contract's names;
    ``address``: accessed wrongly or given to the call; ``block_address`` None: no block is concerned; ``sequence``: 1
    for the first report of the process; ``evidence``: one sentence. Stacks are None when nothing was recorded."""

    kind: str
    access: str | None
    address: int
    block_address: int | None
    block_bytes: int
    block_state: State | None
    evidence: str
    sequence: int
    stack: Trace | None = None
    allocated: Trace | None = None
    freed: Trace | None = None


class Event(NamedTuple):
    """An event of the history. ``sequence``: 1 for the first of the process; ``kind``: allocate, free or resize;
    ``old_address``: where a resized block stood; ``stack``: key of ``Snapshot.traces``, 0 for none."""

    sequence: int
    nanoseconds: int
    kind: str
    address: int
    size_bytes: int
    old_address: int | None
    thread_id: int
    stack: int


class Fills(NamedTuple):
    """What the debug layer fills memory with: canaries behind a payload, freed bytes, and those just allocated. None:
    not told."""

    canary: int | None = None
    freed: int | None = None
    allocated: int | None = None


class TraceSeal(NamedTuple):
    """How the trace at the start of a live block's slot proves itself: ``tables[n]`` translates its byte n; all of them
    xor-ed give the low byte of its address in granules. ``sealed_offset`` and ``sealed_mask``: the bit that says that
    the trace was closed."""

    tables: tuple[bytes, ...]
    granule_bytes: int
    sealed_offset: int
    sealed_mask: int


class Blocks:
    """The columns, ascending by payload address.

    ``addresses``: payload; ``sizes``: requested bytes (0 when not known); ``states``: State values as bytes.
    ``allocation_traces`` and ``free_traces``: keys of ``Snapshot.traces``, 0 for none; empty when stacks were not
    recorded. ``allocation_threads`` and ``free_threads``: the kernel's ids, 0 when not known; ``has_canaries``: 1 where
    the bytes behind the payload are canaries. They too are empty when nothing was recorded. ``ignored`` is no column:
    rows of live blocks that the program has called no leaks (ftmalloc_leak_ignore).
    """

    def __init__(self) -> None:
        self.addresses = array("Q")
        self.sizes = array("Q")
        self.states = bytearray()
        self.allocation_traces = array("I")
        self.free_traces = array("I")
        self.allocation_threads = array("I")
        self.free_threads = array("I")
        self.has_canaries = bytearray()
        self.ignored = array("I")

    def __len__(self) -> int:
        return len(self.addresses)


class Block(NamedTuple):
    """One block, made on demand. ``slot_start``/``slot_end`` bound its slot, header and prefix included."""

    index: int  # type: ignore[assignment]  # no tuple.index
    address: int
    size_bytes: int
    state: State
    slot_start: int
    slot_end: int
    zone: Zone

    @property
    def end(self) -> int:
        return self.address + self.size_bytes


@dataclass
class Snapshot:
    """The whole heap at one moment. ``zones`` ascend by address. ``header_bytes`` and ``prefix_bytes`` as the
    layout gave them. ``findings`` is what the walk met. ``complete`` is False when a zone could not be read.

    ``own_ranges``: [start, end) of all other memory of the allocator: whole chunks of the registry, the registry,
    thread caches, the library's data. Stale pointers stand there, so a leak check must not take it for roots.
    ``traces``: recorded stacks by number; may be read lazily.
    ``last_fault``: what the allocator itself reported last; None: nothing.
    ``locked_by``: the thread at work on the zone list, 0: none. ``started``: False before the first allocation.
    ``waiting``: payloads in the quarantine's queue, oldest first. ``events``: the history, oldest first, None when
    none is kept; ``event_count``: events since the process began. ``refused_count`` requests could not be met, the
    last one for ``refused_bytes``.
    ``pointers``: of zones, by address, taken when they were read, for whoever makes the graph to use up.
    ``derived``: what analyses made of this snapshot (its graph), by name, dropped with it."""

    zones: list[Zone]
    blocks: Blocks
    findings: list[Finding]
    header_bytes: int
    prefix_bytes: int
    complete: bool = True
    options: dict[str, str] = field(default_factory=dict)
    version: str = ""
    own_ranges: list[tuple[int, int]] = field(default_factory=list)
    derived: dict[str, object] = field(default_factory=dict)
    traces: Mapping[int, Trace] = field(default_factory=dict)
    retired: list[Retired] = field(default_factory=list)
    caches: list[ThreadCache] = field(default_factory=list)
    locked_by: int = 0
    started: bool = True
    last_fault: Fault | None = None
    fills: Fills = Fills()
    trace_seal: TraceSeal | None = None
    waiting: array[int] = field(default_factory=lambda: array("Q"))
    events: list[Event] | None = None
    event_count: int = 0
    refused_count: int = 0
    refused_bytes: int = 0
    pointers: dict[int, Pointers] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._zone_starts = [zone.address for zone in self.zones]
        self._runs: Runs | None = None

    @property
    def runs(self) -> Runs:
        """Those of all zones, without their bitmaps."""
        if self._runs is None:
            self._runs = Runs()
            for zone in self.zones:
                self._runs.words += zone.runs.words
        return self._runs

    def zone_at(self, address: int) -> Zone | None:
        """The zone whose bytes hold ``address``."""
        index = bisect_right(self._zone_starts, address) - 1
        if index >= 0 and address < self.zones[index].end:
            return self.zones[index]
        return None

    def tells_of(self, address: int) -> bool:
        """True when all was read that concerns ``address``: its zone, if it is in one, and the zone in front."""
        index = bisect_right(self._zone_starts, address)
        return all(zone.was_read for zone in self.zones[max(index - 2, 0) : index])

    def run_at(self, address: int) -> tuple[Zone, Run] | None:
        """The run whose slots hold ``address``; None for headers of zones and free units."""
        zone = self.zone_at(address)
        if zone is None:
            return None
        index = bisect_right(zone.runs, address, key=_run_start) - 1
        return (zone, zone.runs[index]) if index >= 0 and address < zone.runs[index].end else None

    def block_at(self, address: int) -> Block | None:
        """The block whose slot holds ``address``: its prefix, header, payload, or the slack behind."""
        found = self.run_at(address)
        if found is None:
            return None
        zone, run = found
        if address < run.first_slot or run.stride_bytes == 0:
            return None
        position = (address - run.first_slot) // run.stride_bytes
        if position >= run.carved_count:
            return None
        return self.block(run.first_index + position, zone, run)

    def allocation_trace(self, index: int) -> Trace | None:
        """Where the block of row ``index`` was allocated; None when that was not recorded."""
        return self._trace(self.blocks.allocation_traces, self.blocks.allocation_threads, index)

    def free_trace(self, index: int) -> Trace | None:
        """Where the block of row ``index`` was freed; None when that was not recorded, or it was not freed."""
        return self._trace(self.blocks.free_traces, self.blocks.free_threads, index)

    def _trace(self, numbers: array[int], threads: array[int], index: int) -> Trace | None:
        trace = self.traces.get(numbers[index]) if numbers else None
        return trace._replace(thread_id=threads[index]) if trace is not None and threads else trace

    def block(self, index: int, zone: Zone, run: Run) -> Block:
        """Row ``index`` of the columns as an object; ``run`` must be the one that holds it."""
        slot_start = run.first_slot + (index - run.first_index) * run.stride_bytes
        return Block(
            index,
            self.blocks.addresses[index],
            self.blocks.sizes[index],
            State(self.blocks.states[index]),
            slot_start,
            slot_start + run.stride_bytes,
            zone,
        )
