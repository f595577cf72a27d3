"""The debug layer's rings: the history of events and the queue of the quarantine. Untrusted, and absent at times.

C sources: debug/history.h, debug/quarantine.h, debug/thread_buffer.h.
"""

from __future__ import annotations

from array import array

from ..errors import MemoryUnreadable, TargetError
from ..layout import ENUM, PARTS
from ..model.heap import Event
from ..structs import Record
from ..typed import Any
from .context import Context
from .tolerant import Bytes, read_tolerant
from .traces import read_head

_RING_BYTES_MAX = 1 << 30
_PIECE_BYTES = 32 << 20
_WORD_BYTES = 8


def own_ring_ranges(context: Context) -> list[tuple[int, int]]:
    """[start, end) of the memory of rings and depot: addresses of blocks stand there that are no pointers."""
    ranges = []
    history, quarantine, depot = (_head(context, name) for name in ("history", "quarantine", "depot"))
    if history is not None and history.events:
        ranges.append((history.events, history.capacity * context.layout.size("history_event")))
    if quarantine is not None and quarantine.entries:
        ranges.append((quarantine.entries, quarantine.capacity * _WORD_BYTES))
    if depot is not None and depot.words:
        ranges.append((depot.words, depot.used_words * _WORD_BYTES))
    return [(start, start + min(size_bytes, _RING_BYTES_MAX)) for start, size_bytes in ranges]


def read_history(context: Context) -> tuple[list[Event], int] | None:
    """The recorded events, oldest first, and how many there were in all; None when no history is kept.

    An event that was being written is left out, and so is what stands in a place of another one.
    """
    layout, history = context.layout, _head(context, "history")
    if history is None or not history.events or not history.capacity:
        return None
    record = Record(layout, "history_event", PARTS["history"].members["history_event"])
    capacity = history.capacity
    if capacity > _RING_BYTES_MAX // record.size_bytes:
        context.find("smashed-history", layout.root("history")[0],
                     f"the history says a capacity of {capacity} events: its books are written over")
        return [], history.count
    kinds = {layout.state(name): name.split(".", 1)[1] for name in layout.names(ENUM, "event_kind.")}
    events, strange = [], 0
    pieces = _pieces(context, history.events, min(history.count, capacity) * record.size_bytes, record.size_bytes)
    for first, piece in pieces:
        for start, end in piece.holes[:1]:
            context.find("history-unreadable", start, f"{end - start} bytes of the history cannot be read")
        for index, event in enumerate(record.unpack_all(piece.data), first):
            if event.sequence == 0:
                continue
            kind = kinds.get(event.kind, "none")
            if (event.sequence - 1) % capacity != index or event.sequence > history.count or kind == "none":
                strange += 1
                continue
            events.append(
                Event(event.sequence, event.nanoseconds, kind, event.address, event.size_bytes,
                      event.old_address or None, event.thread_id, event.stack)
            )
    if strange:
        context.find("smashed-history", history.events, f"{strange} events of the history make no sense")
    events.sort(key=lambda event: event.sequence)
    return events, history.count


def read_quarantine(context: Context, caches: list[tuple[int, int]]) -> array[int]:
    """Payloads that wait, oldest first; those in the threads' buffers, at the ends of the ``caches``, come
    last, by size class."""
    queue = _head(context, "quarantine")
    if queue is None or not queue.entries or not queue.capacity:
        return array("Q")
    shift, mask = context.layout.bits("block.self:address")
    entries = _read_queue(context, queue)
    for cache in caches:
        entries.extend(_read_thread_buffer(context, cache))
    return array("Q", (entry >> shift & mask for entry in entries))


def _read_thread_buffer(context: Context, cache: tuple[int, int]) -> list[int]:
    """Entries on their way to the queue: what the thread of the cache [start, end) has freed last."""
    heap, (start, end) = _head(context, "heap", "thread buffer"), cache
    if heap is None:
        return []
    buffer, size_bytes = end - heap.companion_bytes, context.layout.size("thread_buffer")
    if not start <= buffer <= end - size_bytes:
        return []
    try:
        data = memoryview(context.memory.read(buffer, size_bytes)).cast("B")  # gdb gives single characters
    except MemoryUnreadable:
        return []
    counts_offset, class_count = context.layout.field("thread_buffer.held_counts")
    offset, held_bytes = context.layout.field("thread_buffer.held")
    row_bytes = held_bytes // class_count
    entries: list[int] = []
    for row, count in enumerate(data[counts_offset : counts_offset + class_count]):
        if count * _WORD_BYTES > row_bytes:
            context.find("bad-quarantine", buffer,
                         f"the thread buffer at {buffer:#x} says that it holds {count} blocks: it is written over")
            return []
        at = offset + row * row_bytes
        entries += data[at : at + count * _WORD_BYTES].cast("Q").tolist()
    return entries


def _read_queue(context: Context, queue: Any) -> array[int]:
    count = queue.end - queue.first
    if not 0 <= count <= queue.capacity or queue.capacity > _RING_BYTES_MAX // _WORD_BYTES:
        context.find("bad-quarantine", context.layout.root("quarantine")[0],
                     f"the quarantine says that blocks {queue.first} to {queue.end} of {queue.capacity} wait: its "
                     "books are written over")
        return array("Q")
    first = queue.first % queue.capacity
    ahead = min(count, queue.capacity - first)
    entries = array("Q")
    for start, length in ((first, ahead), (0, count - ahead)):
        for _, piece in _pieces(context, queue.entries + start * _WORD_BYTES, length * _WORD_BYTES, _WORD_BYTES):
            for hole, end in piece.holes[:1]:
                context.find("quarantine-unreadable", hole, f"{end - hole} bytes of the quarantine cannot be read")
            words = piece.data.cast("Q")
            entries.extend(word for word in words if word or not piece.holes)
    return entries


def _head(context: Context, name: str, part: str = "") -> Any:
    """The root structure ``name`` of a part, which has its name unless told; None where the part is not there."""
    part = part or name
    if not context.layout.has_part(part):
        return None
    try:
        return read_head(context, name, PARTS[part].members[name])
    except (MemoryUnreadable, TargetError):
        return None


def _pieces(context: Context, address: int, size_bytes: int, entry_bytes: int) -> list[tuple[int, Bytes]]:
    """Index of the first entry, and the bytes, in pieces of whole entries."""
    step = _PIECE_BYTES // entry_bytes * entry_bytes
    return [
        (start // entry_bytes, read_tolerant(context.memory, address + start, min(step, size_bytes - start)))
        for start in range(0, size_bytes, step)
    ]
