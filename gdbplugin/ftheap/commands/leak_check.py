"""``leak-check``: which live blocks nobody can reach any more."""

from __future__ import annotations

from .. import analysis, render
from ..errors import UsageError
from ..model.leaks import LeakClass
from ..registry import EXIT_CODE, Option, Request, Result, command, limit_option
from ..render.limits import GROUPS_SHOWN
from ..session import Session

_CLASSES = ("all", *(leak_class.name.lower() for leak_class in reversed(LeakClass) if leak_class))


def heuristics_option(request: Request) -> frozenset[str]:
    """The value of ``-heuristics``, all of them by default. Raises UsageError."""
    try:
        return analysis.heuristics.parse(request.options.get("heuristics", "all"))
    except ValueError as error:
        names = ", ".join(("all", "none", *analysis.heuristics.NAMES))
        raise UsageError(f"leak-check: no heuristic {str(error)!r}; -heuristics takes {names}") from None


@command(
    "leak-check",
    "Find the blocks that the program can no longer reach.",
    options=(
        limit_option("groups", GROUPS_SHOWN),
        Option("class", "groups of one class only", "CLASS", "choice", _CLASSES),
        Option("min-bytes", "groups of at least SIZE bytes", "SIZE", "bytes"),
        Option("suppressions", "leave out what a file in LeakSanitizer's form names", "FILE", "file"),
        Option("heuristics", "interior pointers that count: all, none, or names", "LIST", "text"),
        EXIT_CODE,
    ),
    example="leak-check -class definite -limit 10",
    top_level=True,
)
def leak_check(session: Session, request: Request) -> Result:
    """A conservative mark and sweep: any aligned word in a register, on a stack, in writable data or in a reachable
    block counts as a pointer. Classes are valgrind's: definite (no pointer leads to the block), indirect (only lost
    blocks lead to it), possible (only pointers into its inside lead to it), reachable (the program can still find it,
    or has called it no leak with ftmalloc_leak_ignore). Blocks are grouped by allocation stack where stacks were
    recorded (FtMallocStackLogging), else by size and likely type.
    Heuristics have valgrind's names: stdstring, length64, newarray, multipleinheritance; and exception, for what was
    thrown and kept."""
    names = heuristics_option(request)
    path = request.options.get("suppressions")
    patterns = analysis.suppressions.load(path) if path else []
    snapshot, target = session.snapshot(wants_pointers=True), session.target

    def suppressed(trace: int) -> bool:
        return analysis.suppressions.matches(patterns, analysis.stacks.frame_names(target, snapshot.traces.get(trace)))

    types = analysis.typed_heap.types_of(target, snapshot, session.progress)
    type_name = types.name if types is not None else None
    report = analysis.leaks.check_leaks(
        target, snapshot, names, suppressed if patterns else None, session.progress, type_name
    )
    choice = request.options.get("class", "")
    classes = frozenset([LeakClass[choice.upper()]]) if choice and choice != "all" else None
    classes = frozenset(analysis.leaks.SHOWN_CLASSES) if choice == "all" else classes
    selection = render.leaks.Selection(classes, request.options.get("limit"), request.options.get("min-bytes", 0))
    frames = analysis.stacks.frames_by_number(target, snapshot)
    return Result(
        lambda: render.leaks.document(report, snapshot, selection, frames),
        lambda style: render.leaks.lines(report, snapshot, selection, frames, style),
        found=bool(selection.leaks(report)),
    )
