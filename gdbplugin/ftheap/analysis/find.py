"""Blocks that satisfy an expression, in one pass over the columns; contents are read in bulk, and only if asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from ..errors import MemoryUnreadable
from ..memory import Memory
from ..model.heap import Block, Finding, Run, Snapshot, State, Zone
from ..target import Target
from .expression import Expression, Junction, Test, fields_of
from .heuristics import NAMES as HEURISTICS
from .leaks import Sum, classes_of
from .stacks import frame_names

WINDOW_BYTES = 1 << 20
CONTENT_BYTES_MAX = 256 << 20  # of one block
_COSTS = {"class": 1, "thread": 1, "stack": 2, "string": 3, "bytes": 3, "pointer": 3}


@dataclass
class Found:
    """``blocks``: the first ones up to the limit. ``total``: all of them. ``offsets``: where in a shown block the
    first content test holds."""

    blocks: list[Block] = field(default_factory=list)
    offsets: dict[int, int] = field(default_factory=dict)
    total: Sum = field(default_factory=Sum)
    findings: list[Finding] = field(default_factory=list)


class _Contents:
    """Payloads by row; rows of one run come from one read."""

    def __init__(self, memory: Memory, snapshot: Snapshot):
        self.memory, self.blocks = memory, snapshot.blocks
        self.start = self.end = 0
        self.window: memoryview | bytes = b""
        self.missing: list[int] = []

    def read(self, row: int, run: Run) -> bytes:
        """The whole payload; empty when it can't be read."""
        address, size_bytes = self.blocks.addresses[row], min(self.blocks.sizes[row], CONTENT_BYTES_MAX)
        if not (self.start <= address and address + size_bytes <= self.end):
            end = min(address + WINDOW_BYTES, run.first_slot + run.stride_bytes * run.carved_count)
            for stop in (max(end, address + size_bytes), address + size_bytes):
                try:
                    self.window = memoryview(self.memory.read(address, stop - address)).cast("B")
                    self.start, self.end = address, stop
                    break
                except MemoryUnreadable:
                    continue
            else:
                self.missing.append(address)
                return b""
        return bytes(self.window[address - self.start : address - self.start + size_bytes])


class Finder:
    """Evaluates one expression, row by row."""

    def __init__(self, target: Target, snapshot: Snapshot, expression: Expression, progress: object = None):
        self.target, self.snapshot = target, snapshot
        self.contents = _Contents(target.memory, snapshot)
        self.fields = fields_of(expression)
        self.classes = bytearray()
        if "class" in self.fields:
            self.classes = classes_of(target, snapshot, frozenset(HEURISTICS), progress)
        self.stack_hits: dict[tuple[int, object], bool] = {}
        self.offset: int | None = None
        self.zone: Zone | None = None
        self.run: Run | None = None
        self.holds = self.compile(expression)

    def compile(self, expression: Expression) -> Callable[[int], bool]:
        """A predicate of a row. Cheap tests come first."""
        if isinstance(expression, Test):
            return self.compile_test(expression)
        parts = [self.compile(part) for part in sorted(expression.parts, key=_cost)]
        if expression.kind == "not":
            return lambda row: not parts[0](row)
        if expression.kind == "and":
            return lambda row: all(part(row) for part in parts)
        return lambda row: any(part(row) for part in parts)

    def compile_test(self, test: Test) -> Callable[[int], bool]:
        blocks, compare, value = self.snapshot.blocks, test.compare, test.value
        simple = {
            "size": lambda row: compare(blocks.sizes[row], value),
            "address": lambda row: compare(blocks.addresses[row], value),
            "state": lambda row: compare(blocks.states[row], value),
            "class": lambda row: compare(self.classes[row], value),
            "type": lambda row: compare(self.zone.type, value),
            "zone": lambda row: compare(self.zone.address, value),
            "thread": lambda row: self._thread(row, compare, value),
            "stack": lambda row: self._stack(row, value),
        }
        if test.field in simple:
            return simple[test.field]
        needle = value.to_bytes(8, "little") if test.field == "pointer" else value
        step = 8 if test.field == "pointer" else 1
        return lambda row: self._content(row, needle, step)

    def _content(self, row: int, needle: bytes, step: int) -> bool:
        data = self.contents.read(row, self.run)
        place = data.find(needle)
        while place >= 0 and place % step:
            place = data.find(needle, place + 1)
        if place >= 0 and self.offset is None:
            self.offset = place
        return place >= 0

    def _thread(self, row: int, compare: Callable[[int, int], bool], value: int) -> bool:
        if self.snapshot.blocks.allocation_threads:
            return compare(self.snapshot.blocks.allocation_threads[row], value)
        trace = self.snapshot.allocation_trace(row)
        return trace is not None and compare(trace.thread_id, value)

    def _stack(self, row: int, pattern: object) -> bool:
        traces = self.snapshot.blocks.allocation_traces
        if not traces or not traces[row]:
            return False
        key = (traces[row], pattern)
        if key not in self.stack_hits:
            names = frame_names(self.target, self.snapshot.traces.get(traces[row]))
            self.stack_hits[key] = any(pattern.search(name) for name in names)
        return self.stack_hits[key]

    def find(self, limit: int) -> Found:
        """All rows; without a test of the state, live ones only, and never what was not handed out."""
        found = Found()
        states = self.snapshot.blocks.states
        any_state = "state" in self.fields
        for self.zone in self.snapshot.zones:
            for self.run in self.zone.runs:
                for row in range(self.run.first_index, self.run.first_index + self.run.carved_count):
                    state = states[row]
                    if (state != State.LIVE and not any_state) or state == State.UNUSED:
                        continue
                    self.offset = None
                    if not self.holds(row):
                        continue
                    found.total.add(self.snapshot.blocks.sizes[row])
                    if len(found.blocks) < limit:
                        found.blocks.append(self.snapshot.block(row, self.zone, self.run))
                        if self.offset is not None:
                            found.offsets[row] = self.offset
        for address in sorted(set(self.contents.missing))[:1000]:
            found.findings.append(Finding("memory-unreadable", address, "this block's contents can't be read"))
        return found


def _cost(expression: Expression) -> int:
    if isinstance(expression, Junction):
        return max(_cost(part) for part in expression.parts)
    return _COSTS.get(expression.field, 0)
