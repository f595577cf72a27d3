"""Runs of slots, as columns: a heap of a gigabyte has tens of thousands."""

from __future__ import annotations

from array import array
from bisect import bisect_right

from ..typed import Any, Iterator, NamedTuple, Sequence


class Run(NamedTuple):
    """Adjacent slots of one size in a TINY or SMALL zone, or the one block of a LARGE zone.

    ``first_slot`` is the first slot's address; slot i begins at ``first_slot + i * stride_bytes``, its header
    ``prefix_bytes`` further, its payload behind the header. ``[start, end)`` are the pages that the run owns.
    ``first_index`` .. ``first_index + carved_count`` are its blocks' rows in ``Snapshot.blocks``.
    """

    start: int
    end: int
    first_slot: int
    stride_bytes: int
    slot_count: int
    carved_count: int
    first_index: int
    capacity_bytes: int = 0  # largest request that a slot serves; 0: not known
    free_count: int = 0  # the allocator's own figure: slots free in the bitmap
    bitmap: int = 0  # one more than the row of its bitmap among the zone's; 0: it has none

    @property
    def carved_end(self) -> int:
        """Behind the last slot that has a header."""
        return self.first_slot + self.carved_count * self.stride_bytes


_WORDS = len(Run._fields)


class Runs(Sequence[Run]):
    """Ascending runs. ``words``: all their fields, run after run, as the kernel takes them (struct run); a ``Run`` is
    made for each that is looked at. ``bitmaps``: the zone's bitmaps of free slots, ``bitmap_bytes`` each."""

    def __init__(self, runs: Sequence[Run] = (), bitmaps: bytes = b"", bitmap_bytes: int = 0):
        self.words = array("Q", [value for run in runs for value in run])
        self.bitmaps, self.bitmap_bytes = bitmaps, bitmap_bytes

    def append(self, run: Run) -> None:
        """One more."""
        self.words.extend(run)

    def column(self, name: str) -> array[int]:
        """One field of all runs."""
        return self.words[Run._fields.index(name) :: _WORDS]

    def between(self, start: int, end: int) -> Iterator[Run]:
        """Those of which some slots may lie in ``[start, end)``."""
        first = max(bisect_right(self.column("start"), start) - 1, 0)
        for at in range(first * _WORDS, len(self.words), _WORDS):
            run = Run._make(self.words[at : at + _WORDS])
            if run.first_slot >= end:
                break
            if start < run.end:
                yield run

    def free_bits(self, run: Run) -> int:
        """The bitmap of one of these runs as one number, bit i: slot i is free."""
        end = run.bitmap * self.bitmap_bytes
        return int.from_bytes(self.bitmaps[max(end - self.bitmap_bytes, 0) : end], "little")

    def __len__(self) -> int:
        return len(self.words) // _WORDS

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        position = index + len(self) if index < 0 else index
        if not 0 <= position < len(self):
            raise IndexError(index)
        return Run._make(self.words[position * _WORDS : (position + 1) * _WORDS])

    def __iter__(self) -> Iterator[Run]:
        words = iter(self.words)
        return map(Run._make, zip(*[words] * _WORDS))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Runs) and (self.words, self.bitmaps) == (other.words, other.bitmaps)

    __hash__ = None  # type: ignore[assignment]
