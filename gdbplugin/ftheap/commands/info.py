"""``info``: what there is to read."""

from __future__ import annotations

from .. import render
from ..registry import Request, Result, command
from ..session import Session


@command("info", "Say what is known of the heap and what could not be read.", example="ftmalloc info")
def info(session: Session, _request: Request) -> Result:
    """Names the target and the library's version, the switches that are on, the zones by type, the threads' caches,
    and whatever in the heap is broken or missing."""
    snapshot = session.snapshot()
    description = session.target.description()
    return Result(
        lambda: render.overview.document(description, snapshot),
        lambda style: render.overview.lines(description, snapshot, style),
    )
