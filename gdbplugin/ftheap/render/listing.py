"""show-alloc-mem: zones by type and address, a line for each block, one total. The form is the C function's."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from operator import add
from typing import Any, Callable, Iterator

from ..model.heap import Snapshot, State, Trace, Zone, ZoneType
from ..target import Frame
from . import text
from .stacks import stack_document, stack_lines
from .style import Style

Frames = Callable[[Trace], list[Frame]]

_PLAIN_ROW = "0x%X - 0x%X : %d bytes"  # a million of them in one go
_IS_LIVE = bytes(state == State.LIVE for state in range(256))
FREED_STATES = frozenset({State.FREED, State.QUARANTINED})
ALL_STATES = frozenset(State) - {State.UNUSED}


@dataclass(frozen=True)
class Selection:
    """What to list. ``type`` None: all zones; ``limit`` None: all blocks; ``states`` besides live ones."""

    type: ZoneType | None = None
    states: frozenset[State] = frozenset()
    limit: int | None = None
    summary: bool = False
    stacks: bool = False

    def rows(self, snapshot: Snapshot, zone: Zone) -> Iterator[int]:
        """The zone's block rows to list."""
        wanted = bytes(state == State.LIVE or state in self.states for state in range(256))
        chosen = snapshot.blocks.states[zone.first_index : zone.end_index].translate(wanted)
        return compress(range(zone.first_index, zone.end_index), chosen)

    def zones(self, snapshot: Snapshot) -> list[Zone]:
        """Zones by type, then by address."""
        chosen = [zone for zone in snapshot.zones if self.type is None or zone.type == self.type]
        return sorted(chosen, key=lambda zone: (zone.type, zone.address))


def live_figures(snapshot: Snapshot, zone: Zone) -> tuple[int, int]:
    """Count and bytes of a zone's live blocks."""
    sizes = memoryview(snapshot.blocks.sizes)[zone.first_index : zone.end_index]
    live = list(compress(sizes, snapshot.blocks.states[zone.first_index : zone.end_index].translate(_IS_LIVE)))
    return len(live), sum(live)


def lines(snapshot: Snapshot, selection: Selection, style: Style, frames: Frames) -> Iterator[str]:
    """The listing. Blocks that are not live carry their state at the end of the line and don't count.

    ``frames`` symbolises a recorded stack.
    """
    left = selection.limit
    hidden = total_bytes = 0
    for zone in selection.zones(snapshot):
        count, live_bytes = live_figures(snapshot, zone)
        total_bytes += live_bytes
        rows = list(selection.rows(snapshot, zone))
        if not rows:
            continue
        suffix = f" ({text.plural(count, 'block')}, {live_bytes} bytes)" if selection.summary else ""
        shown = rows if left is None else rows[:left]
        if selection.summary:
            shown = []
        else:
            hidden += len(rows) - len(shown)
        if shown or selection.summary:
            yield style.heading(f"{zone.type.name} : 0x{zone.address:X}") + suffix
        yield from _blocks(snapshot, shown, style, frames if selection.stacks else None, not selection.states)
        if left is not None:
            left -= len(shown)
    if hidden:
        yield style.dim(f"... and {text.plural(hidden, 'block')} more (-limit {selection.limit})")
    yield f"Total : {total_bytes} bytes"
    if snapshot.findings:
        yield from text.findings(style, snapshot.findings)


def _blocks(
    snapshot: Snapshot, rows: list[int], style: Style, frames: Frames | None, live_only: bool
) -> Iterator[str]:
    addresses, sizes, states = snapshot.blocks.addresses, snapshot.blocks.sizes, snapshot.blocks.states
    if not style.enabled and frames is None and live_only:
        starts, lengths = list(map(addresses.__getitem__, rows)), list(map(sizes.__getitem__, rows))
        yield from map(_PLAIN_ROW.__mod__, zip(starts, map(add, starts, lengths), lengths))
        return
    for row in rows:
        address, size_bytes = addresses[row], sizes[row]
        line = f"0x{address:X} - 0x{address + size_bytes:X} : {size_bytes} bytes"
        if style.enabled:
            line = f"{style.address(f'0x{address:X}')} - {style.address(f'0x{address + size_bytes:X}')} : " \
                   f"{style.number(str(size_bytes))} bytes"
        if states[row] != State.LIVE:
            line += ", " + style.state(text.STATE_NAMES[State(states[row])], State(states[row]))
        yield line
        if frames is not None:
            yield from _stacks(snapshot, row, style, frames)


def _stacks(snapshot: Snapshot, row: int, style: Style, frames: Frames) -> Iterator[str]:
    for title, trace in (("allocated", snapshot.allocation_trace(row)), ("freed", snapshot.free_trace(row))):
        if trace is not None:
            yield f"  {title} by thread {trace.thread_id}:" if trace.thread_id else f"  {title}:"
            yield from stack_lines(frames(trace), style)


def document(snapshot: Snapshot, selection: Selection, frames: Frames) -> dict[str, Any]:
    """The JSON form. ``total_count`` and ``total_bytes`` are of all live blocks of the zones that were asked for."""
    zones, total_bytes, total_count = [], 0, 0
    left = selection.limit
    for zone in selection.zones(snapshot):
        count, live_bytes = live_figures(snapshot, zone)
        total_count += count
        total_bytes += live_bytes
        rows = [] if selection.summary else list(selection.rows(snapshot, zone))
        if left is not None:
            rows = rows[:left]
            left -= len(rows)
        zones.append(zone_document(zone) | {
            "live_count": count,
            "live_bytes": live_bytes,
            "blocks": [_block_document(snapshot, row, frames) for row in rows],
        })
    return {
        "zones": zones,
        "total_bytes": total_bytes,
        "total_count": total_count,
        "findings": text.findings_document(snapshot.findings),
    }


def zone_document(zone: Zone) -> dict[str, Any]:
    """What JSON says of a zone itself."""
    return {
        "address": text.address(zone.address),
        "type": zone.type.name,
        "size_bytes": zone.size_bytes,
        "max_contiguous_free_bytes": zone.max_contiguous_free_bytes,
    }


def _block_document(snapshot: Snapshot, row: int, frames: Frames) -> dict[str, Any]:
    allocated, freed = snapshot.allocation_trace(row), snapshot.free_trace(row)
    return {
        "address": text.address(snapshot.blocks.addresses[row]),
        "size_bytes": snapshot.blocks.sizes[row],
        "state": text.STATE_NAMES[State(snapshot.blocks.states[row])],
        "allocated_at": stack_document(frames(allocated)) if allocated else None,
        "freed_at": stack_document(frames(freed)) if freed else None,
    }
