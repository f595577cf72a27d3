"""A child process stepped one instruction at a time, whose memory is read meanwhile (ptrace, process_vm_readv)."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import struct
import subprocess
from pathlib import Path

from ftheap.errors import MemoryUnreadable
from ftheap.memory import Place

_CONT, _KILL, _SINGLESTEP, _GETREGSET = 7, 8, 9, 0x4204
_NT_PRSTATUS = 1
_RIP_INDEX = 16
_RSP_INDEX = 19

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


class _IoVector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


_libc.process_vm_readv.argtypes = [
    ctypes.c_int, ctypes.POINTER(_IoVector), ctypes.c_ulong, ctypes.POINTER(_IoVector), ctypes.c_ulong, ctypes.c_ulong,
]  # fmt: skip
_libc.process_vm_readv.restype = ctypes.c_ssize_t


class ProcessMemory:
    """The memory port on another process of this machine."""

    def __init__(self, process_id: int):
        self._process_id = process_id

    def read(self, address: int, size_bytes: int) -> bytes:
        if size_bytes == 0:
            return b""
        buffer = ctypes.create_string_buffer(size_bytes)
        here = _IoVector(ctypes.addressof(buffer), size_bytes)
        there = _IoVector(address, size_bytes)
        if _libc.process_vm_readv(self._process_id, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) != size_bytes:
            raise MemoryUnreadable(address, size_bytes)
        return buffer.raw

    def place(self, address: int, _size_bytes: int) -> Place:
        return Place(-1, self._process_id, address)


class Child:
    """A program that asked to be traced and stops itself with SIGSTOP."""

    def __init__(self, command: list[str], environment: dict[str, str]):
        self._process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)
        self.process_id = self._process.pid
        self.memory = ProcessMemory(self.process_id)
        self._registers = (ctypes.c_uint64 * 27)()
        self._vector = _IoVector(ctypes.addressof(self._registers), ctypes.sizeof(self._registers))

    def resume(self) -> int | None:
        """Lets it run. The signal that stops it next, None when it ended well."""
        self._ptrace(_CONT, 0)
        return self.wait()

    def step(self) -> int | None:
        """One instruction. The signal that stopped it: SIGTRAP for a plain step; None when it ended well."""
        self._ptrace(_SINGLESTEP, 0)
        return self.wait()

    def wait(self) -> int | None:
        _, status = os.waitpid(self.process_id, 0)
        if os.WIFSTOPPED(status):
            return os.WSTOPSIG(status)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        assert self._process.returncode == 0, f"the child ended with {self._process.returncode}"
        return None

    def instruction_pointer(self) -> int:
        self._vector.length = ctypes.sizeof(self._registers)
        self._ptrace(_GETREGSET, ctypes.addressof(self._vector), _NT_PRSTATUS)
        return self._registers[_RIP_INDEX]

    def stack_pointer(self) -> int:
        """At the last stop whose instruction pointer was asked for."""
        return self._registers[_RSP_INDEX]

    def base_of(self, path: Path) -> int:
        """Where the file is loaded."""
        for line in Path(f"/proc/{self.process_id}/maps").read_text().splitlines():
            if line.endswith(str(path.resolve())):
                return int(line.split("-")[0], 16)
        raise AssertionError(f"{path} is not loaded")

    def end(self) -> None:
        if self._process.returncode is None:
            os.kill(self.process_id, signal.SIGKILL)
            self._process.wait()

    def _ptrace(self, request: int, data: int, address: int = 0) -> None:
        if _libc.ptrace(request, self.process_id, address, data) < 0:
            raise OSError(ctypes.get_errno(), f"ptrace request {request}")


_INSTRUCTION = re.compile(r"\s*([0-9a-f]+):\t(?:(?:lock|rep\w*|notrack|bnd|data16|cs) )*(\S+)(?:\s+(.*))?")
_QUIET = re.compile(
    r"(j\w+|ret\w?|nop\w?|endbr64|leave\w?|push\w?|pop\w?|call\w?|cmp\w?|test\w?|lea\w?|bt[lqw]?|prefetch\w+)$"
)
_BOTH_WAYS = ("xchg", "cmpxchg", "xadd")


def quiet_offsets(library: Path) -> set[int]:
    """Offsets of the instructions that can store nothing but return addresses and saved registers on the stack.

    What objdump prints last is the destination: a register there stores nothing. All that isn't understood stores.
    """
    listing = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", library], check=True, capture_output=True, text=True, timeout=30
    )
    quiet = set()
    for line in listing.stdout.splitlines():
        match = _INSTRUCTION.match(line)
        if match is None:
            continue
        offset, mnemonic, operands = int(match[1], 16), match[2], (match[3] or "").split("#")[0].strip()
        if mnemonic.startswith(_BOTH_WAYS):
            continue
        if _QUIET.match(mnemonic) or re.search(r"%\w+$", operands):
            quiet.add(offset)
    return quiet


def unpack_words(raw: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(raw) // 8}Q", raw)
