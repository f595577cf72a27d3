"""The table of formats in which the heap can be written."""

from __future__ import annotations

from .. import render
from ..typed import Any, Callable, Iterable, Iterator, NamedTuple


class Format(NamedTuple):
    """``pieces``: of the file, in order; it takes an export_source.Source. ``help``: what it is and who reads it."""

    pieces: Callable[[Any], Iterable[str | bytes]]
    help: str


def _ended(lines: Iterator[str]) -> Iterator[str]:
    return (f"{line}\n" for line in lines)


FORMATS: dict[str, Format] = {
    "json": Format(lambda source: _ended(render.export.json_lines(source)),
                   "all blocks with their stacks, in one document"),
    "csv": Format(lambda source: _ended(render.export.csv_lines(source)), "a row for each block, for spreadsheets"),
    "dot": Format(lambda source: _ended(render.export.dot_lines(source)), "who points at whom, for Graphviz"),
    "folded": Format(lambda source: _ended(render.export.folded_lines(source)),
                     "bytes by stack: flamegraph.pl, speedscope, inferno"),
    "massif": Format(lambda source: render.profiles.massif_pieces(source),
                     "tree of stacks: ms_print, massif-visualizer"),
    "heaptrack": Format(lambda source: render.profiles.heaptrack_pieces(source),
                        "live blocks by stack: heaptrack_print, heaptrack_gui"),
    "pprof": Format(lambda source: render.profiles.pprof_pieces(source),
                    "live blocks by stack: pprof, speedscope, Perfetto"),
}  # fmt: skip
