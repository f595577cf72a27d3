"""What an x86-64 instruction reads and writes, from its AT&T disassembly and the registers before it."""

from __future__ import annotations

import re

from ..patterns import pattern
from ..typed import Any, Mapping, NamedTuple

MASK = (1 << 64) - 1
_OPERAND = pattern(
    r"(?:%(?P<segment>[a-z]s):)?(?P<displacement>-?0x[0-9a-f]+|-?\d+)?"
    r"(?:\((?:%(?P<base>\w+))?(?:,%(?P<index>\w+)(?:,(?P<scale>[1248]))?)?\))?$"
)
_PREFIXES = {"lock", "rep", "repz", "repnz", "repe", "repne", "bnd", "notrack", "data16", "cs", "ds", "es", "addr32"}
_ONLY_READS = pattern(
    r"(cmp[bwlq]?|test[bwlq]?|bt[wlq]?|push[wq]?|i?mul[bwlq]?|i?div[bwlq]?|call[q]?|jmp[q]?|v?u?comis[sd]|v?ptest|"
    r"fld.*|fild.*|prefetch.*|ldmxcsr|vldmxcsr|fadd.*|fmul.*|fsub.*|fdiv.*|fcom.*)$"
)
_NO_ACCESS = pattern(r"(lea[lqw]?|nop[lwq]?|endbr64|prefetch\w*)$")
_STRINGS = pattern(r"(movs|stos|lods|scas|cmps)[bwlq]?$")
# Both views of a register: 32-bit and narrower names to the one that holds them.
_WIDTHS = {"b": 1, "w": 2, "l": 4, "q": 8}
_FAMILIES = (
    {f"r{name}x": (f"r{name}x", f"e{name}x", f"{name}x", f"{name}l", f"{name}h") for name in "abcd"}
    | {f"r{name}": (f"r{name}", f"e{name}", name, f"{name}l") for name in ("si", "di", "bp", "sp")}
    | {f"r{number}": (f"r{number}", f"r{number}d", f"r{number}w", f"r{number}b") for number in range(8, 16)}
)
_WIDE = {part: whole for whole, parts in _FAMILIES.items() for part in parts}
_REGISTER_WIDTHS = {part: (8, 4, 2, 1, 1)[place] for parts in _FAMILIES.values() for place, part in enumerate(parts)}
GENERAL_REGISTERS = tuple(_FAMILIES)
KEPT_BY_CALLS = ("rbx", "rbp", "rsp", "r12", "r13", "r14", "r15")


class MemoryOperand(NamedTuple):
    """``%segment:displacement(base,index,scale)``; "" for absent registers."""

    displacement: int = 0
    base: str = ""
    index: str = ""  # type: ignore[assignment]  # no tuple.index
    scale: int = 1
    segment: str = ""

    def address(self, registers: Mapping[str, int], next_pc: int = 0) -> int | None:
        """The effective address, None when a register is not known."""
        total = self.displacement
        if self.segment in ("fs", "gs"):
            if f"{self.segment}_base" not in registers:
                return None
            total += registers[f"{self.segment}_base"]
        for name, factor in ((self.base, 1), (self.index, self.scale)):
            if name in ("rip", "eip"):
                total += next_pc
            elif name and name not in ("riz", "eiz"):
                if name not in _WIDE or _WIDE[name] not in registers:
                    return None
                total += registers[_WIDE[name]] * factor
        return total & MASK


class Access(NamedTuple):
    """One access of an instruction. ``kind``: read, write or execute. ``operand``: the MemoryOperand of its machine;
    None: the stack, implicitly. ``is_target``: ``address`` is what the operand holds, not where it lies."""

    kind: str
    address: int
    operand: Any
    is_target: bool = False


def split(text: str) -> tuple[str, list[str]]:
    """Mnemonic without prefixes, and operands without gdb's comment."""
    words = text.split("#")[0].split("<")[0].split()
    while words and words[0] in _PREFIXES:
        words.pop(0)
    if not words:
        return "", []
    operands = re.split(r",(?![^(]*\))", "".join(words[1:]))
    return words[0], [operand for operand in operands if operand]


