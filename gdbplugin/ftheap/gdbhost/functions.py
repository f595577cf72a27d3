"""Convenience functions, for conditions and scripts: ``$ft_block(ADDR)``, ``$ft_from(ADDR, "PATTERN")``, ..."""

from __future__ import annotations

import re

import gdb

from .. import analysis
from ..errors import UsageError
from ..model.heap import Block, Snapshot, State
from ..model.leaks import LeakClass
from ..session import Session
from ..typed import Any, Callable, NamedTuple
from . import language
from .failures import as_gdb_errors
from .target import GdbTarget
from .values import address_of


class Question(NamedTuple):
    """What a function is asked: the heap, and the address with the block whose slot holds it, as far as it takes one.
    ``text``: its second argument. ``near``: the heap around the address."""

    session: Session
    near: Snapshot
    address: int = 0
    block: Block | None = None
    text: str = ""

    @property
    def is_inside(self) -> bool:
        """The address lies in the payload of a live block."""
        block = self.block
        return block is not None and block.state == State.LIVE and block.address <= self.address < block.end


class HeapFunctionRow(NamedTuple):
    """A row of the table. ``arguments``: as the usage line has them; ``doc``: the summary, and what 0 means."""

    name: str
    arguments: str
    doc: str
    tell: Callable[[Question], Any]


class HeapFunction(gdb.Function):
    """Answers about the heap as it stands."""

    def __init__(self, row: HeapFunctionRow, session: Session, target: GdbTarget):
        self.__doc__ = f"{row.doc}\n\nUsage: ${row.name} ({row.arguments})"
        super().__init__(row.name)
        self._row = row
        self._session = session
        self._target = target

    def invoke(self, *arguments: gdb.Value) -> Any:
        with as_gdb_errors(f"${self._row.name}"), language.of_program():
            wanted = self._row.arguments.split(", ") if self._row.arguments else []
            if len(arguments) != len(wanted):
                raise UsageError(f"${self._row.name} takes {self._row.arguments or 'no argument'}")
            self._target.require_readable()
            told = self._row.tell(self._question(*arguments))
            return _text(told) if isinstance(told, str) else told

    def _question(self, *arguments: gdb.Value) -> Question:
        if not arguments:
            return Question(self._session, self._session.snapshot())
        try:
            address = address_of(arguments[0])
            text = arguments[1].string() if len(arguments) > 1 else ""
        except (ValueError, OverflowError, TypeError) as error:
            raise UsageError(f"${self._row.name}: {error}") from None
        near = self._session.snapshot_near(address)
        return Question(self._session, near, address, near.block_at(address), text)


def _text(words: str) -> gdb.Value:
    """A text as a convenience variable holds it. Any other one gdb copies into the program's memory before printf "%s"
    shows it: by a call of malloc, which no core file can answer, and (gdb 13) without its end."""
    gdb.set_convenience_variable("_ft_text", words)
    return gdb.convenience_variable("_ft_text")


def _pointer(address: int) -> gdb.Value:
    return gdb.Value(address).cast(gdb.lookup_type("void").pointer())


def _of_block(tell: Callable[[Block], int]) -> Callable[[Question], int]:
    return lambda question: tell(question.block) if question.block is not None else 0


def _state(question: Question) -> str:
    return question.block.state.word if question.block is not None else "none"


def _kind(question: Question) -> str:
    return analysis.explain.explain(question.session.target, question.near, question.address).kind


def _type(question: Question) -> str:
    session, block = question.session, question.block
    if block is None or block.state == State.UNUSED:
        return "none"
    place = analysis.typed_heap.typed_place(session.target, question.near, block, block.address, False)
    return place.typed.best.text if place is not None and place.typed.best is not None else "unknown"


def _thread(question: Question) -> int:
    threads = question.near.blocks.allocation_threads
    return threads[question.block.index] if question.block is not None and threads else 0


def _from(question: Question) -> int:
    if question.block is None:
        return 0
    try:
        pattern = re.compile(question.text)
    except re.error as error:
        raise UsageError(f"$ft_from: {question.text!r} is no regular expression: {error}") from None
    names = analysis.stacks.frame_names(question.session.target, question.near.allocation_trace(question.block.index))
    return int(any(pattern.search(name) for name in names))


def _live_count(question: Question) -> int:
    return question.near.blocks.states.count(State.LIVE)


def _live_bytes(question: Question) -> int:
    blocks = question.near.blocks
    return sum(size for size, state in zip(blocks.sizes, blocks.states) if state == State.LIVE)


def _leaked_bytes(question: Question) -> int:
    names = frozenset(analysis.heuristics.NAMES)
    report = analysis.leaks.check_leaks(question.session.target, question.near, names)
    return report.totals[LeakClass.DEFINITE].size_bytes + report.totals[LeakClass.INDIRECT].size_bytes


FUNCTIONS = (
    HeapFunctionRow("ft_block", "ADDR", "The block whose slot holds an address; 0 when it is in none.",
                    lambda question: _pointer(question.block.address if question.block is not None else 0)),
    HeapFunctionRow("ft_size", "ADDR", "The requested bytes of the block at an address; 0 for none.",
                    _of_block(lambda block: block.size_bytes)),
    HeapFunctionRow("ft_usable", "ADDR", "The bytes from the block's start to the end of its slot; 0 for none.",
                    _of_block(lambda block: block.slot_end - block.address)),
    HeapFunctionRow("ft_offset", "ADDR", "How far from its block's start an address is; negative in the header.",
                    lambda question: question.address - question.block.address if question.block is not None else 0),
    HeapFunctionRow("ft_state", "ADDR",
                    'The state of the block at an address: "live", "freed", "quarantined", "unused",\n'
                    '"changing", "corrupted", or "none" where no block is.', _state),
    HeapFunctionRow("ft_valid", "ADDR", "1 when an address lies in the payload of a live block, else 0.",
                    lambda question: int(question.is_inside)),
    HeapFunctionRow("ft_kind", "ADDR", 'What an address is, as explain -json says: "payload", "stack", ...', _kind),
    HeapFunctionRow("ft_type", "ADDR",
                    'The likely type of the block at an address; "unknown", or "none" where no block is.', _type),
    HeapFunctionRow("ft_zone", "ADDR", "The zone that holds an address; 0 for none.",
                    lambda question: _pointer(getattr(question.near.zone_at(question.address), "address", 0))),
    HeapFunctionRow("ft_thread", "ADDR", "The kernel's id of the thread that allocated the block; 0: not known.",
                    _thread),
    HeapFunctionRow("ft_from", "ADDR, PATTERN",
                    "1 when a function, file:line or module of the block's allocation stack matches a\n"
                    "regular expression, else 0.", _from),
    HeapFunctionRow("ft_live_count", "", "How many blocks are live.", _live_count),
    HeapFunctionRow("ft_live_bytes", "", "The requested bytes of all live blocks.", _live_bytes),
    HeapFunctionRow("ft_leaked_bytes", "", "The bytes of all lost blocks: definite and indirect.", _leaked_bytes),
)  # fmt: skip


def register(session: Session, target: GdbTarget) -> None:
    """Makes them; a function of the same name is replaced."""
    for row in FUNCTIONS:
        HeapFunction(row, session, target)
