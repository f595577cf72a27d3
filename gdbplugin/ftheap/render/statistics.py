"""stats in text and JSON."""

from __future__ import annotations

from ..analysis.dominators import Retained
from ..analysis.statistics import Statistics, Usage
from ..analysis.sums import Sum
from ..model.heap import Finding, Snapshot
from ..target import Frame
from ..typed import Any, Callable, Iterator, NamedTuple, Sequence
from . import text
from .limits import ROWS_SHOWN
from .listing import zone_document
from .stacks import stack_document, stack_lines
from .style import Style

Frames = Callable[[int], Sequence[Frame]]


class Answer(NamedTuple):
    """All that stats found out. ``retained`` is None when it was not asked for; ``frames``: of a stack by its number;
    ``limit``: rows of a table, None when not told."""

    found: Statistics
    retained: Sequence[Retained] | None
    snapshot: Snapshot
    findings: Sequence[Finding]
    frames: Frames
    limit: int | None


def _usage_document(usage: Usage) -> dict[str, Any]:
    return {
        "total_bytes": usage.total_bytes,
        "live_count": usage.live_count,
        "live_bytes": usage.live_bytes,
        "slack_bytes": usage.slack_bytes,
        "header_bytes": usage.header_bytes,
        "free_count": usage.free_count,
        "free_bytes": usage.free_bytes,
        "uncarved_bytes": usage.uncarved_bytes,
        "books_bytes": usage.books_bytes,
        "fragmentation": round(usage.fragmentation, 4),
        "header_share": round(usage.header_share, 4),
    }


def document(answer: Answer) -> dict[str, Any]:
    """The JSON form; the limit bounds zones, consumers and retained."""
    found, retained, snapshot, findings, frames, limit = answer
    return {
        "states": {text.STATE_NAMES[state]: text.sum_document(total) for state, total in found.states.items()},
        "total": _usage_document(found.total),
        "types": [
            {"type": zone_type.name, "zones": found.zone_counts[zone_type]} | _usage_document(usage)
            for zone_type, usage in found.types.items()
        ],
        "sizes": [
            {"slot_bytes": stride or None} | _usage_document(usage) for stride, usage in sorted(found.sizes.items())
        ],
        "zones": [zone_document(zone) | _usage_document(usage) for zone, usage in found.zones[:limit]],
        "threads": [
            {"thread_id": thread} | text.sum_document(total) for thread, total in sorted(found.threads.items())
        ],
        "consumers": [
            {
                "stack": stack_document(frames(consumer.trace)),
                "size_bytes": consumer.size_bytes,
                "type": consumer.type_name or None,
            }
            | text.sum_document(consumer.total)
            for consumer in found.consumers[:limit]
        ],
        "contents": [{"type": name} | text.sum_document(total) for name, total in found.contents[:limit]],
        "retained": None if retained is None else [
            {
                "address": text.address(snapshot.blocks.addresses[owner.row]),
                "size_bytes": snapshot.blocks.sizes[owner.row],
                "count": owner.count,
                "bytes": owner.size_bytes,
            }
            for owner in retained[:limit]
        ],
        "findings": text.findings_document(findings),
    }  # fmt: skip


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "-"


