"""``diagnose``: what the crash was."""

from __future__ import annotations

from .. import analysis, render
from ..errors import TargetError
from ..model.heap import Block, Blocks, Finding, Snapshot
from ..registry import EXIT_CODE, Request, Result, command
from ..session import Session


@command(
    "diagnose",
    "Say what this crash was.",
    options=(EXIT_CODE,),
    example="ftmalloc diagnose -exit-code 3",
)
def diagnose(session: Session, request: Request) -> Result:
    """From the allocator's own report, the signal, the faulting instruction with its registers, the block that it
    concerns and the state of the heap. Names the fault, the evidence and how certain it is; non-heap when the heap
    is innocent. -exit-code acts on a fault of the heap."""
    stop = session.target.stop()
    if stop is None:
        absence = session.target.absence()
        raise TargetError(absence or "no thread that can be read: select a stopped one with `thread N`")
    missing = ""
    try:
        snapshot = session.snapshot()
    except TargetError as error:
        missing = str(error)
        unreadable = [Finding("heap-unreadable", None, missing)]
        snapshot = Snapshot([], Blocks(), unreadable, 0, 0, complete=False, started=False)
    found = analysis.diagnose.diagnose(session.target, snapshot, stop)
    if missing:
        found.evidence.append(f"the heap was not read: {missing}")
    allocated, freed = [], []
    if isinstance(found.block, Block):
        allocated = analysis.stacks.frames_of(session.target, snapshot.allocation_trace(found.block.index))
        freed = analysis.stacks.frames_of(session.target, snapshot.free_trace(found.block.index))
    return Result(
        lambda: render.diagnosis.document(found, allocated, freed, snapshot.findings),
        lambda style: render.diagnosis.lines(found, allocated, freed, [] if missing else session.reservations(), style),
        found=found.fault in analysis.diagnosis.HEAP_FAULTS,
    )
