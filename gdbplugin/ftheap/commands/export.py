"""``export``: the heap, or its leaks, in a file for other tools."""

from __future__ import annotations

import os
from array import array
from itertools import chain, compress

from .. import analysis, model, render
from ..errors import UsageError
from ..model.heap import HANDED_OUT, table_of
from ..registry import Option, Request, Result, command
from ..render.formats import FORMATS
from ..session import Session

DOT_BLOCKS_MAX = 500


@command(
    "export",
    "Write the heap, or its leaks, to a file for other tools.",
    argument="FORMAT FILE",
    options=(
        Option("limit", f"write at most N blocks; without it all, but {DOT_BLOCKS_MAX} for dot", "N", "limit"),
        Option("leaks", "lost blocks only: definite, indirect, possible"),
    ),
    example="ftmalloc export -leaks folded leaks.folded",
    notes="\n".join(["Formats:", *(f"  {name:<10} {form.help}" for name, form in FORMATS.items())]),
    words=lambda _session, before: () if FORMATS.keys() & before.split() else FORMATS,
    writes=True,
)
def export(session: Session, request: Request) -> Result:
    """Blocks that were never handed out are left out. Formats that know stacks only have class and size in the place of
    a stack where none was recorded (FtMallocStackLogging)."""
    words = request.argument.split(None, 1)
    if len(words) != 2 or words[0] not in FORMATS:
        raise UsageError(f"export needs a format ({', '.join(FORMATS)}) and a file: ftmalloc export csv heap.csv")
    form, path = words[0], os.path.expanduser(words[1].strip("\"'"))
    snapshot, target = session.snapshot(wants_pointers=True), session.target
    graph = analysis.graph.graph_of(target, snapshot, session.progress)
    classes = analysis.leaks.classes_of(target, snapshot, frozenset(analysis.heuristics.NAMES), session.progress)
    if request.options.get("leaks"):
        chosen = classes.translate(table_of(render.export.LOST))
    else:
        chosen = snapshot.blocks.states.translate(HANDED_OUT)
    rows = array("I", compress(range(len(chosen)), chosen))
    total = len(rows)
    rows = rows[: request.options.get("limit", DOT_BLOCKS_MAX if form == "dot" else None)]
    frames = analysis.stacks.frames_by_number(target, snapshot)
    source = render.export_source.Source(snapshot, graph, classes, rows, frames, target.description(), target.symbol_at)
    with model.files.whole_file(path) as file:
        for piece in FORMATS[form].pieces(source):
            file.write(piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape"))
    left_out = f"; {total - len(rows)} more were left out (-limit)" if total > len(rows) else ""
    findings = [*snapshot.findings, *graph.findings]
    return Result(
        lambda: {
            "format": form, "file": path, "count": len(rows), "left_out": total - len(rows),
            "findings": render.text.findings_document(findings),
        },
        lambda style: chain(
            render.text.wrap(f"Wrote {render.text.plural(len(rows), 'block')} to {path}{left_out}"),
            render.text.remark(style, findings),
        ),
    )
