"""``history``: the last allocation events."""

from __future__ import annotations

from .. import analysis, render
from ..errors import UsageError
from ..model.heap import Event, Snapshot
from ..registry import Option, Request, Result, command, limit_option
from ..session import Session

EVENTS_SHOWN = 50


@command(
    "history",
    "List the last allocation events, or those of one block.",
    argument="[ADDR]",
    options=(limit_option("of the latest events", EVENTS_SHOWN), Option("stacks", "with the stack of each event")),
    example="ftmalloc history -stacks node",
)
def history(session: Session, request: Request) -> Result:
    """The events that FtMallocHistory kept: allocate, free, resize, oldest first; the number of the event, the seconds
    before the last event, the thread, the size. With ADDR, any expression of gdb: the events of blocks that held this
    address, those that were freed and used again too. JSON always has the stacks."""
    snapshot = session.snapshot()
    if snapshot.events is None:
        raise UsageError("history: no events are recorded; run the program with FtMallocHistory=1")
    chosen = snapshot.events
    if request.argument:
        chosen = events_of(snapshot, session.target.evaluate(request.argument))
    is_json = bool(request.options.get("json"))
    limit = request.options.get("limit", len(chosen) if is_json else EVENTS_SHOWN)
    shown = chosen[len(chosen) - limit :] if limit < len(chosen) else chosen
    frames = analysis.stacks.frames_by_number(session.target, snapshot)
    return Result(
        lambda: render.history.document(shown, len(chosen), snapshot, frames),
        lambda style: render.history.lines(
            shown, len(chosen), snapshot, frames if request.options.get("stacks") else None, style
        ),
    )


def events_of(snapshot: Snapshot, address: int) -> list[Event]:
    """Events of blocks that held ``address``, be it as the former place of a resize."""
    block = snapshot.block_at(address)
    starts = {address} | ({block.address} if block is not None else set())
    return [
        event
        for event in snapshot.events or ()
        if event.address <= address < event.address + event.size_bytes
        or event.address in starts
        or event.old_address in starts
    ]
