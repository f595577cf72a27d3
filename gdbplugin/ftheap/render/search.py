"""find in text and JSON."""

from __future__ import annotations

import json

from ..analysis.find import Found
from ..model.heap import Snapshot, Zone
from ..typed import Any, Iterator
from . import text
from .json_text import StreamedTexts
from .style import Style


def document(expression: str, found: Found, snapshot: Snapshot) -> dict[str, Any]:
    """The JSON form. ``match_offset_bytes``: where the content that was looked for begins."""
    return {
        "expression": expression,
        "count": found.total.count,
        "bytes": found.total.size_bytes,
        "blocks": StreamedTexts(lambda: _block_texts(found, snapshot)),
        "findings": text.findings_document([*snapshot.findings, *found.findings]),
    }


def _block_texts(found: Found, snapshot: Snapshot) -> Iterator[str]:
    blocks, offsets, types = snapshot.blocks, found.offsets, found.types
    of_zone: Zone | None = None
    for row, zone in _with_zones(found, snapshot):
        if zone is not of_zone:
            of_zone = zone
            place = f'"allocated_at": null, "freed_at": null, "zone": "{zone.address:#x}", "type": "{zone.type.name}"'
        likely = json.dumps(types[row]) if row in types else "null"
        yield (
            f'{{"address": "{blocks.addresses[row]:#x}", "size_bytes": {blocks.sizes[row]}, '
            f'"state": "{text.STATE_NAMES[blocks.states[row]]}", {place}, '
            f'"match_offset_bytes": {offsets.get(row, "null")}, "likely_type": {likely}}}'
        )


def _with_zones(found: Found, snapshot: Snapshot) -> Iterator[tuple[int, Zone]]:
    """The rows with their zones; both ascend."""
    zones = iter(snapshot.zones)
    zone = next(zones, None)
    for row in found.rows:
        while zone is not None and row >= zone.end_index:
            zone = next(zones, None)
        if zone is not None:
            yield row, zone


def _match(found: Found, row: int) -> str:
    """Where the content begins, and the likely type, as far as the expression asks for them."""
    offset = f"+{found.offsets[row]}" if row in found.offsets else ""
    return " ".join(part for part in (offset, found.types.get(row, "")) if part)


def lines(found: Found, snapshot: Snapshot, style: Style) -> Iterator[str]:
    """A row for each block, then the sum."""
    blocks = snapshot.blocks
    if found.rows:
        rows = [
            (
                text.address(blocks.addresses[row]),
                str(blocks.sizes[row]),
                text.STATE_NAMES[blocks.states[row]],
                zone.type.name,
                _match(found, row),
            )
            for row, zone in _with_zones(found, snapshot)
        ]
        yield from text.table(
            style, ("address", "size", "state", "type", "match"), rows, (2, 3, 4), {0: style.address}
        )
    hidden = found.total.count - len(found.rows)
    if hidden:
        yield style.dim(f"... and {text.plural(hidden, 'block')} more (-limit {len(found.rows)})")
    yield f"Total : {text.plural(found.total.count, 'block')}, {found.total.size_bytes} bytes"
    yield from text.findings(style, found.findings)
