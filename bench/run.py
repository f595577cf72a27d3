#!/usr/bin/python3
"""Compares ftmalloc with the allocators of this machine: see README.md. `make bench` runs it without options."""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

from harness import extension, instructions, returns, switches
from harness.allocators import find_allocators
from harness.bench import Bench
from harness.build import ROOT
from harness.cases import Case, micro_cases
from harness.rounds import run_rounds
from harness.table import main_table
from harness.workloads import real_cases

DEFAULT_ROUNDS = 4
DEFAULT_SECTIONS = ("table", "instructions", "returns", "extension")


def parse_options(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench/run.py", description=__doc__)
    parser.add_argument("--rounds", type=int, help=f"interleaved rounds (default {DEFAULT_ROUNDS}; 1 with --quick)")
    parser.add_argument("--cases", action="append", default=[], metavar="PATTERN",
                        help="only cases whose name or group fits, such as 'tree-*' or real; repeatable")
    parser.add_argument("--allocators", default="", metavar="NAMES", help="only these, with commas")
    parser.add_argument("--allocator", action="append", default=[], metavar="NAME=PATH", help="one more library")
    parser.add_argument("--inspector", action="append", default=[], metavar="NAME=PATH",
                        help="a peer of the extension: chap, or core_analyzer (its gdb)")
    parser.add_argument("--library", type=Path, default=ROOT / "build" / "libftmalloc.so", help="our library")
    parser.add_argument("--section", action="append", default=[], choices=SECTIONS, help="only this; repeatable")
    parser.add_argument("--switches", action="store_true", help="also: what the debugging switches cost")
    parser.add_argument("--quick", action="store_true", help="one round, smaller heaps")
    parser.add_argument("--list", action="store_true", help="names the cases and ends")
    parser.add_argument("--json", type=Path, default=os.environ.get("FTMALLOC_BENCH_JSON") or None, metavar="FILE",
                        help="raw records (also FTMALLOC_BENCH_JSON)")
    options = parser.parse_args(arguments)
    for pair in options.allocator + options.inspector:
        if not all(pair.partition("=")):
            parser.error(f"{pair}: give NAME=PATH")
    return options


def chosen_cases(patterns: list[str]) -> tuple[list[Case], list[str]]:
    """The cases that fit one of the patterns, or all; and what is missing here."""
    micro, missing_micro = micro_cases()
    real, missing_real = real_cases()
    cases = [case for case in micro + real
             if not patterns or any(fnmatch.fnmatch(name, pattern) for pattern in patterns
                                    for name in (case.name, case.group))]
    return cases, missing_micro + missing_real


def machine_line() -> str:
    """The machine, as far as it matters to the numbers."""
    cpus = len(os.sched_getaffinity(0))
    return f"{platform.machine()}, {cpus} CPUs, Linux {platform.release()}, load {os.getloadavg()[0]:.1f}"


def table_section(bench: Bench) -> list[str]:
    """Time and peak memory of all cases."""
    columns = [(one.name, one, {}) for one in bench.allocators]
    results = run_rounds(bench.cases, columns, bench.rounds, bench.record, "table")
    heading = [f"Time and peak resident memory, relative to {columns[0][0]};"
               f" median of the faster half of {bench.rounds} interleaved rounds or more",
               "(clock cpu: user + system time counts; wall: elapsed time)", ""]
    return heading + main_table(bench.cases, [name for name, _, _ in columns], results)


SECTIONS: dict[str, Callable[[Bench], list[str]]] = {
    "table": table_section,
    "instructions": instructions.section,
    "returns": returns.section,
    "extension": extension.section,
    "switches": switches.section,
}


def main(arguments: list[str]) -> int:
    """Runs the sections and prints them as they end."""
    options = parse_options(arguments)
    cases, missing_cases = chosen_cases(options.cases)
    if not cases:
        sys.exit("bench: no case has such a name or group; --list names them")
    if options.list:
        print("\n".join(f"{case.name:<17} {case.group:<8} {case.clock:<5} {case.what}" for case in cases))
        return 0
    only = [name for name in options.allocators.split(",") if name]
    allocators, missing = find_allocators(options.library.resolve(), options.allocator, only)
    bench = Bench(allocators, cases, options.rounds or (1 if options.quick else DEFAULT_ROUNDS), options.quick,
                  options.library.resolve(), dict(pair.split("=", 1) for pair in options.inspector))
    print(f"ftmalloc bench: {machine_line()}")
    print("allocators: " + ", ".join(one.name for one in allocators))
    print("".join(f"missing: {text}\n" for text in missing + missing_cases), end="")
    names = options.section or [*DEFAULT_SECTIONS, *(["switches"] if options.switches else [])]
    for name in names:
        start = time.monotonic()
        lines = SECTIONS[name](bench)
        print("\n".join(["", f"== {name} ({time.monotonic() - start:.0f} s)", "", *lines]), flush=True)
    if options.json:
        document = {"schema": 1, "machine": machine_line(), "allocators": {a.name: a.library for a in allocators},
                    "missing": missing + missing_cases, "records": bench.records}
        options.json.write_text(json.dumps(document, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
