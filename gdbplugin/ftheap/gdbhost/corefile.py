"""What an ELF core file says of itself: program headers, the notes on threads and files, and its bytes.

gdb hides three facts that decide whether an answer is true: that the file was cut, which pages were never dumped,
and registers newer than gdb. So the file is read directly; what it doesn't hold is gdb's to answer.
"""

from __future__ import annotations

import mmap
import os
import struct
from bisect import bisect_right

from ..memory import Place

from .. import elf
from ..records import dataclass, field
from ..typed import NamedTuple

_NT_PRSTATUS, _NT_FPREGSET, _NT_FILE = 1, 2, 0x46494C45
_NT_X86_XSTATE, _NT_ARM_TLS, _NT_ARM_SVE = 0x202, 0x401, 0x405
_PRSTATUS_PID, _PRSTATUS_REGISTERS = 32, 112  # struct elf_prstatus of 64-bit Linux
_PRSTATUS_SIGNALS = struct.Struct("<iiihxx")  # si_signo, si_code, si_errno, pr_cursig
_EXECUTE, _WRITE, _READ = 1, 2, 4
# In the order of struct user_regs_struct (x86-64) and struct user_pt_regs (aarch64).
_REGISTERS = {
    62: "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base "
    "ds es fs gs".split(),
    183: [*(f"x{index}" for index in range(31)), "sp", "pc", "cpsr"],
}
_STACK_POINTER = {62: "rsp", 183: "sp"}
_ENTRIES_MAX = 1 << 20
_NOTES_MAX_BYTES = 256 << 20
_WINDOW_BYTES = 6 << 20  # of the file, mapped at a time: what was looked at does not stay in gdb's memory
_SHARED_MEMORY = ("/dev/zero", "/memfd:", "/SYSV", "/dev/shm/")


class Segment(NamedTuple):
    """A PT_LOAD: ``[start, end)`` in memory, of which the first ``file_bytes`` are at ``file_offset``.

    ``kept_bytes`` of these are really in the file: fewer when it was cut.
    """

    start: int
    end: int
    file_offset: int
    file_bytes: int
    kept_bytes: int
    flags: int

    @property
    def writable(self) -> bool:
        return bool(self.flags & _WRITE)

    @property
    def readable(self) -> bool:
        return bool(self.flags & _READ)

    @property
    def executable(self) -> bool:
        return bool(self.flags & _EXECUTE)


@dataclass
class CoreThread:
    """A thread's notes. ``vector_bytes``: the kernel's raw dump of the floating point and vector registers; ``signal``:
    number of the one that it got, 0 for none."""

    thread_id: int
    registers: dict[str, int] = field(default_factory=dict)
    vector_bytes: bytes = b""
    stack_pointer: int | None = None
    thread_pointer: int | None = None
    signal: int = 0


