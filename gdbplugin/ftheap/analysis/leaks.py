"""leak-check: the classes summed up, and the lost blocks in groups that a person can read."""

from __future__ import annotations

from collections import defaultdict

from .. import kernel
from ..model.heap import Finding, Snapshot, State
from ..model.leaks import LeakClass
from ..progress import Progress
from ..records import dataclass, field
from ..target import Target
from ..typed import Callable, Iterable, Sequence
from . import by_kernel, heuristics
from .content import describe_content
from .graph import Graph, graph_of
from .mark import classify
from .sums import Sum, group_rows

SHOWN_CLASSES = (LeakClass.DEFINITE, LeakClass.INDIRECT, LeakClass.POSSIBLE, LeakClass.REACHABLE)


@dataclass
class Group:
    """Blocks of one class from one allocation stack; where none was recorded, of one class, size and likely type.

    ``rows`` ascend. ``trace``: key of Snapshot.traces, 0: grouped by size and type. ``type_name``: the likely type of
    the first block, "" when not known.
    """

    leak_class: LeakClass
    trace: int
    rows: Sequence[int] = ()
    total: Sum = field(default_factory=Sum)
    type_name: str = ""


@dataclass
class LeakReport:
    """``groups``: worst class first, most bytes first. ``suppressed`` is left out of all other sums. ``content_of``:
    what a group's first block looks like, "" where a stack says more; it reads memory."""

    totals: dict[LeakClass, Sum]
    groups: list[Group]
    suppressed: Sum
    findings: list[Finding]
    incomplete: bool
    content_of: Callable[[Group], str]


def classes_of(
    target: Target, snapshot: Snapshot, names: frozenset[str], progress: Progress = Progress()
) -> bytearray:
    """The LeakClass of each row of the block columns, with the named heuristics; kept with the snapshot."""
    key = "leak classes " + ",".join(sorted(names))
    classes = snapshot.derived.get(key)
    if not isinstance(classes, bytearray):
        graph = graph_of(target, snapshot, progress)
        classify_rows = by_kernel.classify if kernel.find()[0] is not None else classify
        pinned = pinned_rows(graph)
        classes = classify_rows(graph, graph.targets, graph.root_targets, pinned)
        edges = heuristics.apply(graph, target, names, classes)
        if edges is not None:
            classes = classify_rows(graph, *edges, pinned)
        snapshot.derived[key] = classes
    return classes


def pinned_rows(graph: Graph) -> list[int]:
    """Rows that nobody must call lost: blocks in transition, smashed ones, those that serve as stacks, and those that
    the program has called no leaks."""
    states = graph.snapshot.blocks.states
    rows = [row for state in (State.CHANGING, State.CORRUPTED) for row in _rows_in(states, state)]
    blocks = (graph.snapshot.block_at(address) for address in graph.roots.pinned)
    return rows + [block.index for block in blocks if block is not None and graph.live[block.index]]


def _rows_in(states: bytearray, state: State) -> Iterable[int]:
    row = states.find(state)
    while row >= 0:
        yield row
        row = states.find(state, row + 1)


def check_leaks(
    target: Target,
    snapshot: Snapshot,
    heuristic_names: frozenset[str],
    suppressed: Callable[[int], bool] | None = None,
    progress: Progress = Progress(),
    type_name: Callable[[int], str] | None = None,
) -> LeakReport:
    """Classes and groups of all live blocks. ``suppressed(trace number)``: leaves out what was allocated there; what
    only suppressed blocks lead to stays indirect, as in LeakSanitizer. ``type_name(row)``: the likely type of a block,
    "" when not known."""
    graph = graph_of(target, snapshot, progress)
    classes = classes_of(target, snapshot, heuristic_names, progress)
    groups, dropped = list(_groups_of(snapshot, classes, heuristic_names, type_name)), Sum()
    if suppressed is not None:
        for group in [group for group in groups if group.trace and group.leak_class != LeakClass.REACHABLE]:
            if suppressed(group.trace):
                groups.remove(group)
                dropped.add_all(group.total)
    totals = {leak_class: Sum() for leak_class in SHOWN_CLASSES}
    for group in groups:
        totals[group.leak_class].add_all(group.total)

    def content_of(group: Group) -> str:
        return "" if group.trace else describe_content(target, snapshot, group.rows[0])

    return LeakReport(totals, groups, dropped, graph.findings, not graph.complete, content_of)


def _groups_of(
    snapshot: Snapshot, classes: bytearray, heuristic_names: frozenset[str], type_name: Callable[[int], str] | None
) -> list[Group]:
    """All of them in the order of LeakReport, kept with the snapshot."""
    key = f"leak groups {type_name is not None} {','.join(sorted(heuristic_names))}"
    groups = snapshot.derived.get(key)
    if not isinstance(groups, list):
        groups = _group(snapshot, classes)
        groups = groups if type_name is None else _by_type(snapshot, groups, type_name)
        groups.sort(key=lambda group: (-group.leak_class, -group.total.size_bytes, group.rows[0]))
        snapshot.derived[key] = groups
    return groups


def _by_type(snapshot: Snapshot, groups: list[Group], type_name: Callable[[int], str]) -> list[Group]:
    """Names the groups' types, and splits those by that no stack holds together."""
    found = []
    for group in groups:
        if group.trace:
            group.type_name = type_name(group.rows[0])
            found.append(group)
            continue
        parts: defaultdict[str, list[int]] = defaultdict(list)
        for row in group.rows:
            parts[type_name(row)].append(row)
        size_bytes = snapshot.blocks.sizes[group.rows[0]]
        for name, rows in parts.items():
            found.append(Group(group.leak_class, 0, rows, Sum(len(rows), len(rows) * size_bytes), type_name=name))
    return found


def _group(snapshot: Snapshot, classes: bytearray) -> list[Group]:
    blocks = snapshot.blocks
    counted = bytearray(classes)
    for state in (State.CHANGING, State.CORRUPTED):  # nobody must call them lost, but they count for nothing
        for row in _rows_in(blocks.states, state):
            counted[row] = 0
    return [
        Group(LeakClass(leak_class), trace, rows, Sum(len(rows), size_bytes))
        for leak_class, trace, rows, size_bytes in group_rows(counted, blocks.allocation_traces, blocks.sizes)
    ]
