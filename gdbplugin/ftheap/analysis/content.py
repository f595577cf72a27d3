"""What a block's bytes look like, for groups without a stack and for ``find``."""

from __future__ import annotations

from ..errors import MemoryUnreadable
from ..model.heap import Snapshot
from ..target import Target

SAMPLE_BYTES = 64
TEXT_BYTES_MIN = 4
_TEXT = frozenset(range(0x20, 0x7F)) | {0x09, 0x0A, 0x0D}


def text_of(data: bytes) -> str | None:
    """The NUL-terminated text that ``data`` begins with; None when it is no printable ASCII, or too short for one.

    Without a NUL the whole of ``data`` must be text.
    """
    end = data.find(0)
    text = data if end < 0 else data[:end]
    if len(text) < TEXT_BYTES_MIN or not _TEXT.issuperset(text):
        return None
    return text.decode("ascii")


def describe_content(target: Target, snapshot: Snapshot, row: int) -> str:
    """A few words on the begin of the block: ``vtable for Widget``, ``text "abc"``, ``zeroes``, ``pointers``, ``data``;
    ``empty``, ``unreadable``, and ``all 0x55, the fill of freed memory``."""
    blocks = snapshot.blocks
    size_bytes = min(blocks.sizes[row], SAMPLE_BYTES)
    if not size_bytes:
        return "empty"
    try:
        data = bytes(target.memory.read(blocks.addresses[row], size_bytes))
    except MemoryUnreadable:
        return "unreadable"
    if not any(data):
        return "zeroes"
    fills = {snapshot.fills.freed: "freed", snapshot.fills.allocated: "fresh"}
    if len(data) > 1 and data.count(data[0]) == len(data) and data[0] in fills:
        return f"all {data[0]:#04x}, the fill of {fills[data[0]]} memory"
    text = text_of(data)
    if text is not None:
        return f'text "{text.splitlines()[0][:24]}"'
    words = [int.from_bytes(data[at : at + 8], "little") for at in range(0, size_bytes - 7, 8)]
    if words and words[0]:
        symbol = target.symbol_at(words[0])
        if symbol is not None and symbol.name.startswith("vtable for "):
            return symbol.name
    if any(snapshot.block_at(word) is not None for word in words):
        return "pointers"
    return "data"
