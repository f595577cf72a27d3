"""leak-refs in text and JSON."""

from __future__ import annotations

from ..analysis.references import Reference
from ..analysis.sums import Sum
from ..model.heap import Block, Finding
from ..model.leaks import LeakClass
from ..typed import Any, Iterator, NamedTuple, Sequence
from . import text
from .blocks import block_document, block_phrase
from .style import Style

PATH_SHOWN = 24


class Answer(NamedTuple):
    """All that leak-refs found out. ``retained`` is None when it was not asked for."""

    block: Block
    offset_bytes: int
    leak_class: LeakClass
    references: Sequence[Reference]
    reference_count: int
    path: Sequence[Reference]
    retained: Sum | None
    incomplete: bool
    findings: Sequence[Finding]


def _reference_document(reference: Reference) -> dict[str, Any]:
    symbol, frame = reference.symbol, reference.frame
    return {
        "kind": reference.kind,
        "address": text.address_or_none(reference.address),
        "thread": reference.thread,
        "register": reference.register,
        "frame": None if frame is None else {"number": frame.number, "function": frame.function},
        "variable": reference.variable or None,
        "symbol": None if symbol is None else {"name": symbol.name, "offset_bytes": symbol.offset_bytes},
        "mapping": reference.label or None,
        "block": block_document(reference.source) if reference.source is not None else None,
        "offset_bytes": reference.offset_bytes if reference.source is not None else None,
        "interior": reference.interior,
        "into_bytes": reference.into_bytes,
    }


def document(answer: Answer) -> dict[str, Any]:
    """The JSON form."""
    retained = answer.retained
    return {
        "block": block_document(answer.block),
        "offset_bytes": answer.offset_bytes,
        "class": answer.leak_class.name.lower(),
        "reference_count": answer.reference_count,
        "references": [_reference_document(reference) for reference in answer.references],
        "path": [_reference_document(reference) for reference in answer.path],
        "retained": None if retained is None else text.sum_document(retained),
        "incomplete": answer.incomplete,
        "findings": text.findings_document(answer.findings),
    }


def place(reference: Reference) -> str:
    """Where the pointer stands, in words."""
    frame = f"frame {reference.frame.number} ({reference.frame.function or '??'})" if reference.frame else ""
    if reference.kind == "register":
        name = f", {reference.variable} of {frame}" if reference.variable else ""
        return f"register {reference.register} of thread {reference.thread}{name}"
    if reference.source is not None:
        source = reference.source
        what = f", {reference.variable}" if reference.variable else ""
        return f"block {source.address:#x} + {reference.offset_bytes} ({source.size_bytes} bytes{what})"
    if reference.symbol is not None:
        offset = f" + {reference.symbol.offset_bytes}" if reference.symbol.offset_bytes else ""
        name = f" ({reference.variable})" if reference.variable and offset else ""
        return f"{reference.symbol.name}{offset}{name} at {reference.address:#x}"
    if frame:
        name = f"{reference.variable} of " if reference.variable else ""
        return f"{name}{frame} of thread {reference.thread} at {reference.address:#x}"
    return f"{reference.label} at {reference.address:#x}"


def lines(answer: Answer, style: Style) -> Iterator[str]:
    """The block, its references, the path, what it retains."""
    head = f"Block {block_phrase(answer.block, style)}"
    yield head + (f": {answer.leak_class.name.lower()}" if answer.leak_class else "")
    if answer.references:
        yield style.heading(f"{text.plural(answer.reference_count, 'reference')}:")
    else:
        yield "No reference: no root and no live block leads here."
    for reference in answer.references:
        yield _row(reference)
    hidden = answer.reference_count - len(answer.references)
    if hidden > 0:
        yield style.dim(f"  ... and {hidden} more (-limit {len(answer.references)})")
    if len(answer.path) > 1:
        yield style.heading(f"Shortest path from a root, {text.plural(len(answer.path), 'step')}:")
        for reference in answer.path[:PATH_SHOWN]:
            yield _row(reference)
        if len(answer.path) > PATH_SHOWN:
            yield style.dim(f"  ... and {text.plural(len(answer.path) - PATH_SHOWN, 'step')} more, see -json")
    elif not answer.path and answer.references:
        yield "No root reaches it."
    if answer.retained is not None:
        blocks = text.plural(answer.retained.count, "block")
        yield f"It alone keeps {blocks}, {answer.retained.size_bytes} bytes, itself included."
    if answer.incomplete:
        yield style.warning("Some roots or zones could not be read: references may be missing.")
    yield from text.findings(style, answer.findings)


def _row(reference: Reference) -> str:
    into = f", {reference.into_bytes} bytes inside" if reference.interior else ""
    return text.shorten(f"  {place(reference)}{into}", text.WIDTH)
