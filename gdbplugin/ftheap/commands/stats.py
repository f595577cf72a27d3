"""``stats``: where the memory went."""

from __future__ import annotations

from .. import analysis, render
from ..registry import Option, Request, Result, command, limit_option
from ..render.limits import ROWS_SHOWN
from ..session import Session


@command(
    "stats",
    "Sum up where the memory went.",
    options=(
        limit_option("rows of a table", ROWS_SHOWN),
        Option("retained", "what the blocks that roots hold keep alive, each counted once"),
    ),
    example="ftmalloc stats -retained -limit 5",
)
def stats(session: Session, request: Request) -> Result:
    """By state, zone type, slot size and zone: what was asked for, the slack behind it, headers, free slots, slots
    never used, and the allocator's books. Fragmentation is the share of free bytes in slots that were used once.
    Consumers are allocation stacks where stacks were recorded, else sizes with likely types; then threads and likely
    types. Types are left out of heaps of more than 20,000 blocks."""
    target, is_retained = session.target, bool(request.options.get("retained"))
    snapshot = session.snapshot(wants_pointers=is_retained)
    found = analysis.statistics.summarize(snapshot, analysis.typed_heap.types_of(target, snapshot, session.progress))
    graph = analysis.graph.graph_of(target, snapshot, session.progress) if is_retained else None
    retained = analysis.dominators.owners(graph) if graph is not None else None
    findings = [*snapshot.findings, *(graph.findings if graph is not None else ())]
    frames = analysis.stacks.frames_by_number(target, snapshot)
    answer = render.statistics.Answer(found, retained, snapshot, findings, frames, request.options.get("limit"))
    return Result(
        lambda: render.statistics.document(answer),
        lambda style: render.statistics.lines(answer, style),
    )
