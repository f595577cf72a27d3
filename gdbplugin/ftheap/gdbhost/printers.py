"""Pretty printers for the allocator's own structures: ``print *(struct zone *) 0x7f3a5c200000``.

Which fields are enumerations, and which words hold bit fields, the layout table tells. A type is taken for ours when
all that the table says of its fields is true of it; a program's own ``struct block`` is left alone.
"""

from __future__ import annotations

import gdb
import gdb.printing

from ..errors import ExpectedError
from ..layout import BITS, ENUM, FIELD, STRUCT, Layout
from ..render import text
from ..session import Session
from ..typed import Any, Callable, Iterator

# Of the layout's fields, those that hold an enumerator; flags may hold several.
_ENUMERATIONS = {
    "heap.state": "heap_state", "zone.type": "zone_type", "run.state": "run_state", "chunk.kind": "chunk_kind",
    "span.kind": "span_kind", "fault.kind": "fault_kind", "fault.access": "fault_access",
    "fault.block_state": "fault_block", "history_event.kind": "event_kind", "block.self:state": "block_state",
    "block_trace.allocated_by:family": "trace_family",
}  # fmt: skip
_FLAGS = {"zone.flags": "zone_flag"}
_FRAMES_SHOWN = 64


class StructurePrinter:
    """A summary, and the fields with their words taken apart."""

    def __init__(self, value: gdb.Value, name: str, layout: Layout, session: Session):
        self._value, self._name = value, name
        self._layout, self._session = layout, session

    def to_string(self) -> str:
        """One line of what the structure says."""
        try:
            return _SUMMARIES[self._name](self)
        except ExpectedError as error:
            return str(error)

    def children(self) -> Iterator[tuple[str, Any]]:
        """All fields; a stack's frames with their functions."""
        for field in self._value.type.fields():
            if self._name == "stored_stack" and field.name == "frames":
                yield "frames", self.frames()
            else:
                yield field.name, self.decoded(field.name)

    def number(self, field: str) -> int:
        """A field as an unsigned number."""
        value = self._value[field]
        return int(value) & (1 << 8 * value.type.sizeof) - 1

    def part(self, field: str, part: str) -> int:
        """A bit field."""
        shift, mask = self._layout.bits(f"{self._name}.{field}:{part}")
        return self.number(field) >> shift & mask

    def decoded(self, field: str) -> Any:
        """A field's enumerator or its parts as text; else gdb's own value."""
        row = f"{self._name}.{field}"
        if row in _ENUMERATIONS or row in _FLAGS:
            return self.named(row, self.number(field))
        parts = self._layout.names(BITS, f"{row}:")
        if not parts:
            return self._value[field]
        named = ((name.rsplit(":", 1)[1], name) for name in parts)
        return f"{{{', '.join(f'{part} = {self.named(name, self.part(field, part))}' for part, name in named)}}}"

    def named(self, row: str, number: int) -> str:
        """The enumerator of a field, or the number."""
        kind = _FLAGS.get(row)
        if kind is not None:
            names = self._enumerators(kind)
            return " | ".join(name for value, name in names.items() if number & value) or "none"
        kind = _ENUMERATIONS.get(row)
        if kind is None:
            return hex(number) if row.endswith("address") else str(number)
        return self._enumerators(kind).get(number, f"unknown ({number})")

    def _enumerators(self, kind: str) -> dict[int, str]:
        names = self._layout.names(ENUM, f"{kind}.")
        return {self._layout.state(name): name[len(kind) + 1 :] for name in names}

    def address(self) -> int:
        """Where the structure stands; 0 for a copy."""
        return int(self._value.address) if self._value.address is not None else 0

    def frames(self) -> str:
        """The return addresses of a stored stack with their functions."""
        count = min(self.number("frame_count"), _FRAMES_SHOWN)
        start = self.address() + self._layout.offset("stored_stack.frames")
        try:
            words = memoryview(self._session.target.memory.read(start, 8 * count)).cast("B").cast("Q")
        except ExpectedError as error:
            return str(error)
        return f"{{{', '.join(self.place(word) for word in words)}}}"

    def place(self, address: int) -> str:
        """``make_node (list.c:12)``."""
        frame = self._session.target.source_frames(address)[0]
        return f"{frame.function or hex(address)}{f' ({frame.place})' if frame.place else ''}"

    def stack(self, number: int) -> str:
        """The innermost frames of a stack by its number in the depot."""
        trace = self._session.snapshot().traces.get(number) if number else None
        return " < ".join(self.place(address) for address in trace.addresses[:3]) if trace is not None else "no stack"


