"""Recorded stacks as frames, without the allocator's own."""

from __future__ import annotations

from functools import lru_cache, partial

from ..layout import is_library
from ..model.heap import Snapshot, Trace
from ..target import Frame, Target
from ..typed import Callable


def frames_of(target: Target, trace: Trace | None) -> list[Frame]:
    """Innermost first. ``[]`` when nothing was recorded."""
    if trace is None:
        return []
    frames: list[Frame] = []
    for address in trace.addresses:
        symbol = target.symbol_at(address)
        if not frames and symbol is not None and is_library(symbol.object_file):
            continue
        found = target.source_frames(address)
        if found[0].function is None and symbol is not None:
            found = (found[0]._replace(function=symbol.name), *found[1:])
        frames += found
    return frames


def frames_by_trace(target: Target) -> Callable[[Trace], list[Frame]]:
    """As frames_of, each stack only once."""
    return lru_cache(maxsize=None)(partial(frames_of, target))


def frames_by_number(target: Target, snapshot: Snapshot) -> Callable[[int], list[Frame]]:
    """As frames_of, by the number of a recorded stack, 0 for none; a million blocks share a few."""
    return lru_cache(maxsize=4096)(lambda number: frames_of(target, snapshot.traces.get(number)))


def frame_names(target: Target, trace: Trace | None) -> list[str]:
    """All that a pattern may match: functions, files, ``file:line`` and modules of the frames."""
    names = []
    for frame in frames_of(target, trace):
        symbol = target.symbol_at(frame.address) if frame.module is None else None
        place = f"{frame.file}:{frame.line}" if frame.file and frame.line is not None else None
        module = symbol.object_file if symbol is not None else frame.module
        names += [name for name in (frame.function, frame.file, place, module) if name]
    return names
