"""zone-map: memory drawn to scale, one letter for each cell. The letters carry the meaning; colour only adds."""

from __future__ import annotations

from ..model.heap import Snapshot, State, Zone
from ..model.runs import Run
from ..typed import Any, Iterator, NamedTuple
from . import text
from .listing import live_figures, zone_document
from .style import Style

CELLS = 64
SUMMARY_CELLS = 46
ROWS_OF_A_ZONE = 16
ROWS_OF_A_ZOOM = 32
ZONES_DRAWN_WHOLE = 4
SUMMARY_ROWS = 40
# Slots up to this many in a cell are measured by the byte, more are counted by state.
_EXACT_SLOTS = 4
_HEADER, _NEVER, _OUTSIDE = "H", ".", " "
LETTERS = {
    State.LIVE: "L",
    State.FREED: "f",
    State.QUARANTINED: "q",
    State.UNUSED: _NEVER,
    State.CHANGING: "t",
    State.CORRUPTED: "X",
    State.UNREADABLE: "?",
}
LEGEND = {
    _HEADER: "header of a zone or block",
    "L": "live",
    "l": "live, partly freed",
    "f": "freed",
    "q": "quarantined",
    _NEVER: "never used or free unit",
    "t": "in transition",
    "X": "corrupted",
    "?": "unreadable",
}
_COUNTED = [(int(state), letter) for state, letter in LETTERS.items()]
_STATES = {letter: state for state, letter in LETTERS.items()} | {"l": State.LIVE}
# From this share of a cell on, freed blocks among live ones show.
_PARTLY_FREED = 1 / 8
# These show however small their share of a cell is: they are what one looks for.
_URGENT = "X?t"


class View(NamedTuple):
    """A range to draw: ``[start, end)``."""

    start: int
    end: int


def cells(snapshot: Snapshot, start: int, end: int, cell_bytes: int) -> str:
    """A letter for each ``cell_bytes`` of the range: what most of its bytes are, unless something in it is urgent."""
    drawn = []
    for cell in range(start, end, cell_bytes):
        shares = _shares(snapshot, cell, min(cell + cell_bytes, end))
        urgent = [letter for letter in _URGENT if shares.get(letter)]
        letter = urgent[0] if urgent else max(shares, key=lambda letter: shares[letter], default=_OUTSIDE)
        if letter == "L" and shares.get("f", 0) + shares.get("q", 0) > _PARTLY_FREED * sum(shares.values()):
            letter = "l"
        drawn.append(letter)
    return "".join(drawn)


def _shares(snapshot: Snapshot, start: int, end: int) -> dict[str, int]:
    """Bytes of ``[start, end)`` by letter; empty outside of all zones."""
    shares: dict[str, int] = {}
    zone = snapshot.zone_at(start) or snapshot.zone_at(end - 1)
    if zone is None:
        return shares
    start, end = max(start, zone.address), min(end, zone.end)
    first_slot = zone.runs[0].first_slot if zone.runs else zone.end
    rest = end - start
    for run in zone.runs.between(start, end):
        rest -= _add_run(snapshot, run, start, end, shares)
    is_header = start < first_slot and zone.books is not None
    letter = _HEADER if is_header else "X" if zone.books is None and not zone.runs else _NEVER
    if rest > 0:
        shares[letter] = shares.get(letter, 0) + rest
    return shares


