"""Runs whose description is lost: found again by their headers, since each header proves its own address."""

from __future__ import annotations

from itertools import groupby

from ..model.runs import Run
from ..structs import part
from ..typed import Iterator
from .context import Context
from .tolerant import read_tolerant


def recover_runs(
    context: Context, zone: int, size_bytes: int, bad_units: list[int], good: list[Run]
) -> list[Run]:
    """Runs in ``bad_units`` of the zone, as far as self-proving headers show them."""
    unit_bytes = context.layout.constant("unit_bytes")
    limit = (size_bytes // unit_bytes) * unit_bytes
    recovered: list[Run] = []
    for first, count in _stretches(bad_units):
        start = zone + max(first * unit_bytes, context.layout.constant("slot_zone_header_bytes"))
        end = min(zone + (first + count) * unit_bytes, zone + limit)
        if any(run.start < end and start < run.end for run in good):
            continue
        recovered += _recover(context, start, end)
    return recovered


def _stretches(units: list[int]) -> list[tuple[int, int]]:
    groups = groupby(enumerate(units), key=lambda pair: pair[1] - pair[0])
    stretches = [[unit for _, unit in members] for _, members in groups]
    return [(members[0], len(members)) for members in stretches]


def _recover(context: Context, start: int, end: int) -> list[Run]:
    header = context.structs.header
    step = header.granule_bytes
    start = -(-start // step) * step
    data = read_tolerant(context.memory, start, end - start)
    count = max((len(data.data) - header.size_bytes) // step + 1, 0)
    shift, mask = header.address_bits
    words = header.self_words(data.data, 0, step, count)
    extents = header.extent_words(data.data, 0, step, count)
    aligned = context.layout.state("block_state.live_aligned")
    state_shift, state_mask = header.state_bits
    proved = [
        (start + index * step, part(extent, header.next_bits) * step)
        for index, (word, extent) in enumerate(zip(words, extents))
        if word >> shift & mask == start + index * step + header.size_bytes
        and word >> state_shift & state_mask != aligned
    ]
    runs: list[Run] = []
    # The block of a LARGE zone has no next header.
    for stride, members in groupby((pair for pair in proved if pair[1] != 0), key=lambda pair: pair[1]):
        for headers in _by_run([address for address, _ in members], stride):
            run = _run_of(headers, stride, context, start, end)
            if run is not None and not (runs and run.first_slot < runs[-1].end):
                runs.append(run)
    return runs


def _by_run(headers: list[int], stride: int) -> Iterator[list[int]]:
    """The header addresses of each run: where one ends and the next of its class begins, the distance is no multiple of
    the stride."""
    begin = 0
    for index, (first, second) in enumerate(zip(headers, headers[1:]), 1):
        if (second - first) % stride:
            yield headers[begin:index]
            begin = index
    yield headers[begin:]


def _run_of(headers: list[int], stride: int, context: Context, start: int, end: int) -> Run | None:
    """A run through these header addresses; None where it does not fit between ``start`` and ``end``."""
    overhead = context.heap.prefix_bytes + context.structs.header.size_bytes
    count = (headers[-1] - headers[0]) // stride + 1
    first_slot = headers[0] - context.heap.prefix_bytes
    if stride <= overhead or first_slot < start or first_slot + count * stride > end:
        return None
    run_end = min(first_slot + count * stride, end)
    return Run(first_slot, run_end, first_slot, stride, count, count, 0, stride - overhead)
