"""What the debugging switches cost, relative to our own speed without them; and what ASan and valgrind cost,
relative to the C library's, on the same programs."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

from harness.allocators import BASELINE, OURS, Allocator
from harness.build import build_program
from harness.cases import Case
from harness.launch import Sample
from harness.rounds import Results, progress, run_rounds
from harness.table import RatioTable, ratio_text, rows_of

# Column → settings. The first is what the others are relative to.
SWITCHES: dict[str, dict[str, str]] = {
    "off": {},
    "scribble": {"FtMallocScribble": "1"},
    "stacks": {"FtMallocStackLogging": "1"},
    "redzone": {"FtMallocRedzone": "1"},
    "quarantine": {"FtMallocQuarantine": "64M"},
    "guard 1/1000": {"FtMallocGuard": "1000"},
    "history": {"FtMallocHistory": "10000"},
    "debug": {"FtMallocDebug": "1"},
}
# Micro cases that are also run: those that allocate as real programs do.
MICRO = ("random-small", "strings", "hash-chains", "tree-32", "std-map", "std-vector", "producer-1")
ASAN_FLAGS = ["-fsanitize=address", "-fno-omit-frame-pointer"]
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
            rows.append([case.name, *(results.failure(case.name, name) or ratio_text(table.ratio(case, name)).strip()
                                      for name in names[1:])])
        for group in dict.fromkeys(case.group for case in cases):
            members = [case for case in cases if case.group == group]
            rows.append([f"geometric mean, {group}",
                         *(ratio_text(table.mean(name, members)).strip() for name in names[1:])])
        lines += ["", *rows_of(rows)]
    return lines


def asan_library() -> str | None:
    """Path of gcc's ASan run-time library, or None."""
    if not shutil.which("gcc"):
        return None
    path = subprocess.run(["gcc", "-print-file-name=libasan.so"], check=True, capture_output=True,
                          text=True).stdout.strip()
    return path if path.startswith("/") else None


def run_asan(case: Case, library: str) -> Sample:
    """A micro case compiled with ASan; a real program with ASan's allocator alone, since nobody recompiles it."""
    if not case.source:
        return case.run(Allocator("asan", library), ASAN_SETTINGS)
    program = build_program(case.source, ASAN_FLAGS, "-asan")
    return replace(case, command=[str(program), case.name]).run(Allocator("asan", None), ASAN_SETTINGS)


def foreign_tools(bench, cases: list[Case], results: Results) -> list[str]:
    """FtMallocDebug beside ASan and valgrind: each relative to the same program without it."""
    library = asan_library()
    plain = Allocator(BASELINE, None)
    rows = [["debugged, relative to not", "ours", "ASan", "valgrind", "MB: ours", "ASan", "valgrind"]]
    own_time, own_memory = (RatioTable(cases, list(SWITCHES), measure)
                            for measure in (results.seconds, results.peak_kb))
    for case in cases:
        samples: dict[str, Sample] = {}
        for tool in ("plain", "asan", "valgrind"):
            progress(f"switches: {case.name} under {tool}")
            if tool == "plain":
                samples[tool] = case.run(plain, {})
            elif tool == "asan" and library:
                samples[tool] = run_asan(case, library)
            elif tool == "valgrind" and shutil.which("valgrind"):
                samples[tool] = case.run(plain, {}, VALGRIND)
        times, peaks = [], []
        for tool in ("asan", "valgrind"):
            sample, base = samples.get(tool), samples["plain"]
            good = sample is not None and not sample.failure and not base.failure
            times.append(f"{sample.seconds(case.clock) / base.seconds(case.clock):.2f}" if good
                         else sample.failure if sample else "missing")
            peaks.append(f"{sample.peak_kb / base.peak_kb:.2f}" if good else "-")
        bench.record({"section": "switches", "case": case.name,
                      "samples": {tool: vars(sample) for tool, sample in samples.items()}})
        rows.append([case.name, ratio_text(own_time.ratio(case, "debug")).strip(), *times,
                     ratio_text(own_memory.ratio(case, "debug")).strip(), *peaks])
    progress("")
    return ["", *rows_of(rows), "",
            "(ASan: micro cases are recompiled with it; real programs get its allocator alone, a lower bound)"]


def section(bench) -> list[str]:
    """All switches on the real programs and some micro cases."""
    ours = next((one for one in bench.allocators if one.name == OURS), None)
    if not ours:
        return ["missing: our library; run make"]
    cases = [case for case in bench.cases if case.group == "real" or case.name in MICRO]
    columns = [(name, ours, settings) for name, settings in SWITCHES.items()]
    results = run_rounds(cases, columns, max(1, bench.rounds // 2 + 1), bench.record, "switches")
    return switch_table(cases, results) + foreign_tools(bench, cases, results)
