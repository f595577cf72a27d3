"""How an address came about: the code that leads to an access, run once more on what registers and memory still hold.

Nothing but the end is known for certain: the registers at the fault. So the instructions in front of it are replayed
with unknowns for what came before; what the end proves of an unknown is put in, and a replay that contradicts a
register of the end is dropped, since the program came another way.
"""

from __future__ import annotations


from ..errors import MemoryUnreadable
from ..memory import Memory
from ..patterns import pattern
from ..target import Code
from ..typed import Iterator, NamedTuple
from . import x86

MASK = x86.MASK
ARGUMENTS = ("rdi", "rsi", "rdx", "rcx", "r8", "r9")
_ROUNDS_MAX = 3
_EXTENSION = pattern(r"mov([sz])([bwl])([wlq])$")
_ARITHMETIC = pattern(r"(add|sub|imul|shl|sal)[bwlq]?$")
_WIDTHS = {"b": 1, "w": 2, "l": 4, "q": 8}
_PLAIN_MOVES = ("mov", "movq", "movl", "movabs", "movabsq")

# An unknown is named by the instruction that made it and the register that it stands in.
Unknown = tuple[int, str]


class Part(NamedTuple):
    """A number of ``size_bytes`` that was read at ``address``, and went into a sum."""

    address: int
    number: int
    size_bytes: int


class Value(NamedTuple):
    """``number`` plus ``unknown``, when there is one. ``parts``: what it was put together from."""

    number: int
    unknown: Unknown | None = None
    parts: tuple[Part, ...] = ()

    def plus(self, other: Value | None) -> Value | None:
        """The sum; None where it can't be told."""
        if other is None or self.unknown is not None and other.unknown is not None:
            return None
        return Value(self.number + other.number & MASK, self.unknown or other.unknown, self.parts + other.parts)

    def times(self, factor: int) -> Value | None:
        if factor == 1:
            return self
        return Value(self.number * factor & MASK, None, self.parts) if self.unknown is None else None