def _block(printer: StructurePrinter) -> str:
    state, size_bytes = printer.part("self", "state"), printer.part("extent", "size_bytes")
    payload = printer.part("self", "address")
    if printer.address() and payload != printer.address() + printer._layout.size("block"):
        return "smashed header: it does not hold its own address"
    return f"{printer.named('block.self:state', state)} block of {size_bytes} bytes at {payload:#x}"


def _zone(printer: StructurePrinter) -> str:
    kind = printer.named("zone.type", printer.number("type")).upper()
    magic = printer._layout.constant("zone_magic") ^ printer.address()
    smashed = "" if not printer.address() or printer.number("magic") == magic else ", smashed: its magic is wrong"
    return f"{kind} zone of {text.size(printer.number('size_bytes'))}{smashed}"


def _heap(printer: StructurePrinter) -> str:
    state = printer.named("heap.state", printer.number("state"))
    return f"{state}: {text.plural(printer.number('zone_count'), 'zone')}"


def _run(printer: StructurePrinter) -> str:
    state = printer.named("run.state", printer.number("state"))
    if state != "lead":
        return f"{state}: no run begins here"
    units, slots = text.plural(printer.number("unit_count"), "unit"), text.plural(printer.number("slot_count"), "slot")
    carved, free = printer.number("carved_count"), printer.number("free_count")
    return f"{units}, {slots} of {printer.number('stride_bytes')} bytes, {carved} carved, {free} free"


def _cache(printer: StructurePrinter) -> str:
    thread = printer.number("thread_id")
    return f"cache of thread {thread}" if thread else "cache of a thread that has ended"


def _chunk(printer: StructurePrinter) -> str:
    kind = printer.named("chunk.kind", printer.number("kind"))
    return f"{kind} chunk of {text.size(printer.number('size_bytes'))} at {printer.number('address'):#x}"


def _trace(printer: StructurePrinter) -> str:
    allocated, freed = printer.number("allocated_stack"), printer.number("freed_stack")
    words = f"allocated by thread {printer.part('allocated_by', 'thread')} at {printer.stack(allocated)}"
    if freed:
        words += f"; freed by thread {printer.number('freed_by')} at {printer.stack(freed)}"
    return words


def _stored_stack(printer: StructurePrinter) -> str:
    return text.plural(printer.number("frame_count"), "frame")


def _fault(printer: StructurePrinter) -> str:
    kind = printer.named("fault.kind", printer.number("kind"))
    return "no fault" if kind == "none" else f"{kind} at {printer.number('address'):#x}"


def _event(printer: StructurePrinter) -> str:
    kind = printer.named("history_event.kind", printer.number("kind"))
    number, size_bytes = printer.number("sequence"), printer.number("size_bytes")
    return f"event {number}: {kind} {size_bytes} bytes at {printer.number('address'):#x}"


_SUMMARIES: dict[str, Callable[[StructurePrinter], str]] = {
    "heap": _heap, "block": _block, "zone": _zone, "run": _run, "cache": _cache, "chunk": _chunk, "block_trace": _trace,
    "stored_stack": _stored_stack, "fault": _fault, "history_event": _event,
}  # fmt: skip


class HeapPrinters(gdb.printing.PrettyPrinter):
    """One printer for all structures of the layout table."""

    def __init__(self, session: Session):
        names = [gdb.printing.SubPrettyPrinter(name) for name in _SUMMARIES]
        super().__init__("ftmalloc", names)
        self._session = session

    def __call__(self, value: gdb.Value) -> StructurePrinter | None:
        kind = value.type.unqualified().strip_typedefs()
        if kind.code != gdb.TYPE_CODE_STRUCT or kind.tag not in _SUMMARIES or not self._enabled(kind.tag):
            return None
        try:
            layout = self._session.layout()
        except (ExpectedError, gdb.error):
            return None
        return StructurePrinter(value, kind.tag, layout, self._session) if _is_ours(kind, layout) else None

    def _enabled(self, name: str) -> bool:
        return any(printer.name == name and printer.enabled for printer in self.subprinters)


def _is_ours(kind: gdb.Type, layout: Layout) -> bool:
    """True when the type has the size and the fields that the table promises."""
    if not layout.has(STRUCT, kind.tag) or layout.size(kind.tag) != kind.sizeof:
        return False
    there = {field.name: (field.bitpos // 8, field.type.sizeof) for field in kind.fields()}
    prefix = f"{kind.tag}."
    return all(there.get(name[len(prefix) :]) == layout.field(name) for name in layout.names(FIELD, prefix))


def register(session: Session) -> None:
    """Makes them known to gdb, in the place of those of an earlier load."""
    gdb.printing.register_pretty_printer(None, HeapPrinters(session), replace=True)
