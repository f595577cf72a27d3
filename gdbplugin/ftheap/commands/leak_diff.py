"""``leak-diff``: what has grown since a snapshot."""

from __future__ import annotations

import os

from .. import analysis, model, render
from ..errors import UsageError
from ..registry import EXIT_CODE, Option, Request, Result, command, limit_option
from ..render.limits import CHANGES_SHOWN
from ..session import Session
from ..typed import TYPE_CHECKING

if TYPE_CHECKING:
    from ..model.saved import SavedHeap


def _kept(session: Session, name: str) -> SavedHeap:
    """A snapshot by name, else by file; the only one when there is no name."""
    if not name and len(session.saved) == 1:
        return next(iter(session.saved.values()))
    if name in session.saved:
        return session.saved[name]
    path = os.path.expanduser(name)
    if name and os.path.exists(path):
        return model.saved.read_file(path)
    known = ", ".join(session.saved)
    hint = f"kept are: {known}" if known else "keep one with ftmalloc snapshot NAME"
    raise UsageError(f"no snapshot {name!r}; {hint}" if name else f"leak-diff needs the name of a snapshot; {hint}")


@command(
    "leak-diff",
    "Show what has grown since a snapshot.",
    argument="[NAME|FILE]",
    options=(
        limit_option("groups", CHANGES_SHOWN),
        Option("with", "compare with this snapshot or file instead of the present heap", "NAME", "text"),
        Option("all", "what has shrunk, too"),
        EXIT_CODE,
    ),
    example="leak-diff before",
    words=lambda session, _before: session.saved,
    top_level=True,
)
def leak_diff(session: Session, request: Request) -> Result:
    """Live blocks by allocation stack where stacks were recorded, else by size: those of which there are more bytes or
    more blocks than before, most growth first. Snapshots come from ftmalloc snapshot, in memory or in a file."""
    before = _kept(session, request.argument)
    heap = None if request.options.get("with") else session.snapshot()
    after = _kept(session, request.options["with"]) if heap is None else analysis.difference.save(session.target, heap)
    findings = [] if heap is None else heap.findings
    changes = analysis.difference.compare(before, after)
    if not request.options.get("all"):
        changes = [change for change in changes if change.growth_bytes > 0 or change.growth_count > 0]
    answer = render.difference.Answer(before, after, changes, findings, request.options.get("limit"))
    return Result(
        lambda: render.difference.document(answer),
        lambda style: render.difference.lines(answer, style),
        found=bool(changes),
    )
