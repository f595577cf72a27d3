"""``check``: is the heap whole, and if not, who broke it."""

from __future__ import annotations

from .. import analysis, render
from ..registry import EXIT_CODE, Request, Result, command, limit_option
from ..render.limits import FINDINGS_SHOWN
from ..session import Session


@command(
    "check",
    "Check every zone, header, canary and fill of the heap.",
    options=(limit_option("findings", FINDINGS_SHOWN), EXIT_CODE),
    example="ftmalloc check -exit-code 3",
)
def check(session: Session, request: Request) -> Result:
    """Compares the zone list with the registry of all memory, the bitmaps and counts with the headers, and every
    header with its own address. A smashed header is named with the block before it, the likely culprit, unless that
    one's red zone is whole.
    Then the canaries behind the blocks (FtMallocRedzone), the fill of freed blocks (FtMallocQuarantine,
    FtMallocScribble), the seals of the recorded stacks (where there are no canaries) and the quarantine's queue; a
    damaged block is named with the bytes seen and its stacks."""
    of_target = frozenset(rule for rule, _, _ in session.target.findings())
    snapshot = session.snapshot()
    integrity = analysis.check.check(snapshot, of_target)
    analysis.check.check_memory(session.target, snapshot, integrity)
    frames = analysis.stacks.frames_by_trace(session.target)
    return Result(
        lambda: render.integrity.document(integrity, snapshot, frames),
        lambda style: render.integrity.lines(integrity, snapshot, frames, style, request.options.get("limit")),
        found=integrity.fault_count > 0,
    )
