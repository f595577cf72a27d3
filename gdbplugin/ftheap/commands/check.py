"""``check``: is the heap whole, and if not, who broke it."""

from __future__ import annotations

from ..analysis.check import check as check_snapshot
from ..registry import EXIT_CODE, LIMIT, Request, Result, command
from ..render import integrity as render
from ..session import Session


@command(
    "check",
    "Check every zone, run and block header of the heap.",
    options=(LIMIT, EXIT_CODE),
    example="ftmalloc check -exit-code 3",
)
def check(session: Session, request: Request) -> Result:
    """Compares the zone list with the registry of all memory, the bitmaps and counts with the headers, and every
    header with its own address. A smashed header is named together with the block before it, the likely culprit."""
    of_target = frozenset(rule for rule, _, _ in session.target.findings())
    integrity = check_snapshot(session.snapshot(), of_target)
    return Result(
        lambda: render.document(integrity),
        lambda style: render.lines(integrity, style, request.options.get("limit")),
        found=integrity.fault_count > 0,
    )
