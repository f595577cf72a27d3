"""Where the memory went: by state, type, size class, zone, and by who asked for it."""

from __future__ import annotations

from array import array
from collections import Counter
from itertools import repeat

from ..model.heap import LIVE_ONLY, Blocks, Snapshot, State, Zone, ZoneType
from ..records import dataclass, field
from ..typed import Iterable, Sequence
from .sums import Sum, Tally, group_rows, tally_rows, tally_runs
from .typed_heap import TypedHeap, sums_by_type

_FREE = (State.FREED, State.UNUSED, State.QUARANTINED)


@dataclass
class Usage:
    """How a stretch of memory is used. All of ``total_bytes`` is either asked for, slack behind what was asked for,
    headers, free slots, slots never carved, or books and free units."""

    total_bytes: int = 0
    live_count: int = 0
    live_bytes: int = 0
    slack_bytes: int = 0
    header_bytes: int = 0
    free_count: int = 0
    free_bytes: int = 0
    uncarved_bytes: int = 0

    @property
    def books_bytes(self) -> int:
        """Zone headers, free units and ends of runs."""
        used = self.live_bytes + self.slack_bytes + self.header_bytes + self.free_bytes + self.uncarved_bytes
        return max(self.total_bytes - used, 0)

    @property
    def fragmentation(self) -> float:
        """Share of the bytes in slots once used that is free now: 0.0 to 1.0."""
        slots = self.live_bytes + self.slack_bytes + self.header_bytes + self.free_bytes
        return self.free_bytes / slots if slots else 0.0

    @property
    def header_share(self) -> float:
        """Share of the bytes in live slots that headers take: 0.0 to 1.0."""
        slots = self.live_bytes + self.slack_bytes + self.header_bytes
        return self.header_bytes / slots if slots else 0.0

    def add(self, other: Usage) -> None:
        """Sums up."""
        self.total_bytes += other.total_bytes
        self.live_count += other.live_count
        self.live_bytes += other.live_bytes
        self.slack_bytes += other.slack_bytes
        self.header_bytes += other.header_bytes
        self.free_count += other.free_count
        self.free_bytes += other.free_bytes
        self.uncarved_bytes += other.uncarved_bytes


@dataclass
class Consumer:
    """Live blocks from one allocation stack; of one size and likely type where no stack was recorded (``trace`` 0).
    ``type_name``: "" when not known."""

    trace: int
    size_bytes: int | None
    total: Sum
    type_name: str = ""


@dataclass
class Statistics:
    """``sizes``: by stride of the slot, LARGE zones under 0. ``threads``: by kernel id of the allocating thread.
    ``contents``: by likely type, most bytes first; what no type is known of is left out."""

    states: dict[State, Sum]
    types: dict[ZoneType, Usage]
    zone_counts: dict[ZoneType, int]
    sizes: dict[int, Usage]
    zones: list[tuple[Zone, Usage]]
    total: Usage
    consumers: list[Consumer] = field(default_factory=list)
    threads: dict[int, Sum] = field(default_factory=dict)
    contents: list[tuple[str, Sum]] = field(default_factory=list)

    def add_to_thread(self, thread_id: int, part: Sum) -> None:
        """Counts blocks as allocated by a thread."""
        self.threads.setdefault(thread_id, Sum()).add_all(part)


