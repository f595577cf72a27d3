"""Where a wild pointer was read from on aarch64: its register followed back through the code that leads to the fault.

x86-64 has x86_trail.py, which replays that code and knows sums and spilled registers too.
"""

from __future__ import annotations

from ..memory import read_word
from ..target import Stop, Target
from . import arm64
from .x86 import Access


def origin(target: Target, stop: Stop, chosen: Access | None) -> int | None:
    """Where the wild pointer was read from: its register followed back through the code; None when that is lost.

    The memory must still hold the pointer's value: that proves the way back.
    """
    if chosen is None or chosen.operand is None:
        return None
    operand = chosen.operand
    name, wanted = operand.base, stop.registers.get(operand.base)
    if chosen.kind == "execute" and name not in stop.registers:
        return None
    stale: set[str] = set()
    for instruction in reversed(stop.instructions[:-1]):
        source = arm64.loads(instruction.text, name)
        if source is not None:
            address = _address_before(target, stop, instruction.address, source, stale | {name})
            return address if address is not None and read_word(target.memory, address) == wanted else None
        copied = arm64.copies(instruction.text, name)
        changed = arm64.changes(instruction.text)
        if copied is not None:
            name = copied
        elif name in changed:
            return None
        stale |= changed
    return None


def _address_before(
    target: Target, stop: Stop, at: int, source: arm64.MemoryOperand, stale: set[str]
) -> int | None:
    """Effective address of a load some instructions ago: registers that changed since are read again from memory."""
    registers = {name: value for name, value in stop.registers.items() if name not in stale}
    address = source.address(registers)
    if address is not None or source.base in registers or not source.base:
        return address
    for instruction in reversed([one for one in stop.instructions if one.address < at]):
        earlier = arm64.loads(instruction.text, source.base)
        if earlier is not None:
            place = earlier.address(registers)
            value = read_word(target.memory, place) if place is not None else None
            return source.address({**registers, source.base: value}) if value is not None else None
        if source.base in arm64.changes(instruction.text):
            return None
    return None
