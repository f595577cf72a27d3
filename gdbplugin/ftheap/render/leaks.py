"""leak-check in text and JSON."""

from __future__ import annotations

from ..analysis.leaks import SHOWN_CLASSES, Group, LeakReport
from ..model.heap import Snapshot
from ..model.leaks import LeakClass
from ..target import Frame
from ..typed import Any, Callable, Iterator, NamedTuple, Sequence
from . import text
from .json_text import Streamed
from .limits import GROUPS_SHOWN
from .stacks import stack_document, stack_lines
from .style import Style

ADDRESSES_MAX = 10_000
ADDRESSES_SHOWN = 3
_LOST = frozenset(SHOWN_CLASSES) - {LeakClass.REACHABLE}
_NOTES = {
    LeakClass.DEFINITE: "nothing leads to them",
    LeakClass.INDIRECT: "only lost blocks do",
    LeakClass.POSSIBLE: "only interior pointers do",
    LeakClass.REACHABLE: "still held",
}


class Selection(NamedTuple):
    """Which groups to show: ``classes`` None: all but reachable in text, all in JSON; ``limit`` None: all in JSON."""

    classes: frozenset[LeakClass] | None = None
    limit: int | None = None
    minimum_bytes: int = 0

    def groups(self, report: LeakReport, default: frozenset[LeakClass]) -> list[Group]:
        """The groups in question; the limit is not applied."""
        classes = default if self.classes is None else self.classes
        return [
            group
            for group in report.groups
            if group.leak_class in classes and group.total.size_bytes >= self.minimum_bytes
        ]

    def leaks(self, report: LeakReport) -> list[Group]:
        """The groups in question that are lost, or may be; the limit is not applied."""
        return [group for group in self.groups(report, _LOST) if group.leak_class in _LOST]


def class_name(leak_class: LeakClass) -> str:
    """As options and JSON write it."""
    return leak_class.name.lower()


def document(
    report: LeakReport, snapshot: Snapshot, selection: Selection, frames: Callable[[int], Sequence[Frame]]
) -> dict[str, Any]:
    """The JSON form. ``frames`` gives the stack of a trace number. A group lists its first 10,000 addresses."""
    groups = selection.groups(report, frozenset(SHOWN_CLASSES))
    if selection.limit is not None:
        groups = groups[: selection.limit]

    def group_document(group: Group) -> dict[str, Any]:
        return {
            "class": class_name(group.leak_class),
            **text.sum_document(group.total),
            "stack": stack_document(frames(group.trace)),
            "addresses": [text.address(snapshot.blocks.addresses[row]) for row in group.rows[:ADDRESSES_MAX]],
            "content": report.content_of(group) or None,
            "type": group.type_name or None,
        }

    return {
        **{class_name(leak_class): text.sum_document(report.totals[leak_class]) for leak_class in SHOWN_CLASSES},
        "suppressed": text.sum_document(report.suppressed),
        "incomplete": report.incomplete,
        "groups": Streamed(lambda: map(group_document, groups)),
        "findings": text.findings_document([*snapshot.findings, *report.findings]),
    }


def lines(
    report: LeakReport,
    snapshot: Snapshot,
    selection: Selection,
    frames: Callable[[int], Sequence[Frame]],
    style: Style,
) -> Iterator[str]:
    """Groups, worst first, then the sums."""
    groups = selection.groups(report, _LOST)
    limit = GROUPS_SHOWN if selection.limit is None else selection.limit
    for group in groups[:limit]:
        yield from _group_lines(group, snapshot, frames(group.trace), report.content_of(group), style)
    if len(groups) > limit:
        yield style.dim(f"... and {text.plural(len(groups) - limit, 'group')} more (-limit {limit})")
    if groups and limit:
        yield ""
    for leak_class in SHOWN_CLASSES:
        total = report.totals[leak_class]
        figures = f"{text.plural(total.count, 'block')}, {total.size_bytes} bytes"
        head = f"{class_name(leak_class):<10}"
        lost = total.count and leak_class in (LeakClass.DEFINITE, LeakClass.POSSIBLE)
        yield f"{style.warning(head) if lost else head}: {figures:<38} {style.dim(_NOTES[leak_class])}".rstrip()
    if report.suppressed.count:
        yield f"suppressed: {text.plural(report.suppressed.count, 'block')}, {report.suppressed.size_bytes} bytes"
    if report.incomplete:
        yield style.warning("Some roots or zones could not be read: blocks may look lost that are not.")
    yield from text.findings(style, [*snapshot.findings, *report.findings], see="leak-check -json")


def _group_lines(
    group: Group, snapshot: Snapshot, frames: Sequence[Frame], content: str, style: Style
) -> Iterator[str]:
    count, size_bytes = group.total.count, group.total.size_bytes
    head = f"{class_name(group.leak_class)}: {text.plural(count, 'block')}, {size_bytes} bytes"
    if not group.trace and count > 1:
        head += f" ({snapshot.blocks.sizes[group.rows[0]]} each)"
    if group.type_name:
        head += f", {group.type_name}"
    elif content:
        head += f", {content}"
    yield style.heading(text.shorten(head, text.WIDTH))
    yield from stack_lines(frames, style)
    shown = [style.address(text.address(snapshot.blocks.addresses[row])) for row in group.rows[:ADDRESSES_SHOWN]]
    more = f" and {count - ADDRESSES_SHOWN} more" if count > ADDRESSES_SHOWN else ""
    yield f"    at {', '.join(shown)}{more}"
