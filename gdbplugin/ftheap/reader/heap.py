"""The whole heap of a target as one Snapshot."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter

from ..errors import MemoryUnreadable, TargetError
from ..layout import ROOT, Layout
from ..model.heap import LARGE_HEAP_BLOCKS, Blocks, Finding, Snapshot, Zone, ZoneType
from ..memory import Memory
from ..progress import Progress
from ..structs import Structs
from ..typed import Any, Callable
from .blocks import RunReader
from .caches import read_caches
from .chunks import Registry, read_registry
from .context import ADDRESS_END, Context
from .debug import read_fills, read_last_fault, read_options
from .large import read_large_zone, read_retired
from .rings import own_ring_ranges, read_history, read_quarantine
from .search import made_up_root, search_zones
from .slots import read_slot_zone
from .traces import read_depot, read_seal
from .zones import Seen, find_zones

_address = attrgetter("address")
Writable = Callable[[], "list[tuple[int, int]]"]


def read_root(memory: Memory, layout: Layout, structs: Structs) -> object:
    """The heap's root structure, decoded. Raises TargetError when it can't be read."""
    address, _ = layout.root("heap")
    try:
        return structs.heap.unpack(memory.read(address, structs.heap.size_bytes))
    except MemoryUnreadable as error:
        raise TargetError(
            f"the root of ftmalloc's heap at {address:#x} cannot be read: start the program, or use a whole core file"
        ) from error


def is_ready(layout: Layout, root: Any) -> bool:
    """False before the process has asked for memory. Memory counts for more than the word that says so."""
    return root.state == layout.state("heap_state.ready") or root.chunk_count > 0


def read_snapshot(
    memory: Memory,
    layout: Layout,
    writable: Writable = list,
    progress: Progress = Progress(),
    around: int | None = None,
    wants_pointers: bool = False,
) -> Snapshot:
    """Walks everything. What is broken or unreadable is in ``findings``; raises TargetError only for the root.

    ``writable`` gives [start, end) of the memory in which zones are searched for, when the heap's books lead nowhere.
    ``around``: an address; of a large heap, only what concerns it need be read. ``wants_pointers``: the blocks' graph
    will be asked for, so that what it is made from is best taken now (Snapshot.pointers).
    """
    structs = Structs(layout)
    context = _begin(memory, layout, structs, writable)
    if not is_ready(layout, context.heap):
        snapshot = Snapshot([], Blocks(), context.findings, structs.header.size_bytes, 0, version=layout.version)
        snapshot.options = read_options(context)
        snapshot.started = False
        return snapshot
    _check_root(context)
    root = context.heap
    registry = read_registry(context)
    if not registry.readable or len(registry.places) < root.zone_count:
        _complete(context, registry, writable)
    blocks = Blocks()
    found = find_zones(context, registry)
    reader = RunReader(context, blocks) if around is not None else _reader_ahead(context, blocks, found, wants_pointers)
    zones = _read_zones(context, found, reader, progress, around)
    if root.zone_count != len(zones) and not context.locked_by:
        context.find(
            "zone-count", None, f"the heap says {root.zone_count} zones, {len(zones)} were found by list and registry"
        )
    caches, cache_ranges = read_caches(context)
    events, event_count = read_history(context) or (None, 0)
    return Snapshot(
        zones,
        blocks,
        context.findings,
        structs.header.size_bytes,
        root.prefix_bytes,
        context.complete,
        read_options(context),
        layout.version,
        own_ranges=_own_ranges(context, registry) + cache_ranges + own_ring_ranges(context),
        retired=read_retired(context, registry.dirty),
        caches=caches,
        locked_by=context.locked_by,
        last_fault=read_last_fault(context),
        traces=read_depot(context),
        fills=read_fills(context),
        trace_seal=read_seal(context),
        waiting=read_quarantine(context, cache_ranges),
        events=events,
        event_count=event_count,
        refused_count=root.refused_count,
        refused_bytes=root.refused_bytes,
        pointers=reader.ahead.pointers if reader.ahead is not None else {},
    )


def _reader_ahead(context: Context, blocks: Blocks, found: list[Seen], wants_pointers: bool) -> RunReader:
    """One that looks ahead, where the kernel was built."""
    reader = RunReader(context, blocks)
    if reader.kernel is not None:
        from .ahead import ReadAhead  # gdb starts sooner without

        reader.ahead = ReadAhead(context, reader, found, wants_pointers)
    return reader


def _begin(memory: Memory, layout: Layout, structs: Structs, writable: Writable) -> Context:
    """With the heap's root; with one made up from the zones that prove themselves, where the heap has lost its own."""
    failure = TargetError("the core file has lost the root of ftmalloc's heap")
    root = None
    if layout.has(ROOT, "heap"):
        try:
            root = read_root(memory, layout, structs)
        except TargetError as error:
            failure = error
    if root is not None and is_ready(layout, root):
        return Context(memory, layout, structs, root)
    made_up = made_up_root(memory, layout, structs, writable())
    if made_up is None:
        if root is None:
            raise failure
        return Context(memory, layout, structs, root)
    context = Context(memory, layout, structs, made_up, complete=False, root_lost=True)
    address = layout.root("heap")[0] if layout.has(ROOT, "heap") else None
    rule, what = ("heap-root-lost", "cannot be read") if root is None else ("smashed-root", "is written over")
    context.find(
        rule, address,
        f"the root of the heap {what}: zones are found by their magic, thread caches and smaller books are not known",
    )
    return context


def _complete(context: Context, registry: Registry, writable: Writable) -> None:
    """Adds the chunks that the registry does not lead to."""
    count = search_zones(context, writable(), registry)
    if count and not context.root_lost and not context.locked_by:
        context.find("unregistered-zone", context.heap.chunks or None,
                     f"{count} chunks are not in the registry: they were found by their magic")