def memory_operand(text: str) -> MemoryOperand | None:
    """An operand that names memory; None for registers and immediates."""
    text = text.lstrip("*")
    if text.startswith("$") or (text.startswith("%") and ":" not in text):
        return None
    match = _OPERAND.match(text)
    if match is None or not text:
        return None
    return MemoryOperand(
        int(match["displacement"] or "0", 0), match["base"] or "", match["index"] or "", int(match["scale"] or 1),
        match["segment"] or "",
    )  # fmt: skip


def register(text: str) -> str | None:
    """The 64-bit register that an operand names, None when it is none of the general ones."""
    return _WIDE.get(text.lstrip("*%")) if text.lstrip("*").startswith("%") and ":" not in text else None


def whole_register(name: str) -> str | None:
    """The 64-bit register that ``eax`` or ``al`` is a part of; None for others."""
    return _WIDE.get(name)


def width(operand: str, mnemonic: str) -> int:
    """Bytes of an operand: a register's by its name, memory's by the mnemonic's suffix, else 8."""
    name = operand.lstrip("*%")
    return _REGISTER_WIDTHS.get(name, _WIDTHS.get(mnemonic[-1:], 8))


def only_reads(mnemonic: str) -> bool:
    """True when no operand is written."""
    return bool(_ONLY_READS.match(mnemonic) or _NO_ACCESS.match(mnemonic)) or mnemonic.startswith("j")


def comment_address(text: str) -> int | None:
    """The address that gdb puts behind an operand relative to the program counter."""
    comment = re.search(r"#\s*(0x[0-9a-f]+)", text)
    return int(comment[1], 16) if comment else None


def accesses(text: str, registers: Mapping[str, int]) -> list[Access]:
    """All memory accesses of an instruction in the order it makes them; a call's or jump's target as ``execute``."""
    mnemonic, operands = split(text)
    if not mnemonic or _NO_ACCESS.match(mnemonic):
        return []
    found: list[Access] = []
    memory = [(position, operand) for position, operand in enumerate(map(memory_operand, operands)) if operand]
    is_jump = mnemonic.startswith(("call", "jmp")) or mnemonic[0] == "j"
    if is_jump and not (operands and operands[0].startswith("*")):
        memory = []
    for position, operand in memory:
        address = operand.address(registers)
        if operand.base == "rip":
            address = comment_address(text)
        if address is not None:
            found.append(Access(_kind(mnemonic, operands, position), address, operand))
    target = register(operands[0]) if is_jump and operands else None
    if target is not None and target in registers:
        found.append(Access("execute", registers[target], MemoryOperand(base=target), True))
    stack = registers.get("rsp")
    if stack is not None:
        if mnemonic.startswith(("push", "call", "enter")):
            found.append(Access("write", stack - 8 & MASK, None))
        elif mnemonic.startswith(("pop", "ret")):
            found.append(Access("read", stack, None))
        elif mnemonic.startswith("leave") and "rbp" in registers:
            found.append(Access("read", registers["rbp"], None))
    return found


def _kind(mnemonic: str, operands: list[str], position: int) -> str:
    if _STRINGS.match(mnemonic):
        return "write" if mnemonic.startswith(("movs", "stos")) and position == len(operands) - 1 else "read"
    if mnemonic.startswith(("pop", "set", "not", "neg", "inc", "dec", "fst", "fist", "stmxcsr")):
        return "write"
    if position < len(operands) - 1 or _ONLY_READS.match(mnemonic):
        return "write" if mnemonic.startswith(("xchg", "cmpxchg", "xadd")) else "read"
    return "write"


def changes(text: str) -> set[str]:
    """General registers that an instruction may change; a call changes those that the callee need not keep."""
    mnemonic, operands = split(text)
    if mnemonic.startswith("call") or mnemonic.startswith("syscall"):
        return {"rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11"}
    changed = set()
    if mnemonic.startswith(("push", "pop", "ret", "leave")):
        changed.add("rsp")
    if mnemonic.startswith("leave"):
        changed.add("rbp")
    if mnemonic.startswith(("mul", "imul", "div", "idiv", "cqto", "cltq", "cltd", "cmpxchg", "cwtl")):
        changed |= {"rax", "rdx"}
    if _STRINGS.match(mnemonic):
        changed |= {"rsi", "rdi", "rcx", "rax"}
    if operands and not mnemonic.startswith(("cmp", "test", "push", "jmp", "j", "bt")):
        for operand in operands if mnemonic.startswith(("xchg", "xadd")) else operands[-1:]:
            if (name := register(operand)) is not None:
                changed.add(name)
    return changed
