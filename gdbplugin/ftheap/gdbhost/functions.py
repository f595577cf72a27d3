"""Convenience functions, for conditions and scripts: ``$ft_block(ADDR)``, ``$ft_size(ADDR)``, ``$ft_state(ADDR)``."""

from __future__ import annotations

from typing import Any, Callable

import gdb

from ..model.heap import Block
from ..session import Session
from .failures import as_gdb_errors
from .target import GdbTarget
from .values import address_of


class HeapFunction(gdb.Function):
    """A function of an address: it is given the block whose slot holds it, None when there is none."""

    def __init__(self, name: str, doc: str, tell: Callable[[Block | None], Any], session: Session, target: GdbTarget):
        self.__doc__ = doc
        super().__init__(name)
        self._name = name
        self._tell = tell
        self._session = session
        self._target = target

    def invoke(self, *arguments: gdb.Value) -> Any:
        if len(arguments) != 1:
            raise gdb.GdbError(f"${self._name} takes one address")
        with as_gdb_errors(f"${self._name}"):
            self._target.require_readable()
            return self._tell(self._session.snapshot().block_at(address_of(arguments[0])))


def _address(block: Block | None) -> Any:
    pointer = gdb.lookup_type("void").pointer()
    return gdb.Value(block.address if block is not None else 0).cast(pointer)


def _size(block: Block | None) -> int:
    return block.size_bytes if block is not None else 0


def _state(block: Block | None) -> str:
    return block.state.name.lower() if block is not None else "none"


_FUNCTIONS = (
    ("ft_block", "The block whose slot holds an address; 0 when it is in none.\n\nUsage: $ft_block (ADDR)", _address),
    ("ft_size", "The requested bytes of the block at an address; 0 for none.\n\nUsage: $ft_size (ADDR)", _size),
    (
        "ft_state",
        "The state of the block at an address, as a string.\n\nUsage: $ft_state (ADDR)\n\n"
        '"live", "freed", "quarantined", "unused", "changing", "corrupted", or "none" where no block is.',
        _state,
    ),
)


def register(session: Session, target: GdbTarget) -> None:
    """Makes them; a function of the same name is replaced."""
    for name, doc, tell in _FUNCTIONS:
        HeapFunction(name, doc, tell, session, target)
