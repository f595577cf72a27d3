"""``zone-map``: the zones drawn to scale."""

from __future__ import annotations

from .. import render
from ..errors import UsageError
from ..model.heap import Snapshot
from ..registry import Request, Result, command, limit_option
from ..session import Session
from ..typed import TYPE_CHECKING

if TYPE_CHECKING:
    from ..render.zone_map import View

_RANGE_BYTES_MAX = 1 << 40


@command(
    "zone-map",
    "Draw the zones to scale.",
    argument="[ADDR[,END]]",
    options=(limit_option("rows", "16 to 40", "16 to 40"),),
    example="zone-map pointer, pointer + 4096",
    top_level=True,
)
def zone_map(session: Session, request: Request) -> Result:
    """Without an argument all zones are drawn, each on one row where there are many. With ADDR the zone that holds
    this address is drawn in detail, with ADDR,END that range. A letter says what most bytes of its cell are; what is
    corrupted, unreadable or in transition shows however small it is."""
    snapshot = session.snapshot()
    view = _view(session, snapshot, request.argument) if request.argument else None
    return Result(
        lambda: render.zone_map.document(snapshot, view),
        lambda style: render.zone_map.lines(snapshot, view, style, request.options.get("limit")),
    )


def _view(session: Session, snapshot: Snapshot, argument: str) -> View:
    parts = split_range(argument)
    start = session.target.evaluate(parts[0])
    if len(parts) == 1:
        zone = snapshot.zone_at(start)
        if zone is None:
            raise UsageError(f"no zone holds {start:#x}: see explain {start:#x}, or zone-map for all zones")
        return render.zone_map.View(zone.address, zone.end)
    end = session.target.evaluate(parts[1])
    if not start < end <= start + _RANGE_BYTES_MAX:
        raise UsageError(f"no range from {start:#x} to {end:#x}: the end must be above the start, by 1 TiB at most")
    return render.zone_map.View(start, end)


def split_range(argument: str) -> list[str]:
    """``ADDR`` or ``ADDR, END``, cut at a comma outside of all brackets."""
    depth = 0
    for position, character in enumerate(argument):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            start, end = argument[:position].strip(), argument[position + 1 :].strip()
            if not start or not end:
                raise UsageError("zone-map takes ADDR, or ADDR,END")
            return [start, end]
    return [argument.strip()]
