"""Recorded stacks as frames, without the allocator's own."""

from __future__ import annotations

from pathlib import PurePath

from ..model.heap import Trace
from ..target import Frame, Target

LIBRARY = "libftmalloc"


def frames_of(target: Target, trace: Trace | None) -> list[Frame]:
    """Innermost first. ``[]`` when nothing was recorded."""
    if trace is None:
        return []
    frames = []
    for address in trace.addresses:
        symbol = target.symbol_at(address)
        if not frames and symbol is not None and PurePath(symbol.object_file).name.startswith(LIBRARY):
            continue
        found = target.source_frames(address)
        if found[0].function is None and symbol is not None:
            found = (found[0]._replace(function=symbol.name), *found[1:])
        frames += found
    return frames


def frame_names(target: Target, trace: Trace | None) -> list[str]:
    """All that a pattern may match: functions, source files and modules of the frames."""
    names = []
    for frame in frames_of(target, trace):
        symbol = target.symbol_at(frame.address)
        names += [name for name in (frame.function, frame.file, symbol.object_file if symbol else None) if name]
    return names
