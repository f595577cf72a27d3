"""How fast the gdb extension reads a heap of a million blocks, live and from a core file.

Each command has a gdb of its own, so that nothing is cached. Times are taken inside gdb, from the extension's load
to the end of the command: gdb's own start does not count.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from harness.allocators import OURS, Allocator
from harness.build import BENCH, BUILD, ROOT, build_program, launcher
from harness.launch import Launch
from harness.rounds import progress
from harness.table import rows_of

PLUGIN = ROOT / "gdbplugin" / "ftmalloc.py"
COMMANDS = ["show-alloc-mem", "zone-map", "ftmalloc stats", "ftmalloc check", "leak-check", "explain root"]
TIMEOUT_SECONDS = 300.0
GDB = ["gdb", "--batch", "-nx", "-iex", "set debuginfod enabled off", "-iex", "set pagination off"]

# Runs in gdb: prints what one command took, in seconds, and by how many KiB gdb's peak of memory grew.
TIMED = """python
import re, sys, time, gdb
def peak_kb():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read()).group(1))
before, start = peak_kb(), time.monotonic()
try:
    gdb.execute({source!r})
    gdb.execute({command!r})
    outcome = "done"
except gdb.error as error:
    missing = re.match(r"no command|Undefined", str(error))
    outcome = "undefined" if missing else "failed: " + str(error).splitlines()[0]
taken = time.monotonic() - start
sys.stdout.flush()
print("\\nBENCH|%.3f|%d|%s" % (taken, peak_kb() - before, outcome))
end
"""


def run_gdb(script: str, arguments: list[str], cwd: Path) -> str:
    """What a gdb that ran this script has written."""
    script_path, output = BUILD / "extension.gdb", BUILD / "extension.out"
    script_path.write_text(script)
    launch = Launch(launcher(), Allocator("gdb", None), [*GDB, "-x", str(script_path), *arguments], cwd=cwd,
                    output_path=output)
    launch.finish(TIMEOUT_SECONDS)
    return output.read_text(errors="replace")


def to_ready(library: Path, blocks: int, megabytes: int) -> str:
    """gdb commands that run heap_walk until its heap stands."""
    return (f"set environment LD_PRELOAD {library}\nset breakpoint pending on\nbreak heap_ready\n"
            f"run {blocks} {megabytes}\n")


def measure(command: str, prelude: str, arguments: list[str], cwd: Path) -> tuple[float, float, str]:
    """(seconds, MB, outcome) of one command; outcome is "done", "undefined", or what went wrong."""
    timed = TIMED.format(source=f"source {PLUGIN}", command=command)
    output = run_gdb(prelude + timed, arguments, cwd)
    match = re.search(r"^BENCH\|([\d.]+)\|(\d+)\|(.*)$", output, re.MULTILINE)
    if not match:
        return 0.0, 0.0, f"failed: no answer within {TIMEOUT_SECONDS:.0f} s"
    return float(match.group(1)), int(match.group(2)) / 1024, match.group(3)


def heap_rows(bench, program: Path, blocks: int, megabytes: int) -> list[list[str]]:
    """One line for each command that exists: live and on a core, seconds and memory."""
    core = BUILD / "heap_walk.core"
    live = to_ready(bench.library, blocks, megabytes)
    progress("extension: writing a core file")
    run_gdb(f"{live}generate-core-file {core}\nkill\n", [str(program)], BUILD)
    rows = []
    for command in COMMANDS:
        cells = [command]
        for target, prelude, arguments in (("live", live, [str(program)]), ("core", "", [str(program), str(core)])):
            progress(f"extension: {command} on {megabytes} MB, {target}")
            seconds, memory, outcome = measure(command, prelude, arguments, BUILD)
            if outcome == "undefined":
                break
            bench.record({"section": "extension", "command": command, "target": target, "blocks": blocks,
                          "megabytes": megabytes, "seconds": seconds, "memory_mb": memory, "outcome": outcome})
            cells += [f"{seconds:.2f}", f"{memory:.0f}"] if outcome == "done" else [outcome[:60], "-"]
        else:
            rows.append(cells)
    progress("")
    core.unlink(missing_ok=True)
    return rows


def section(bench) -> list[str]:
    """One table for each size of heap."""
    lines = ["missing: chap and core_analyzer are not in Debian"]
    if not shutil.which("gdb"):
        return ["missing: gdb (Debian: apt install gdb)"]
    if not PLUGIN.exists() or not any(one.name == OURS for one in bench.allocators):
        return ["missing: the extension or our library; run make"]
    program = build_program(BENCH / "programs" / "heap_walk.c")
    blocks = 100_000 if bench.quick else 1_000_000
    for megabytes in (blocks // 10_000, blocks // 1_000):
        heading = [f"{blocks:,} blocks, {megabytes} MB", "live s", "MB", "core s", "MB"]
        lines += ["", *rows_of([heading, *heap_rows(bench, program, blocks, megabytes)])]
    return lines + ["", "seconds from the load of the extension to the end of the command; MB: growth of gdb's peak"]
