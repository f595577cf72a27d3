"""history in text and JSON."""

from __future__ import annotations

from ..model.heap import Event, Snapshot
from ..target import Frame
from ..typed import Any, Callable, Iterator, Sequence
from . import text
from .stacks import stack_document, stack_lines
from .style import Style

Frames = Callable[[int], Sequence[Frame]]


def document(events: Sequence[Event], total: int, snapshot: Snapshot, frames: Frames) -> dict[str, Any]:
    """The JSON form: oldest first. ``count`` of events that fit the question; ``recorded`` of all that are kept;
    ``event_count`` since the process began."""
    return {
        "count": total,
        "recorded": len(snapshot.events or ()),
        "event_count": snapshot.event_count,
        "events": [
            {
                "sequence": event.sequence,
                "nanoseconds": event.nanoseconds,
                "kind": event.kind,
                "address": text.address(event.address),
                "size_bytes": event.size_bytes,
                "old_address": text.address_or_none(event.old_address),
                "thread_id": event.thread_id,
                "stack": stack_document(frames(event.stack)),
            }
            for event in events
        ],
        "findings": text.findings_document(snapshot.findings),
    }


def lines(
    events: Sequence[Event], total: int, snapshot: Snapshot, frames: Frames | None, style: Style
) -> Iterator[str]:
    """A row for each event, oldest first, with its time before the last event; ``frames`` None: without stacks."""
    if not events:
        yield "No event is recorded here."
    else:
        newest = (snapshot.events or events)[-1].nanoseconds
        widths = _widths(events)
        yield style.heading(_row(("event", "seconds", "thread", "kind", "size", "address"), widths))
        for event in events:
            yield _row(_cells(event, newest), widths)
            if event.old_address is not None:
                yield f"    moved from {style.address(text.address(event.old_address))}"
            if frames is not None:
                yield from stack_lines(frames(event.stack), style)
    if total > len(events):
        yield style.dim(f"... and {text.plural(total - len(events), 'older event')} (-limit {len(events)})")
    lost = snapshot.event_count - len(snapshot.events or ())
    kept = f"{text.plural(len(snapshot.events or ()), 'event')} kept of {snapshot.event_count}"
    yield style.dim(f"{kept}; raise FtMallocHistory=N to keep more" if lost > 0 else kept)


def _cells(event: Event, newest: int) -> tuple[str, ...]:
    seconds = min(max(newest - event.nanoseconds, 0) / 1e9, 1e9)
    return (
        str(event.sequence), f"-{seconds:.6f}", str(event.thread_id), event.kind, str(event.size_bytes),
        text.address(event.address),
    )  # fmt: skip


def _widths(events: Sequence[Event]) -> tuple[int, ...]:
    largest = max(event.sequence for event in events), max(event.thread_id for event in events)
    return max(len(str(largest[0])), 5), 12, max(len(str(largest[1])), 6), 8, 12, 18


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell.ljust(width) if column == 3 else cell.rjust(width)
              for column, (cell, width) in enumerate(zip(cells, widths))]
    return text.shorten("  ".join(padded), text.WIDTH)
