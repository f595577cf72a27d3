"""Zones read ahead by the kernel, several at once in threads, where a file or a process gives their bytes. A zone in
which anything is odd is left to the reader that can say what it is, so that this changes no answer.

What the payloads may point to is taken in the same pass, if asked for: another one over the memory takes as long again.
"""

from __future__ import annotations

import os
from array import array
from ctypes import addressof, byref

from .. import kernel
from ..memory import place_of
from ..model.heap import Zone
from ..model.pointers import Pointers
from ..model.runs import Run, Runs
from ..typed import Any
from .blocks import RunReader
from .context import Context
from .slots import TableForm
from .zones import Seen

ZONES_AT_ONCE = 8
_ZONE_BYTES_MAX = 8 << 20
_THREADS_MAX = 4
_WORD_BYTES = 8
_FIRST_INDEX = Run._fields.index("first_index")


class _Room:
    """What the kernel fills for one zone, cut from one stretch: ``columns`` by name, ``at`` their addresses."""

    def __init__(self, sizes: dict[str, int]):
        """``sizes``: bytes of each column."""
        self._all = kernel.room(sum(sizes.values()) + _WORD_BYTES * len(sizes))
        self.columns: dict[str, memoryview] = {}
        self.at: dict[str, int] = {}
        position = 0
        with kernel.Address(self._all) as at:
            for name, size_bytes in sizes.items():
                self.columns[name], self.at[name] = self._all[position : position + size_bytes], at + position
                position += -(-size_bytes // _WORD_BYTES) * _WORD_BYTES


class ReadAhead:
    """The zones of one snapshot. ``pointers``: what the payloads of those that were taken may point to, by address."""

    def __init__(self, context: Context, reader: RunReader, found: list[Seen], wants_pointers: bool):
        """``found``: all zones, ascending."""
        self.pointers: dict[int, Pointers] = {}
        # Not the reader itself: what holds the other in a circle is not freed at once, and these rooms are large.
        self._context, self._wants_pointers = context, wants_pointers
        self._kernel, self._blocks, self._traced = reader.kernel, reader.blocks, bool(reader.traces)
        self._form = TableForm.of(context)
        self._waiting = [(seen.address, seen.place.size_bytes) for seen in found if seen.place and _is_plain(seen)]
        self._numbers = {address: number for number, (address, _) in enumerate(self._waiting)}
        self._low = found[0].address if found else 0
        self._span = max((_end_of(seen) for seen in found), default=0) - self._low
        self._rooms: list[_Room] = []
        self._ready: dict[int, tuple[kernel.Zone, _Room]] = {}

    def take(self, zone: Zone, runs: Runs) -> bool:
        """Fills ``runs`` of ``zone``, and appends the rows of its blocks. False, with nothing done: the zone is not
        wholly well, or its bytes are not at hand."""
        number = self._numbers.get(zone.address)
        if number is None or zone.size_bytes != self._waiting[number][1]:
            return False
        if zone.address not in self._ready:
            self._read(self._waiting[number : number + ZONES_AT_ONCE])
        ready = self._ready.pop(zone.address, None)
        if ready is None or ready[0].run_count < 0:
            return False
        answer, room = ready
        runs.words = _copied("Q", room.columns["runs"][: answer.run_count * kernel.RUN_WORDS * _WORD_BYTES])
        bases = runs.words[_FIRST_INDEX :: kernel.RUN_WORDS]
        runs.words[_FIRST_INDEX :: kernel.RUN_WORDS] = array("Q", [zone.first_index + base for base in bases])
        self._append(answer, room.columns)
        if self._wants_pointers:
            self.pointers[zone.address] = self._pointers(answer, room.columns)
        return True

    def _append(self, answer: kernel.Zone, columns: dict[str, memoryview]) -> None:
        blocks, count = self._blocks, answer.row_count
        ignored = columns["ignored"][: 4 * answer.columns.ignored_count].cast("I")
        blocks.ignored.extend(len(blocks) + row for row in ignored)
        blocks.addresses.frombytes(columns["addresses"][: 8 * count])
        blocks.sizes.frombytes(columns["sizes"][: 8 * count])
        blocks.states += columns["states"][:count]
        if self._traced:
            parts = (blocks.allocation_traces, blocks.free_traces, blocks.allocation_threads, blocks.free_threads)
            for part, name in zip(parts, _PARTS):
                part.frombytes(columns[name][: 4 * count])
            blocks.has_canaries += columns["has_canaries"][:count]

    def _pointers(self, answer: kernel.Zone, columns: dict[str, memoryview]) -> Pointers:
        """Copies in pages of their own, which the graph's builder gives back zone after zone."""
        found, rows = answer.pointers, answer.row_count
        sizes = {"counts": 4 * rows, "heads": 8 * rows, "granules": 4 * found.count, "odd": 8 * found.odd_count}
        kept = _Room(sizes).columns
        for name, size_bytes in sizes.items():
            kept[name][:] = columns[name][:size_bytes]
        counts, heads, granules, odd = kept.values()
        return Pointers(self._low, counts.cast("I"), heads.cast("Q"), granules.cast("I"), odd.cast("Q"))

    def _read(self, zones: list[tuple[int, int]]) -> None:
        """Has the kernel read these."""
        self._ready = {}
        places = [(zone, place_of(self._context.memory, *zone)) for zone in zones]
        known = [(zone, place) for zone, place in places if place]
        while len(self._rooms) < len(known):
            self._rooms.append(_Room(self._column_bytes()))
        jobs = (kernel.Zone * max(len(known), 1))()
        for job, room, ((address, size_bytes), place) in zip(jobs, self._rooms, known):
            self._describe(job, room, address, size_bytes)
            job.position = place.position
            self._ready[address] = (job, room)
        if known:
            self._call(jobs, len(known), known[0][1])

    def _call(self, jobs: Any, count: int, place: Any) -> None:
        slots: Any = self._kernel
        table = slots.table_form(self._form)
        work = kernel.Ahead(
            place.descriptor, place.process_id, addressof(table), self._context.layout.offset("slot_zone.runs"),
            addressof(slots.form), self._low, self._span, self._wants_pointers, addressof(jobs), count, 0,
        )  # fmt: skip
        kernel.find()[0].ftscan_ahead(byref(work), min(len(os.sched_getaffinity(0)), _THREADS_MAX))

    def _column_bytes(self) -> dict[str, int]:
        """Room for the smallest slots, and for nothing but pointers."""
        zone_bytes = max(size_bytes for _, size_bytes in self._waiting)
        rows = self._rows_max(zone_bytes)
        traced, words = (rows if self._traced else 0), (zone_bytes // 8 if self._wants_pointers else 0)
        pointed = rows if self._wants_pointers else 0
        return {
            "runs": self._form.unit_count * kernel.RUN_WORDS * _WORD_BYTES,
            "addresses": 8 * rows, "sizes": 8 * rows, "states": rows, **dict.fromkeys(_PARTS, 4 * traced),
            "has_canaries": traced, "ignored": 4 * rows,
            "counts": 4 * pointed, "heads": 8 * pointed, "granules": 4 * words, "odd": 8 * words,
        }  # fmt: skip

    def _rows_max(self, zone_bytes: int) -> int:
        return zone_bytes // (self._form.overhead_bytes + self._form.granule_bytes)

    def _describe(self, job: Any, room: _Room, address: int, size_bytes: int) -> None:
        """``job``: a kernel.Zone."""
        at, form = room.at, self._form
        table_units = self._context.layout.field("slot_zone.runs")[1] // self._context.structs.run.size_bytes
        job.address, job.size_bytes, job.run_count = address, size_bytes, -1
        job.unit_count = min(table_units, form.unit_count, size_bytes // form.unit_bytes)
        job.runs, job.row_max = at["runs"], self._rows_max(size_bytes)
        job.columns = kernel.Columns(
            at["addresses"], at["sizes"], at["states"], tuple(at[name] for name in _PARTS), at["has_canaries"],
            at["ignored"], 0,
        )  # fmt: skip
        job.pointers = kernel.Pointers(at["counts"], at["heads"], at["granules"], at["odd"], 0, 0)


_PARTS = ("allocated_stack", "freed_stack", "allocated_by", "freed_by")  # in the order of kernel/slots.h


def _copied(code: str, data: memoryview) -> array[int]:
    column = array(code)
    column.frombytes(data)
    return column


def _is_plain(seen: Seen) -> bool:
    """A zone of slots of which its header and the registry say the same."""
    place = seen.place
    if place is None or place.is_large or not seen.proved:
        return False
    return bool(seen.header.size_bytes == place.size_bytes <= _ZONE_BYTES_MAX)


def _end_of(seen: Seen) -> int:
    known = seen.place or seen.header
    return seen.address + (known.size_bytes if known is not None else 0)
