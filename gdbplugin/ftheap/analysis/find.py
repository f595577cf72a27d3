"""Blocks that satisfy an expression, in one pass over the columns; contents are read in bulk, and only if asked for."""

from __future__ import annotations

import re
from array import array
from itertools import compress

from ..errors import MemoryUnreadable, UsageError
from ..memory import Memory
from ..model.heap import HANDED_OUT, LIVE_ONLY, Finding, Snapshot, Zone
from ..model.runs import Run
from ..progress import Progress
from ..records import dataclass, field
from ..target import Target
from ..typed import Any, Callable, Iterable, Sequence
from .expression import Compare, Expression, Junction, Test, plain_type, tests_of
from .find_language import FREED_ONLY
from .heuristics import NAMES as HEURISTICS
from .leaks import classes_of
from .prefilter import Prefilter
from .stacks import frame_names
from .sums import Sum
from .typed_heap import types_of

WINDOW_BYTES = 1 << 20
CONTENT_BYTES_MAX = 256 << 20  # of one block
_COSTS = {"text": 3, "hex": 3, "pattern": 2, "type": 1}
_CONTENTS = ("string", "bytes", "pointer")
_FINDINGS_MAX = 1000


@dataclass
class Found:
    """``rows`` of the block columns: the first ones up to the limit. ``total``: all of them. ``offsets``: where in a
    shown block the first content test holds; ``types``: the likely type of a shown block, where the expression asks
    for types."""

    rows: array[int] = field(default_factory=lambda: array("I"))
    offsets: dict[int, int] = field(default_factory=dict)
    types: dict[int, str] = field(default_factory=dict)
    total: Sum = field(default_factory=Sum)
    findings: list[Finding] = field(default_factory=list)


