"""How fast the gdb extension reads heaps of a million blocks and more, live and from a core file.

Each command has a gdb of its own, so that nothing is cached. Times are taken inside gdb, from the extension's load
to the end of the command: gdb's own start does not count. A row "then ..." asks again in the same session.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from harness import inspectors
from harness.allocators import OURS, Allocator
from harness.bench import Bench
from harness.build import BENCH, BUILD, EXTENSION, build_program, launcher
from harness.launch import Launch
from harness.rounds import progress
from harness.table import rows_of

# A command, and what the same session was asked before it.
COMMANDS = [
    ("show-alloc-mem", ""), ("show-alloc-mem -json", ""), ("zone-map", ""), ("ftmalloc stats", ""),
    ("ftmalloc check", ""), ("leak-check", ""), ("explain root", ""), ("explain root", "ftmalloc check"),
    ("leak-check", "leak-check"),
]
TIMEOUT_SECONDS = 300.0
GDB = ["gdb", "--batch", "-nx", "-iex", "set debuginfod enabled off", "-iex", "set pagination off"]

# Runs in gdb: prints what one command took, in seconds, and by how many KiB gdb's peak of memory grew.
TIMED = """python
import re, sys, time, gdb
def peak_kb():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read()).group(1))
open("/proc/self/clear_refs", "w").write("5")
before, start = peak_kb(), time.monotonic()
try:
    gdb.execute({source!r})
    if {first!r}:
        gdb.execute({first!r}, to_string=True)
        start = time.monotonic()
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


@dataclass(frozen=True)
class Heap:
    """What heap_walk makes. ``settings``: switches of the allocator."""

    blocks: int
    megabytes: int
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """For the head of its table."""
        switches = "".join(f", {name}={value}" for name, value in self.settings.items())
        return f"{self.blocks:,} blocks, {self.megabytes} MB{switches}"


def heaps(quick: bool) -> list[Heap]:
    """Small ones for a first look."""
    if quick:
        return [Heap(100_000, 10), Heap(100_000, 100)]
    debugged = Heap(1_000_000, 100, {"FtMallocDebug": "1"})
    return [Heap(1_000_000, 100), Heap(1_000_000, 1000), Heap(10_000_000, 1000), debugged]


def run_gdb(script: str, arguments: list[str], cwd: Path) -> str:
    """What a gdb that ran this script has written."""
    script_path, output = BUILD / "extension.gdb", BUILD / "extension.out"
    script_path.write_text(script)
    launch = Launch(launcher(), Allocator("gdb", None), [*GDB, "-x", str(script_path), *arguments], cwd=cwd,
                    output_path=output)
    launch.finish(TIMEOUT_SECONDS)
    with output.open(errors="replace") as lines:  # a listing may have a million lines
        return "".join(line for line in lines if line.startswith("BENCH|"))


def to_ready(library: Path | None, heap: Heap) -> str:
    """gdb commands that run heap_walk until its heap stands. ``library`` None: the C library's."""
    settings = dict(heap.settings) | ({"LD_PRELOAD": str(library)} if library else {})
    environment = "".join(f"set environment {name} {value}\n" for name, value in settings.items())
    return f"{environment}set breakpoint pending on\nbreak heap_ready\nrun {heap.blocks} {heap.megabytes}\n"


def write_core(program: Path, library: Path | None, heap: Heap, core: Path) -> None:
    """A core file of heap_walk with its heap."""
    progress("extension: writing a core file")
    run_gdb(f"{to_ready(library, heap)}generate-core-file {core}\nkill\n", [str(program)], BUILD)


def measure(command: str, first: str, prelude: str, arguments: list[str], cwd: Path) -> tuple[float, float, str]:
    """(seconds, KiB, outcome) of one command; outcome is "done", "undefined", or what went wrong."""
    timed = TIMED.format(source=f"source {EXTENSION}", first=first, command=command)
    match = re.search(r"^BENCH\|([\d.]+)\|(\d+)\|(.*)$", run_gdb(prelude + timed, arguments, cwd), re.MULTILINE)
    if not match:
        return 0.0, 0.0, f"failed: no answer within {TIMEOUT_SECONDS:.0f} s"
    return float(match.group(1)), float(match.group(2)), match.group(3)


def heap_rows(bench: Bench, program: Path, heap: Heap, core: Path) -> list[list[str]]:
    """One line for each command that exists: live and on a core, seconds and memory."""
    live, rows = to_ready(bench.library, heap), []
    for command, first in COMMANDS:
        cells = [f"then {command}" if first else command]
        for target, prelude, arguments in (("live", live, [str(program)]), ("core", "", [str(program), str(core)])):
            progress(f"extension: {command} on {heap.title}, {target}")
            seconds, kilobytes, outcome = measure(command, first, prelude, arguments, BUILD)
            if outcome == "undefined":
                break
            bench.record({"section": "extension", "command": command, "after": first, "target": target,
                          "blocks": heap.blocks, "megabytes": heap.megabytes, "settings": heap.settings,
                          "seconds": seconds, "memory_kb": kilobytes, "outcome": outcome})
            done = outcome == "done"
            cells += [f"{seconds:.2f}", f"{kilobytes * 1024 / heap.blocks:.0f}"] if done else [outcome[:60], "-"]
        else:
            rows.append(cells)
    progress("")
    return rows


def section(bench: Bench) -> list[str]:
    """One table for each heap, then the peers on like heaps."""
    if not shutil.which("gdb"):
        return ["missing: gdb (Debian: apt install gdb)"]
    if not EXTENSION.exists() or not any(one.name == OURS for one in bench.allocators):
        return ["missing: the extension or our library; run make"]
    program, core = build_program(BENCH / "programs" / "heap_walk.c"), BUILD / "heap_walk.core"
    lines = ["seconds from the load of the extension to the end of the command, then by how much gdb's peak of memory",
             "grew, in bytes per block; \"then\": the same session was asked before"]
    for heap in heaps(bench.quick):
        write_core(program, bench.library, heap, core)
        heading = [heap.title, "live s", "B", "core s", "B"]
        lines += ["", *rows_of([heading, *heap_rows(bench, program, heap, core)])]
        if not heap.settings:
            peer_core = BUILD / "heap_walk.glibc.core"
            write_core(program, None, heap, peer_core)
            lines += ["", *inspectors.rows(bench, program, heap.title, core, peer_core)]
            peer_core.unlink(missing_ok=True)
        core.unlink(missing_ok=True)
    first = heaps(bench.quick)[0]
    leaks = inspectors.leak_checkers(bench, first.blocks, first.megabytes)
    return [*lines, "", *leaks, *inspectors.missing(bench)]
