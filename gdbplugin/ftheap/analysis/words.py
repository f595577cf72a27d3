"""Bulk reading for scans: aligned words of a range, as far as it can be read."""

from __future__ import annotations

from ..errors import MemoryUnreadable
from ..memory import WORD_BYTES, Memory
from ..typed import Iterator

PIECE_BYTES = 8 << 20
PAGE_BYTES = 4096
PROBES_MAX = 4096  # failed reads per range: a huge range without pages must not take for ever

Range = tuple[int, int]


def readable_pieces(
    memory: Memory, start: int, end: int, missing: list[Range], piece_bytes: int = PIECE_BYTES
) -> Iterator[tuple[int, memoryview]]:
    """Yields (address, bytes) for what can be read of ``[start, end)``, ascending, in pieces of ``piece_bytes``.

    Ranges that can't be read are appended to ``missing``; they are as fine as a page until PROBES_MAX reads failed.
    """
    probes = 0
    waiting = [(start, end)]
    while waiting:
        start, end = waiting.pop()
        if end - start > piece_bytes:
            waiting.append((start + piece_bytes, end))
            end = start + piece_bytes
        if start >= end:
            continue
        try:
            yield start, memoryview(memory.read(start, end - start)).cast("B")
        except MemoryUnreadable:
            probes += 1
            middle = (start + end) // 2 // PAGE_BYTES * PAGE_BYTES
            if probes >= PROBES_MAX:
                rest = [(start, end), *waiting]
                missing.append((start, max(piece[1] for piece in rest)))
                return
            if start < middle < end:
                waiting += [(middle, end), (start, middle)]
            elif missing and missing[-1][1] == start:
                missing[-1] = (missing[-1][0], end)
            else:
                missing.append((start, end))


def readable_words(memory: Memory, start: int, end: int, missing: list[Range]) -> Iterator[tuple[int, memoryview]]:
    """As readable_pieces, for the whole aligned words in ``[start, end)``: views cast to 64-bit numbers."""
    start = -(-start // WORD_BYTES) * WORD_BYTES
    end = end // WORD_BYTES * WORD_BYTES
    for address, piece in readable_pieces(memory, start, end, missing):
        yield address, piece.cast("Q")


def subtract(ranges: list[Range], holes: list[Range]) -> list[Range]:
    """What is left of ``ranges`` (any order) without ``holes`` (any order, may overlap), ascending."""
    holes = sorted(hole for hole in holes if hole[0] < hole[1])
    left = []
    for start, end in sorted(ranges):
        for hole_start, hole_end in holes:
            if hole_end <= start:
                continue
            if hole_start >= end:
                break
            if start < hole_start:
                left.append((start, hole_start))
            start = hole_end
        if start < end:
            left.append((start, end))
    return left
