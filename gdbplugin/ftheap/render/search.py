"""find in text and JSON."""

from __future__ import annotations

from typing import Any, Iterator, Sequence

from ..analysis.find import Found
from ..model.heap import Finding
from . import text
from .blocks import block_document
from .style import Style


def document(expression: str, found: Found, findings: Sequence[Finding]) -> dict[str, Any]:
    """The JSON form. ``match_offset_bytes``: where the content that was looked for begins."""
    return {
        "expression": expression,
        "count": found.total.count,
        "bytes": found.total.size_bytes,
        "blocks": [
            block_document(block)
            | {
                "zone": text.address(block.zone.address),
                "type": block.zone.type.name,
                "match_offset_bytes": found.offsets.get(block.index),
                "likely_type": found.types.get(block.index),
            }
            for block in found.blocks
        ],
        "findings": text.findings_document([*findings, *found.findings]),
    }


def _match(found: Found, row: int) -> str:
    """Where the content begins, and the likely type, as far as the expression asks for them."""
    offset = f"+{found.offsets[row]}" if row in found.offsets else ""
    return " ".join(part for part in (offset, found.types.get(row, "")) if part)


def lines(found: Found, style: Style) -> Iterator[str]:
    """A row for each block, then the sum."""
    if found.blocks:
        rows = [
            (
                text.address(block.address),
                str(block.size_bytes),
                text.STATE_NAMES[block.state],
                block.zone.type.name,
                _match(found, block.index),
            )
            for block in found.blocks
        ]
        yield from text.table(
            style, ("address", "size", "state", "type", "match"), rows, (2, 3, 4), {0: style.address}
        )
    hidden = found.total.count - len(found.blocks)
    if hidden:
        yield style.dim(f"... and {text.plural(hidden, 'block')} more (-limit {len(found.blocks)})")
    yield f"Total : {text.plural(found.total.count, 'block')}, {found.total.size_bytes} bytes"
    yield from text.findings(style, found.findings)
