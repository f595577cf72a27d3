"""info: what there is to read, and what could not be read."""

from __future__ import annotations

from .. import kernel
from ..model.heap import Snapshot, ZoneType
from ..typed import Any, Iterator
from . import text
from .listing import live_figures
from .style import Style


def by_type(snapshot: Snapshot) -> dict[ZoneType, dict[str, int]]:
    """Figures of all zones of each type."""
    figures = {member: {"zones": 0, "size_bytes": 0, "live_count": 0, "live_bytes": 0} for member in ZoneType}
    for zone in snapshot.zones:
        count, live_bytes = live_figures(snapshot, zone)
        row = figures[zone.type]
        row["zones"] += 1
        row["size_bytes"] += zone.size_bytes
        row["live_count"] += count
        row["live_bytes"] += live_bytes
    return figures


def lines(description: str, snapshot: Snapshot, style: Style) -> Iterator[str]:
    """A line for each fact, then the zones by type, then what is wrong."""
    yield f"target    {text.shorten(description, text.WIDTH - 10)}"
    yield f"library   ftmalloc {snapshot.version}"
    switches = ", ".join(
        name if value == "1" else f"{name}={_short(value)}" for name, value in snapshot.options.items()
    )
    yield from text.wrap(f"switches  {switches or 'none is on'}", indent=" " * 10)
    yield from text.wrap(f"kernel    {text.ascii_only(kernel.status())}", indent=" " * 10)
    owners = [cache.thread_id for cache in snapshot.caches if cache.thread_id]
    idle = len(snapshot.caches) - len(owners)
    caches = f"caches    {text.plural(len(owners), 'thread')}"
    yield caches + (f", {idle} left by threads that ended" if idle else "")
    if snapshot.locked_by:
        yield f"locked    thread {snapshot.locked_by} was at work on the list of zones"
    if snapshot.refused_count:
        last = f"the last one for {snapshot.refused_bytes} bytes"
        yield from text.wrap(
            f"refused   {text.plural(snapshot.refused_count, 'request')}, {last}", indent=" " * 10
        )
    yield from _last_fault(snapshot)
    if not snapshot.started:
        yield "zones     none: the process has not asked for memory yet"
    else:
        yield ""
        rows = [
            (member.name, str(row["zones"]), text.size(row["size_bytes"]), str(row["live_count"]),
             text.size(row["live_bytes"]))
            for member, row in by_type(snapshot).items()
        ]
        yield from text.table(style, ("zones", "count", "size", "live blocks", "live bytes"), rows, left=(0,))
    if snapshot.findings:
        yield ""
        yield from text.findings(style, snapshot.findings)
    if not snapshot.complete:
        yield style.warning("parts of the heap could not be read: the figures are of what could")


def _short(value: str) -> str:
    """``64M`` as it may be given, for 67108864."""
    number = int(value) if value.isdigit() else 0
    return f"{number >> 20}M" if number and number % (1 << 20) == 0 else value


def _last_fault(snapshot: Snapshot) -> Iterator[str]:
    fault = snapshot.last_fault
    if fault is not None:
        number = f"number {fault.sequence}" if fault.sequence > 1 else "the only one"
        yield from text.wrap(
            f"report    {fault.kind} at {text.address(fault.address)}, {number}: {fault.evidence}", indent=" " * 10
        )


def _fault_document(snapshot: Snapshot) -> dict[str, Any] | None:
    fault = snapshot.last_fault
    if fault is None:
        return None
    return {
        "fault": fault.kind,
        "access": fault.access,
        "address": text.address(fault.address),
        "block_address": text.address_or_none(fault.block_address),
        "sequence": fault.sequence,
        "evidence": text.ascii_only(fault.evidence),
    }


def document(description: str, snapshot: Snapshot) -> dict[str, Any]:
    """The JSON form."""
    return {
        "target": description,
        "version": snapshot.version,
        "started": snapshot.started,
        "complete": snapshot.complete,
        "options": snapshot.options,
        "kernel": text.ascii_only(kernel.status()),
        "zones": {member.name: row for member, row in by_type(snapshot).items()},
        "caches": [
            {"address": text.address(cache.address), "thread_id": cache.thread_id or None} for cache in snapshot.caches
        ],
        "last_fault": _fault_document(snapshot),
        "refused": {"count": snapshot.refused_count, "last_bytes": snapshot.refused_bytes},
        "locked_by": snapshot.locked_by or None,
        "findings": text.findings_document(snapshot.findings),
    }
