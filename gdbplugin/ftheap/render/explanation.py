"""explain in text and JSON."""

from __future__ import annotations

from typing import Any, Iterator, Sequence

from ..analysis.explain import Explanation
from ..model.heap import Finding
from ..target import Frame, Mapping
from . import text
from .blocks import block_document, block_phrase
from .listing import zone_document
from .stacks import stack_lines
from .style import Style


def document(
    found: Explanation, allocated: Sequence[Frame], freed: Sequence[Frame], findings: Sequence[Finding]
) -> dict[str, Any]:
    """The JSON form. A retired block has state ``freed``; its zone is null."""
    block = block_document(found.block, allocated, freed) if found.block is not None else None
    if found.retired is not None:
        block = {
            "address": text.address(found.retired.address),
            "size_bytes": found.retired.size_bytes,
            "state": "freed",
            "allocated_at": None,
            "freed_at": None,
        }
    symbol, mapping = found.symbol, found.mapping
    return {
        "address": text.address(found.address),
        "kind": found.kind,
        "description": found.place,
        "notes": found.notes,
        "block": block,
        "offset_bytes": found.offset_bytes,
        "zone": zone_document(found.zone) if found.zone is not None else None,
        "previous_block": block_document(found.previous) if found.previous is not None else None,
        "next_block": block_document(found.next) if found.next is not None else None,
        "thread": found.thread,
        "symbol": None if symbol is None else {
            "name": symbol.name,
            "offset_bytes": symbol.offset_bytes,
            "object_file": symbol.object_file or None,
        },
        "mapping": None if mapping is None else _mapping_document(mapping),
        "findings": text.findings_document(findings),
    }  # fmt: skip


def _access(mapping: Mapping) -> str:
    flags = (mapping.readable, mapping.writable, mapping.executable)
    return "".join(letter if flag else "-" for letter, flag in zip("rwx", flags))


def _mapping_document(mapping: Mapping) -> dict[str, Any]:
    return {
        "start": text.address(mapping.start),
        "end": text.address(mapping.end),
        "access": _access(mapping),
        "path": mapping.path or None,
    }


def lines(
    found: Explanation, allocated: Sequence[Frame], freed: Sequence[Frame], findings: Sequence[Finding], style: Style
) -> Iterator[str]:
    """The answer, then what stands around it."""
    first, *rest = text.wrap(f"{text.address(found.address)} is {found.place}")
    head = text.address(found.address)
    yield style.address(head) + first[len(head) :]
    yield from rest
    for note in found.notes:
        yield from text.wrap(note, "  ", "  ")
    block = found.block
    if block is not None:
        yield f"  block     {block_phrase(block, style)}"
        yield f"  slot      {text.address(block.slot_start)} - {text.address(block.slot_end)}"
    if found.zone is not None:
        zone = found.zone
        at = style.address(text.address(zone.address))
        yield f"  zone      {zone.type.name} at {at}, {text.size(zone.size_bytes)}"
    if found.previous is not None:
        yield f"  previous  {block_phrase(found.previous, style)}"
    if found.next is not None:
        yield f"  next      {block_phrase(found.next, style)}"
    if found.mapping is not None and found.zone is None:
        mapping = found.mapping
        where = f"{text.address(mapping.start)} - {text.address(mapping.end)} {_access(mapping)} {mapping.path}"
        yield text.shorten(f"  mapping   {where}".rstrip(), text.WIDTH)
    for title, frames in (("allocated at", allocated), ("freed at", freed)):
        if frames:
            yield f"  {title}"
            yield from stack_lines(frames, style)
    yield from text.findings(style, findings)
