"""What an aarch64 instruction reads and writes, from its disassembly and the registers before it: as x86.py does."""

from __future__ import annotations

import re

from ..patterns import pattern
from ..typed import Mapping, NamedTuple
from .x86 import MASK, Access

_MEMORY = pattern(r"\[(?P<inside>[^]]*)\](?P<writes_back>!)?(?:,\s*#(?P<after>-?(?:0x)?[0-9a-f]+))?")
_REGISTER = pattern(r"(?P<width>[xw])(?P<number>\d+)$|(?P<name>sp|wsp|lr|fp|xzr|wzr|ip0|ip1)$")
_NAMES = {"sp": "sp", "wsp": "sp", "lr": "x30", "fp": "x29", "ip0": "x16", "ip1": "x17"}
_STORES = pattern(r"(st|cas|swp|ld(add|clr|set|eor|smax|smin|umax|umin))")
_PLAIN_LOADS = ("ldr", "ldur")
_CALLS = ("bl", "blr")
_JUMPS = ("br", "blr", "ret", "braa", "blraa")
_KEPT_BY_CALLS = {f"x{number}" for number in range(19, 30)} | {"sp"}
_NO_DESTINATION = pattern(
    r"(b(\.\w+)?|br|ret|cb|tb|cmp|cmn|tst|ccm|st(?!x|lx)|nop|dmb|dsb|isb|prf|hint|svc|brk|udf)"
)


class MemoryOperand(NamedTuple):
    """``[base, #displacement]`` or ``[base, index, extend #shift]``; "" for an absent register."""

    base: str
    displacement: int = 0
    index: str = ""  # type: ignore[assignment]  # no tuple.index
    extend: str = ""
    shift: int = 0

    def address(self, registers: Mapping[str, int], _next_pc: int = 0) -> int | None:
        """The effective address, None when a register is not known."""
        if self.base not in registers or self.index and self.index not in registers:
            return None
        index = registers[self.index] if self.index else 0
        if self.extend in ("sxtw", "uxtw"):
            index &= 0xFFFFFFFF
            if self.extend == "sxtw" and index >> 31:
                index -= 1 << 32
        return registers[self.base] + self.displacement + (index << self.shift) & MASK


def split(text: str) -> tuple[str, list[str]]:
    """Mnemonic, and operands without gdb's comment; one in brackets is one operand, with what stands behind it."""
    text = text.split("//")[0].split("<")[0].strip()
    mnemonic, _, rest = text.partition("\t") if "\t" in text else text.partition(" ")
    operands = [part.strip() for part in re.split(r",\s*(?![^\[]*\])", rest) if part.strip()]
    return mnemonic, operands


def register(text: str) -> str | None:
    """The 64-bit register that an operand names; None for the zero register and all others."""
    match = _REGISTER.match(text.strip())
    if match is None:
        return None
    return f"x{match['number']}" if match["number"] else _NAMES.get(match["name"])


def memory_operand(text: str) -> MemoryOperand | None:
    """The operand of an instruction, given whole, that names memory."""
    match = _MEMORY.search(text)
    if match is None:
        return None
    parts = [part.strip() for part in match["inside"].split(",")]
    base = register(parts[0])
    if base is None:
        return None
    if len(parts) == 1:
        return MemoryOperand(base)
    if parts[1].startswith("#"):
        return MemoryOperand(base, int(parts[1][1:], 0))
    index = register(parts[1])
    words = parts[2].split() if len(parts) > 2 else []
    shift = int(words[1].lstrip("#"), 0) if len(words) > 1 else 0
    return MemoryOperand(base, 0, index, words[0] if words else "", shift) if index is not None else None


def accesses(text: str, registers: Mapping[str, int]) -> list[Access]:
    """The memory access of an instruction; a jump's or call's target in a register as ``execute``."""
    mnemonic, operands = split(text)
    if mnemonic in _JUMPS:
        target = register(operands[0]) if operands else "x30"
        found = registers.get(target or "")
        return [] if found is None else [Access("execute", found, MemoryOperand(target or ""))]
    operand = memory_operand(text)
    address = operand.address(registers) if operand is not None else None
    if address is None or mnemonic.startswith("prf"):
        return []
    return [Access("write" if _STORES.match(mnemonic) else "read", address, operand)]


def changes(text: str) -> set[str]:
    """General registers that an instruction may change; a call changes those that the callee need not keep."""
    mnemonic, operands = split(text)
    if mnemonic in _CALLS or mnemonic == "blraa":
        return {f"x{number}" for number in range(31)} - _KEPT_BY_CALLS
    changed: set[str | None] = set()
    memory = _MEMORY.search(text)
    if memory is not None and (memory["writes_back"] or memory["after"]):
        changed.add(register(memory["inside"].split(",")[0]))
    if operands and not _NO_DESTINATION.match(mnemonic):
        changed.add(register(operands[0]))
        if mnemonic.startswith(("ldp", "ldnp", "ldpsw", "ldxp", "ldaxp")) and len(operands) > 1:
            changed.add(register(operands[1]))
    return {name for name in changed if name is not None}


def loads(text: str, into: str) -> MemoryOperand | None:
    """The memory that a plain 64-bit load of register ``into`` reads; None for any other instruction."""
    mnemonic, operands = split(text)
    if not operands or not any(operand.startswith("[") for operand in operands):
        return None
    position = [register(operand) for operand in operands[:2]]
    operand = memory_operand(text)
    after = _MEMORY.search(text)
    if operand is None or after is None:
        return None
    if mnemonic in _PLAIN_LOADS and operands[0].startswith("x") and position[0] == into:
        return operand
    if mnemonic == "ldp" and operands[0].startswith("x") and into in position:
        shifted = operand.displacement + 8 * position.index(into)
        return MemoryOperand(operand.base, shifted, operand.index, operand.extend, operand.shift)
    return None


def copies(text: str, into: str) -> str | None:
    """The register that a plain move copies into ``into``."""
    mnemonic, operands = split(text)
    if mnemonic == "mov" and len(operands) == 2 and operands[0].startswith(("x", "sp")):
        return register(operands[1]) if register(operands[0]) == into else None
    return None
