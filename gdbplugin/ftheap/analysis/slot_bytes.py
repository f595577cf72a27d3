"""The same few bytes of every slot, run by run: a column at a time, without a Python object for each block."""

from __future__ import annotations

from ..errors import MemoryUnreadable
from ..memory import WORD_BYTES, Memory, borrow
from ..model.runs import Run
from ..typed import Iterable, Iterator


class Heads:
    """The first ``word_count`` words of each slot of ``run``. The slots' own memory is gone through once a word; what
    is kept lies close together."""

    def __init__(self, run: Run, data: memoryview, word_count: int):
        self.run = run
        step = run.stride_bytes // WORD_BYTES
        self._words = [bytes(data.cast("Q")[word::step]) for word in range(word_count)]

    def column(self, offset: int) -> bytes:
        """The byte at ``offset`` of each slot."""
        word, byte = divmod(offset, WORD_BYTES)
        return self._words[word][byte::WORD_BYTES]


def heads(memory: Memory, runs: Iterable[Run], size_bytes: int) -> Iterator[Heads]:
    """Of all slots of the runs that can be read, in order; of a run where some can't, in several parts. At least
    ``size_bytes`` of each slot."""
    word_count = -(-size_bytes // WORD_BYTES)
    for run in runs:
        if run.carved_count and run.stride_bytes >= word_count * WORD_BYTES:
            yield from _of_run(memory, run, word_count)


def _of_run(memory: Memory, run: Run, word_count: int) -> Iterator[Heads]:
    length = (run.carved_count - 1) * (run.stride_bytes // WORD_BYTES) + word_count
    try:
        yield Heads(run, memoryview(borrow(memory, run.first_slot, length * WORD_BYTES)).cast("B"), word_count)
    except MemoryUnreadable:
        if run.carved_count == 1:
            return
        front = run.carved_count // 2
        yield from _of_run(memory, run._replace(carved_count=front), word_count)
        rest = run._replace(
            first_slot=run.first_slot + front * run.stride_bytes,
            carved_count=run.carved_count - front,
            first_index=run.first_index + front,
        )
        yield from _of_run(memory, rest, word_count)
