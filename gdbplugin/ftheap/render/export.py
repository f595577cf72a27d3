"""The heap in forms that other tools read. Each function yields the lines of a file.

json: one document, see ``json_lines``. csv: a row for each block. dot: the graph of live blocks for Graphviz.
folded: a line for each allocation stack, outermost frame first, and its bytes, for flame graphs (flamegraph.pl,
speedscope, inferno); where no stack was recorded, class and size stand for one.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Callable, Iterator, Sequence

from ..analysis.graph import INTERIOR, Graph
from ..analysis.mark import LeakClass
from ..model.heap import Snapshot, State
from ..target import Frame
from . import text
from .listing import zone_document
from .stacks import stack_document

LOST = frozenset({LeakClass.DEFINITE, LeakClass.INDIRECT, LeakClass.POSSIBLE})


@dataclass(frozen=True)
class Source:
    """What is exported. ``rows``: of the block columns, ascending. ``frames``: of a trace number. ``description``:
    of the target."""

    snapshot: Snapshot
    graph: Graph
    classes: bytearray
    rows: Sequence[int]
    frames: Callable[[int], Sequence[Frame]]
    description: str

    def trace(self, row: int) -> int:
        """Number of the allocation stack, 0 for none."""
        traces = self.snapshot.blocks.allocation_traces
        return traces[row] if traces else 0

    def state(self, row: int) -> str:
        """As everywhere."""
        return text.STATE_NAMES[State(self.snapshot.blocks.states[row])]

    def class_name(self, row: int) -> str | None:
        """None for what is not live."""
        leak_class = LeakClass(self.classes[row])
        return leak_class.name.lower() if leak_class else None


def frame_text(frame: Frame) -> str:
    """``make_node (list.c:12)``, or the bare address."""
    name = frame.function or text.address(frame.address)
    place = f" ({frame.file.rsplit('/', 1)[-1]}:{frame.line})" if frame.file and frame.line is not None else ""
    return text.ascii_only(name + place)


def json_lines(source: Source) -> Iterator[str]:
    """``{"schema", "command", "target", "zones", "stacks": {number: stack}, "blocks": [...], "findings"}``, a block
    on a line."""
    snapshot, blocks = source.snapshot, source.snapshot.blocks
    zones = [zone_document(zone) for zone in snapshot.zones]
    numbers = sorted({source.trace(row) for row in source.rows} - {0})
    head = {"schema": 1, "command": "export", "target": source.description, "zones": zones}
    head["stacks"] = {str(number): stack_document(source.frames(number)) for number in numbers}
    head["findings"] = text.findings_document(snapshot.findings)
    yield json.dumps(head)[:-1] + ', "blocks": ['
    last = len(source.rows) - 1
    for position, row in enumerate(source.rows):
        document = {
            "address": text.address(blocks.addresses[row]),
            "size_bytes": blocks.sizes[row],
            "state": source.state(row),
            "class": source.class_name(row),
            "stack": source.trace(row) or None,
        }
        yield json.dumps(document) + ("," if position < last else "")
    yield "]}"


def csv_lines(source: Source) -> Iterator[str]:
    """``address,size_bytes,state,type,zone,class,stack``; the stack's frames are joined by semicolons, innermost
    first."""
    snapshot, blocks = source.snapshot, source.snapshot.blocks
    stack = lru_cache(maxsize=4096)(lambda trace: ";".join(frame_text(frame) for frame in source.frames(trace)))
    yield "address,size_bytes,state,type,zone,class,stack"
    for row in source.rows:
        address = blocks.addresses[row]
        zone = snapshot.zone_at(address)
        cells = [text.address(address), blocks.sizes[row], source.state(row)]
        cells += [zone.type.name, text.address(zone.address)] if zone else ["", ""]
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow([*cells, source.class_name(row) or "", stack(source.trace(row))])
        yield line.getvalue()


def dot_lines(source: Source) -> Iterator[str]:
    """Blocks as ellipses with their size, lost ones filled, interior pointers dashed; ``roots`` points at those that
    a root leads to."""
    snapshot, graph, rows = source.snapshot, source.graph, set(source.rows)
    yield "digraph heap {"
    yield "  roots [shape=box];"
    for row in source.rows:
        if not graph.live[row]:
            continue
        fill = ", style=filled, fillcolor=salmon" if LeakClass(source.classes[row]) in LOST else ""
        label = f"{snapshot.blocks.addresses[row]:#x}\\n{snapshot.blocks.sizes[row]} bytes"
        yield f'  b{row} [label="{label}"{fill}];'
    for edge in sorted({edge for edge in graph.root_targets if edge >> 1 in rows}):
        yield f"  roots -> b{edge >> 1}{_dashed(edge)};"
    for row in source.rows:
        for edge in sorted({edge for edge in graph.edges(row) if edge >> 1 in rows}):
            yield f"  b{row} -> b{edge >> 1}{_dashed(edge)};"
    yield "}"


def _dashed(edge: int) -> str:
    return " [style=dashed]" if edge & INTERIOR else ""


def folded_lines(source: Source) -> Iterator[str]:
    """``main;make_node 480``, most bytes first. Live blocks only."""
    sums: Counter[str] = Counter()
    names: dict[tuple[int, int, int], str] = {}
    blocks = source.snapshot.blocks
    for row in source.rows:
        if not source.classes[row]:
            continue
        trace = source.trace(row)
        key = (trace, 0, 0) if trace else (0, source.classes[row], blocks.sizes[row])
        if key not in names:
            frames = [frame_text(frame).replace(";", ":") for frame in reversed(source.frames(trace))]
            names[key] = ";".join(frames) or f"{source.class_name(row)};{blocks.sizes[row]} bytes"
        sums[names[key]] += blocks.sizes[row]
    for name, size_bytes in sums.most_common():
        yield f"{name} {size_bytes}"


FORMATS: dict[str, Callable[[Source], Iterator[str]]] = {
    "json": json_lines,
    "csv": csv_lines,
    "dot": dot_lines,
    "folded": folded_lines,
}
