"""``explain``: what stands at an address."""

from __future__ import annotations

from ..analysis.fills import check_block
from ..analysis.explain import explain as explain_address
from ..analysis.stacks import frames_of
from ..registry import Request, Result, command
from ..render import explanation as render
from ..session import Session


@command(
    "explain",
    "Say what an address is.",
    argument="ADDR",
    example="explain node->next",
    top_level=True,
)
def explain(session: Session, request: Request) -> Result:
    """ADDR is any expression of gdb. For an address of the heap: the block, the offset in it, its state, its
    neighbours, its zone, and where it was allocated and freed when stacks were recorded. For any other: the stack of
    a thread, the global variable, the function, the mapping; and for an address that is not mapped, what kind of
    wrong pointer it is."""
    target, snapshot = session.target, session.snapshot()
    found = explain_address(target, snapshot, session.target.evaluate(request.argument))
    allocated, freed = [], []
    if found.block is not None:
        allocated = frames_of(target, snapshot.allocation_trace(found.block.index))
        freed = frames_of(target, snapshot.free_trace(found.block.index))
    near = [finding for finding in snapshot.findings if _concerns(finding.address, found)]
    if found.block is not None:
        damage = check_block(target.memory, snapshot, found.block)
        near += [damage] if damage is not None else []
    findings = [*snapshot.findings, *(finding for finding in near if finding not in snapshot.findings)]
    return Result(
        lambda: render.document(found, allocated, freed, findings),
        lambda style: render.lines(found, allocated, freed, near, style),
    )


def _concerns(address: int | None, found: object) -> bool:
    """Findings about this very block or zone; ``check`` shows all the others."""
    block, zone = found.block, found.zone
    if address is None:
        return False
    return zone is not None and address == zone.address or (
        block is not None and block.slot_start <= address < block.slot_end
    )
