"""ELF headers and notes, whole, cut and absurd."""

from __future__ import annotations

import struct

from ftheap import elf
from hypothesis import given
from hypothesis import strategies as st


def test_the_header_of_a_program_that_runs() -> None:
    with open("/proc/self/exe", "rb") as file:
        raw = file.read(1 << 16)
    header = elf.header(raw)
    assert header is not None and header.kind in (elf.ET_EXEC, elf.ET_DYN)
    table = raw[header.entries_offset :][: header.entry_bytes * header.entry_count]
    entries = list(elf.entries(table, header.entry_bytes))
    assert len(entries) == header.entry_count
    assert {elf.PT_LOAD, elf.PT_DYNAMIC} <= {entry.kind for entry in entries}
    loaded = [entry for entry in entries if entry.kind == elf.PT_LOAD]
    assert all(entry.file_bytes <= entry.memory_bytes for entry in loaded)
    owners = {
        owner for entry in entries if entry.kind == elf.PT_NOTE
        for owner, _, _ in elf.notes(raw[entry.offset : entry.offset + entry.file_bytes])
    }  # fmt: skip
    assert b"GNU\0" in owners


def test_notes_are_padded_and_may_be_cut() -> None:
    first = struct.pack("<III", 5, 3, 7) + b"CORE\0\0\0\0" + b"abc\0"
    second = struct.pack("<III", 4, 2, 9) + b"GNU\0" + b"de"
    assert list(elf.notes(first + second)) == [(b"CORE\0", 7, b"abc"), (b"GNU\0", 9, b"de")]
    assert list(elf.notes(first[:-2])) == [(b"CORE\0", 7, b"ab")]


def test_a_count_that_has_no_room_in_the_header_stands_in_the_first_section() -> None:
    assert elf.count_in_section(bytes(44) + struct.pack("<I", 70000) + bytes(16)) == 70000
    assert elf.count_in_section(bytes(20)) == 0


@given(st.binary(max_size=200), st.integers(0, 0xFFFF))
def test_nothing_is_trusted(raw: bytes, entry_bytes: int) -> None:
    assert elf.header(raw) is None
    assert elf.header(b"\x7fELF\x02\x01" + raw) is None or len(raw) >= elf.HEADER_BYTES - 6
    list(elf.entries(raw, entry_bytes))
    list(elf.notes(raw))
