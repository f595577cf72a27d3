"""snapshot and leak-diff in text and JSON."""

from __future__ import annotations

from ..analysis.difference import Change
from ..model.heap import Finding
from ..model.saved import SavedFrame, SavedHeap
from ..typed import Any, Iterator, NamedTuple, Sequence
from . import text
from .limits import CHANGES_SHOWN
from .style import Style


def _sum(saved: SavedHeap) -> dict[str, Any]:
    return {"target": saved.target, "taken": saved.taken, "count": len(saved), "bytes": saved.total_bytes}


def saved_document(name: str, saved: SavedHeap, path: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """What ``snapshot`` says of what it kept."""
    return {
        "name": name or None, "file": path or None, **_sum(saved), "findings": text.findings_document(findings)
    }


def saved_lines(
    name: str, saved: SavedHeap, path: str, findings: Sequence[Finding], style: Style
) -> Iterator[str]:
    """One sentence, and whether something is amiss."""
    where = " and ".join(part for part in (name and f"as {name}", path and f"in {path}") if part)
    figures = f"{text.plural(len(saved), 'live block')}, {saved.total_bytes} bytes"
    yield from text.wrap(f"Kept {figures} {where}; compare with ftmalloc leak-diff {name or path}")
    yield from text.remark(style, findings)


def _frame_text(frame: SavedFrame) -> str:
    if frame.function is None:
        return f"?? in {frame.in_module}"
    place = f" at {frame.file.rsplit('/', 1)[-1]}:{frame.line}" if frame.file and frame.line is not None else ""
    return frame.function + place


class Answer(NamedTuple):
    """All that leak-diff found out. ``findings``: of the present heap, where that is compared; ``limit``: changes to
    show, None when not told."""

    before: SavedHeap
    after: SavedHeap
    changes: Sequence[Change]
    findings: Sequence[Finding]
    limit: int | None


def document(answer: Answer) -> dict[str, Any]:
    """The JSON form of leak-diff."""
    before, after, changes, findings, limit = answer
    return {
        "before": _sum(before),
        "after": _sum(after),
        "growth_count": len(after) - len(before),
        "growth_bytes": after.total_bytes - before.total_bytes,
        "groups": [
            {
                "stack": [{**frame._asdict(), "address": None} for frame in change.stack],
                "size_bytes": change.size_bytes,
                "before": {"count": change.count_before, "bytes": change.bytes_before},
                "after": {"count": change.count_after, "bytes": change.bytes_after},
                "growth_count": change.growth_count,
                "growth_bytes": change.growth_bytes,
                "added": [text.address(address) for address in change.added],
            }
            for change in (changes if limit is None else changes[:limit])
        ],
        "findings": text.findings_document(findings),
    }


def lines(answer: Answer, style: Style) -> Iterator[str]:
    """A paragraph for each change, then the sum."""
    before, after, changes, findings, limit = answer
    shown = changes[: CHANGES_SHOWN if limit is None else limit]
    for change in shown:
        what = "" if change.size_bytes is None else f", blocks of {change.size_bytes} bytes"
        figures = f"{change.growth_bytes:+} bytes, {text.plural_signed(change.growth_count, 'block')}{what}"
        paint = style.warning if change.growth_bytes > 0 else style.heading
        yield paint(figures) + f" (now {change.count_after}, {change.bytes_after} bytes)"
        for number, frame in enumerate(change.stack):
            yield text.shorten(f"    #{number} {_frame_text(frame)}", text.WIDTH)
        if change.added:
            more = f" and {len(change.added) - 3} more" if len(change.added) > 3 else ""
            yield f"    new: {', '.join(text.address(address) for address in change.added[:3])}{more}"
    if len(changes) > len(shown):
        yield style.dim(f"... and {text.plural(len(changes) - len(shown), 'group')} more (-limit {len(shown)})")
    if not changes:
        yield "No stack and no size has more or fewer live blocks than before."
    yield (
        f"Total : {after.total_bytes - before.total_bytes:+} bytes, "
        f"{text.plural_signed(len(after) - len(before), 'block')} since {before.taken}"
    )
    yield from text.remark(style, findings)
