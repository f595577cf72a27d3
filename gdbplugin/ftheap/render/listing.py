"""show-alloc-mem: zones by type and address, a line for each block, one total. The form is the C function's."""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from functools import cached_property
from itertools import compress, islice, repeat

from ..analysis.sums import tally_rows
from ..model.heap import Snapshot, State, Trace, Zone, ZoneType, table_of
from ..target import Frame
from ..typed import Any, Callable, Iterator, NamedTuple, Sequence
from . import rows, text
from .json_text import Streamed, StreamedTexts
from .stacks import stack_document, stack_lines
from .style import Style

Frames = Callable[[Trace], list[Frame]]

_ROW = f"{rows.ADDRESS_UPPER} - {rows.END_UPPER} : {rows.SIZE} bytes{rows.STATE_NAME}\n"
_ROW_WITH_STACKS = f"{_ROW}{rows.ALLOCATED}{rows.FREED}"
_JSON_HEAD = f'{{"address": "{rows.ADDRESS_LOWER}", "size_bytes": {rows.SIZE}, "state": "{rows.STATE_NAME}", '
_JSON_ROW = _JSON_HEAD + '"allocated_at": null, "freed_at": null}, '
_JSON_ROW_WITH_STACKS = f'{_JSON_HEAD}"allocated_at": {rows.ALLOCATED}, "freed_at": {rows.FREED}}}, '
FREED_STATES = frozenset({State.FREED, State.QUARANTINED})
ALL_STATES = frozenset(State) - {State.UNUSED}


class Selection(NamedTuple):
    """What to list. ``type`` None: all zones; ``limit`` None: all blocks; ``states`` besides live ones."""

    type: ZoneType | None = None
    states: frozenset[State] = frozenset()
    limit: int | None = None
    summary: bool = False
    stacks: bool = False

    @property
    def shown_states(self) -> frozenset[State]:
        """Of the blocks that are listed."""
        return self.states | {State.LIVE}

    def rows(self, snapshot: Snapshot, zone: Zone) -> Iterator[int]:
        """The zone's block rows to list."""
        wanted = table_of(self.shown_states)
        chosen = snapshot.blocks.states[zone.first_index : zone.end_index].translate(wanted)
        return compress(range(zone.first_index, zone.end_index), chosen)

    def zones(self, snapshot: Snapshot) -> list[Zone]:
        """Zones by type, then by address."""
        chosen = [zone for zone in snapshot.zones if self.type is None or zone.type == self.type]
        return sorted(chosen, key=lambda zone: (zone.type, zone.address))


def live_figures(snapshot: Snapshot, zone: Zone) -> tuple[int, int]:
    """Count and bytes of a zone's live blocks."""
    found = tally_rows(snapshot, [(zone.first_index, zone.end_index)])[0]
    return found.counts[State.LIVE], found.sizes[State.LIVE]


def lines(snapshot: Snapshot, selection: Selection, style: Style, frames: Frames) -> Iterator[str]:
    """The listing. Blocks that are not live carry their state at the end of the line and don't count.

    ``frames`` symbolises a recorded stack.
    """
    left = selection.limit
    hidden = total_bytes = 0
    zones, stacks = selection.zones(snapshot), _Stacks(snapshot, frames)
    for zone, found in zip(zones, tally_rows(snapshot, [(zone.first_index, zone.end_index) for zone in zones])):
        live_bytes = found.sizes[State.LIVE]
        total_bytes += live_bytes
        count = sum(found.counts[state] for state in selection.shown_states)
        if not count:
            continue
        if selection.summary:
            suffix = f" ({text.plural(found.counts[State.LIVE], 'block')}, {live_bytes} bytes)"
            yield style.heading(f"{zone.type.name} : 0x{zone.address:X}") + suffix
            continue
        shown = count if left is None else min(count, left)
        hidden += count - shown
        if shown:
            yield style.heading(f"{zone.type.name} : 0x{zone.address:X}")
            yield from _blocks(snapshot, zone, shown if left is not None else None, selection, style, stacks)
        if left is not None:
            left -= shown
    if hidden:
        yield style.dim(f"... and {text.plural(hidden, 'block')} more (-limit {selection.limit})")
    yield f"Total : {total_bytes} bytes"
    if snapshot.findings:
        yield from text.findings(style, snapshot.findings)


def _blocks(
    snapshot: Snapshot, zone: Zone, limit: int | None, selection: Selection, style: Style, stacks: _Stacks
) -> Iterator[str]:
    if limit is None and not style.enabled:
        names = {state: f", {text.STATE_NAMES[state]}" for state in selection.states} | {State.LIVE: ""}
        has_stacks = selection.stacks and bool(snapshot.blocks.allocation_traces)
        form = (_ROW_WITH_STACKS, stacks.texts) if has_stacks else (_ROW, rows.Stacks())
        for many in rows.texts(snapshot, zone.first_index, zone.end_index, names, *form):
            yield from many[:-1].split("\n")
        return
    addresses, sizes, states = snapshot.blocks.addresses, snapshot.blocks.sizes, snapshot.blocks.states
    for row in islice(selection.rows(snapshot, zone), limit):
        address, size_bytes = addresses[row], sizes[row]
        start, end = style.address(f"0x{address:X}"), style.address(f"0x{address + size_bytes:X}")
        line = f"{start} - {end} : {size_bytes} bytes"
        if states[row] != State.LIVE:
            line += ", " + style.state(text.STATE_NAMES[states[row]], State(states[row]))
        yield line
        if selection.stacks:
            yield from stacks.lines(row, style)


