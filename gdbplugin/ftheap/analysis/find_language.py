"""What ``find`` can ask for: the one table behind its parser, its help and its documentation."""

from __future__ import annotations

from enum import IntEnum

from ..model.heap import State, ZoneType
from ..model.leaks import LeakClass
from ..typed import NamedTuple


class Field(NamedTuple):
    """A test's name. ``kind`` says how its value is written: count (a number), bytes (with k, M, G), time (with us,
    ms, s, m, h), address (an expression of the debugger), member (of ``members``), type (a member, or a type's name),
    text, hex (pairs of digits) or pattern (a regular expression). ``compares``: takes < and its kin, not only = and
    !=; content tests take none. ``needs``: the switch without which nothing is recorded."""

    name: str
    kind: str
    help: str
    compares: bool = False
    members: type[IntEnum] | None = None
    needs: str = ""


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("size", "bytes", "requested bytes, such as 64, 4k or 1M", True),
        Field("address", "address", "first byte of the block", True),
        Field("zone", "address", "first byte of its zone", True),
        Field("state", "member", "live, freed, quarantined, changing, corrupted, ...", members=State),
        Field("type", "type", 'tiny, small, large; or its likely C type, "node*"', members=ZoneType),
        Field("class", "member", "definite, indirect, possible, reachable", members=LeakClass),
        Field("thread", "count", "kernel's id of the allocating thread", True, needs="FtMallocStackLogging"),
        Field("freed-by", "count", "kernel's id of the freeing thread", True, needs="FtMallocStackLogging"),
        Field("stack", "pattern", "regex: a function, file:line, module that allocated", needs="FtMallocStackLogging"),
        Field("freed-at", "pattern", "regex: likewise, that freed", needs="FtMallocStackLogging"),
        Field("age", "time", "since it was allocated, such as 10ms, 5s, 2m", True, needs="FtMallocHistory"),
        Field("event", "count", "number of its allocation in the history", True, needs="FtMallocHistory"),
        Field("string", "text", 'the payload holds this text, "timeout"'),
        Field("bytes", "hex", 'the payload holds these bytes, "de ad be ef"'),
        Field("pointer", "address", "an aligned word of the payload has this value"),
    )
}
FREED_ONLY = frozenset({"freed-by", "freed-at"})  # true of blocks that are not live

RULES = (
    "Tests are joined by and, or, not and parentheses. The first three and thread, freed-by, age, event are compared "
    "with = != < <= > >=; state, type, class with = and !=; the others stand with their value alone.",
    "An address is any expression of gdb without spaces, or in parentheses. A type's name may have * for anything.",
    "Without a test of the state, or of how it was freed, live blocks only. Age counts back from the last recorded "
    "event; what was allocated before the first one that is kept is older than all of them.",
)


def help_rows() -> list[str]:
    """A row for each test, for the help."""
    width = max(map(len, FIELDS)) + 2
    return [f"  {field.name:<{width}}{field.help}" for field in FIELDS.values()]
