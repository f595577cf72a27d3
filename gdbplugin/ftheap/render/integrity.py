"""check: what is wrong, or that nothing is."""

from __future__ import annotations

from ..analysis.check import Integrity
from ..model.heap import Block, Finding, Snapshot
from ..typed import Any, Iterator
from . import text
from .blocks import block_document
from .limits import FINDINGS_SHOWN
from .listing import Frames
from .stacks import stack_lines
from .style import Style


def lines(
    integrity: Integrity, snapshot: Snapshot, frames: Frames, style: Style, limit: int | None = None
) -> Iterator[str]:
    """A paragraph for each finding, with the stacks of the block where they tell more, and a closing line."""
    limit = FINDINGS_SHOWN if limit is None else limit
    for finding in integrity.findings[:limit]:
        yield from text.findings(style, [finding])
        damage = integrity.damaged.get(finding)
        if damage is not None:
            yield from _stacks(snapshot, damage.index, frames, style)
    if len(integrity.findings) > limit:
        rest = text.plural(len(integrity.findings) - limit, "finding")
        yield style.dim(f"... and {rest} more, see ftmalloc check -json")
    zones, blocks = text.plural(integrity.zones_checked, "zone"), text.plural(integrity.blocks_checked, "block")
    checked = f"{zones}, {blocks} checked"
    if integrity.fault_count:
        yield style.warning(f"{checked}: {text.plural(integrity.fault_count, 'finding')}")
    else:
        yield f"{checked}: the heap is whole"


def _stacks(snapshot: Snapshot, row: int, frames: Frames, style: Style) -> Iterator[str]:
    for title, trace in (("allocated", snapshot.allocation_trace(row)), ("freed", snapshot.free_trace(row))):
        if trace is not None:
            yield f"  {title} by thread {trace.thread_id}:" if trace.thread_id else f"  {title}:"
            yield from stack_lines(frames(trace), style)


def document(integrity: Integrity, snapshot: Snapshot, frames: Frames) -> dict[str, Any]:
    """The JSON form. Findings about canaries, fills and seals have ``block`` too, with its stacks."""
    return {
        "zones_checked": integrity.zones_checked,
        "blocks_checked": integrity.blocks_checked,
        "findings": [_finding_document(integrity, snapshot, frames, finding) for finding in integrity.findings],
    }


def _finding_document(
    integrity: Integrity, snapshot: Snapshot, frames: Frames, finding: Finding
) -> dict[str, Any]:
    (document,) = text.findings_document([finding])
    damage = integrity.damaged.get(finding)
    block = _block(snapshot, damage.index) if damage is not None else None
    if block is None:
        return document
    row = block.index
    allocated, freed = snapshot.allocation_trace(row), snapshot.free_trace(row)
    stacks = [frames(trace) if trace is not None else () for trace in (allocated, freed)]
    return {**document, "block": block_document(block, *stacks)}


def _block(snapshot: Snapshot, row: int) -> Block | None:
    return snapshot.block_at(snapshot.blocks.addresses[row] - snapshot.header_bytes)
