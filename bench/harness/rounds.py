"""Interleaved rounds: each round runs each case once under each allocator, so that a machine that slows down or is
busy for a while does so for all of them."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.allocators import Allocator
from harness.cases import Case
from harness.launch import Sample

# A case that takes less than so many seconds runs so often in each round: the shorter, the noisier.
PASSES = ((0.1, 3), (0.3, 2))


@dataclass
class Results:
    """All samples, by case name and then by column (an allocator's or a switch's name)."""

    samples: dict[str, dict[str, list[Sample]]] = field(default_factory=dict)

    def add(self, case: str, column: str, sample: Sample) -> None:
        """Keeps one sample."""
        self.samples.setdefault(case, {}).setdefault(column, []).append(sample)

    def of(self, case: str, column: str) -> list[Sample]:
        """The samples of one cell; empty when it never ran."""
        return self.samples.get(case, {}).get(column, [])

    def failure(self, case: str, column: str) -> str:
        """The first failure of a cell, or an empty text."""
        return next((sample.failure for sample in self.of(case, column) if sample.failure), "")

    def seconds(self, case: Case, column: str) -> float | None:
        """Time of a cell in seconds: the median of the faster half of its samples, since whatever else the machine
        does only ever adds time. None when it failed or never ran."""
        samples = self.of(case.name, column)
        if not samples or self.failure(case.name, column):
            return None
        times = sorted(sample.seconds(case.clock) for sample in samples)
        return statistics.median(times[: len(times) // 2 + 1])

    def peak_kb(self, case: Case, column: str) -> float | None:
        """Median peak of resident memory in KiB; None when it failed or never ran."""
        samples = self.of(case.name, column)
        if not samples or self.failure(case.name, column):
            return None
        return statistics.median(sample.peak_kb for sample in samples)


def passes_of(case: Case, results: Results, column: str) -> int:
    """How often a round runs the case: short ones more often, by the first column's time so far."""
    seconds = results.seconds(case, column) or 0.0
    return next((passes for limit, passes in PASSES if seconds < limit), 1)


def progress(text: str) -> None:
    """A line that overwrites itself, for people who wait at a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()


def run_rounds(cases: list[Case], columns: list[tuple[str, Allocator, dict[str, str]]], rounds: int,
               record: Callable[[dict], None], section: str) -> Results:
    """Runs all cells `rounds` times or more. A column is (name, allocator, environment settings).

    A cell that failed is not run again. Which column begins changes with each round, and each pass of it.
    """
    results = Results()

    def run_once(case: Case, round_index: int, first: int) -> None:
        for name, allocator, settings in columns[first:] + columns[:first]:
            if results.failure(case.name, name):
                continue
            progress(f"{section}: round {round_index + 1} of {rounds}, {case.name} on {name}")
            sample = case.run(allocator, settings)
            results.add(case.name, name, sample)
            record({"section": section, "case": case.name, "clock": case.clock, "column": name,
                    "round": round_index, "wall_seconds": sample.wall, "user_seconds": sample.user,
                    "system_seconds": sample.system, "peak_kb": sample.peak_kb, "failure": sample.failure})

    for round_index in range(rounds):
        for case in cases:
            run_once(case, round_index, round_index % len(columns))
            for further in range(1, passes_of(case, results, columns[0][0])):
                run_once(case, round_index, (round_index + further) % len(columns))
    progress("")
    return results
