"""TINY and SMALL zones: a table of runs in the zone's header, slots at a fixed stride behind it (heap/zone.h)."""

from __future__ import annotations

from operator import attrgetter

from ..model.heap import Books, Zone, ZoneType
from ..model.runs import Run, Runs
from ..typed import Any, NamedTuple
from .blocks import RunReader
from .by_kernel import SlotKernel
from .context import Context
from .recovery import recover_runs
from .tolerant import Bytes, read_tolerant
from .zones import Seen


def read_slot_zone(context: Context, reader: RunReader, seen: Seen, size_bytes: int) -> Zone:
    """The zone with its runs; rows for its blocks are appended to the reader's columns."""
    layout = context.layout
    books = read_tolerant(context.memory, seen.address, layout.size("slot_zone"))
    for start, end in books.holes:
        context.unreadable(start, end - start, f"the header of the zone at {seen.address:#x}")
    unit_bytes = layout.constant("unit_bytes")
    units_offset, units_bytes = layout.field("slot_zone.free_units")
    free_units = int.from_bytes(books.data[units_offset : units_offset + units_bytes], "little")
    zone = Zone(seen.address, ZoneType.TINY, size_bytes, 0, seen.listed, False)
    zone.first_index = len(reader.blocks)
    zone.runs = _bitmaps(context, books)
    if books.holes or reader.ahead is None or not reader.ahead.take(zone, zone.runs):
        zone.runs = read_table(context, reader.kernel, books, zone)
        reader.read_runs(zone.runs, f"the zone at {seen.address:#x}")
    zone.end_index = len(reader.blocks)
    zone.type = _type(context, seen, zone)
    if seen.proved:
        header = seen.header
        zone.max_contiguous_free_bytes = header.max_contiguous_free_bytes
        zone.books = Books(
            header.next,
            header.previous,
            header.first_block,
            free_units if not books.holes else 0,
            unit_bytes if not books.holes else 0,
            layout.constant("unit_count"),
            layout.constant("slot_zone_header_bytes"),
        )
    return zone


def read_table(context: Context, by_kernel: SlotKernel | None, books: Bytes, zone: Zone) -> Runs:
    """The runs that the zone's header describes. ``by_kernel``: does it where all is well."""
    layout = context.layout
    found = _bitmaps(context, books)
    form = TableForm.of(context)
    table_offset, table_bytes = layout.field("slot_zone.runs")
    unit_count = min(table_bytes // context.structs.run.size_bytes, form.unit_count, zone.size_bytes // form.unit_bytes)
    table = books.data[table_offset : table_offset + unit_count * context.structs.run.size_bytes]
    if by_kernel is not None and not books.holes and by_kernel.take_table(form, zone, table, found):
        return found
    runs, bad_units = _runs(context, form, books, zone.address, table, zone.first_index)
    if bad_units:
        runs += recover_runs(context, zone.address, zone.size_bytes, bad_units, runs)
        runs = _numbered(sorted(runs, key=attrgetter("first_slot")), zone.first_index)
    for run in runs:
        found.append(run)
    return found


def _bitmaps(context: Context, books: Bytes) -> Runs:
    """No runs yet."""
    bits_offset, bits_bytes = context.layout.field("slot_zone.free_bits")
    bitmaps = bytes(books.data[bits_offset : bits_offset + bits_bytes])
    return Runs((), bitmaps, bits_bytes // context.layout.constant("unit_count"))


def _numbered(runs: list[Run], row: int) -> list[Run]:
    """The runs with the rows of their blocks counted from ``row`` on."""
    numbered = []
    for run in runs:
        numbered.append(run._replace(first_index=row))
        row += run.carved_count
    return numbered


def _type(context: Context, seen: Seen, zone: Zone) -> ZoneType:
    """The header's word when it is proved, else what the sizes of the slots say."""
    if seen.proved:
        if seen.header.type == context.layout.state("zone_type.tiny"):
            return ZoneType.TINY
        if seen.header.type == context.layout.state("zone_type.small"):
            return ZoneType.SMALL
        context.find("bad-zone", zone.address, f"the zone at {zone.address:#x} has the unknown type {seen.header.type}")
    capacity = max(zone.runs.column("capacity_bytes"), default=0)
    return ZoneType.TINY if capacity <= context.layout.constant("tiny_max_bytes") else ZoneType.SMALL


class TableForm(NamedTuple):
    """What the layout says of run tables, looked up once per zone."""

    unit_bytes: int
    unit_count: int
    header_bytes: int  # at the zone's start, no run's
    granule_bytes: int
    overhead_bytes: int  # of a slot, in front of its payload
    lead: int
    none: int

    @staticmethod
    def of(context: Context) -> TableForm:
        layout, header = context.layout, context.structs.header
        return TableForm(  # type: ignore[call-arg]  # five of them by map
            *map(layout.constant, ("unit_bytes", "unit_count", "slot_zone_header_bytes")),
            header.granule_bytes,
            context.heap.prefix_bytes + header.size_bytes,
            *map(layout.state, ("run_state.lead", "run_state.none")),
        )


def _runs(
    context: Context, form: TableForm, books: Bytes, zone: int, data: memoryview, row: int
) -> tuple[list[Run], list[int]]:
    """Runs whose geometry holds; and the units whose descriptor makes no sense. ``data``: the table; ``row``: the
    first of their blocks'."""
    record, table_offset = context.structs.run, context.layout.offset("slot_zone.runs")
    table = list(record.unpack_all(data))
    unit_count = len(table)
    runs: list[Run] = []
    bad_units: list[int] = []
    unit = 0
    while unit < unit_count:
        described = table[unit]
        readable = not books.holes or books.has(zone + table_offset + unit * record.size_bytes, record.size_bytes)
        if readable and described.state == form.lead:
            run = _run(form, described, zone, unit, unit_count, row)
            if run is not None:
                runs.append(run)
                row += run.carved_count
                unit += described.unit_count
                continue
        if not readable or described.state != form.none:
            bad_units.append(unit)
            if readable and not context.locked_by:
                context.find(
                    "smashed-run",
                    zone + table_offset + unit * record.size_bytes,
                    f"the description of unit {unit} of the zone at {zone:#x} makes no sense (state {described.state}, "
                    f"{described.slot_count} slots of {described.stride_bytes} bytes): going on by the headers "
                    "that prove themselves",
                )
        unit += 1
    return runs, bad_units


def _run(form: TableForm, described: Any, zone: int, unit: int, unit_count: int, row: int) -> Run | None:
    """The run that a lead unit describes, its blocks from ``row`` on; None when it does not fit its own units."""
    stride, slot_count = described.stride_bytes, described.slot_count
    start = zone + unit * form.unit_bytes
    end = start + described.unit_count * form.unit_bytes
    first_slot = zone + described.first_slot_offset
    earliest = max(start, zone + form.header_bytes)
    if (
        not 1 <= described.unit_count <= unit_count - unit
        or described.lead_unit != unit
        or stride <= form.overhead_bytes
        or stride % form.granule_bytes
        or first_slot < earliest
        or first_slot % form.granule_bytes
        or first_slot + slot_count * stride > end
        or described.carved_count > slot_count
    ):
        return None
    return Run(
        start, end, first_slot, stride, slot_count, described.carved_count, row, stride - form.overhead_bytes,
        described.free_count, unit + 1,
    )
