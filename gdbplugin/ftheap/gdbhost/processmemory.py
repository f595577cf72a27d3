"""The bytes of a process on this machine that gdb has stopped, past gdb: four times as fast for whole zones."""

from __future__ import annotations

import ctypes
import os

_BUFFER_BYTES_MAX = 16 << 20


class _Part(ctypes.Structure):
    """struct iovec"""

    _fields_ = [("base", ctypes.c_void_p), ("size_bytes", ctypes.c_size_t)]


class ProcessMemory:
    """Reads with process_vm_readv into one buffer, which grows to what was asked for."""

    def __init__(self, process_id: int):
        self.process_id = process_id
        self._buffer = bytearray()
        self._read = getattr(ctypes.CDLL(None, use_errno=True), "process_vm_readv", None)

    def borrow(self, address: int, size_bytes: int) -> memoryview | None:
        """The bytes until the next call; None where the kernel does not give them all."""
        if self._read is None or not 0 < size_bytes <= _BUFFER_BYTES_MAX:
            return None
        if size_bytes > len(self._buffer):
            self._buffer = bytearray(-(-size_bytes // (1 << 20)) << 20)
        target = (ctypes.c_char * len(self._buffer)).from_buffer(self._buffer)
        local, remote = _Part(ctypes.addressof(target), size_bytes), _Part(address, size_bytes)
        one = ctypes.c_ulong(1)
        self._read.restype = ctypes.c_ssize_t
        got = self._read(self.process_id, ctypes.byref(local), one, ctypes.byref(remote), one, ctypes.c_ulong(0))
        return memoryview(self._buffer)[:size_bytes] if got == size_bytes else None


def of_process(process_id: int) -> ProcessMemory | None:
    """None where no process of this number is to be seen: gdb may be in another namespace."""
    return ProcessMemory(process_id) if os.path.isdir(f"/proc/{process_id}") else None
