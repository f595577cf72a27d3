"""``show-alloc-mem``: the listing of 42's subject, from outside of the process."""

from __future__ import annotations

from .. import analysis, render
from ..model.heap import State, ZoneType
from ..registry import Option, Request, Result, command, limit_option
from ..session import Session

_TYPES = tuple(member.name.lower() for member in ZoneType)


@command(
    "show-alloc-mem",
    "List the zones and blocks of the heap.",
    options=(
        limit_option("blocks", "all"),
        Option("type", "zones of one type only", "TYPE", "choice", _TYPES),
        Option("freed", "freed and quarantined blocks too"),
        Option("all", "every block that was ever used, with its state"),
        Option("stacks", "with the recorded stacks of each block (FtMallocStackLogging)"),
        Option("summary", "a line for each zone, with its blocks and bytes"),
    ),
    example="show-alloc-mem -type large",
    top_level=True,
)
def show_alloc_mem(session: Session, request: Request) -> Result:
    """Zones stand by type (TINY, SMALL, LARGE) and by address, live blocks each on a line: first byte, end,
    requested size. The total counts live blocks only. The lines are those of the C function show_alloc_mem."""
    states: frozenset[State] = frozenset()
    if request.options.get("freed"):
        states = render.listing.FREED_STATES
    if request.options.get("all"):
        states = render.listing.ALL_STATES
    type_name = request.options.get("type")
    selection = render.listing.Selection(
        ZoneType[type_name.upper()] if type_name else None,
        states,
        request.options.get("limit"),
        bool(request.options.get("summary")),
        bool(request.options.get("stacks")),
    )
    snapshot = session.snapshot()
    frames = analysis.stacks.frames_by_trace(session.target)
    return Result(
        lambda: render.listing.document(snapshot, selection, frames),
        lambda style: render.listing.lines(snapshot, selection, style, frames),
    )
