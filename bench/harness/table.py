"""The table of ratios."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from harness.allocators import OURS
from harness.cases import Case
from harness.rounds import Results

# Issue 3's goal: no case of ours may take more than this, relative to the best peer.
WORST_CASE_RATIO = 1.25


def geometric_mean(values: Iterable[float]) -> float | None:
    """The geometric mean; None of nothing. Values are positive."""
    logarithms = [math.log(value) for value in values]
    return math.exp(sum(logarithms) / len(logarithms)) if logarithms else None


def ratio_text(value: float | None) -> str:
    """A ratio with two digits, or a dash."""
    return "-" if value is None else f"{value:.2f}"


def rows_of(text_rows: list[list[str]]) -> list[str]:
    """Aligned lines: the first cell to the left, the others to the right."""
    widths = [max(len(row[i]) for row in text_rows) for i in range(len(text_rows[0]))]
    return ["  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                      for i, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in text_rows]


class RatioTable:
    """Ratios of all columns to the first one, for one measure, with geometric means."""

    def __init__(self, cases: list[Case], columns: list[str],
                 measure: Callable[[Case, str], float | None]) -> None:
        self.cases = cases
        self.columns = columns
        self.measure = measure

    def ratio(self, case: Case, column: str) -> float | None:
        """Relative to the first column; None when one of both is missing."""
        value, base = self.measure(case, column), self.measure(case, self.columns[0])
        return value / base if value and base else None

    def mean(self, column: str, cases: list[Case] | None = None) -> float | None:
        """Geometric mean of the column's ratios over the cases where it has one."""
        ratios = [self.ratio(case, column) for case in (self.cases if cases is None else cases)]
        return geometric_mean(ratio for ratio in ratios if ratio)

    def to_best_peer(self, case: Case) -> tuple[float, str] | None:
        """Ours relative to the best of the others, and who that is; None without ours."""
        ours = self.measure(case, OURS)
        others = [(self.measure(case, name), name) for name in self.columns if name != OURS]
        others = [(value, name) for value, name in others if value]
        if not ours or not others:
            return None
        best, name = min(others)
        return ours / best, name


def case_row(case: Case, time: RatioTable, memory: RatioTable, results: Results) -> list[str]:
    """One line of the main table."""
    columns = time.columns
    base_seconds, base_kb = time.measure(case, columns[0]), memory.measure(case, columns[0])
    row = [case.name, case.clock, f"{base_seconds * 1000:.0f}" if base_seconds else "-"]
    for name in columns[1:]:
        row.append(results.failure(case.name, name) or ratio_text(time.ratio(case, name)))
    best = time.to_best_peer(case)
    row.append(f"{best[0]:.2f}{'*' if best[0] > WORST_CASE_RATIO else ' '}" if best else "-")
    row.append(f"{base_kb / 1024:.1f}" if base_kb else "-")
    row += [ratio_text(memory.ratio(case, name)) for name in columns[1:]]
    return row


def short_name(name: str) -> str:
    """A column's head: at most nine characters."""
    return name[:9]


def main_table(cases: list[Case], columns: list[str], results: Results) -> list[str]:
    """The table of the comparison: time and peak memory of all columns, relative to the first."""
    time = RatioTable(cases, columns, results.seconds)
    memory = RatioTable(cases, columns, results.peak_kb)
    base, others = columns[0], [short_name(name) for name in columns[1:]]
    rows = [["case", "clock", f"{base} ms", *others, "to best", f"{base} MB", *others]]
    rows += [case_row(case, time, memory, results) for case in cases]
    for group in [*dict.fromkeys(case.group for case in cases), "all"]:
        members = [case for case in cases if group in (case.group, "all")]
        rows.append([f"geometric mean, {group}", "", "",
                     *(ratio_text(time.mean(name, members)) for name in columns[1:]), "", "",
                     *(ratio_text(memory.mean(name, members)) for name in columns[1:])])
    lines = rows_of(rows)
    lines.insert(1, "-" * len(lines[0]))
    return lines + worst_cases(cases, time)


def worst_cases(cases: list[Case], time: RatioTable) -> list[str]:
    """Where ours takes more than the goal allows, the worst first."""
    losses = []
    for case in cases:
        best = time.to_best_peer(case)
        if best and best[0] > WORST_CASE_RATIO:
            losses.append((best[0], case.name, best[1]))
    if not losses:
        return []
    return ["", f"ours above {WORST_CASE_RATIO} of the best peer (*):"] + [
        f"  {ratio:5.2f}  {name} ({peer} is best)" for ratio, name, peer in sorted(losses, reverse=True)]
