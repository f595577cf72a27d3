"""diagnose in text and JSON."""

from __future__ import annotations

from ..analysis.diagnosis import Diagnosis
from ..model.heap import Block, Finding
from ..target import Frame
from ..typed import Any, Iterator, Sequence
from . import text
from .blocks import block_document, block_phrase
from .stacks import frame_document, life_lines, stack_lines
from .style import Style


def document(
    found: Diagnosis, allocated: Sequence[Frame], freed: Sequence[Frame], findings: Sequence[Finding]
) -> dict[str, Any]:
    """The JSON form."""
    return {
        "fault": found.fault,
        "signal": found.signal,
        "access": found.access,
        "fault_address": text.address_or_none(found.fault_address),
        "frame": frame_document(found.frame) if found.frame is not None else None,
        "block": block_document(found.block, allocated, freed) if found.block is not None else None,
        "offset_bytes": found.offset_bytes,
        "evidence": found.evidence,
        "certainty": found.certainty,
        "findings": text.findings_document(findings),
    }


def lines(
    found: Diagnosis, allocated: Sequence[Frame], freed: Sequence[Frame], reservations: Sequence[Finding], style: Style
) -> Iterator[str]:
    """The fault in one line, then what it rests on, and what the target keeps from it."""
    access = f", {found.access} of {text.address(found.fault_address)}" if found.access and found.fault_address else ""
    yield f"{style.warning(found.fault)} ({found.certainty}){access}"
    yield f"  signal    {found.signal or 'none'}"
    if found.frame is not None:
        yield "  at"
        yield from stack_lines([found.frame], style)
    if isinstance(found.block, Block):
        place = "" if found.offset_bytes is None else f", offset {found.offset_bytes}"
        yield f"  block     {block_phrase(found.block, style)}{place}"
    elif found.block is not None:
        yield f"  block     {text.address(found.block.address)}, {found.block.size_bytes} bytes, freed"
    yield from life_lines(allocated, freed, style)
    for sentence in found.evidence:
        yield from text.wrap(sentence, "  - ", "    ")
    yield from text.findings(style, reservations)