class _Stacks:
    """Recorded stacks as text: a million blocks share a few, so each is written once."""

    def __init__(self, snapshot: Snapshot, frames: Frames):
        self._snapshot, self._frames = snapshot, frames
        self._kept: dict[object, Any] = {}

    def _remembered(self, key: object, trace: Callable[[], Trace | None], write: Callable[[Trace], Any]) -> Any:
        if key not in self._kept:
            found = trace()
            self._kept[key] = write(found) if found is not None else None
        return self._kept[key]

    def lines(self, row: int, style: Style) -> Iterator[str]:
        """Under a row of the listing."""
        for title, numbers, threads in self._columns():
            if numbers:
                yield from self._lines_of(title, numbers[row], threads[row] if threads else None, style)

    def _columns(self) -> Iterator[tuple[str, array[int], array[int]]]:
        blocks = self._snapshot.blocks
        yield "allocated", blocks.allocation_traces, blocks.allocation_threads
        yield "freed", blocks.free_traces, blocks.free_threads

    def _lines_of(self, title: str, number: int, thread_id: int | None, style: Style) -> Sequence[str]:
        """``thread_id`` None: it stands with the stack."""

        def write(trace: Trace) -> list[str]:
            thread = trace.thread_id if thread_id is None else thread_id
            head = f"  {title} by thread {thread}:" if thread else f"  {title}:"
            return [head, *stack_lines(self._frames(trace), style)]

        key = (title, number, thread_id)
        return self._remembered(key, lambda: self._snapshot.traces.get(number), write) or ()

    @cached_property
    def texts(self) -> rows.Stacks:
        """``lines`` of all rows, without colour."""
        kinds: defaultdict[tuple[str, int, int | None], int] = defaultdict()
        kinds.default_factory = kinds.__len__
        allocated, freed = (
            array("I", map(kinds.__getitem__, zip(repeat(title), numbers, threads or repeat(None))))
            for title, numbers, threads in self._columns()
        )
        known = list(kinds)

        def text_of(kind: int) -> str:
            return "".join(f"{line}\n" for line in self._lines_of(*known[kind], Style()))

        return rows.Stacks(allocated, freed, text_of)

    def json_text(self, number: int) -> str:
        """A recorded stack in the JSON form, by its number."""

        def write(trace: Trace) -> str:
            return json.dumps(stack_document(self._frames(trace)))

        return self._remembered(number, lambda: self._snapshot.traces.get(number) if number else None, write) or "null"

    def json_row(self, row: int) -> str:
        """A block of the JSON form, as text."""
        blocks = self._snapshot.blocks
        numbers = (column[row] if column else 0 for column in (blocks.allocation_traces, blocks.free_traces))
        allocated, freed = map(self.json_text, numbers)
        return (
            f'{{"address": "{blocks.addresses[row]:#x}", "size_bytes": {blocks.sizes[row]}, '
            f'"state": "{text.STATE_NAMES[blocks.states[row]]}", "allocated_at": {allocated}, "freed_at": {freed}}}'
        )


def document(snapshot: Snapshot, selection: Selection, frames: Frames) -> dict[str, Any]:
    """The JSON form. ``total_count`` and ``total_bytes`` are of all live blocks of the zones that were asked for."""
    zones = selection.zones(snapshot)
    tallies = tally_rows(snapshot, [(zone.first_index, zone.end_index) for zone in zones])
    stacks = _Stacks(snapshot, frames)

    def zone_documents() -> Iterator[dict[str, Any]]:
        left = 0 if selection.summary else selection.limit
        for zone, found in zip(zones, tallies):
            yield zone_document(zone) | {
                "live_count": found.counts[State.LIVE],
                "live_bytes": found.sizes[State.LIVE],
                "blocks": _block_documents(snapshot, zone, left, selection, stacks),
            }
            if left is not None:
                left -= min(left, sum(found.counts[state] for state in selection.shown_states))

    return {
        "zones": Streamed(zone_documents),
        "total_bytes": sum(found.sizes[State.LIVE] for found in tallies),
        "total_count": sum(found.counts[State.LIVE] for found in tallies),
        "findings": text.findings_document(snapshot.findings),
    }


def _block_documents(
    snapshot: Snapshot, zone: Zone, limit: int | None, selection: Selection, stacks: _Stacks
) -> Streamed:
    def texts() -> Iterator[str]:
        if limit is not None:
            yield from map(stacks.json_row, islice(selection.rows(snapshot, zone), limit))
            return
        names = {state: text.STATE_NAMES[state] for state in selection.shown_states}
        blocks, form = snapshot.blocks, (_JSON_ROW, rows.Stacks())
        if blocks.allocation_traces:
            recorded = rows.Stacks(blocks.allocation_traces, blocks.free_traces, stacks.json_text)
            form = (_JSON_ROW_WITH_STACKS, recorded)
        for many in rows.texts(snapshot, zone.first_index, zone.end_index, names, *form):
            yield many[:-2]

    return StreamedTexts(texts)


def zone_document(zone: Zone) -> dict[str, Any]:
    """What JSON says of a zone itself."""
    return {
        "address": text.address(zone.address),
        "type": zone.type.name,
        "size_bytes": zone.size_bytes,
        "max_contiguous_free_bytes": zone.max_contiguous_free_bytes,
    }
