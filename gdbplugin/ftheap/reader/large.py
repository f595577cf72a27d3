"""LARGE zones: pages with one block (heap/zone.h)."""

from __future__ import annotations

from ..errors import MemoryUnreadable
from ..layout import ROOT
from ..model.heap import Books, Retired, State, Zone, ZoneType
from ..model.runs import Run
from ..structs import HeaderValues
from .blocks import WRITTEN_FROM_BEHIND, RunReader
from .context import Context
from .tolerant import read_tolerant
from .zones import Seen

_SEARCH_BYTES = 64 << 10


def read_large_zone(context: Context, reader: RunReader, seen: Seen, size_bytes: int) -> Zone:
    """The zone with its one block."""
    header = context.structs.header
    zone = Zone(seen.address, ZoneType.LARGE, size_bytes, 0, seen.listed)
    first_block = 0
    if seen.proved:
        zone.guarded = bool(seen.header.flags & context.layout.state("zone_flag.guarded"))
        zone.max_contiguous_free_bytes = seen.header.max_contiguous_free_bytes
        first_block = seen.header.first_block
        zone.books = Books(seen.header.next, seen.header.previous, first_block)
    elif seen.header is not None:
        first_block = seen.header.first_block
    zone.first_index = zone.end_index = len(reader.blocks)
    if context.locked_by and seen.header is not None and seen.header.magic == 0:
        return zone  # being made on pages that hold an older zone's bytes, or being given back
    earliest = seen.address + context.layout.size("zone") + context.heap.prefix_bytes
    latest = zone.end - header.size_bytes
    plausible = earliest <= first_block <= latest and first_block % header.granule_bytes == 0
    values = _first_header(context, seen, first_block) if plausible else None
    if values is None or values.address != first_block + header.size_bytes:
        found = _search(context, earliest, min(latest, seen.address + _SEARCH_BYTES))
        if found is not None:
            first_block, values, plausible = found[0], found[1], True
    if not plausible:
        if not (seen.header is None or (first_block == 0 and context.locked_by)):
            context.find(
                "smashed-header",
                seen.address,
                f"the block of the LARGE zone at {seen.address:#x} is not found: the zone says its header "
                f"is at {first_block:#x}{reader.suspect_of_zone(seen.address)}",
            )
        return zone
    _append(context, reader, zone, first_block, values)
    return zone


def _append(context: Context, reader: RunReader, zone: Zone, block: int, values: HeaderValues | None) -> None:
    header, blocks, row = context.structs.header, reader.blocks, len(reader.blocks)
    payload = block + header.size_bytes
    end = zone.end - context.page_bytes if zone.guarded else zone.end  # the last page is out of reach then
    capacity = max(end - payload, 0)
    state, size_bytes = State.CORRUPTED, 0
    if values is None:
        state = State.UNREADABLE
        context.unreadable(block, header.size_bytes, f"the header of the LARGE block at {payload:#x}")
    elif values.address == payload and values.state in reader.states.of_large:
        state, size_bytes = reader.states.of_large[values.state], values.size_bytes
    elif values.size_bytes <= capacity:
        size_bytes = values.size_bytes
    first_slot = block - context.heap.prefix_bytes
    slot_end = max(end, payload + header.granule_bytes)  # a guarded block of no bytes begins where its pages end
    zone.runs.append(Run(zone.address, zone.end, first_slot, max(slot_end - first_slot, 0), 1, 1, row, capacity))
    blocks.addresses.append(payload)
    blocks.sizes.append(min(size_bytes, capacity))
    blocks.states.append(state)
    if values is not None and state == State.LIVE and values.is_ignored:
        blocks.ignored.append(row)
    if reader.traces:
        reader.traces.read_one(context, first_slot)
    zone.end_index = row + 1
    if values is not None and state == State.CORRUPTED:
        context.find(
            "smashed-header",
            payload,
            f"the header of the LARGE block at {payload:#x} is written over: it reads address {values.address:#x}, "
            f"state {values.state}, {values.size_bytes} bytes{reader.suspect_of_zone(zone.address)}",
        )
    elif size_bytes > capacity:
        context.find(
            "bad-size",
            payload,
            f"the LARGE block at {payload:#x} says {size_bytes} bytes, its zone has room for {capacity}"
            f"{WRITTEN_FROM_BEHIND}",
        )
    elif values is not None and values.next_bytes:
        context.find(
            "bad-extent",
            payload,
            f"the LARGE block at {payload:#x} says that another header is {values.next_bytes} bytes further, where its "
            f"zone holds no other{WRITTEN_FROM_BEHIND}",
        )


def _first_header(context: Context, seen: Seen, address: int) -> HeaderValues | None:
    """Where it was not read with the zone's own, it is now."""
    header, offset = context.structs.header, address - seen.address
    if offset + header.size_bytes <= len(seen.data):
        return header.values(seen.data, offset)
    return _header_at(context, address)


def _header_at(context: Context, address: int) -> HeaderValues | None:
    header = context.structs.header
    try:
        return header.values(context.memory.read(address, header.size_bytes))
    except MemoryUnreadable:
        return None


def _search(context: Context, start: int, end: int) -> tuple[int, HeaderValues] | None:
    """The first header in ``[start, end]`` that proves itself, for a zone that has lost its own pointer to it."""
    header = context.structs.header
    step = header.granule_bytes
    start = -(-start // step) * step
    data = read_tolerant(context.memory, start, end + header.size_bytes - start)
    for offset in range(0, len(data.data) - header.size_bytes + 1, step):
        values = header.values(data.data, offset)
        if values.address == start + offset + header.size_bytes:
            return start + offset, values
    return None


def read_retired(context: Context, dirty: list[tuple[int, int]]) -> list[Retired]:
    """LARGE blocks freed lately, newest first: the heap's ring, then what freed pages still show."""
    record = context.structs.retired
    offset, size_bytes = context.layout.field("heap.retired")
    entries: list[Retired] = []
    if context.layout.has(ROOT, "heap"):
        table = read_tolerant(context.memory, context.layout.root("heap")[0] + offset, size_bytes)
        entries = [Retired(entry.payload, entry.size_bytes) for entry in record.unpack_all(table.data)]
    if entries:
        newest = context.heap.retired_next % len(entries)
        entries = entries[newest:] + entries[:newest]
    retired = [entry for entry in reversed(entries) if entry.address]
    known = {entry.address for entry in retired}
    for start, _ in dirty:
        found = _freed_block(context, start)
        if found is not None and found.address not in known:
            retired.append(found)
    return retired


def _freed_block(context: Context, zone: int) -> Retired | None:
    try:
        header = context.structs.zone.unpack(context.memory.read(zone, context.structs.zone.size_bytes))
    except MemoryUnreadable:
        return None
    block = header.first_block
    if not zone < block < zone + _SEARCH_BYTES:
        return None
    values = _header_at(context, block)
    if values is None or values.address != block + context.structs.header.size_bytes:
        return None
    return Retired(values.address, values.size_bytes)
