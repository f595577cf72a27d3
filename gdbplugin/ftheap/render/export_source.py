"""What an export is made of, for all formats."""

from __future__ import annotations

from ..analysis.graph import Graph
from ..model.heap import Snapshot
from ..model.leaks import LeakClass
from ..target import Frame, SymbolAt
from ..typed import Callable, NamedTuple, Sequence

# By number; of what is not live, None.
CLASS_NAMES = [leak_class.name.lower() if leak_class else None for leak_class in LeakClass]


class Source(NamedTuple):
    """What is exported. ``rows``: of the block columns, ascending. ``frames``: of a trace number. ``description``:
    of the target; ``symbol_at``: its symbols."""

    snapshot: Snapshot
    graph: Graph
    classes: bytearray
    rows: Sequence[int]
    frames: Callable[[int], Sequence[Frame]]
    description: str
    symbol_at: Callable[[int], SymbolAt | None]

    def module(self, address: int) -> str:
        """The object file that holds an address of code, "" when not known."""
        symbol = self.symbol_at(address)
        return symbol.object_file if symbol is not None else ""

    def trace(self, row: int) -> int:
        """Number of the allocation stack, 0 for none."""
        traces = self.snapshot.blocks.allocation_traces
        return traces[row] if traces else 0

    def class_name(self, row: int) -> str | None:
        """None for what is not live."""
        return CLASS_NAMES[self.classes[row]]
