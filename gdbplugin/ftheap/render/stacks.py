"""Stacks in text and JSON."""

from __future__ import annotations

from ..target import Frame
from ..typed import Any, Iterator, Sequence
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


def frame_text(frame: Frame) -> str:
    """``make_node (list.c:12)``, ``libc.so.6+0x891f5``, or the bare address."""
    place = f" ({frame.place})" if frame.place else ""
    return text.ascii_only((frame.function or frame.module_place or text.address(frame.address)) + place)


def stack_lines(frames: Sequence[Frame], style: Style, indent: str = "    ") -> Iterator[str]:
    """A row for each frame: ``#0 make_node at list.c:12``, and one with the source line where that can be read;
    ``#1 ?? in libc.so.6+0x891f5`` where no line is known."""
    for number, frame in enumerate(frames):
        name = text.shorten(frame.function or "??", 44)
        place = frame.place or (frame.file.rsplit("/", 1)[-1] if frame.file else frame.module_place)
        place = place or text.address(frame.address)
        place = text.shorten(place, text.WIDTH - len(indent) - len(f"#{number} ") - len(name) - 4)
        yield f"{indent}#{number} {style.name(name)} {'at' if frame.file else 'in'} {style.file(place)}"
        if frame.source is not None:
            margin = indent + " " * len(f"#{number} ")
            source = text.shorten(frame.source, text.WIDTH - len(margin) - 1)
            yield margin + style.source(source, frame.file or "")


def life_lines(allocated: Sequence[Frame], freed: Sequence[Frame], style: Style) -> Iterator[str]:
    """Where a block was allocated and freed, as far as that was recorded."""
    for title, frames in (("allocated at", allocated), ("freed at", freed)):
        if frames:
            yield f"  {title}"
            yield from stack_lines(frames, style)
