"""Blocks that the program itself has called no leaks (ftmalloc_leak_ignore), as the header's flag says."""

from __future__ import annotations

from array import array
from typing import Iterator

from ..errors import MemoryUnreadable
from ..memory import Memory
from ..model.heap import Snapshot, State
from .slot_bytes import heads


def ignored_blocks(memory: Memory, snapshot: Snapshot) -> Iterator[int]:
    """Payload addresses of the live ones, ascending within a run."""
    flag = snapshot.ignored_flag
    if flag is None:
        return
    offset, mask = flag
    blocks, header_bytes = snapshot.blocks, snapshot.header_bytes
    is_set = bytes(value & mask for value in range(256))
    first_payload = snapshot.prefix_bytes + header_bytes
    for part in heads(memory, snapshot, first_payload):
        run, first = part.run, part.run.first_index
        flags = part.column(snapshot.prefix_bytes + offset).translate(is_set)
        if any(flags):
            for index, is_ignored in enumerate(flags):
                if is_ignored and blocks.states[first + index] == State.LIVE:
                    yield blocks.addresses[first + index]
        start = run.first_slot + first_payload
        usual = array("Q", range(start, start + run.carved_count * run.stride_bytes, run.stride_bytes))
        if blocks.addresses[first : first + run.carved_count] == usual:
            continue
        for row, address in enumerate(usual, first):  # an aligned block stands further inside, with its own header
            if blocks.addresses[row] != address and blocks.states[row] == State.LIVE:
                try:
                    header = bytes(memory.read(blocks.addresses[row] - header_bytes, header_bytes))
                except MemoryUnreadable:
                    continue
                if header[offset] & mask:
                    yield blocks.addresses[row]
