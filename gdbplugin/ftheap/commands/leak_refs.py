"""``leak-refs``: who points at a block."""

from __future__ import annotations

from ..analysis import heuristics
from ..analysis.graph import graph_of
from ..analysis.leaks import classes_of
from ..analysis.mark import LeakClass
from ..analysis.references import Referrers, retained_by
from ..errors import UsageError
from ..registry import Option, Request, Result, command, limit_option
from ..render import references as render
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
    snapshot, target = session.snapshot(), session.target
    address = target.evaluate(request.argument)
    block = snapshot.block_at(address)
    graph = graph_of(target, snapshot, session.progress)
    if block is None or not graph.live[block.index]:
        raise UsageError(f"{address:#x} is not in a live block: see explain {address:#x}")
    classes = classes_of(target, snapshot, heuristics.parse("all"), session.progress)
    limit = request.options.get("limit", REFERENCES_SHOWN)
    referrers = Referrers(graph, target)
    references, count = referrers.of(block.index, limit)
    answer = render.Answer(
        block,
        address - block.address,
        LeakClass(classes[block.index]),
        references,
        count,
        referrers.shortest_path(block.index),
        retained_by(graph, block.index) if request.options.get("retained") else None,
        not graph.complete,
        [*snapshot.findings, *graph.findings],
    )
    return Result(lambda: render.document(answer), lambda style: render.lines(answer, style))
