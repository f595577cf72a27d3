"""Other heap inspectors on a like heap: the same program under the C library's malloc, which is what they read.

A cell is the CPU time of a whole process, its start included, and the peak of its memory; the row "nothing" tells what
the start alone takes. None of these tools is in Debian but valgrind: ``--inspector NAME=PATH`` gives one.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.allocators import Allocator
from harness.bench import Bench
from harness.build import BENCH, BUILD, EXTENSION, build_program, launcher
from harness.launch import Launch, Sample
from harness.rounds import progress
from harness.table import rows_of

TIMEOUT_SECONDS = 300.0
OURS, CHAP, CORE_ANALYZER = "ftmalloc", "chap", "core_analyzer"
NAMES = (CHAP, CORE_ANALYZER)
# What each tool calls the same question; "" where it has no answer.
QUESTIONS = [
    ("nothing", "", "", ""),
    ("sum up", "ftmalloc stats", "summarize used", "heap /v"),
    ("check", "ftmalloc check", "", "heap"),
    ("list all blocks", "show-alloc-mem", "list used", ""),
    ("list leaks", "leak-check -limit 1000000", "list leaked", "heap /leak"),
    ("explain root", "explain root", "", "heap /block root"),
]


def find(name: str, given: dict[str, str]) -> str | None:
    """The program, as given or on PATH; None when there is none."""
    path = given.get(name) or shutil.which(name)
    return path if path and Path(path).exists() else None


def command_line(name: str, path: str, question: str, program: Path, core: Path) -> list[str]:
    """How a tool is asked one question about a core file."""
    if name == CHAP:
        return ["sh", "-c", 'printf "%s\\n" "$1" | "$0" "$2"', path, question, str(core)]
    batch = [path, "--batch", "-nx", "-iex", "set debuginfod enabled off"]
    if name == CORE_ANALYZER:  # it is a gdb of its own, which needs the C library's symbols
        batch += ["-iex", "set debug-file-directory /usr/lib/debug"]
        folder = Path(path).resolve().parent / "data-directory"
        batch += [f"--data-directory={folder}"] if folder.is_dir() else []
    elif question:
        batch += ["-ex", f"source {EXTENSION}"]
    return [*batch, *(["-ex", question] if question else []), str(program), str(core)]


def run(command: list[str], settings: dict[str, str] | None = None) -> Sample:
    """One process, its output in a file."""
    launch = Launch(launcher(), Allocator("inspector", None), command, cwd=BUILD, settings=settings,
                    output_path=BUILD / "inspector.out")
    return launch.finish(TIMEOUT_SECONDS)


def rows(bench: Bench, program: Path, title: str, core: Path, peer_core: Path) -> list[str]:
    """A table of all questions, when one of the peers is here. ``core``: of our heap."""
    tools = {OURS: "gdb"} | {name: path for name in NAMES if (path := find(name, bench.inspectors))}
    if len(tools) == 1:
        return []
    table = [[f"{title}: CPU s (MB)", *tools]]
    for title_of, *questions in QUESTIONS:
        cells = [title_of]
        for name, path in tools.items():
            question = questions[(OURS, *NAMES).index(name)]
            if title_of != "nothing" and not question:
                cells.append("-")
                continue
            progress(f"extension: {name}, {title_of}")
            sample = run(command_line(name, path, question, program, core if name == OURS else peer_core))
            bench.record({"section": "inspectors", "tool": name, "question": title_of, "heap": title,
                          "cpu": sample.seconds("cpu"), "peak_kb": sample.peak_kb, "failure": sample.failure})
            cells.append(sample.failure or f"{sample.seconds('cpu'):.2f} ({sample.peak_kb / 1024:.0f})")
        table.append(cells)
    progress("")
    return rows_of(table)


def leak_checkers(bench: Bench, blocks: int, megabytes: int) -> list[str]:
    """What the leak checks inside of the process take at its end: a run with, less a run without."""
    arguments, found = [str(blocks), str(megabytes)], []
    source = BENCH / "programs" / "heap_walk.c"
    sanitized, plain = build_program(source, ["-fsanitize=leak"], ".lsan"), build_program(source)
    valgrind = shutil.which("valgrind")
    pairs = [("LeakSanitizer", [[str(sanitized), *arguments]] * 2,
              [{"LSAN_OPTIONS": f"detect_leaks={on}:exitcode=0"} for on in (1, 0)])]
    if valgrind:
        runs = [[valgrind, "-q", f"--leak-check={how}", str(plain), *arguments] for how in ("full", "no")]
        pairs.append(("valgrind", runs, [{}, {}]))
    for name, commands, settings in pairs:
        progress(f"extension: leak check of {name}")
        samples = [run(command, each) for command, each in zip(commands, settings)]
        seconds = samples[0].seconds("cpu") - samples[1].seconds("cpu")
        bench.record({"section": "inspectors", "tool": name, "question": "leaks at the end", "cpu": seconds})
        found.append(f"leak check at the end, {blocks:,} blocks, {megabytes} MB: {name} {seconds:.2f} s CPU")
    progress("")
    return found


def missing(bench: Bench) -> list[str]:
    """A sentence for each peer that is not here."""
    return [f"missing: {name} is not in Debian; give it by --inspector {name}=PATH"
            for name in NAMES if not find(name, bench.inspectors)]
