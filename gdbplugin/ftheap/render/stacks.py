"""Stacks in text and JSON."""

from __future__ import annotations

from typing import Any, Iterator, Sequence

from ..target import Frame
from . import text
from .style import Style


def frame_document(frame: Frame) -> dict[str, Any]:
    """A frame of the JSON forms."""
    return {
        "function": frame.function,
        "file": frame.file,
        "line": frame.line,
        "address": text.address(frame.address),
    }


def stack_document(frames: Sequence[Frame]) -> list[dict[str, Any]]:
    """A stack of the JSON forms, innermost frame first."""
    return [frame_document(frame) for frame in frames]


def stack_lines(frames: Sequence[Frame], style: Style, indent: str = "    ") -> Iterator[str]:
    """A row for each frame: ``#0 make_node at list.c:12``, and one with the source line where that can be read."""
    for number, frame in enumerate(frames):
        name = text.shorten(frame.function or "??", 44)
        place = frame.file.rsplit("/", 1)[-1] if frame.file else ""
        if place and frame.line is not None:
            place += f":{frame.line}"
        if not place:
            place = text.address(frame.address)
        place = text.shorten(place, text.WIDTH - len(indent) - len(f"#{number} ") - len(name) - 4)
        yield f"{indent}#{number} {style.name(name)} {'at' if frame.file else 'in'} {style.file(place)}"
        if frame.source is not None:
            margin = indent + " " * len(f"#{number} ")
            source = text.shorten(frame.source, text.WIDTH - len(margin) - 1)
            yield margin + style.source(source, frame.file or "")