def asks_for_classes(expression: Expression) -> bool:
    """Whether the leak classes of blocks are needed, and with them who points at whom."""
    return any(test.field.name == "class" for test in tests_of(expression))


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
    """Evaluates one expression, row by row. Raises UsageError when it asks for what was not recorded."""

    def __init__(self, target: Target, snapshot: Snapshot, expression: Expression, progress: Progress = Progress()):
        self.target, self.snapshot, self.progress = target, snapshot, progress
        self.contents = _Contents(target.memory, snapshot)
        tests = tests_of(expression)
        self.fields = {test.field.name for test in tests}
        self.require_records(tests)
        self.classes = bytearray()
        if "class" in self.fields:
            self.classes = classes_of(target, snapshot, frozenset(HEURISTICS), progress)
        asks_for_types = any(test.field.kind == "type" and not isinstance(test.value, int) for test in tests)
        self.types = types_of(target, snapshot, progress, always=True) if asks_for_types else None
        self.events = {event.address: event for event in snapshot.events or () if event.kind != "free"}
        self.stack_hits: dict[tuple[int, object], bool] = {}
        self.offset: int | None = None
        self.zone: Zone  # that `find` is at, and its run
        self.run: Run
        self.holds = self.compile(expression)
        self.may_hold = Prefilter(target.memory, snapshot.blocks, self.classes).of(expression)

    def require_records(self, tests: list[Test]) -> None:
        """Says plainly what the expression asks for and nobody recorded."""
        recorded = {
            "FtMallocStackLogging": bool(self.snapshot.blocks.allocation_traces or self.snapshot.blocks.free_traces),
            "FtMallocHistory": self.snapshot.events is not None,
        }
        for test in tests:
            if test.field.needs and not recorded[test.field.needs]:
                raise UsageError(
                    f"find: {test.field.name} is not known, since nothing was recorded; "
                    f"run the program with {test.field.needs}=1"
                )

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
            "type": lambda row: self._type(row, compare, value),
            "zone": lambda row: compare(self.zone.address, value),
            "thread": lambda row: self._thread(row, compare, value),
            "freed-by": lambda row: bool(blocks.free_threads) and compare(blocks.free_threads[row], value),
            "stack": lambda row: self._stack(blocks.allocation_traces, row, value),
            "freed-at": lambda row: self._stack(blocks.free_traces, row, value),
            "age": lambda row: compare(self._age(row), value),
            "event": lambda row: compare(self._event(row), value),
        }
        if test.field.name in simple:
            return simple[test.field.name]
        is_pointer = test.field.name == "pointer"
        needle = value.to_bytes(8, "little") if is_pointer else value
        return lambda row: self._content(row, needle, 8 if is_pointer else 1)

    def _type(self, row: int, compare: Compare, value: Any) -> bool:
        """A zone's type, or a pattern of the block's likely type, with or without the number of elements."""
        if isinstance(value, int):
            return compare(self.zone.type, value)
        best = self.types.best(row) if self.types is not None else None
        names = (plain_type(best.name), plain_type(best.text)) if best is not None else ()
        return compare(any(value.match(name) for name in names), True)

    def _event(self, row: int) -> int:
        """Number of the block's allocation; 0 when it is older than what is kept."""
        event = self.events.get(self.snapshot.blocks.addresses[row])
        return event.sequence if event is not None else 0

    def _age(self, row: int) -> float:
        """Nanoseconds; without end when the allocation is older than what is kept."""
        event = self.events.get(self.snapshot.blocks.addresses[row])
        if event is None or not self.snapshot.events:
            return float("inf")
        return self.snapshot.events[-1].nanoseconds - event.nanoseconds

    def _content(self, row: int, needle: bytes, step: int) -> bool:
        data = self.contents.read(row, self.run)
        place = data.find(needle)
        while place >= 0 and place % step:
            place = data.find(needle, place + 1)
        if place >= 0 and self.offset is None:
            self.offset = place
        return place >= 0

    def _thread(self, row: int, compare: Compare, value: int) -> bool:
        if self.snapshot.blocks.allocation_threads:
            return compare(self.snapshot.blocks.allocation_threads[row], value)
        trace = self.snapshot.allocation_trace(row)
        return trace is not None and compare(trace.thread_id, value)

    def _stack(self, traces: Sequence[int], row: int, pattern: re.Pattern[str]) -> bool:
        if not traces or not traces[row]:
            return False
        key = (traces[row], pattern)
        if key not in self.stack_hits:
            names = frame_names(self.target, self.snapshot.traces.get(traces[row]))
            self.stack_hits[key] = any(pattern.search(name) for name in names)
        return self.stack_hits[key]

    def find(self, limit: int) -> Found:
        """All rows; without a test of the state or of the free, live ones only, and never what was not handed out."""
        found = Found()
        any_state = "state" in self.fields or not FREED_ONLY.isdisjoint(self.fields)
        wanted = HANDED_OUT if any_state else LIVE_ONLY
        for number, self.zone in enumerate(self.snapshot.zones):
            self.progress.report("looking through zones", number, len(self.snapshot.zones))
            for self.run in self.zone.runs:
                for row in self._rows(wanted):
                    self.offset = None
                    if not self.holds(row):
                        continue
                    found.total.add(self.snapshot.blocks.sizes[row])
                    if len(found.rows) < limit:
                        found.rows.append(row)
                        self._note(row, found)
        if self.types is not None and not self.types.complete:
            found.findings.append(Finding("types-incomplete", None, "the heap is too large to type all its blocks"))
        for address in sorted(set(self.contents.missing))[:_FINDINGS_MAX]:
            found.findings.append(Finding("memory-unreadable", address, "this block's contents can't be read"))
        return found

    def _rows(self, wanted: bytes) -> Iterable[int]:
        """Those of the run that may satisfy the expression. ``wanted`` translates states to 0 and 1."""
        first, end = self.run.first_index, self.run.first_index + self.run.carved_count
        chosen = self.snapshot.blocks.states[first:end].translate(wanted)
        mask = self.may_hold(self.run) if any(chosen) else None
        if mask is None:
            return compress(range(first, end), chosen)
        both = int.from_bytes(chosen, "little") & int.from_bytes(mask, "little")
        return compress(range(first, end), both.to_bytes(len(chosen), "little")) if both else ()

    def _note(self, row: int, found: Found) -> None:
        """What the answer says besides the block itself."""
        if self.offset is not None:
            found.offsets[row] = self.offset
        best = self.types.best(row) if self.types is not None else None
        if best is not None:
            found.types[row] = best.text


def _cost(expression: Expression) -> int:
    if isinstance(expression, Junction):
        return max(_cost(part) for part in expression.parts)
    return 3 if expression.field.name in _CONTENTS else _COSTS.get(expression.field.kind, 0)
