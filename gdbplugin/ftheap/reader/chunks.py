"""The registry: every chunk of address space that the heap took, and the zones in it, found without the list.

C source: heap/heap.h (struct chunk), heap/region.h.
"""

from __future__ import annotations

from ..errors import MemoryUnreadable
from ..records import dataclass, field
from ..typed import NamedTuple
from .context import ADDRESS_END, Context
from .tolerant import read_tolerant

_PAGES_MAX = 1 << 20
_CHUNKS_MAX = 1 << 21


class Place(NamedTuple):
    """Where the registry says that a zone is. ``size_bytes`` bounds it; ``is_large``: one block, else slots."""

    address: int
    size_bytes: int
    is_large: bool


@dataclass
class Registry:
    """``places`` by zone address; ``dirty``: address and size of freed spans; ``readable``: False when it was not."""

    places: dict[int, Place] = field(default_factory=dict)
    dirty: list[tuple[int, int]] = field(default_factory=list)
    chunks: list[tuple[int, int]] = field(default_factory=list)
    readable: bool = True


def read_registry(context: Context) -> Registry:
    """All chunks and the spans of all regions. Broken entries become findings."""
    registry = Registry()
    heap, layout = context.heap, context.layout
    count_max = min(ADDRESS_END // layout.constant("granule_bytes"), _CHUNKS_MAX)
    count = heap.chunk_count
    if count > count_max:
        context.find("broken-registry", heap.chunks, f"the registry says {count} chunks, {count_max} are possible")
        count = 0
        registry.readable = False
    if count == 0 or heap.chunks == 0:
        return registry
    record = context.structs.chunk
    table = read_tolerant(context.memory, heap.chunks, count * record.size_bytes)
    for start, end in table.holes:
        registry.readable = False
        context.unreadable(start, end - start, "the registry")
    none, slots, region, huge = (
        layout.state(f"chunk_kind.{name}") for name in ("none", "slots", "region", "huge")
    )
    for index, chunk in enumerate(record.unpack_all(table.data)):
        if chunk.kind == none:
            continue
        entry = heap.chunks + index * record.size_bytes
        granule = layout.constant("granule_bytes")
        if (
            chunk.kind not in (slots, region, huge)
            or chunk.address == 0
            or chunk.address % min(granule, context.page_bytes)
            or not 0 < chunk.size_bytes <= ADDRESS_END
            or chunk.address + chunk.size_bytes > ADDRESS_END
        ):
            context.find(
                "broken-registry",
                entry,
                f"entry {index} of the registry is absurd: kind {chunk.kind}, "
                f"{chunk.size_bytes} bytes at {chunk.address:#x}",
            )
            continue
        registry.chunks.append((chunk.address, chunk.size_bytes))
        if chunk.kind == region:
            read_region(context, registry, chunk.address, chunk.size_bytes)
        else:
            registry.places[chunk.address] = Place(chunk.address, chunk.size_bytes, chunk.kind == huge)
    return registry


def is_region(context: Context, address: int) -> bool:
    """True when a region's header, with its magic made for this very address, is there."""
    record = context.structs.region
    try:
        region = record.unpack(context.memory.read(address, record.size_bytes))
    except MemoryUnreadable:
        return False
    return region.magic ^ context.layout.constant("region_magic") == address


def read_region(context: Context, registry: Registry, address: int, size_bytes: int) -> None:
    """Adds the zones and the freed spans of the region, ``size_bytes`` long, to ``registry``."""
    record = context.structs.region
    layout = context.layout
    try:
        region = record.unpack(context.memory.read(address, record.size_bytes))
    except MemoryUnreadable:
        context.unreadable(address, record.size_bytes, "a region's header")
        return
    if context.locked_by and region.magic == 0:
        context.find("in-transition", address, f"this region is being made by thread {context.locked_by}")
        return
    page_bytes, page_count, first_page = region.page_bytes, region.page_count, region.first_page
    if (
        region.magic ^ layout.constant("region_magic") != address
        or page_bytes != context.page_bytes
        or page_count * page_bytes > size_bytes
        or not 0 < first_page <= page_count
    ):
        context.find("smashed-region", address, "the header of this region of LARGE zones is written over")
        page_bytes = context.page_bytes
        page_count = min(size_bytes // page_bytes, _PAGES_MAX)
        spans_bytes = record.size_bytes + page_count * context.structs.span.size_bytes
        first_page = -(-spans_bytes // page_bytes)
    table = read_tolerant(context.memory, address + record.size_bytes, page_count * context.structs.span.size_bytes)
    for start, end in table.holes:
        context.unreadable(start, end - start, "a region's page table")
    _read_spans(context, registry, address, page_bytes, first_page, table.data)


def _read_spans(
    context: Context, registry: Registry, address: int, page_bytes: int, first_page: int, table: memoryview
) -> None:
    layout, record = context.layout, context.structs.span
    page_count = len(table) // record.size_bytes
    inner, zone, clean, dirty = (
        layout.state(f"span_kind.{name}") for name in ("inner", "zone", "clean", "dirty")
    )
    page, in_step = first_page, True
    while page < page_count:
        span = record.unpack(table, page * record.size_bytes)
        good = span.kind in (zone, clean, dirty) and 0 < span.pages <= page_count - page
        if not good:
            if in_step and not context.locked_by:
                context.find(
                    "broken-span",
                    address + page * page_bytes,
                    f"page {page} of the region at {address:#x} has no whole span: kind {span.kind}, "
                    f"{span.pages} pages; going on at the next page that has one",
                )
            in_step = False
            page += 1
            continue
        in_step = True
        start, size_bytes = address + page * page_bytes, span.pages * page_bytes
        if span.kind == zone:
            registry.places[start] = Place(start, size_bytes, True)
        elif span.kind == dirty:
            registry.dirty.append((start, size_bytes))
        page += span.pages
