"""Which zones there are: the union of the doubly linked list and of the registry.

A zone counts when its magic, made for its own address, is there, or when the registry names it. So a broken link
costs nothing but a finding, and a smashed zone header is still walked by what the registry knows of it.
"""

from __future__ import annotations

from ..errors import MemoryUnreadable
from ..records import dataclass
from ..typed import Any
from .chunks import Place, Registry
from .context import ADDRESS_END, Context

_ZONES_MAX = 1 << 20
_ALIGNMENT_BYTES = 64  # that a zone may leave free behind its header, so that its block is aligned


@dataclass
class Seen:
    """A zone to read. ``header`` is None when it can't be read, ``proved`` False when its magic is wrong. ``data``: the
    zone's first bytes, with the block's header that stands behind its own, if they could be read together."""

    address: int
    header: Any
    proved: bool
    listed: bool
    place: Place | None
    data: memoryview | bytes = b""


def find_zones(context: Context, registry: Registry) -> list[Seen]:
    """All zones by address."""
    seen = _walk_list(context, registry)
    for address, place in registry.places.items():
        known = seen.get(address)
        if known is not None:
            known.place = place
            continue
        header, data = _read_header(context, address)
        if header is None and place.is_large and context.locked_by:
            context.find(
                "in-transition",
                address,
                f"the pages of the zone at {address:#x} are away: thread {context.locked_by} was moving them",
            )
            continue
        proved = header is not None and context.is_zone_header(header, address)
        seen[address] = Seen(address, header, proved, False, place, data)
        if header is None:
            context.unreadable(address, context.structs.zone.size_bytes, "a zone's header")
    return [seen[address] for address in sorted(seen)]


def _read_header(context: Context, address: int) -> tuple[Any, memoryview | bytes]:
    record = context.structs.zone
    block_bytes = _ALIGNMENT_BYTES + context.heap.prefix_bytes + context.structs.header.size_bytes
    for size_bytes in (record.size_bytes + block_bytes, record.size_bytes):
        try:
            data = context.memory.read(address, size_bytes)
        except MemoryUnreadable:
            continue
        return record.unpack(data), data
    return None, b""


def _walk_list(context: Context, registry: Registry) -> dict[int, Seen]:
    """Follows ``next`` from heap.first_zone until the end, a cycle, or a link that leads to no zone."""
    seen: dict[int, Seen] = {}
    from_address, address = 0, context.heap.first_zone
    while address and len(seen) < _ZONES_MAX:
        if address in seen:
            _broken(context, from_address, f"leads back to the zone at {address:#x}, which closes a cycle")
            break
        header, data = _read_header(context, address) if address < ADDRESS_END else (None, b"")
        proved = header is not None and context.is_zone_header(header, address)
        if not proved and address not in registry.places:
            _broken(context, from_address, f"leads to {address:#x}, where no zone is")
            break
        if header is None:
            context.unreadable(address, context.structs.zone.size_bytes, "a zone's header")
        if header is not None and proved and header.previous != from_address:
            _broken(
                context,
                address,
                f"goes back to {header.previous:#x}, not to the zone in front of it, {from_address:#x}",
                "previous",
            )
        seen[address] = Seen(address, header, proved, True, None, data)
        if header is None or not proved and not _plausible_link(registry, header):
            break
        from_address, address = address, header.next
    return seen


def _plausible_link(registry: Registry, header: Any) -> bool:
    """Whether the link of a zone whose magic is wrong can be followed."""
    return header.next == 0 or header.next in registry.places


def _broken(context: Context, address: int, what: str, link: str = "next") -> None:
    holder = f"the {link} link of the zone at {address:#x}" if address else "the heap's link to its first zone"
    if context.locked_by:
        context.find(
            "in-transition",
            address or None,
            f"{holder} {what}; thread {context.locked_by} was at work on the list, so this can be no fault",
        )
    else:
        context.find("broken-link", address or None, f"{holder} {what}; the walk goes on by the registry of chunks")
