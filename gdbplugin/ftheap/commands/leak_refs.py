"""``leak-refs``: who points at a block."""

from __future__ import annotations

from .. import analysis, render
from ..errors import UsageError
from ..model.leaks import LeakClass
from ..registry import Option, Request, Result, command, limit_option
from ..session import Session

REFERENCES_SHOWN = 20


@command(
    "leak-refs",
    "Show who points at a block, and the way from a root.",
    argument="ADDR",
    options=(
        limit_option("references", REFERENCES_SHOWN, REFERENCES_SHOWN),
        Option("retained", "what the block alone keeps alive"),
    ),
    example="leak-refs -retained cache->entries",
    top_level=True,
)
def leak_refs(session: Session, request: Request) -> Result:
    """ADDR is any expression of gdb that leads to a live block or into its inside. References are words in registers,
    on stacks, in data and in live blocks; one that leads to the block's inside says how far."""
    snapshot, target = session.snapshot(wants_pointers=True), session.target
    address = target.evaluate(request.argument)
    block = snapshot.block_at(address)
    graph = analysis.graph.graph_of(target, snapshot, session.progress)
    if block is None or not graph.live[block.index]:
        raise UsageError(f"{address:#x} is not in a live block: see explain {address:#x}")
    classes = analysis.leaks.classes_of(target, snapshot, analysis.heuristics.parse("all"), session.progress)
    limit = request.options.get("limit", REFERENCES_SHOWN)
    referrers = analysis.references.Referrers(graph, target)
    references, count = referrers.of(block.index, limit)
    answer = render.references.Answer(
        block,
        address - block.address,
        LeakClass(classes[block.index]),
        references,
        count,
        referrers.shortest_path(block.index),
        analysis.references.retained_by(graph, block.index) if request.options.get("retained") else None,
        not graph.complete,
        [*snapshot.findings, *graph.findings],
    )
    return Result(lambda: render.references.document(answer), lambda style: render.references.lines(answer, style))