class CoreFile:
    """An open core file. ``segments`` ascend; ``files`` are (start, end, path) from the NT_FILE note."""

    def __init__(self, path: str):
        """Raises OSError when the file can't be read, ValueError when it is no 64-bit little-endian ELF core."""
        self.path = path
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        status = os.fstat(self._descriptor)
        self.size_bytes, self._opened_as = status.st_size, status.st_mtime_ns
        self.segments: list[Segment] = []
        self.threads: list[CoreThread] = []
        self.files: list[tuple[int, int, str]] = []
        self.expected_bytes = 0
        self._machine = 0
        self._window: tuple[int, memoryview] = (0, memoryview(b""))
        self._read_headers()
        self._starts = [segment.start for segment in self.segments]
        self._file_starts = [start for start, _, _ in self.files]
        # Without its stacks, a core has no private pages at all: what is missing must not come from the program's file.
        stacks = [thread.stack_pointer for thread in self.threads if thread.stack_pointer]
        held = [pointer for pointer in stacks if self._is_writable(pointer)]  # not so where a stack is used up
        self.private_pages_missing = bool(held) and not any(map(self._declared, held))

    def __del__(self) -> None:
        descriptor = getattr(self, "_descriptor", None)
        if descriptor is not None:
            os.close(descriptor)

    def _bytes(self, offset: int, size_bytes: int) -> bytes:
        """What the file has of these bytes; ``offset`` is as absurd as the headers are."""
        size_bytes = min(size_bytes, self.size_bytes - offset)
        return os.pread(self._descriptor, size_bytes, offset) if size_bytes > 0 else b""

    def _read_headers(self) -> None:
        header = elf.header(self._bytes(0, elf.HEADER_BYTES))
        if header is None:
            raise ValueError(f"{self.path} is no 64-bit little-endian ELF file")
        if header.kind != elf.ET_CORE:
            raise ValueError(f"{self.path} is no core file")
        self._machine = header.machine
        count = header.entry_count
        if count == elf.PN_XNUM:
            count = elf.count_in_section(self._bytes(header.sections_offset, elf.SECTION_HEADER_BYTES))
        table = self._bytes(header.entries_offset, min(count, _ENTRIES_MAX) * header.entry_bytes)
        notes = []
        for entry in elf.entries(table, header.entry_bytes):
            self.expected_bytes = max(self.expected_bytes, entry.offset + entry.file_bytes)
            if entry.kind == elf.PT_NOTE:
                notes.append(entry)
            elif entry.kind == elf.PT_LOAD and entry.memory_bytes:
                self._add_segment(entry)
        self._keep_apart()
        for entry in notes:
            for _, kind, body in elf.notes(self._bytes(entry.offset, min(entry.file_bytes, _NOTES_MAX_BYTES))):
                self._read_note(kind, body)

    def _add_segment(self, entry: elf.Entry) -> None:
        end = entry.address + entry.memory_bytes
        kept = max(0, min(entry.file_bytes, self.size_bytes - entry.offset))
        self.segments.append(Segment(entry.address, end, entry.offset, entry.file_bytes, kept, entry.flags))

    def _keep_apart(self) -> None:
        """Segments by address; each ends where the next begins, whatever its header says."""
        self.segments.sort(key=lambda segment: segment.start)
        for index, (segment, following) in enumerate(zip(self.segments, self.segments[1:])):
            if segment.end > following.start:
                self.segments[index] = segment._replace(end=following.start)

    def _read_note(self, kind: int, body: bytes) -> None:
        if kind == _NT_PRSTATUS and len(body) >= _PRSTATUS_REGISTERS:
            self._begin_thread(body)
        elif kind == _NT_FILE and len(body) >= 16:
            self._read_files(body)
        elif self.threads and kind in (_NT_FPREGSET, _NT_X86_XSTATE, _NT_ARM_SVE):
            if len(body) > len(self.threads[-1].vector_bytes):  # the larger one holds what the smaller one does
                self.threads[-1].vector_bytes = body
        elif self.threads and kind == _NT_ARM_TLS and len(body) >= 8:
            self.threads[-1].thread_pointer = struct.unpack_from("<Q", body)[0]

    def _begin_thread(self, body: bytes) -> None:
        thread = CoreThread(struct.unpack_from("<i", body, _PRSTATUS_PID)[0])
        in_info, _, _, current = _PRSTATUS_SIGNALS.unpack_from(body)
        thread.signal = current or in_info
        names = _REGISTERS.get(self._machine, [])
        count = min(len(names), (len(body) - _PRSTATUS_REGISTERS) // 8)
        values = struct.unpack_from(f"<{count}Q", body, _PRSTATUS_REGISTERS)
        thread.registers = dict(zip(names, values))
        thread.stack_pointer = thread.registers.get(_STACK_POINTER.get(self._machine, ""))
        thread.thread_pointer = thread.registers.get("fs_base")
        self.threads.append(thread)

    def _read_files(self, body: bytes) -> None:
        count, _ = struct.unpack_from("<QQ", body)
        names_at = 16 + count * 24
        if names_at > len(body):
            return
        names = body[names_at:].split(b"\0")
        for index in range(min(count, len(names))):
            start, end, _ = struct.unpack_from("<QQQ", body, 16 + index * 24)
            self.files.append((start, end, names[index].decode("utf-8", "surrogateescape")))
        self.files.sort()

    def segment_at(self, address: int) -> Segment | None:
        index = bisect_right(self._starts, address) - 1
        if index >= 0 and address < self.segments[index].end:
            return self.segments[index]
        return None

    def path_at(self, address: int) -> str:
        """The file mapped at ``address``, "" when it is anonymous or not known."""
        index = bisect_right(self._file_starts, address) - 1
        if index >= 0 and address < self.files[index][1]:
            return self.files[index][2]
        return ""

    def read(self, address: int, size_bytes: int) -> bytes | None:
        """The bytes, where one segment of the file holds them all; None otherwise."""
        segment = self.segment_at(address)
        if segment is None or address + size_bytes > segment.start + segment.kept_bytes:
            return None
        raw = os.pread(self._descriptor, size_bytes, segment.file_offset + address - segment.start)
        return raw if len(raw) == size_bytes else None

    def borrow(self, address: int, size_bytes: int) -> memoryview | None:
        """As ``read``, but mapped, until the next call."""
        place = self.place(address, size_bytes)
        if place is None:
            return None
        position = place.position
        start, window = self._window
        if not (start <= position and position + size_bytes <= start + len(window)):
            start = position // mmap.ALLOCATIONGRANULARITY * mmap.ALLOCATIONGRANULARITY
            length = min(max(_WINDOW_BYTES, position + size_bytes - start), self.size_bytes - start)
            self._window = (0, memoryview(b""))  # unmapped before the next one is mapped
            try:
                window = memoryview(mmap.mmap(self._descriptor, length, access=mmap.ACCESS_READ, offset=start))
            except (OSError, ValueError, OverflowError):
                return None
            self._window = (start, window)
        return window[position - start : position - start + size_bytes]

    def place(self, address: int, size_bytes: int) -> Place | None:
        """Where in the file one segment holds the bytes; None also where the file was cut since: touching its pages
        would end gdb."""
        segment = self.segment_at(address)
        if segment is None or size_bytes <= 0 or address + size_bytes > segment.start + segment.kept_bytes:
            return None
        if os.fstat(self._descriptor).st_size < self.size_bytes:
            return None
        return Place(self._descriptor, 0, segment.file_offset + address - segment.start)

    def lost(self, address: int, size_bytes: int) -> bool:
        """True when the range touches memory that the program could write and that the file should hold but doesn't:
        what gdb would then show comes from the program's file, and is not true."""
        index = max(0, bisect_right(self._starts, address) - 1)
        while index < len(self.segments) and self.segments[index].start < address + size_bytes:
            segment = self.segments[index]
            kept_end = segment.start + segment.kept_bytes
            # Pages that were never written to may be left out, as a whole, where they are a file's.
            promised_end = segment.end if segment.file_bytes or self.private_pages_missing else segment.start
            if segment.writable and address < promised_end and min(address + size_bytes, promised_end) > kept_end:
                return True
            index += 1
        return False

    def _is_writable(self, address: int) -> bool:
        segment = self.segment_at(address)
        return segment is not None and segment.writable

    def _declared(self, address: int) -> bool:
        """True when the headers promise the byte, whether the file was cut or not."""
        segment = self.segment_at(address)
        return segment is not None and address < segment.start + segment.file_bytes

    def written_at(self) -> int:
        """When the file was last written to, in nanoseconds: what it held before is no longer there."""
        return os.fstat(self._descriptor).st_mtime_ns

    def findings(self) -> list[tuple[str, int | None, str]]:
        """(rule, address, message): what the file is missing."""
        found: list[tuple[str, int | None, str]] = []
        if self.written_at() != self._opened_as:
            found.append((
                "core-changed", None, "the core file was written to since gdb opened it; open it again with `core-file`"
            ))
        if not any(segment.kept_bytes for segment in self.segments):
            found.append((
                "core-empty", None, "the core file's headers lead to no memory: they are damaged, or it was cut"
            ))
        if self.expected_bytes > self.size_bytes:
            lost = sum(segment.file_bytes - segment.kept_bytes for segment in self.segments)
            found.append((
                "core-truncated", None,
                f"the core file was cut: {self.size_bytes} of {self.expected_bytes} bytes, {lost} bytes of memory are "
                "lost; raise `ulimit -c` and free disk space",
            ))
        if self.private_pages_missing:
            found.append((
                "core-pages-missing", None,
                "the core file holds no stacks and no private pages; set bit 0 of /proc/PID/coredump_filter",
            ))
        for segment in self.segments:
            path = self.path_at(segment.start)
            if segment.writable and not segment.file_bytes and path.startswith(_SHARED_MEMORY):
                found.append((
                    "core-pages-missing", segment.start,
                    f"shared memory {path} ({segment.end - segment.start} bytes) is not in the core file; "
                    "set bit 1 of /proc/PID/coredump_filter",
                ))
        return found
