"""Where the memory went: by state, type, size class, zone, and by who asked for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import compress, repeat
from typing import Iterable

from ..model.heap import Run, Snapshot, State, Zone, ZoneType
from .leaks import Sum
from .typed_heap import TypedHeap, sums_by_type

_IS_LIVE = bytes(1 if state == State.LIVE else 0 for state in range(256))


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
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


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
    for zone in snapshot.zones:
        usage = Usage(total_bytes=zone.size_bytes)
        for run in zone.runs:
            part = _usage(snapshot, zone, run)
            usage.add(part)
            part.total_bytes = run.stride_bytes * run.slot_count
            found.sizes.setdefault(0 if zone.type == ZoneType.LARGE else run.stride_bytes, Usage()).add(part)
        found.zones.append((zone, usage))
        found.types[zone.type].add(usage)
        found.zone_counts[zone.type] += 1
        found.total.add(usage)
    _sum_states(snapshot, found)
    _sum_consumers(snapshot, found, types)
    found.contents = sums_by_type(snapshot, types) if types is not None else []
    return found


def _usage(snapshot: Snapshot, zone: Zone, run: Run) -> Usage:
    first, end = run.first_index, run.first_index + run.carved_count
    states = snapshot.blocks.states[first:end]
    sizes = memoryview(snapshot.blocks.sizes)[first:end]
    live = states.translate(_IS_LIVE)
    head_bytes = snapshot.header_bytes + snapshot.prefix_bytes
    free_count = states.count(State.FREED) + states.count(State.UNUSED) + states.count(State.QUARANTINED)
    usage = Usage(live_count=live.count(1), live_bytes=sum(compress(sizes, live)))
    used_count = run.carved_count - free_count
    usage.header_bytes = used_count * head_bytes
    usage.slack_bytes = max(used_count * (run.stride_bytes - head_bytes) - usage.live_bytes, 0)
    usage.free_count, usage.free_bytes = free_count, free_count * run.stride_bytes
    usage.uncarved_bytes = (run.slot_count - run.carved_count) * run.stride_bytes if zone.type != ZoneType.LARGE else 0
    return usage


def _names(snapshot: Snapshot, types: TypedHeap | None) -> Iterable[str]:
    """The likely type of each row, "" when not known."""
    if types is None or not types.rows:
        return repeat("")
    return map(types.name, range(len(snapshot.blocks)))


def _sum_states(snapshot: Snapshot, found: Statistics) -> None:
    blocks = snapshot.blocks
    for state, total in found.states.items():
        total.count = blocks.states.count(state)
        if total.count:
            mask = blocks.states.translate(bytes(1 if value == state else 0 for value in range(256)))
            total.size_bytes = sum(compress(blocks.sizes, mask))


def _sum_consumers(snapshot: Snapshot, found: Statistics, types: TypedHeap | None) -> None:
    blocks = snapshot.blocks
    live = blocks.states.translate(_IS_LIVE)
    if blocks.allocation_traces:
        counted = Counter(compress(zip(blocks.allocation_traces, blocks.sizes, _names(snapshot, types)), live))
    else:
        counted = Counter(compress(zip(repeat(0), blocks.sizes, _names(snapshot, types)), live))
    consumers: dict[tuple[int, int | None, str], Consumer] = {}
    for (trace, size_bytes, name), count in counted.items():
        key = (trace, None, "") if trace else (0, size_bytes, name)
        consumer = consumers.setdefault(key, Consumer(trace, key[1], Sum(), name))
        consumer.total.count += count
        consumer.total.size_bytes += count * size_bytes
        recorded = snapshot.traces.get(trace) if trace and not blocks.allocation_threads else None
        if recorded is not None:
            thread = found.threads.setdefault(recorded.thread_id, Sum())
            thread.count += count
            thread.size_bytes += count * size_bytes
    by_thread = Counter(compress(zip(blocks.allocation_threads, blocks.sizes), live))
    for (thread_id, size_bytes), count in by_thread.items():
        thread = found.threads.setdefault(thread_id, Sum())
        thread.count += count
        thread.size_bytes += count * size_bytes
    found.consumers = sorted(consumers.values(), key=lambda consumer: (-consumer.total.size_bytes, consumer.trace))
