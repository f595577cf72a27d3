"""check: what is wrong, or that nothing is."""

from __future__ import annotations

from typing import Any, Iterator

from ..analysis.check import Integrity
from . import text
from .style import Style


def lines(integrity: Integrity, style: Style, limit: int | None = None) -> Iterator[str]:
    """A paragraph for each finding and a closing line."""
    yield from text.findings(style, integrity.findings, limit)
    zones, blocks = text.plural(integrity.zones_checked, "zone"), text.plural(integrity.blocks_checked, "block")
    checked = f"{zones}, {blocks} checked"
    if integrity.fault_count:
        yield style.warning(f"{checked}: {text.plural(integrity.fault_count, 'finding')}")
    else:
        yield f"{checked}: the heap is whole"


def document(integrity: Integrity) -> dict[str, Any]:
    """The JSON form."""
    return {
        "zones_checked": integrity.zones_checked,
        "blocks_checked": integrity.blocks_checked,
        "findings": text.findings_document(integrity.findings),
    }
