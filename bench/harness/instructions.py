"""Instruction counts of the fast paths, by callgrind: the same on each run, whatever else the machine does."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from harness.bench import Bench
from harness.build import BENCH, build_program
from harness.launch import clean_environment
from harness.rounds import progress
from harness.table import rows_of

# (heading, step of programs/steps.c, size in bytes)
STEPS = [
    ("malloc + free, 16 B", "pair", 16),
    ("malloc + free, 64 B", "pair", 64),
    ("malloc + free, 1,000 B", "pair", 1000),
    ("malloc + free, 20,000 B", "pair", 20000),
    ("1,000 mallocs, then 1,000 frees, 64 B", "stack", 64),
    ("calloc + free, 64 B", "calloc", 64),
    ("malloc + realloc by 1 byte + free, 64 B", "realloc", 64),
]
# Counted over the difference of two runs, so that start-up and the first slow paths drop out.
FEW, MANY = 20_000, 60_000


def collected(program: Path, library: str | None, step: str, size: int, count: int) -> int | None:
    """Instructions of one whole run under callgrind; None when it failed."""
    environment = clean_environment({"LD_PRELOAD": library} if library else None)
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(program), step, str(size),
               str(count)]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        return None
    match = re.search(r"Collected : (\d+)", done.stderr)
    return int(match.group(1)) if match and done.returncode == 0 else None


def per_step(program: Path, library: str | None, step: str, size: int) -> float | None:
    """Instructions per step, the loop included; None when a run failed."""
    few, many = (collected(program, library, step, size, count) for count in (FEW, MANY))
    return None if few is None or many is None else (many - few) / (MANY - FEW)


def section(bench: Bench) -> list[str]:
    """Instructions per step for each allocator."""
    if not shutil.which("valgrind"):
        return ["missing: valgrind (Debian: apt install valgrind)"]
    program = build_program(BENCH / "programs" / "steps.c")
    loop = per_step(program, None, "empty", 0) or 0.0
    allocators = bench.allocators
    rows = [["instructions per step", *(one.name for one in allocators)]]
    for heading, step, size in STEPS:
        cells = []
        for one in allocators:
            progress(f"instructions: {heading} on {one.name}")
            count = per_step(program, one.library, step, size)
            bench.record({"section": "instructions", "step": heading, "column": one.name,
                          "instructions": None if count is None else count - loop})
            cells.append("failed" if count is None else f"{count - loop:.1f}")
        rows.append([heading, *cells])
    progress("")
    lines = rows_of(rows)
    return ["Instructions of the whole step, calls through the PLT included, by callgrind", "", lines[0],
            "-" * len(lines[0]), *lines[1:]]
