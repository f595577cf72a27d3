"""What the debugging switches cost, relative to our own speed without them; and what ASan and valgrind cost,
relative to the C library's, on the same programs."""

from __future__ import annotations

import shutil
import subprocess

from harness.allocators import BASELINE, OURS, Allocator
from harness.bench import Bench
from harness.build import build_program
from harness.cases import Case
from harness.launch import Sample
from harness.rounds import Results, progress, run_rounds
from harness.sources import ASAN_FLAGS, compiled
from harness.table import RatioTable, ratio_text, rows_of

# Column → settings. The first is what the others are relative to.
SWITCHES: dict[str, dict[str, str]] = {
    "off": {},
    "scribble": {"FtMallocScribble": "1"},
    "stacks": {"FtMallocStackLogging": "1"},
    "redzone": {"FtMallocRedzone": "1"},
    "quarantine": {"FtMallocQuarantine": "1"},
    "guard 1/1000": {"FtMallocGuard": "1000"},
    "history": {"FtMallocHistory": "10000"},
    "debug": {"FtMallocDebug": "1"},
}
# Micro cases that are also run: those that allocate as real programs do.
MICRO = ("random-small", "strings", "hash-chains", "tree-32", "std-map", "std-vector", "producer-1")
TOOLS = ("off", "debug", "plain", "asan", "valgrind")
ASAN_SETTINGS = {"ASAN_OPTIONS": "detect_leaks=0"}
VALGRIND = ("valgrind", "-q", "--leak-check=no", "--trace-children=yes")


def switch_table(cases: list[Case], results: Results) -> list[str]:
    """Ratios of time and of memory to "off"."""
    names = list(SWITCHES)
    lines = []
    for title, measure in (("time", results.seconds), ("peak memory", results.peak_kb)):
        table = RatioTable(cases, names, measure)
        rows = [[f"{title}, relative to off", *names[1:]]]
        for case in cases:
            rows.append([case.name, *(results.failure(case.name, name) or ratio_text(table.ratio(case, name))
                                      for name in names[1:])])
        for group in dict.fromkeys(case.group for case in cases):
            members = [case for case in cases if case.group == group]
            rows.append([f"geometric mean, {group}",
                         *(ratio_text(table.mean(name, members)) for name in names[1:])])
        lines += ["", *rows_of(rows)]
    return lines


def asan_library() -> str | None:
    """Path of gcc's ASan run-time library, or None."""
    if not shutil.which("gcc"):
        return None
    path = subprocess.run(["gcc", "-print-file-name=libasan.so"], check=True, capture_output=True,
                          text=True).stdout.strip()
    return path if path.startswith("/") else None


def is_compiled(case: Case) -> bool:
    """True when both a plain program and one with ASan can be had."""
    return bool(case.source or compiled(case.name).asan)


def tool_case(case: Case, tool: str) -> Case:
    """What the tool runs. Programs that can be compiled here are, with ASan for ASan and as they are for the others;
    and all tools have the same, shorter load where valgrind would take too long."""
    if case.source:
        program = build_program(case.source, ASAN_FLAGS, "-asan") if tool == "asan" else None
    else:
        program = compiled(case.name).asan if tool == "asan" else compiled(case.name).plain
    return (case.with_program(program) if program else case).for_tools()


def run_tool(case: Case, tool: str, ours: Allocator) -> Sample:
    """One run: "off" and "debug" are ours, "plain", "asan" and "valgrind" the C library's."""
    what = tool_case(case, tool)
    if tool in ("off", "debug"):
        return what.run(ours, SWITCHES[tool])
    if tool == "asan":
        return what.run(Allocator("asan", None if is_compiled(case) else asan_library()), ASAN_SETTINGS)
    return what.run(Allocator(BASELINE, None), {}, VALGRIND if tool == "valgrind" else ())


