"""The inferior's bytes, through gdb; of a core file or a process on this machine directly, which is quicker, and of a
core shows what is really there."""

from __future__ import annotations

import gdb

from ..errors import MemoryUnreadable
from ..memory import Place
from ..typed import Callable
from .corefile import CoreFile
from .processmemory import ProcessMemory
from .remote import KeptBytes

_ADDRESS_END = 1 << 64


def read_by_gdb(address: int, size_bytes: int) -> memoryview:
    """What gdb has of these bytes. Raises MemoryUnreadable."""
    try:
        data = gdb.selected_inferior().read_memory(address, size_bytes)
    except (gdb.error, OverflowError, ValueError, MemoryError) as error:
        raise MemoryUnreadable(address, size_bytes) from error
    if len(data) != size_bytes:
        raise MemoryUnreadable(address, size_bytes)
    return memoryview(data).cast("B")  # its own elements are no numbers


class GdbMemory:
    """Memory of the selected inferior. ``core`` gives its core file, ``process`` the memory of its process on this
    machine, ``kept`` what packets have brought of one elsewhere; each None when it has none."""

    def __init__(
        self,
        core: Callable[[], CoreFile | None],
        process: Callable[[], ProcessMemory | None],
        kept: Callable[[], KeptBytes | None],
    ):
        self._core, self._process, self._kept = core, process, kept

    def read(self, address: int, size_bytes: int) -> memoryview | bytes:
        if size_bytes == 0:
            return b""
        self._check(address, size_bytes)
        core = self._core()
        if core is not None:
            raw = core.read(address, size_bytes)
            if raw is not None:
                return raw
            if core.lost(address, size_bytes):
                raise MemoryUnreadable(address, size_bytes)
        kept = self._kept()
        return read_by_gdb(address, size_bytes) if kept is None else kept.read(address, size_bytes)

    def borrow(self, address: int, size_bytes: int) -> memoryview | bytes:
        """See memory.borrow."""
        self._check(address, size_bytes)
        source = self._core() or self._process()
        data = source.borrow(address, size_bytes) if source is not None else None
        return data if data is not None else self.read(address, size_bytes)

    def place(self, address: int, size_bytes: int) -> Place | None:
        """See memory.place_of."""
        source = self._core() or self._process()
        return source.place(address, size_bytes) if source is not None else None

    def _check(self, address: int, size_bytes: int) -> None:
        if address < 0 or size_bytes < 0 or address + size_bytes > _ADDRESS_END:
            raise MemoryUnreadable(address, size_bytes)
