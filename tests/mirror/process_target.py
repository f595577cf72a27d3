"""The test's own process as an inferior: the real allocator, loaded beside glibc's, read through /proc/self/mem.

The interpreter itself keeps using glibc's malloc, so what the reader sees is exactly what the test asked for.
"""

from __future__ import annotations

import ctypes
import os
import threading
from pathlib import Path

from bare_target import BareTarget
from ftheap.errors import MemoryUnreadable
from ftheap.memory import Place
from ftheap.target import Mapping, Thread

_ADDRESS_END = 1 << 63


class ProcessMemory:
    """This process's bytes."""

    def __init__(self) -> None:
        self._file = os.open("/proc/self/mem", os.O_RDONLY)

    def read(self, address: int, size_bytes: int) -> bytes:
        try:
            data = os.pread(self._file, size_bytes, address) if address < _ADDRESS_END else b""
        except OSError:
            data = b""
        if len(data) != size_bytes:
            raise MemoryUnreadable(address, size_bytes)
        return data

    def place(self, address: int, _size_bytes: int) -> Place:
        return Place(-1, os.getpid(), address)


class ProcessTarget(BareTarget):
    """This very process, as if ``library`` were the only copy in it (or not: ``all_copies``)."""

    def __init__(self, library: Library, all_copies: bool = False):
        super().__init__(ProcessMemory(), f"process {os.getpid()}")
        self._library = library
        self._all_copies = all_copies

    def move(self) -> None:
        """Says that the process has moved, so that the next question reads anew."""
        self.key += 1

    def symbol_address(self, name: str) -> int | None:
        return self._library.symbol(name)

    def mappings(self) -> list[Mapping]:
        found = []
        for line in Path("/proc/self/maps").read_text().splitlines():
            place, permissions, _, _, _, *path = line.split(maxsplit=5)
            start, end = (int(part, 16) for part in place.split("-"))
            flags = (letter in permissions for letter in "rwx")
            file = Path(path[0]) if path else Path()
            if self._all_copies or file == self._library.path or not file.name.startswith(self._library.path.name):
                found.append(Mapping(start, end, *flags, path[0] if path else ""))
        return found

    def threads(self) -> list[Thread]:
        return [Thread(number, thread.native_id or 0, thread.name)
                for number, thread in enumerate(threading.enumerate(), 1)]


class Library:
    """The allocator under test, called by address and size; NULL comes back as 0."""

    def __init__(self, path: Path):
        self.path = path.resolve()
        self._handle = ctypes.CDLL(str(path), mode=os.RTLD_LOCAL | os.RTLD_NOW, use_errno=True)
        size, pointer = ctypes.c_size_t, ctypes.c_void_p
        self._malloc = self._function("malloc", pointer, size)
        self._calloc = self._function("calloc", pointer, size, size)
        self._realloc = self._function("realloc", pointer, pointer, size)
        self._aligned_alloc = self._function("aligned_alloc", pointer, size, size)
        self._memalign = self._function("memalign", pointer, size, size)
        self._free = self._function("free", None, pointer)
        self._usable = self._function("malloc_usable_size", size, pointer)
        self._show = self._function("show_alloc_mem", None)
        self._trim = self._function("malloc_trim", ctypes.c_int, size)

    def _function(self, name: str, result: object, *arguments: object) -> object:
        function = self._handle[name]
        function.restype, function.argtypes = result, list(arguments)
        return function

    def symbol(self, name: str) -> int | None:
        try:
            return ctypes.addressof(ctypes.c_char.in_dll(self._handle, name))
        except ValueError:
            return None

    def malloc(self, size: int) -> int:
        return self._malloc(size) or 0

    def calloc(self, count: int, size: int) -> int:
        return self._calloc(count, size) or 0

    def realloc(self, address: int, size: int) -> int:
        return self._realloc(address, size) or 0

    def aligned_alloc(self, alignment: int, size: int) -> int:
        return self._aligned_alloc(alignment, size) or 0

    def memalign(self, alignment: int, size: int) -> int:
        return self._memalign(alignment, size) or 0

    def free(self, address: int) -> None:
        self._free(address)

    def usable(self, address: int) -> int:
        return self._usable(address)

    def trim(self) -> None:
        self._trim(0)

    def show_alloc_mem(self, file_descriptor: int) -> None:
        """Prints to this descriptor instead of standard output."""
        kept = os.dup(1)
        try:
            os.dup2(file_descriptor, 1)
            self._show()
        finally:
            os.dup2(kept, 1)
            os.close(kept)