def _own_ranges(context: Context, registry: Registry) -> list[tuple[int, int]]:
    """The allocator's other memory: chunks, the registry itself, the layout table and every root object."""
    layout, table_bytes = context.layout, context.heap.chunk_count * context.structs.chunk.size_bytes
    ranges = [(address, address + size_bytes) for address, size_bytes in registry.chunks]
    if registry.readable and context.heap.chunks:
        ranges.append((context.heap.chunks, context.heap.chunks + table_bytes))
    ranges.append((layout.address, layout.address + layout.size_bytes))
    for name in layout.names(ROOT, ""):
        address, size_bytes = layout.root(name)
        ranges.append((address, address + size_bytes))
    class_map = _class_map(context)
    return ranges if class_map is None else [*ranges, class_map]


def _class_map(context: Context) -> tuple[int, int] | None:
    """The map from addresses to codes, a byte each: large, mostly untouched and in no core file. None when there is
    none, or its pointer makes no sense."""
    if not context.layout.has_part("class map"):
        return None
    roots = map(context.layout.root, ("class_map", "class_map_count"))
    try:
        start, size_bytes = (int.from_bytes(context.memory.read(*root), "little") for root in roots)
    except MemoryUnreadable:
        return None
    return (start, start + size_bytes) if start and start % context.page_bytes == 0 else None


def _check_root(context: Context) -> None:
    """The prefix is needed in every computation: an absurd one counts as none."""
    if context.heap.state != context.layout.state("heap_state.ready"):
        context.find("smashed-root", context.layout.root("heap")[0],
                     f"the heap says state {context.heap.state}, yet it has memory")
    prefix_bytes = context.heap.prefix_bytes
    if prefix_bytes % context.layout.constant("block_granule_bytes") or prefix_bytes > context.page_bytes:
        context.find("smashed-root", context.layout.root("heap")[0], f"the heap says {prefix_bytes} prefix bytes")
        context.heap = context.heap._replace(prefix_bytes=0)


def _read_zones(
    context: Context, found: list[Seen], reader: RunReader, progress: Progress, around: int | None
) -> list[Zone]:
    """Past LARGE_HEAP_BLOCKS, only those that concern the address ``around`` are read, where one is given."""
    zones: list[Zone] = []
    last_near = -1 if around is None else bisect_right(found, around, key=_address) - 1
    for position, seen in enumerate(found):
        progress.report("reading zones", position, len(found))
        if zones and seen.address < zones[-1].end:
            context.find(
                "zone-overlap", seen.address, f"the zone at {seen.address:#x} is inside of the one at "
                f"{zones[-1].address:#x}: left out"
            )
            continue
        limit = found[position + 1].address if position + 1 < len(found) else ADDRESS_END
        _note_zone(context, reader, seen)
        size_bytes = _size(context, seen, limit)
        if around is not None and len(reader.blocks) > LARGE_HEAP_BLOCKS and position not in (last_near - 1, last_near):
            kind = ZoneType.LARGE if _is_large(context, seen) else ZoneType.SMALL
            zones.append(Zone(seen.address, kind, size_bytes, 0, seen.listed, was_read=False))
        elif _is_large(context, seen):
            zones.append(read_large_zone(context, reader, seen, size_bytes))
        else:
            zones.append(read_slot_zone(context, reader, seen, size_bytes))
    return zones


def _note_zone(context: Context, reader: RunReader, seen: Seen) -> None:
    if context.locked_by and seen.header is not None and seen.header.magic == 0:
        context.find(
            "in-transition",
            seen.address,
            f"the zone at {seen.address:#x} is being made or given back by thread {context.locked_by}",
        )
    elif not seen.proved and seen.header is not None:
        context.find(
            "smashed-zone",
            seen.address,
            f"the header of the zone at {seen.address:#x} is written over: its magic is wrong; its blocks are found "
            f"by the registry{reader.suspect_of_zone(seen.address)}",
        )
    if context.locked_by or not seen.proved:
        return
    if not seen.listed:
        context.find("unlisted-zone", seen.address, f"the zone at {seen.address:#x} is in the registry only: "
                     "the zone list does not reach it")
    elif seen.place is None:
        context.find("unregistered-zone", seen.address, f"the zone at {seen.address:#x} is in the list only: "
                     "no chunk of the registry holds it")


def _is_large(context: Context, seen: Seen) -> bool:
    if seen.place is not None:
        return seen.place.is_large
    return seen.header is not None and seen.header.type == context.layout.state("zone_type.large")


def _size(context: Context, seen: Seen, limit: int) -> int:
    """The zone's size: what its header says where that fits, else what the registry says, else up to the next zone."""
    bound = limit - seen.address
    if seen.place is not None:
        bound = min(bound, seen.place.size_bytes)
    elif not _is_large(context, seen):
        bound = min(bound, context.layout.constant("granule_bytes"))
    if not seen.proved:
        return bound if seen.place is not None else min(bound, context.page_bytes)
    size_bytes = seen.header.size_bytes
    if size_bytes % context.page_bytes or not 0 < size_bytes <= bound:
        context.find(
            "bad-zone",
            seen.address,
            f"the zone at {seen.address:#x} says a size of {size_bytes} bytes: "
            f"taken as {bound if seen.place else 'one page'}",
        )
        return bound if seen.place is not None else min(bound, context.page_bytes)
    return size_bytes


def findings_of_target(found: list[tuple[str, int | None, str]]) -> list[Finding]:
    """What the target itself misses, as findings."""
    return [Finding(rule, address, message) for rule, address, message in found]