def lines(answer: Answer, style: Style) -> Iterator[str]:
    """Sums, then tables by type and size, then the top consumers."""
    found, retained, snapshot, findings, frames, limit = answer
    count = ROWS_SHOWN if limit is None else limit
    total = found.total
    yield style.heading("Use of all zones")
    for name, size_bytes in (
        ("live", total.live_bytes), ("slack", total.slack_bytes), ("headers", total.header_bytes),
        ("free slots", total.free_bytes), ("never used slots", total.uncarved_bytes), ("books", total.books_bytes),
        ("total", total.total_bytes),
    ):  # fmt: skip
        share = _percent(size_bytes, total.total_bytes)
        yield f"  {name:<17} {size_bytes:>15} bytes  {share:>6}"
    states = ", ".join(f"{each.count} {text.STATE_NAMES[state]}" for state, each in found.states.items() if each.count)
    yield from text.wrap(f"Blocks: {states or 'none'}; fragmentation {100 * total.fragmentation:.1f}%")
    yield ""
    counts = found.zone_counts
    rows = [(zone_type.name, str(counts[zone_type]), *_cells(usage)) for zone_type, usage in found.types.items()]
    yield from text.table(style, ("type", "zones", *_HEADS), rows, (0,))
    yield ""
    by_bytes = sorted(found.sizes.items(), key=lambda item: (-item[1].live_bytes, item[0]))
    rows = [(str(stride) if stride else "LARGE", *_cells(usage)) for stride, usage in by_bytes[:count]]
    yield from text.table(style, ("slot", *_HEADS), rows)
    yield from _more(len(by_bytes) - count, "size", count, style)
    yield ""
    yield from _zone_lines(found, count, style)
    yield ""
    yield style.heading("Top consumers")
    for consumer in found.consumers[:count]:
        size = f" of {consumer.size_bytes} bytes each" if consumer.size_bytes is not None else ""
        kind = f": {consumer.type_name}" if consumer.type_name else ""
        blocks = text.plural(consumer.total.count, "block")
        yield text.shorten(f"  {consumer.total.size_bytes} bytes in {blocks}{size}{kind}", text.WIDTH)
        yield from stack_lines(frames(consumer.trace), style)
    yield from _more(len(found.consumers) - count, "consumer", count, style)
    by_thread = sorted(found.threads.items(), key=lambda item: (-item[1].size_bytes, item[0]))
    threads = [(f"thread {thread}" if thread else "unknown thread", total) for thread, total in by_thread]
    yield from _sum_lines("Live blocks by allocating thread", threads, "thread", count, style)
    yield from _sum_lines("Live blocks by likely type", found.contents, "type", count, style)
    if retained is not None:
        yield from _retained_lines(retained, snapshot, count, style)
    yield from text.findings(style, findings)


def _zone_lines(found: Statistics, count: int, style: Style) -> Iterator[str]:
    """The zones with the most free memory, and what headers and fragmentation cost in each."""
    by_free = sorted(found.zones, key=lambda item: (-item[1].free_bytes, item[0].address))
    rows = [
        (
            text.address(zone.address), zone.type.name, str(usage.live_count), str(usage.live_bytes),
            f"{100 * usage.header_share:.1f}%", str(usage.free_bytes), f"{100 * usage.fragmentation:.1f}%",
        )
        for zone, usage in by_free[:count]
    ]  # fmt: skip
    heads = ("zone", "type", "live", "live bytes", "headers", "free bytes", "frag")
    yield from text.table(style, heads, rows, (0, 1), {0: style.address})
    yield from _more(len(by_free) - count, "zone", count, style)


def _sum_lines(
    title: str, sums: Sequence[tuple[str, Sum]], noun: str, count: int, style: Style
) -> Iterator[str]:
    if not sums:
        return
    yield ""
    yield style.heading(title)
    for name, total in sums[:count]:
        row = f"  {total.size_bytes} bytes in {text.plural(total.count, 'block')}: {name}"
        yield text.shorten(row, text.WIDTH)
    yield from _more(len(sums) - count, noun, count, style)


_HEADS = ("live", "live bytes", "slack", "free", "free bytes", "frag")


def _cells(usage: Usage) -> tuple[str, ...]:
    return (
        str(usage.live_count),
        str(usage.live_bytes),
        str(usage.slack_bytes),
        str(usage.free_count),
        str(usage.free_bytes),
        f"{100 * usage.fragmentation:.1f}%",
    )


def _more(hidden: int, noun: str, limit: int, style: Style) -> Iterator[str]:
    if hidden > 0:
        yield style.dim(f"  ... and {text.plural(hidden, noun)} more (-limit {limit})")


def _retained_lines(retained: Sequence[Retained], snapshot: Snapshot, count: int, style: Style) -> Iterator[str]:
    yield ""
    yield style.heading("What blocks keep alive that no other block owns")
    for owner in retained[:count]:
        address = style.address(text.address(snapshot.blocks.addresses[owner.row]))
        size_bytes = snapshot.blocks.sizes[owner.row]
        blocks = text.plural(owner.count, "block")
        yield f"  {address} ({size_bytes} bytes) keeps {owner.size_bytes} bytes in {blocks}"
    yield from _more(len(retained) - count, "owner", count, style)
