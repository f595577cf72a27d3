"""The answer of ``diagnose``, as it is put together."""

from __future__ import annotations

import os

from ..layout import is_library
from ..model.heap import Block, Retired, State
from ..records import dataclass, field
from ..target import Frame
from .explain import Explanation

HEAP_FAULTS = frozenset(
    "heap-buffer-overflow heap-buffer-underflow heap-use-after-free double-free invalid-free alloc-dealloc-mismatch "
    "uninitialized-read heap-corruption out-of-memory".split()
)
_RUNTIME = ("libc.so", "libc-", "ld-linux", "libstdc++", "libgcc", "libpthread", "linux-vdso")
GONE = (State.FREED, State.QUARANTINED)


@dataclass
class Diagnosis:
    """``frame``: the innermost one of the program itself. ``block``: the one that the fault concerns, ``offset_bytes``
    from its payload. ``evidence``: sentences, strongest first. ``certainty``: certain, likely or possible."""

    fault: str = "unknown"
    signal: str | None = None
    access: str | None = None
    fault_address: int | None = None
    frame: Frame | None = None
    block: Block | Retired | None = None
    offset_bytes: int | None = None
    evidence: list[str] = field(default_factory=list)
    certainty: str = "possible"

    def says(self, fault: str, certainty: str, *evidence: str) -> None:
        """Settles the answer."""
        self.fault, self.certainty = fault, certainty
        self.evidence += evidence

    def concerns(self, found: Explanation) -> None:
        """Names the block that an explained address lies in or beside."""
        if found.block is not None or found.retired is not None:
            self.block, self.offset_bytes = found.block or found.retired, found.offset_bytes


def is_of_program(module: str) -> bool:
    """True for the object files of the program itself and of libraries that are no part of the system's runtime."""
    return bool(module) and not is_library(module) and not os.path.basename(module).startswith(_RUNTIME)
