"""What the debug layer leaves for a debugger: the switches as the process has them, and its last report.

Both are optional: a library without them serves all the same. C sources: debug/options.h, report/fault.h.
"""

from __future__ import annotations

from ..errors import MemoryUnreadable, TargetError
from ..layout import ENUM
from ..model.heap import Fault, Fills, State, Trace
from ..structs import Record
from .context import Context
from .tolerant import read_tolerant

_OPTIONS_MAX = 256
_FAULT_FIELDS = "kind access block_state sequence address argument block_address block_bytes"
_STACKS = ("stack", "allocated", "freed")


def read_options(context: Context) -> dict[str, str]:
    """Name to value of every switch that is on ("1" for a plain one)."""
    layout = context.layout
    if not layout.has_part("options"):
        return {}
    address, size_bytes = layout.root("options")
    record = Record(layout, "option_value", "value")
    name_offset, name_bytes = layout.field("option_value.name")
    count = min(size_bytes // record.size_bytes, _OPTIONS_MAX)
    table = read_tolerant(context.memory, address, count * record.size_bytes)
    for start, end in table.holes:
        context.unreadable(start, end - start, "the table of switches")
    options: dict[str, str] = {}
    for index in range(count):
        start = index * record.size_bytes
        name = _text(table.data[start + name_offset : start + name_offset + name_bytes])
        value = record.unpack(table.data, start).value
        if name and value:
            options[name] = str(value)
    return options


def read_fills(context: Context) -> Fills:
    """The bytes that canaries, freed and allocated memory are filled with."""
    layout = context.layout
    fills = {"canaries": "redzone_fill", "freed fill": "freed_fill", "allocated fill": "allocated_fill"}
    return Fills(*(layout.constant(row) & 0xFF if layout.has_part(part) else None for part, row in fills.items()))


def read_last_fault(context: Context) -> Fault | None:
    """The fault that the allocator reported last; None when there was none, or it can't be read."""
    layout = context.layout
    if not layout.has_part("last fault"):
        return None
    address, _ = layout.root("last_fault")
    try:
        record = Record(layout, "fault", _FAULT_FIELDS)
        data = memoryview(context.memory.read(address, record.size_bytes))
        fault = record.unpack(data)
        kinds, accesses = _names(context, "fault_kind."), _names(context, "fault_access.")
        if kinds.get(fault.kind, "none") == "none":
            return None
        access = accesses.get(fault.access, "none")
        stacks = {name: _stack(context, data, layout.offset(f"fault.{name}")) for name in _STACKS}
    except MemoryUnreadable as error:
        context.unreadable(error.address, error.size_bytes, "the last report")
        return None
    except TargetError:
        return None
    offset, size_bytes = layout.field("fault.evidence")
    return Fault(
        kinds[fault.kind],
        None if access == "none" else access,
        fault.address,
        fault.block_address or None,
        fault.block_bytes,
        _block_state(context, fault.block_state),
        _text(data[offset : offset + size_bytes]),
        fault.sequence,
        **stacks,
    )


def _names(context: Context, prefix: str) -> dict[int, str]:
    return {context.layout.state(name): name[len(prefix) :] for name in context.layout.names(ENUM, prefix)}


def _block_state(context: Context, number: int) -> State | None:
    name = _names(context, "fault_block.").get(number, "none")
    return State[name.upper()] if name.upper() in State.__members__ else None


def _stack(context: Context, data: memoryview, offset: int) -> Trace | None:
    record = Record(context.layout, "fault_stack", "thread_id frame_count")
    stack = record.unpack(data, offset)
    frames_offset, frames_bytes = context.layout.field("fault_stack.frames")
    frames = data[offset + frames_offset : offset + frames_offset + frames_bytes]
    frames = frames[: len(frames) // 8 * 8].cast("Q")
    addresses = tuple(frames[: min(stack.frame_count, len(frames))])
    return Trace(addresses, stack.thread_id) if addresses or stack.thread_id else None


def _text(field: memoryview) -> str:
    return bytes(field).split(b"\0", 1)[0].decode("ascii", "replace")
