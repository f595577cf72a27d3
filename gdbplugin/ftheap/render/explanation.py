"""explain in text and JSON."""

from __future__ import annotations

from ..analysis.explain import Explanation
from ..analysis.typed_heap import TypedPlace
from ..model.heap import Finding
from ..target import Frame, Mapping
from ..typed import Any, Iterator, NamedTuple, Sequence
from . import text
from .blocks import block_document, block_phrase
from .listing import zone_document
from .stacks import life_lines
from .style import Style

WITNESSES_SHOWN = 4


class Answer(NamedTuple):
    """All that explain found out. ``printed``: the value as the type that was asked for; ``allocated`` and ``freed``:
    the block's stacks."""

    found: Explanation
    typed: TypedPlace | None
    printed: Sequence[str]
    allocated: Sequence[Frame]
    freed: Sequence[Frame]


def type_document(place: TypedPlace | None) -> dict[str, Any] | None:
    """The best answer with all evidence; null when nothing is known."""
    best = place.typed.best if place is not None else None
    if place is None or best is None:
        return None
    return {
        "name": best.name,
        "count": best.count,
        "size_bytes": best.type_bytes or None,
        "offset_bytes": best.offset_bytes,
        "member": place.member or None,
        "certainty": best.certainty,
        "evidence": [
            {"type": each.text, "source": each.source, "certainty": each.certainty, "text": each.evidence}
            for each in place.typed.witnesses
        ],
    }


def document(answer: Answer, findings: Sequence[Finding]) -> dict[str, Any]:
    """The JSON form. Of a retired block the zone is null."""
    found, typed, printed, allocated, freed = answer
    block, symbol, mapping = found.block or found.retired, found.symbol, found.mapping
    return {
        "address": text.address(found.address),
        "kind": found.kind,
        "description": found.place,
        "notes": found.notes,
        "block": None if block is None else block_document(block, allocated, freed),
        "offset_bytes": found.offset_bytes,
        "zone": zone_document(found.zone) if found.zone is not None else None,
        "previous_block": block_document(found.previous) if found.previous is not None else None,
        "next_block": block_document(found.next) if found.next is not None else None,
        "type": type_document(typed),
        "content": typed.content if typed is not None else None,
        "printed": "\n".join(printed) if printed else None,
        "thread": found.thread,
        "frame": None if found.frame is None else {"number": found.frame.number, "function": found.frame.function},
        "variable": None if found.variable is None else {
            "name": found.variable.name,
            "type": found.variable.type_name,
            "offset_bytes": found.address - (found.variable.address or 0),
        },
        "symbol": None if symbol is None else {
            "name": symbol.name,
            "offset_bytes": symbol.offset_bytes,
            "object_file": symbol.object_file or None,
        },
        "mapping": None if mapping is None else _mapping_document(mapping),
        "findings": text.findings_document(findings),
    }  # fmt: skip


def _mapping_document(mapping: Mapping) -> dict[str, Any]:
    return {
        "start": text.address(mapping.start),
        "end": text.address(mapping.end),
        "access": mapping.access,
        "path": mapping.path or None,
    }


def _type_lines(place: TypedPlace, style: Style) -> Iterator[str]:
    best = place.typed.best
    if best is None or best.type_bytes == 1:
        yield text.shorten(f"  content   {place.content}", text.WIDTH)
    if best is None:
        if not place.searched:
            yield style.dim("  type      not looked for among the pointers of so large a heap (-deep)")
        return
    member = f", at {place.member}" if place.member else ""
    yield from text.wrap(f"{best.text}{member} ({best.certainty})", "  type      ", "            ")
    for witness in place.typed.witnesses[:WITNESSES_SHOWN]:
        other = f"{witness.text}: " if witness.name != best.name else ""
        yield from text.wrap(f"{other}{witness.evidence}", "    - ", "      ")


def lines(answer: Answer, findings: Sequence[Finding], style: Style) -> Iterator[str]:
    """The answer, then what stands around it."""
    found, typed, printed, allocated, freed = answer
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
    if typed is not None:
        yield from _type_lines(typed, style)
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
        where = f"{text.address(mapping.start)} - {text.address(mapping.end)} {mapping.access} {mapping.path}"
        yield text.shorten(f"  mapping   {where}".rstrip(), text.WIDTH)
    for row in printed:
        yield from text.wrap(row, "  ", "    ") if len(row) > text.WIDTH - 2 else (text.ascii_only(f"  {row}"),)
    yield from life_lines(allocated, freed, style)
    yield from text.findings(style, findings)
