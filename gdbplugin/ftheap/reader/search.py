"""Zones found by their magic alone: the third witness, for when neither the list nor the registry leads to them.

Chunks begin at multiples of the granule, and zones and regions carry a magic made for their own address: so a look
at the first bytes of each granule of writable memory finds every chunk that is left.
"""

from __future__ import annotations

from collections import Counter

from ..errors import MemoryUnreadable
from ..layout import Layout
from ..memory import Memory
from ..structs import Structs
from ..typed import Any, Iterable
from .chunks import Place, Registry, is_region, read_region
from .context import Context
from .tolerant import read_tolerant

_LOOKS_MAX = 1 << 20
_PROBED_ZONES_MAX = 64
_SMALLEST_PAGE_BYTES = 4096


def search_zones(context: Context, ranges: Iterable[tuple[int, int]], known: Registry) -> int:
    """Adds to ``known`` the chunks that it lacks and that begin in ``ranges``, [start, end) each; says how many."""
    found = 0
    covered = {address for address, _ in known.chunks} | set(known.places)
    for address, end in _granules(context.layout, ranges):
        if address in covered:
            continue
        if is_region(context, address):
            read_region(context, known, address, _region_bytes(context, address, end))
        else:
            zone = _zone_at(context, address)
            if zone is None:
                continue
            is_large = zone.type == context.layout.state("zone_type.large")
            granule = context.layout.constant("granule_bytes")
            size_bytes = end - address if is_large else min(granule, end - address)
            known.places[address] = Place(address, size_bytes, is_large)
            known.chunks.append((address, size_bytes))
        found += 1
    return found


def made_up_root(memory: Memory, layout: Layout, structs: Structs, ranges: list[tuple[int, int]]) -> Any:
    """A root for a heap that has lost its own: no registry, the list from the zone that has none in front of it, the
    prefix that the blocks show. None when ``ranges`` hold no zone."""
    root = structs.heap.unpack(bytes(structs.heap.size_bytes))
    root = root._replace(state=layout.state("heap_state.ready"), page_bytes=_SMALLEST_PAGE_BYTES)
    context = Context(memory, layout, structs, root)
    registry = Registry()
    if not search_zones(context, ranges, registry):
        return None
    first = next((address for address in registry.places if _is_first(context, address)), 0)
    return root._replace(
        prefix_bytes=_prefix_of(context, registry), first_zone=first, zone_count=len(registry.places)
    )


def _is_first(context: Context, address: int) -> bool:
    zone = _zone_at(context, address)
    return zone is not None and zone.previous == 0


def _granules(layout: Layout, ranges: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Every multiple of the granule in ``ranges``, with the end of its range; bounded."""
    granule, looks = layout.constant("granule_bytes"), 0
    for start, end in ranges:
        for address in range(-(-start // granule) * granule, end, granule):
            looks += 1
            if looks > _LOOKS_MAX:
                return
            yield address, end


def _zone_at(context: Context, address: int) -> Any:
    record = context.structs.zone
    try:
        zone = record.unpack(context.memory.read(address, record.size_bytes))
    except MemoryUnreadable:
        return None
    return zone if context.is_zone_header(zone, address) else None


def _region_bytes(context: Context, address: int, end: int) -> int:
    region = context.structs.region.unpack(context.memory.read(address, context.structs.region.size_bytes))
    return min(region.page_count * region.page_bytes, end - address)


def _prefix_of(context: Context, registry: Registry) -> int:
    """The bytes in front of each header, as most TINY and SMALL zones show: from the first slot to the first block."""
    seen: Counter[int] = Counter()
    slot_zones = [place for place in registry.places.values() if not place.is_large]
    for place in slot_zones[:_PROBED_ZONES_MAX]:
        zone, first_slot = _zone_at(context, place.address), _first_slot(context, place)
        if zone is not None and first_slot is not None and 0 <= zone.first_block - first_slot <= context.page_bytes:
            seen[zone.first_block - first_slot] += 1
    return max(seen, key=lambda prefix_bytes: seen[prefix_bytes], default=0)


def _first_slot(context: Context, place: Place) -> int | None:
    record, (offset, size_bytes) = context.structs.run, context.layout.field("slot_zone.runs")
    lead = context.layout.state("run_state.lead")
    table = read_tolerant(context.memory, place.address + offset, size_bytes)
    run = next((run for run in record.unpack_all(table.data) if run.state == lead), None)
    return place.address + run.first_slot_offset if run is not None else None
