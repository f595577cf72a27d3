"""Where code lies that no symbol names."""

from __future__ import annotations

from ftheap import elf
from ftheap.memory import ImageMemory
from ftheap.modules import Modules
from ftheap.target import Mapping


def header(kind: int) -> bytes:
    return (b"\x7fELF\2\1".ljust(16, b"\0") + kind.to_bytes(2, "little")).ljust(elf.HEADER_BYTES, b"\0")


def part(start: int, path: str) -> Mapping:
    return Mapping(start, start + 0x1000, True, False, True, path)


def test_an_offset_counts_from_the_beginning_of_the_file_around_it() -> None:
    twice = [part(start, "/lib/libc.so.6") for start in (0x10000, 0x11000, 0x30000, 0x31000)]
    memory = ImageMemory({0x10000: header(elf.ET_DYN), 0x30000: header(elf.ET_DYN)})
    modules = Modules([*twice, part(0x20000, "")], memory)
    assert modules.place(0x11234) == ("/lib/libc.so.6", 0x1234)
    assert modules.place(0x31234) == ("/lib/libc.so.6", 0x1234)


def test_a_program_with_a_fixed_place_is_addressed_as_its_symbols_are() -> None:
    parts = [part(0x400000, "/bin/old"), part(0x401000, "/bin/old")]
    modules = Modules(parts, ImageMemory({0x400000: header(elf.ET_EXEC)}))
    assert modules.place(0x401136) == ("/bin/old", 0x401136)


def test_a_file_whose_header_is_gone_counts_from_its_lowest_part() -> None:
    modules = Modules([part(0x10000, "/gone"), part(0x11000, "/gone")], ImageMemory({}))
    assert modules.place(0x11008) == ("/gone", 0x1008)


def test_no_file_no_place() -> None:
    modules = Modules([part(0x10000, ""), part(0x20000, "/file")], ImageMemory({}))
    assert [modules.place(address) for address in (0, 0x10004, 0x21000, 1 << 64)] == [None] * 4
