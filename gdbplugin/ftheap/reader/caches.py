"""The threads' caches of free blocks (heap/cache.h): whose they are, and what memory they take."""

from __future__ import annotations

from ..errors import MemoryUnreadable
from ..model.heap import ThreadCache
from .context import Context

_CACHES_MAX = 1 << 16
_CACHE_BYTES_MAX = 1 << 20


def read_caches(context: Context) -> tuple[list[ThreadCache], list[tuple[int, int]]]:
    """The caches, and the address range of each. A broken link ends the list with a finding."""
    record, address = context.structs.cache, context.heap.first_cache
    caches: dict[int, ThreadCache] = {}
    ranges: list[tuple[int, int]] = []
    while address and len(caches) < _CACHES_MAX:
        if address in caches:
            context.find("broken-cache", address, f"the list of thread caches closes a cycle at {address:#x}")
            break
        try:
            data = memoryview(context.memory.read(address, record.size_bytes))
        except MemoryUnreadable:
            context.complete = False
            context.find("broken-cache", address, f"the thread cache at {address:#x} can't be read: the list ends here")
            break
        cache = record.unpack(data)
        caches[address] = ThreadCache(address, cache.thread_id)
        ranges.append((address, address + min(max(cache.size_bytes, record.size_bytes), _CACHE_BYTES_MAX)))
        address = cache.next
    return list(caches.values()), ranges
