"""The seal of the words in front of a header, where stacks are recorded: it finds a write that reaches these words and
no header, from behind the block in front, or from in front of their own.

C source: debug/trace.h.
"""

from __future__ import annotations

from itertools import islice

from ..memory import read_word
from ..model.heap import Block, Finding, Snapshot, State, TraceSeal
from ..model.runs import Run
from ..target import Target
from ..typed import Iterable, Iterator
from .fills import FINDINGS_MAX, Damage, check_block
from .slot_bytes import Heads, heads

SMASHED = "smashed-trace"
_ONLY_LIVE = bytes(255 if state == State.LIVE else 0 for state in range(256))


def check_seals(target: Target, snapshot: Snapshot) -> Iterator[Damage]:
    """Every live block whose trace is not what its seal says, by address; the thousandth is the last."""
    yield from _in_runs(target, snapshot, (run for zone in snapshot.zones for run in zone.runs))


def check_seal(target: Target, snapshot: Snapshot, block: Block) -> Damage | None:
    """The same for this block alone."""
    found = snapshot.run_at(block.slot_start)
    if found is None:
        return None
    only = found[1]._replace(first_slot=block.slot_start, carved_count=1, first_index=block.index)
    return next(_in_runs(target, snapshot, (only,)), None)


def _in_runs(target: Target, snapshot: Snapshot, runs: Iterable[Run]) -> Iterator[Damage]:
    seal = snapshot.trace_seal
    if seal is None:
        return
    found = (row for part in heads(target.memory, runs, len(seal.tables)) for row in _broken(seal, snapshot, part))
    at_work: bool | None = None
    for row, is_sealed in islice(found, FINDINGS_MAX):
        if not is_sealed:  # its trace was cut off, or a thread is just about to write it
            at_work = _is_at_work(target, snapshot) if at_work is None else at_work
            if at_work:
                continue
        yield _damage(target, snapshot, row)


def _broken(seal: TraceSeal, snapshot: Snapshot, part: Heads) -> Iterator[tuple[int, bool]]:
    """Rows, and whether the trace says that it is sealed. The seal is linear: columns are xor-ed as long numbers."""
    first, count = part.run.first_index, part.run.carved_count
    total = int.from_bytes(_granules(part.run, seal.granule_bytes), "little")
    for offset, table in enumerate(seal.tables):
        total ^= int.from_bytes(part.column(offset).translate(table), "little")
    total &= int.from_bytes(snapshot.blocks.states[first : first + count].translate(_ONLY_LIVE), "little")
    if total:
        marks = part.column(seal.sealed_offset)
        for index, wrong in enumerate(total.to_bytes(count, "little")):
            if wrong:
                yield first + index, bool(marks[index] & seal.sealed_mask)


def _granules(run: Run, granule_bytes: int) -> bytes:
    """The low byte of each slot's address in granules; it repeats after 256 slots."""
    first, step = run.first_slot // granule_bytes, run.stride_bytes // granule_bytes
    period = bytes(first + index * step & 0xFF for index in range(min(run.carved_count, 256)))
    return (period * -(-run.carved_count // len(period)))[: run.carved_count]


def _is_at_work(target: Target, snapshot: Snapshot) -> bool:
    """True when a thread stands in the library's code, or in a function that was called from there."""
    mappings = target.mappings()
    own = {
        mapping.path
        for mapping in mappings
        if mapping.path[:1] == "/" and any(s < mapping.end and mapping.start < e for s, e in snapshot.own_ranges)
    }
    code = [(mapping.start, mapping.end) for mapping in mappings if mapping.executable and mapping.path in own]
    for thread in target.threads():
        words = [thread.registers.get(name, 0) for name in ("rip", "pc", "x30")]
        if thread.stack_pointer is not None:
            words.append(read_word(target.memory, thread.stack_pointer) or 0)
        if any(start <= word < end for word in words for start, end in code):
            return True
    return False


def _damage(target: Target, snapshot: Snapshot, row: int) -> Damage:
    """Of the block in front, which was written past its end; of ``row`` itself where there is none, or where what came
    from there would have passed a red zone."""
    address = snapshot.blocks.addresses[row]
    block = snapshot.block_at(address - snapshot.header_bytes)
    slot = block.slot_start if block is not None else address
    front = snapshot.block_at(slot - 1)
    message = f"the {snapshot.prefix_bytes} bytes in front of the header of the block at {address:#x} are written over"
    if front is None or front.state == State.UNUSED:
        return Damage(row, Finding(SMASHED, address, f"{message}; no block stands in front of it"), slot - address)
    if _has_whole_redzone(target, snapshot, front):
        message += (
            f"; the red zone of the block before it at {front.address:#x} is whole, so this block was written in "
            "front of its start"
        )
        return Damage(row, Finding(SMASHED, address, message), slot - address)
    message += (
        f"; likely culprit: the block before it at {front.address:#x}, {front.size_bytes} bytes, "
        f"{front.state.word}, was written past its end"
    )
    return Damage(front.index, Finding(SMASHED, address, message), slot - front.address)


def _has_whole_redzone(target: Target, snapshot: Snapshot, block: Block) -> bool:
    has_canaries = snapshot.blocks.has_canaries
    return (
        block.state == State.LIVE
        and bool(has_canaries and has_canaries[block.index])
        and block.end < block.slot_end
        and check_block(target.memory, snapshot, block) is None
    )