def summarize(snapshot: Snapshot, types: TypedHeap | None = None) -> Statistics:
    """All figures in one pass over the runs. ``types``: the likely types of the blocks, where they are known."""
    found = Statistics(
        {state: Sum() for state in State if state != State.UNUSED},
        {zone_type: Usage() for zone_type in ZoneType},
        {zone_type: 0 for zone_type in ZoneType},
        {},
        [],
        Usage(),
    )
    of_zone, of_size = array("I"), array("I")
    sizes: dict[int, int] = {}
    for number, zone in enumerate(snapshot.zones):
        strides = zone.runs.column("stride_bytes") if zone.type != ZoneType.LARGE else [0] * len(zone.runs)
        of_zone.extend(repeat(number, len(strides)))
        of_size.extend(sizes.setdefault(stride, len(sizes)) for stride in strides)
    for zone, usage in zip(snapshot.zones, _usages(snapshot, of_zone, len(snapshot.zones))):
        usage.total_bytes = zone.size_bytes
        found.zones.append((zone, usage))
        found.types[zone.type].add(usage)
        found.zone_counts[zone.type] += 1
        found.total.add(usage)
    found.sizes = dict(zip(sizes, _usages(snapshot, of_size, len(sizes))))
    everything = tally_rows(snapshot, [(0, len(snapshot.blocks))])[0]
    for state, total in found.states.items():
        total.count, total.size_bytes = everything.counts[state], everything.sizes[state]
    _sum_consumers(snapshot, found, types)
    found.contents = sums_by_type(snapshot, types) if types is not None else []
    return found


def _usages(snapshot: Snapshot, numbers: array[int], count: int) -> list[Usage]:
    """Of the slots of runs: run i counts for number ``numbers[i]``."""
    uncarved_bytes = [0] * count
    columns = map(snapshot.runs.column, ("slot_count", "carved_count", "stride_bytes"))
    for number, slot_count, carved_count, stride_bytes in zip(numbers, *columns):
        if slot_count != carved_count:
            uncarved_bytes[number] += (slot_count - carved_count) * stride_bytes
    tallies = tally_runs(snapshot, numbers, count)
    return [_usage(snapshot, rows, uncarved) for rows, uncarved in zip(tallies, uncarved_bytes)]


def _usage(snapshot: Snapshot, rows: Tally, uncarved_bytes: int) -> Usage:
    head_bytes, live_bytes = snapshot.header_bytes + snapshot.prefix_bytes, rows.sizes[State.LIVE]
    free_count, free_bytes = (sum(column[state] for state in _FREE) for column in (rows.counts, rows.slots))
    used_count = sum(rows.counts) - free_count
    return Usage(
        total_bytes=sum(rows.slots) + uncarved_bytes,
        live_count=rows.counts[State.LIVE],
        live_bytes=live_bytes,
        slack_bytes=max(sum(rows.slots) - free_bytes - used_count * head_bytes - live_bytes, 0),
        header_bytes=used_count * head_bytes,
        free_count=free_count,
        free_bytes=free_bytes,
        uncarved_bytes=uncarved_bytes,
    )


def _sum_consumers(snapshot: Snapshot, found: Statistics, types: TypedHeap | None) -> None:
    blocks = snapshot.blocks
    live = blocks.states.translate(LIVE_ONLY)
    for _, trace, rows, size_bytes in group_rows(live, blocks.allocation_traces, blocks.sizes):
        total = Sum(len(rows), size_bytes)
        found.consumers += _consumers(blocks, trace, rows, total, types)
        recorded = snapshot.traces.get(trace) if trace and not blocks.allocation_threads else None
        if recorded is not None:
            found.add_to_thread(recorded.thread_id, total)
    if blocks.allocation_threads:
        for _, thread_id, rows, size_bytes in group_rows(live, blocks.allocation_threads, blocks.sizes):
            found.add_to_thread(thread_id, Sum(len(rows), size_bytes))
    found.consumers.sort(key=lambda consumer: (-consumer.total.size_bytes, consumer.trace))


def _consumers(
    blocks: Blocks, trace: int, rows: Sequence[int], total: Sum, types: TypedHeap | None
) -> Iterable[Consumer]:
    """One for a stack; where there is none, one for each likely type of the blocks, which have one size."""
    if trace or types is None or not types.rows:
        return [Consumer(trace, None if trace else blocks.sizes[rows[0]], total)]
    size_bytes = blocks.sizes[rows[0]]
    names = Counter(map(types.name, rows))
    return [Consumer(0, size_bytes, Sum(count, count * size_bytes), name) for name, count in names.items()]
