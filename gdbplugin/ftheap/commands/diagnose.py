"""``diagnose``: what the crash was."""

from __future__ import annotations

from ..analysis.diagnose import diagnose as diagnose_stop
from ..analysis.diagnosis import HEAP_FAULTS
from ..analysis.stacks import frames_of
from ..errors import TargetError
from ..model.heap import Block, Blocks, Snapshot
from ..registry import EXIT_CODE, Request, Result, command
from ..render import diagnosis as render
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
        raise TargetError("no process and no core file: give gdb a core, or run the program until it crashes")
    missing = ""
    try:
        snapshot = session.snapshot()
    except TargetError as error:
        snapshot, missing = Snapshot([], Blocks(), [], 0, 0, complete=False, started=False), str(error)
    found = diagnose_stop(session.target, snapshot, stop)
    if missing:
        found.evidence.append(f"the heap was not read: {missing}")
    allocated, freed = [], []
    if isinstance(found.block, Block):
        allocated = frames_of(session.target, snapshot.allocation_trace(found.block.index))
        freed = frames_of(session.target, snapshot.free_trace(found.block.index))
    return Result(
        lambda: render.document(found, allocated, freed, snapshot.findings),
        lambda style: render.lines(found, allocated, freed, style),
        found=found.fault in HEAP_FAULTS,
    )
