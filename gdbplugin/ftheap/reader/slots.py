"""TINY and SMALL zones: a table of runs in the zone's header, slots at a fixed stride behind it (heap/zone.h)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..model.heap import Books, Run, Zone, ZoneType
from .blocks import RunReader
from .context import Context
from .recovery import recover_runs
from .tolerant import Bytes, read_tolerant
from .zones import Seen


def read_slot_zone(context: Context, reader: RunReader, seen: Seen, size_bytes: int) -> Zone:
    """The zone with its runs; rows for its blocks are appended to the reader's columns."""
    layout, structs = context.layout, context.structs
    books = read_tolerant(context.memory, seen.address, layout.size("slot_zone"))
    for start, end in books.holes:
        context.unreadable(start, end - start, f"the header of the zone at {seen.address:#x}")
    unit_bytes = layout.constant("unit_bytes")
    runs, bad_units = _runs(context, books, seen.address, size_bytes)
    units = structs.slot_zone.unpack(books.data) if not books.holes else None
    zone = Zone(seen.address, ZoneType.TINY, size_bytes, 0, seen.listed, False)
    zone.first_index = len(reader.blocks)
    what = f"the zone at {seen.address:#x}"
    if bad_units:
        runs += recover_runs(context, seen.address, size_bytes, bad_units, runs)
        runs.sort(key=lambda found: found[0].first_slot)
    for run, size_class, data in _with_bytes(context, runs):
        run = replace(run, first_index=len(reader.blocks))
        if run.carved_count:
            reader.read(run, size_class, data, what)
        zone.runs.append(run)
    zone.end_index = len(reader.blocks)
    zone.type = _type(context, seen, zone)
    if seen.proved:
        header = seen.header
        zone.max_contiguous_free_bytes = header.max_contiguous_free_bytes
        run_units = sum(1 << unit for unit in range(size_bytes // unit_bytes) if _unit_in_runs(zone, unit, unit_bytes))
        zone.books = Books(
            header.next,
            header.previous,
            header.first_block,
            units.free_units if units else 0,
            run_units,
            unit_bytes if units else 0,
            layout.constant("unit_count"),
            layout.constant("slot_zone_header_bytes"),
        )
    return zone


def _unit_in_runs(zone: Zone, unit: int, unit_bytes: int) -> bool:
    address = zone.address + unit * unit_bytes
    return any(run.start < address + unit_bytes and address < run.end for run in zone.runs)


def _type(context: Context, seen: Seen, zone: Zone) -> ZoneType:
    """The header's word when it is proved, else what the sizes of the slots say."""
    if seen.proved:
        if seen.header.type == context.layout.state("zone_type.tiny"):
            return ZoneType.TINY
        if seen.header.type == context.layout.state("zone_type.small"):
            return ZoneType.SMALL
        context.find("bad-zone", zone.address, f"the zone at {zone.address:#x} has the unknown type {seen.header.type}")
    capacity = max((run.capacity_bytes for run in zone.runs), default=0)
    return ZoneType.TINY if capacity <= context.layout.constant("tiny_max_bytes") else ZoneType.SMALL


def _runs(context: Context, books: Bytes, zone: int, size_bytes: int) -> tuple[list[tuple[Run, int]], list[int]]:
    """Runs whose geometry holds, with their class; and the units whose descriptor makes no sense."""
    layout, record = context.layout, context.structs.run
    unit_bytes = layout.constant("unit_bytes")
    table_offset, table_bytes = layout.field("slot_zone.runs")
    unit_count = min(table_bytes // record.size_bytes, layout.constant("unit_count"), size_bytes // unit_bytes)
    none, lead, follow = (layout.state(f"run_state.{name}") for name in ("none", "lead", "follow"))
    runs: list[tuple[Run, int]] = []
    bad_units: list[int] = []
    unit = 0
    while unit < unit_count:
        offset = table_offset + unit * record.size_bytes
        described = record.unpack(books.data, offset)
        readable = books.has(zone + offset, record.size_bytes)
        if readable and described.state == lead:
            run = _run(context, described, zone, unit, unit_count)
            if run is not None:
                runs.append((_with_bitmap(context, run, described, books, unit), described.size_class))
                unit += described.unit_count
                continue
        if not readable or described.state != none:
            bad_units.append(unit)
            if readable and not context.locked_by:
                context.find(
                    "smashed-run",
                    zone + offset,
                    f"the description of unit {unit} of the zone at {zone:#x} makes no sense (state {described.state}, "
                    f"{described.slot_count} slots of {described.stride_bytes} bytes): going on by the headers "
                    "that prove themselves",
                )
        unit += 1
    return runs, bad_units


def _run(context: Context, described: Any, zone: int, unit: int, unit_count: int) -> Run | None:
    """The run that a lead unit describes; None when it does not fit its own units."""
    layout, header = context.layout, context.structs.header
    unit_bytes, stride = layout.constant("unit_bytes"), described.stride_bytes
    start = zone + unit * unit_bytes
    end = start + described.unit_count * unit_bytes
    first_slot = zone + described.first_slot_offset
    overhead = context.heap.prefix_bytes + header.size_bytes
    earliest = zone + layout.constant("slot_zone_header_bytes") if unit == 0 else start
    if (
        not 1 <= described.unit_count <= unit_count - unit
        or described.lead_unit != unit
        or stride <= overhead
        or stride % header.granule_bytes
        or first_slot < earliest
        or first_slot % header.granule_bytes
        or first_slot + described.slot_count * stride > end
        or described.carved_count > described.slot_count
    ):
        return None
    return Run(
        start, end, first_slot, stride, described.slot_count, described.carved_count, 0, stride - overhead,
        described.free_count,
    )


def _with_bitmap(context: Context, run: Run, described: Any, books: Bytes, unit: int) -> Run:
    offset, size_bytes = context.layout.field("slot_zone.free_bits")
    row_bytes = size_bytes // context.layout.constant("unit_count")
    start = offset + unit * row_bytes
    bits = int.from_bytes(books.data[start : start + row_bytes], "little")
    return replace(run, free_bits=bits)


def _with_bytes(context: Context, runs: list[tuple[Run, int]]) -> list[tuple[Run, int, Bytes]]:
    """Each run with bytes that cover its carved slots; neighbours share one bulk read."""
    join_bytes = context.layout.constant("unit_bytes")
    groups: list[tuple[int, int, list[tuple[Run, int]]]] = []
    for run, size_class in runs:
        end = run.first_slot + run.carved_count * run.stride_bytes
        if groups and run.first_slot - groups[-1][1] <= join_bytes:
            start, _, members = groups[-1]
            groups[-1] = (start, max(end, groups[-1][1]), [*members, (run, size_class)])
        else:
            groups.append((run.first_slot, end, [(run, size_class)]))
    result = []
    for start, end, members in groups:
        data = read_tolerant(context.memory, start, end - start)
        result += [(run, size_class, data) for run, size_class in members]
    return result