class Replay:
    """The state in front of the last instruction of ``code``, after a replay from instruction ``start``.

    ``is_true``: no register contradicts those that are known of the end.
    """

    def __init__(self, memory: Memory, code: Code, start: int):
        self._memory, self._code = memory, code
        self._proved: dict[Unknown, int] = {}
        for _ in range(_ROUNDS_MAX):
            before = len(self._proved)
            self._run(start)
            if len(self._proved) == before:
                break

    def _run(self, start: int) -> None:
        self._registers: dict[str, Value] = {}
        self._stored: dict[int, Value] = {}
        self._at = start - 1
        for self._at in range(start, len(self._code.instructions) - 1):
            self._step(self._code.instructions[self._at].text)
        self._at = len(self._code.instructions) - 1
        for place, stored in self._stored.items():
            if stored.unknown is not None:
                self._load(Value(place), 8)
        self.is_true = True
        for name, number in self._code.registers.items():
            value = self._registers.get(name)
            if value is None or name == "rip":
                continue
            if value.unknown is not None:
                self._proved[value.unknown] = number - value.number & MASK
            elif value.number != number:
                self.is_true = False

    def register(self, name: str) -> Value:
        """A 64-bit register by its name; one that nothing has changed yet holds what it holds in the end."""
        if name not in self._registers:
            known = self._code.registers.get(name)
            if known is None or self._changes_later(name):
                self._registers[name] = self._fresh(name, -1)
            else:
                self._registers[name] = Value(known)
        return self._registers[name]

    def _changes_later(self, name: str) -> bool:
        later = self._code.instructions[max(self._at, 0) : -1]
        return name == "rsp" or any(name in x86.changes(instruction.text) for instruction in later)

    def _fresh(self, name: str, at: int | None = None) -> Value:
        unknown = (self._at if at is None else at, name)
        return Value(self._proved[unknown]) if unknown in self._proved else Value(0, unknown)

    def address(self, operand: x86.MemoryOperand, text: str = "") -> Value | None:
        """Where an operand lies in the present state. ``text``: its instruction, whose comment tells places in data."""
        if operand.base in ("rip", "eip"):
            place = x86.comment_address(text)
            return Value(place) if place is not None else None
        segment_base: int | None = 0
        if operand.segment in ("fs", "gs"):
            segment_base = self._code.registers.get(f"{operand.segment}_base")
        total = Value(operand.displacement + segment_base & MASK) if segment_base is not None else None
        for name, factor in ((operand.base, 1), (operand.index, operand.scale)):
            wide = x86.whole_register(name)
            if name and total is not None:
                total = total.plus(self.register(wide).times(factor)) if wide is not None else None
        return total

    def target(self) -> Value | None:
        """Where the last instruction, a call or jump through a register or memory, goes."""
        text = self._code.instructions[-1].text
        operands = x86.split(text)[1]
        return self._operand(operands[0].lstrip("*"), text, 8) if operands and operands[0].startswith("*") else None

    def _load(self, place: Value | None, size_bytes: int) -> Value | None:
        if place is None or place.unknown is not None:
            return None
        try:
            raw = bytes(self._memory.read(place.number, size_bytes))
        except MemoryUnreadable:
            return None
        number = int.from_bytes(raw, "little")
        part = Part(place.number, number, size_bytes)
        spilled = self._stored.get(place.number) if size_bytes == 8 else None
        if spilled is not None and spilled.unknown is not None:
            self._proved[spilled.unknown] = number - spilled.number & MASK
        elif spilled is not None and spilled.number == number:
            return Value(number, None, (*spilled.parts, part))
        return Value(number, None, (part,))

    def _operand(self, operand: str, text: str, size_bytes: int) -> Value | None:
        if operand.startswith("$"):
            return Value(int(operand[1:], 0) & MASK)
        name = x86.register(operand)
        if name is not None:
            value = self.register(name)
            return value if size_bytes == 8 else _narrowed(value, size_bytes)
        memory = x86.memory_operand(operand)
        return self._load(self.address(memory, text), size_bytes) if memory is not None else None

    def _step(self, text: str) -> None:
        mnemonic, operands = x86.split(text)
        if mnemonic.startswith(("jmp", "ret")):  # what stands behind is reached from elsewhere
            self._registers = {name: self._fresh(name) for name in x86.GENERAL_REGISTERS}
        elif mnemonic.startswith("push"):
            moved = self.register("rsp").plus(Value(-8 & MASK))
            self._registers["rsp"] = moved or self._fresh("rsp")
            self._store(moved, self._operand(operands[0], text, 8))
        elif mnemonic.startswith("pop"):
            place = self.register("rsp")
            self._put(operands[0], self._load(place, 8))
            self._registers["rsp"] = place.plus(Value(8)) or self._fresh("rsp")
        elif mnemonic.startswith("leave"):
            self._registers["rsp"] = self.register("rbp").plus(Value(8)) or self._fresh("rsp")
            self._registers["rbp"] = self._load(self.register("rbp"), 8) or self._fresh("rbp")
        else:
            self._compute(mnemonic, operands, text)

    def _compute(self, mnemonic: str, operands: list[str], text: str) -> None:
        changed = x86.changes(text)
        target = operands[-1] if operands else "%rax" if mnemonic == "cltq" else ""
        result = self._result(mnemonic, operands, text)
        place = x86.memory_operand(target) if target else None
        if place is not None and not x86.only_reads(mnemonic):
            self._store(self.address(place, text), result)
        for name in changed:
            self._registers[name] = self._fresh(name)
        if x86.register(target) in changed:
            self._put(target, result)

    def _put(self, target: str, value: Value | None) -> None:
        name = x86.register(target)
        if name is not None:
            self._registers[name] = value or self._fresh(name)

    def _store(self, place: Value | None, value: Value | None) -> None:
        if place is not None and place.unknown is None:
            if value is None:
                self._stored.pop(place.number, None)
            else:
                self._stored[place.number] = value

    def _result(self, mnemonic: str, operands: list[str], text: str) -> Value | None:
        """What the instruction puts into its last operand; None where it is not followed."""
        extension = _EXTENSION.match("movslq" if mnemonic == "cltq" else mnemonic)
        if extension:
            source = self._operand(operands[0] if operands else "%eax", text, _WIDTHS[extension[2]])
            return _extended(source, _WIDTHS[extension[2]], extension[1] == "s")
        if len(operands) < 2:
            return self._result_of_one(mnemonic, operands, text)
        width = x86.width(operands[-1], mnemonic)
        if mnemonic.startswith("lea"):
            operand = x86.memory_operand(operands[0])
            return self.address(operand, text) if operand is not None else None
        if mnemonic in _PLAIN_MOVES:
            return self._operand(operands[0], text, width) if width in (4, 8) else None
        if mnemonic.startswith("xor") and operands[0] == operands[1]:
            return Value(0)
        return self._arithmetic(mnemonic, operands, text, width)

    def _result_of_one(self, mnemonic: str, operands: list[str], text: str) -> Value | None:
        steps = {"inc": 1, "dec": -1 & MASK}
        step = steps.get(mnemonic[:3])
        if step is None or not operands:
            return None
        value = self._operand(operands[0], text, x86.width(operands[0], mnemonic))
        return value.plus(Value(step)) if value is not None else None

    def _arithmetic(self, mnemonic: str, operands: list[str], text: str, width: int) -> Value | None:
        match = _ARITHMETIC.match(mnemonic)
        if match is None:
            return None
        source = self._operand(operands[0], text, width)
        value = self._operand(operands[1], text, width)
        if source is None or value is None:
            return None
        total: Value | None = None
        if match[1] == "add":
            total = value.plus(source)
        elif source.unknown is None and match[1] == "sub":
            total = value.plus(Value(-source.number & MASK, None, source.parts))
        elif source.unknown is None and match[1] == "imul":
            total = value.times(source.number)
        elif source.unknown is None:
            total = value.times(1 << (source.number & 63))
        return total if width == 8 else _narrowed(total, width)


def _narrowed(value: Value | None, size_bytes: int) -> Value | None:
    if value is None or value.unknown is not None:
        return None
    return Value(value.number & (1 << 8 * size_bytes) - 1, None, value.parts)


def _extended(value: Value | None, size_bytes: int, signed: bool) -> Value | None:
    if value is None or value.unknown is not None:
        return None
    sign = 1 << 8 * size_bytes - 1
    number = (value.number ^ sign) - sign & MASK if signed else value.number
    return Value(number, None, value.parts)


def replays(memory: Memory, code: Code) -> Iterator[Replay]:
    """The replays that nothing contradicts, the shortest first: the fewer instructions, the surer the way."""
    for start in range(len(code.instructions) - 1, -1, -1):
        replay = Replay(memory, code, start)
        if replay.is_true:
            yield replay
