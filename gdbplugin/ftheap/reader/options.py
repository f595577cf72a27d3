"""The allocator's switches as the process has them: an optional table, absent from a library without options."""

from __future__ import annotations

from ..layout import FIELD, ROOT, STRUCT
from ..structs import Record
from .context import Context
from .tolerant import read_tolerant

_OPTIONS_MAX = 256


def read_options(context: Context) -> dict[str, str]:
    """Name to value of every switch that is on ("1" for a plain one)."""
    layout = context.layout
    rows = ((ROOT, "options"), (STRUCT, "option"), (FIELD, "option.name"), (FIELD, "option.value"))
    if not all(layout.has(kind, name) for kind, name in rows):
        return {}
    address, size_bytes = layout.root("options")
    record = Record(layout, "option", "value")
    name_offset, name_bytes = layout.field("option.name")
    count = min(size_bytes // record.size_bytes, _OPTIONS_MAX)
    table = read_tolerant(context.memory, address, count * record.size_bytes)
    options: dict[str, str] = {}
    for index in range(count):
        start = index * record.size_bytes
        name = bytes(table.data[start + name_offset : start + name_offset + name_bytes]).split(b"\0", 1)[0]
        value = record.unpack(table.data, start).value
        if name and value:
            options[name.decode("ascii", "replace")] = str(value)
    for start, end in table.holes:
        context.unreadable(start, end - start, "the option table")
    return options