def _add_run(snapshot: Snapshot, run: Run, start: int, end: int, shares: dict[str, int]) -> int:
    """Adds what the run's carved slots have in the range; returns how many bytes that were."""
    stride, states = run.stride_bytes, snapshot.blocks.states
    first = max((start - run.first_slot) // stride, 0)
    last = min(-(-(end - run.first_slot) // stride), run.carved_count)
    if first >= last:
        return 0
    covered = min(end, run.first_slot + last * stride) - max(start, run.first_slot + first * stride)
    if last - first > _EXACT_SLOTS:
        left = last - first
        for state, letter in _COUNTED:
            count = states.count(state, run.first_index + first, run.first_index + last)
            if count:
                shares[letter] = shares.get(letter, 0) + covered * count // (last - first)
                left -= count
                if not left:
                    break
        return covered
    for slot in range(first, last):
        row, slot_start = run.first_index + slot, run.first_slot + slot * stride
        letter = LETTERS[State(states[row])]
        payload = snapshot.blocks.addresses[row]
        head = letter if letter in _URGENT else _HEADER
        for piece, a, b in ((head, slot_start, payload), (letter, payload, slot_start + stride)):
            size_bytes = min(b, end) - max(a, start)
            if size_bytes > 0:
                shares[piece] = shares.get(piece, 0) + size_bytes
    return covered


def cell_size(size_bytes: int, cell_count: int) -> int:
    """The smallest power of two of bytes for a cell so that so many cells cover ``size_bytes``."""
    cell_bytes = 1
    while cell_bytes * cell_count < size_bytes:
        cell_bytes *= 2
    return cell_bytes


def paint(drawn: str, style: Style) -> str:
    """Cells in colour, one escape for each stretch of a letter."""
    if not style.enabled:
        return drawn
    pieces, start = [], 0
    for position in range(1, len(drawn) + 1):
        if position == len(drawn) or drawn[position] != drawn[start]:
            piece, letter = drawn[start:position], drawn[start]
            pieces.append(style.state(piece, _STATES[letter]) if letter in _STATES else style.heading(piece))
            start = position
    return "".join(pieces)


def lines(snapshot: Snapshot, view: View | None, style: Style, limit: int | None = None) -> Iterator[str]:
    """One range, or all zones: a few are drawn whole, many on a row each. A legend closes the map."""
    used: set[str] = set()
    if view is not None:
        yield from _range(snapshot, view, ROWS_OF_A_ZOOM if limit is None else max(limit, 1), style, used)
    elif not snapshot.zones:
        yield "no zone: the process has not asked for memory yet" if not snapshot.started else "no zone"
        return
    elif len(snapshot.zones) <= ZONES_DRAWN_WHOLE:
        for zone in snapshot.zones:
            rows = ROWS_OF_A_ZONE if limit is None else max(limit, 1)
            yield from _range(snapshot, View(zone.address, zone.end), rows, style, used)
    else:
        yield from _summary(snapshot, SUMMARY_ROWS if limit is None else limit, style, used)
    legend = "  ".join(f"{letter} {meaning}" for letter, meaning in LEGEND.items() if letter in used)
    if _OUTSIDE in used:
        legend += ("  " if legend else "") + "(blank) outside of all zones"
    yield from (style.dim(row) for row in text.wrap(legend))
    yield from text.remark(style, snapshot.findings)


def _range(snapshot: Snapshot, view: View, rows: int, style: Style, used: set[str]) -> Iterator[str]:
    size_bytes = view.end - view.start
    cell_bytes = cell_size(size_bytes, CELLS * rows)
    zone = snapshot.zone_at(view.start)
    if zone is not None and (zone.address, zone.end) == (view.start, view.end):
        yield _title(snapshot, zone, style)
    else:
        yield style.heading(f"{text.address(view.start)} - {text.address(view.end)}, {text.size(size_bytes)}")
    yield style.dim(f"a letter is {text.size(cell_bytes)}, a row {text.size(cell_bytes * CELLS)}")
    for start in range(view.start, view.end, cell_bytes * CELLS):
        drawn = cells(snapshot, start, min(start + cell_bytes * CELLS, view.end), cell_bytes)
        used.update(drawn)
        yield f"{style.address(f'{start:#014x}')} {paint(drawn, style)}"


def _title(snapshot: Snapshot, zone: Zone, style: Style) -> str:
    count, live_bytes = live_figures(snapshot, zone)
    head = style.heading(f"{zone.type.name} : 0x{zone.address:X}")
    free = text.size(zone.max_contiguous_free_bytes)
    used = f"{text.plural(count, 'block')}, {text.size(live_bytes)} of {text.size(zone.size_bytes)}"
    return f"{head} ({used}, longest gap {free})"


def _summary(snapshot: Snapshot, limit: int, style: Style, used: set[str]) -> Iterator[str]:
    zones = sorted(snapshot.zones, key=lambda zone: (zone.type, zone.address))
    yield style.heading(f"{'type':5} {'address':14} {'size':>9} map, each zone over the whole width")
    for zone in zones[:limit]:
        drawn = _shrunk(snapshot, zone, SUMMARY_CELLS)
        used.update(drawn)
        address = style.address(f"{zone.address:#014x}")
        yield f"{zone.type.name:5} {address} {text.size(zone.size_bytes):>9} {paint(drawn, style)}"
    if len(zones) > limit:
        left = zones[limit:]
        size_bytes = sum(zone.size_bytes for zone in left)
        yield style.dim(
            f"... and {text.plural(len(left), 'zone')} more, {text.size(size_bytes)} in all: "
            "zone-map ADDR for one, -limit N"
        )


def _shrunk(snapshot: Snapshot, zone: Zone, cell_count: int) -> str:
    cell_bytes = -(-zone.size_bytes // cell_count)
    return cells(snapshot, zone.address, zone.end, cell_bytes)


def document(snapshot: Snapshot, view: View | None) -> dict[str, Any]:
    """The JSON form: for each zone or for the range its cells as a string."""
    views = [view] if view else [View(zone.address, zone.end) for zone in snapshot.zones]
    rows = ROWS_OF_A_ZONE if len(views) <= ZONES_DRAWN_WHOLE else 1
    maps = []
    for each in views:
        cell_bytes = cell_size(each.end - each.start, CELLS * rows)
        zone = snapshot.zone_at(each.start)
        maps.append({
            "start": text.address(each.start),
            "end": text.address(each.end),
            "zone": None if zone is None else zone_document(zone),
            "cell_bytes": cell_bytes,
            "cells": cells(snapshot, each.start, each.end, cell_bytes),
        })
    return {"maps": maps, "legend": LEGEND, "findings": text.findings_document(snapshot.findings)}