def run_tools(bench: Bench, cases: list[Case], ours: Allocator) -> Results:
    """Interleaved rounds of all tools; valgrind, which takes minutes, in the first round only."""
    results = Results()
    present = {"off", "debug", "plain"} | ({"asan"} if asan_library() else set()) \
        | ({"valgrind"} if shutil.which("valgrind") else set())
    for round_index in range(bench.rounds):
        for case in cases:
            for tool in TOOLS:
                if tool not in present or results.failure(case.name, tool) or (tool == "valgrind" and round_index):
                    continue
                progress(f"switches: round {round_index + 1} of {bench.rounds}, {case.name} under {tool}")
                sample = run_tool(case, tool, ours)
                results.add(case.name, tool, sample)
                bench.record({"section": "switches", "case": case.name, "tool": tool, "round": round_index,
                              "sample": vars(sample)})
    progress("")
    return results


def overhead(ratio: float | None) -> float | None:
    """What is added to a time of 1."""
    return None if ratio is None else ratio - 1


def part_text(own: float | None, foreign: float | None) -> str:
    """Our overhead as a part of another tool's, or a dash."""
    return "-" if not own or not foreign or foreign <= 0 else f"{100 * own / foreign:.1f} %"


def foreign_tools(bench: Bench, cases: list[Case], ours: Allocator) -> list[str]:
    """FtMallocDebug beside ASan and valgrind: each relative to the same program without it."""
    results = run_tools(bench, cases, ours)
    measures = (results.seconds, results.peak_kb)
    own = [RatioTable(cases, ["off", "debug"], measure) for measure in measures]
    foreign = [RatioTable(cases, ["plain", "asan", "valgrind"], measure) for measure in measures]

    def row(title: str, ratio, show) -> list[str]:
        ratios = {(tool, index): ratio(table, tool) for index in (0, 1)
                  for table, tool in ((own[index], "debug"), (foreign[index], "asan"), (foreign[index], "valgrind"))}
        time = [overhead(ratios[tool, 0]) for tool in ("debug", "asan", "valgrind")]
        return [title, *(show(tool, value) for (tool, _), value in ratios.items()),
                part_text(time[0], time[1]), part_text(time[0], time[2])]

    rows = [["debugged, relative to not", "ours", "ASan", "valgrind", "MB: ours", "ASan", "valgrind", "of ASan's",
             "of valgrind's"]]
    for case in cases:
        rows.append(row(case.name + (" (compiled)" if is_compiled(case) else ""),
                        lambda table, tool: table.ratio(case, tool),
                        lambda tool, value: results.failure(case.name, tool) or ratio_text(value)))
    for group in dict.fromkeys(case.group for case in cases):
        # Of the same programs for all tools.
        members = [case for case in cases if case.group == group
                   and not any(results.failure(case.name, tool) for tool in TOOLS)]
        rows.append(row(f"geometric mean, {group}", lambda table, tool: table.mean(tool, members),
                        lambda tool, value: ratio_text(value)))
    return ["", *rows_of(rows), "",
            "(the last columns: our overhead of time as a part of the others')",
            "(compiled: with gcc's ASan for ASan, and as it is for the others. The other real programs get ASan's",
            "allocator alone, without the checks of accesses: a lower bound)",
            *(f"not compiled: {case.name}: {compiled(case.name).why_not}" for case in cases if not is_compiled(case))]


def section(bench: Bench) -> list[str]:
    """All switches on the real programs and some micro cases."""
    ours = next((one for one in bench.allocators if one.name == OURS), None)
    if not ours:
        return ["missing: our library; run make"]
    cases = [case for case in bench.cases if case.group == "real" or case.name in MICRO]
    columns = [(name, ours, settings) for name, settings in SWITCHES.items()]
    results = run_rounds(cases, columns, bench.rounds, bench.record, "switches")
    return [f"Medians of {bench.rounds} interleaved rounds", *switch_table(cases, results),
            *foreign_tools(bench, cases, ours)]
