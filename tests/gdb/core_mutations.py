"""Core files broken on purpose, by a seed: headers, notes and bytes of the file, and the heap's own books in it."""

from __future__ import annotations

import mmap
import os
import random
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

PAGE = 4096
_PROGRAM_HEADER_BYTES = 56
_INTERESTING = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 1 << 31, (1 << 32) - 1, 1 << 47, (1 << 63) - 1, (1 << 64) - 1)


@dataclass(frozen=True)
class Place:
    """``size_bytes`` bytes of memory at ``address`` that the heap's reader goes by."""

    address: int
    size_bytes: int


@dataclass
class Damage:
    """What is written over the file, in order: offset and bytes; and where the file is cut."""

    end: int
    writes: list[tuple[int, bytes]] = field(default_factory=list)

    def write(self, offset: int, new: bytes) -> None:
        """Overwrites; what would stand behind the end is left out."""
        new = new[: max(0, self.end - offset)]
        if new:
            self.writes.append((offset, new))


class Core:
    """A whole core file's bytes, and where memory stands in them."""

    def __init__(self, path: Path):
        self.path = path
        with open(path, "rb") as file:
            self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.headers_at, self.header_count = struct.unpack_from("<Q", self.data, 32)[0], struct.unpack_from(
            "<H", self.data, 56)[0]
        self.segments: list[tuple[int, int, int]] = []
        self.notes: list[tuple[int, int]] = []
        for index in range(self.header_count):
            kind, _, offset, address, _, file_bytes, _, _ = struct.unpack_from(
                "<IIQQQQQQ", self.data, self.headers_at + index * _PROGRAM_HEADER_BYTES)
            if kind == 1 and file_bytes:
                self.segments.append((address, file_bytes, offset))
            elif kind == 4:
                self.notes.append((offset, file_bytes))

    def offset(self, address: int) -> int | None:
        """Where the byte at ``address`` stands in the file; None when it isn't there."""
        for start, size_bytes, offset in self.segments:
            if start <= address < start + size_bytes:
                return offset + address - start
        return None

    def break_copy(self, copy: Path, seed: int, books: list[Place]) -> None:
        """Makes ``copy`` with one to six faults; mostly in ``books``, the places that a reader of the heap goes by."""
        chance, damage = random.Random(seed), Damage(len(self.data))
        faults = [self._break_books] * 6 + [self._break_header, self._break_notes, self._break_pages, self._cut]
        for _ in range(chance.choice((1, 1, 2, 3, 6))):
            chance.choice(faults)(damage, chance, books)
        copy.unlink(missing_ok=True)  # gdb may still have the last one open
        subprocess.run(["cp", "--sparse=always", self.path, copy], check=True)
        with open(copy, "r+b") as file:
            for offset, new in damage.writes:
                os.pwrite(file.fileno(), new, offset)
            file.truncate(damage.end)

    def _break_books(self, damage: Damage, chance: random.Random, books: list[Place]) -> None:
        place = chance.choice(books)
        offset = self.offset(place.address)
        if offset is None:
            return
        # The front of a long place holds its header: half of all faults go there.
        at = offset + chance.randrange(min(place.size_bytes, chance.choice((8, 64, 4096, place.size_bytes))))
        words = offset + (at - offset) // 8 * 8
        kind = chance.randrange(6)
        if kind == 0:
            damage.write(at, bytes([chance.randrange(256)]))
        elif kind == 1:
            damage.write(at, bytes([self.data[at] ^ 1 << chance.randrange(8)]))
        elif kind == 2:
            damage.write(words, chance.choice(_INTERESTING).to_bytes(8, "little"))
        elif kind == 3:  # a link to another place, to itself, or nowhere
            other = chance.choice([chance.choice(books).address, place.address, chance.getrandbits(48)])
            damage.write(words, other.to_bytes(8, "little"))
        elif kind == 4:
            damage.write(at, chance.randbytes(min(chance.randrange(1, 256), place.size_bytes)))
        else:  # one place's bytes over another's
            source = self.offset(chance.choice(books).address)
            if source is not None:
                damage.write(offset, bytes(self.data[source : source + min(place.size_bytes, 256)]))

    def _break_header(self, damage: Damage, chance: random.Random, _: list[Place]) -> None:
        """The ELF header (rarely its first bytes, without which nothing opens), or a field of a program header."""
        if chance.random() < 0.2:
            damage.write(chance.randrange(16, 64), bytes([chance.randrange(256)]))
            return
        at = self.headers_at + chance.randrange(max(self.header_count, 1)) * _PROGRAM_HEADER_BYTES
        field, size_bytes = chance.choice(((0, 4), (4, 4), (8, 8), (16, 8), (32, 8), (40, 8), (48, 8)))
        value = chance.choice((*_INTERESTING, chance.getrandbits(20), chance.getrandbits(48)))
        damage.write(at + field, value.to_bytes(8, "little")[:size_bytes])

    def _break_notes(self, damage: Damage, chance: random.Random, _: list[Place]) -> None:
        if self.notes:
            start, size_bytes = chance.choice(self.notes)
            at = start + chance.randrange(size_bytes) // 4 * 4
            damage.write(at, chance.choice((bytes(4), b"\xff" * 4, chance.randbytes(4), chance.randbytes(64))))

    def _break_pages(self, damage: Damage, chance: random.Random, books: list[Place]) -> None:
        """A page of zeros, or two pages swapped."""
        pages = [offset // PAGE * PAGE for place in chance.choices(books, k=2)
                 if (offset := self.offset(place.address)) is not None]
        if len(pages) == 2 and chance.random() < 0.5:
            first, second = (bytes(self.data[page : page + PAGE]) for page in pages)
            damage.write(pages[0], second)
            damage.write(pages[1], first)
        elif pages:
            damage.write(pages[0], bytes(PAGE))

    def _cut(self, damage: Damage, chance: random.Random, _: list[Place]) -> None:
        damage.end = chance.randrange(chance.choice((256, 8192, len(self.data) // 2)), len(self.data))
