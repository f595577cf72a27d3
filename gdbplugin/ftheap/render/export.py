"""The heap in forms that other tools read. Each function yields the lines of a file."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from functools import lru_cache

from ..analysis.graph import INTERIOR
from ..model.heap import Zone
from ..model.leaks import LeakClass
from ..typed import Iterator
from . import text
from .export_source import CLASS_NAMES, Source
from .listing import zone_document
from .stacks import frame_text, stack_document

LOST = frozenset({LeakClass.DEFINITE, LeakClass.INDIRECT, LeakClass.POSSIBLE})


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
    classes = [json.dumps(name) for name in CLASS_NAMES]
    for position, row in enumerate(source.rows):
        yield (
            f'{{"address": "{blocks.addresses[row]:#x}", "size_bytes": {blocks.sizes[row]}, '
            f'"state": "{text.STATE_NAMES[blocks.states[row]]}", "class": {classes[source.classes[row]]}, '
            f'"stack": {source.trace(row) or "null"}}}{"," if position < last else ""}'
        )
    yield "]}"


def csv_lines(source: Source) -> Iterator[str]:
    """``address,size_bytes,state,type,zone,class,stack``; the stack's frames are joined by semicolons, innermost
    first."""
    snapshot, blocks = source.snapshot, source.snapshot.blocks

    @lru_cache(maxsize=4096)
    def stack(trace: int) -> str:
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow([";".join(map(frame_text, source.frames(trace))), ""])
        return line.getvalue()[:-1]

    classes = [name or "" for name in CLASS_NAMES]
    yield "address,size_bytes,state,type,zone,class,stack"
    zone: Zone | None = None
    for row in source.rows:
        address = blocks.addresses[row]
        if zone is None or not zone.first_index <= row < zone.end_index:
            zone = snapshot.zone_at(address)
            place = f"{zone.type.name},{zone.address:#x}" if zone else ","
        state, leak_class = text.STATE_NAMES[blocks.states[row]], classes[source.classes[row]]
        yield f"{address:#x},{blocks.sizes[row]},{state},{place},{leak_class},{stack(source.trace(row))}"


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
