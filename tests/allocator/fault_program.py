"""A C or C++ program with one fault: what its head comment promises, how it is built, run and compared.

Keys of the head comment, one to a line behind `` * ``:

    options: NAME=VALUE ...    environment of the run
    exit: N | SIGNAL           how the program ends
    modes: static | linked     is linked fully static as well; is never preloaded, since it calls ftmalloc.h
    compile: FLAGS             for the compiler
    fault: KIND                a report that must come; more than one in order
    place: TEXT                of the fault named last: where its address lies, relative to its block, if it has one
    evidence: TEXT             of the fault named last: what was seen; see PLACEHOLDERS
    access: TEXT               of the fault named last: "write of" and so on; any, if not said
    address: 0xHEX             of the fault named last, where it is always the same
    frame: NAME+0xHEX          of the fault named last: the first frame of the access
    stderr: REGEX              a line beside the reports; all of them in order

In the code, a line that ends in ``/* access */``, ``/* alloc */`` or ``/* free */`` is one that the first frame of
the program in that stack must name. What is not promised must not be told: no block, no stack of the program.
"""

from __future__ import annotations

import re
import resource
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import ft_report

KEYS = {"options", "exit", "modes", "compile", "fault", "place", "evidence", "access", "address", "frame", "stderr"}
MODES = {
    "static": ("preload", "shared", "archive", "static"),
    "linked": ("shared", "archive", "static"),
}
PLACEHOLDERS = {
    "<header>": "the header in front of 0x[0-9a-f]+",
    "<trace>": "the trace in front of 0x[0-9a-f]+",
    "<itself>": "this block was written in front of its start",
    "<number>": "[0-9]+",
}
MARKERS = {"access": "access", "allocated": "alloc", "freed": "free"}


@dataclass
class Expected:
    """One fault that must be reported."""

    kind: str
    place: str | None = None
    evidence: str | None = None
    access: str | None = None
    address: str | None = None
    frame: str | None = None


@dataclass
class Promise:
    """The head comment, read."""

    options: dict[str, str] = field(default_factory=dict)
    exit_status: int = 0
    modes: tuple[str, ...] = ("preload", "shared", "archive")
    compile_flags: list[str] = field(default_factory=list)
    faults: list[Expected] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)


def _status(text: str) -> int:
    return -getattr(signal, text) if text.startswith("SIG") else int(text)


def read_promise(source: Path) -> Promise:
    """Reads the head comment; an unknown key is an error, so that a typing mistake can't switch a check off."""
    comment = source.read_text().split("*/")[0]
    promise = Promise()
    for key, value in re.findall(r"^ \* (\w+): (.*)$", comment, re.MULTILINE):
        assert key in KEYS, f"{source.name}: unknown key {key}"
        if key == "options":
            promise.options.update(item.split("=", 1) for item in value.split())
        elif key == "exit":
            promise.exit_status = _status(value)
        elif key == "modes":
            promise.modes = MODES[value]
        elif key == "compile":
            promise.compile_flags += value.split()
        elif key == "fault":
            promise.faults.append(Expected(value))
        elif key == "stderr":
            promise.stderr.append(value)
        else:
            setattr(promise.faults[-1], key, value)
    return promise


def build(source: Path, target: Path, library: Path, mode: str, flags: list[str]) -> None:
    """Modes: preload (knows nothing of us), shared, archive (our part static), static (all of it)."""
    compiler = "g++" if source.suffix == ".cpp" else "gcc"
    command = [compiler, "-g", "-O0", "-w", "-fno-builtin", "-pthread", *flags, f"-I{library.parents[1]}/allocator_c"]
    command += ["-o", str(target), str(source)]
    if mode == "shared":
        command += ["-Wl,--no-as-needed", str(library), f"-Wl,-rpath,{library.parent}"]
    elif mode in ("archive", "static"):
        command += ["-Wl,-u,malloc", str(library.with_suffix(".a")), *(["-static"] if mode == "static" else [])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def run(program: Path, library: Path, mode: str, options: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs without a core file; the environment is nothing but the options."""
    environment = {"PATH": "/usr/bin:/bin", **options}
    if mode == "preload":
        environment["LD_PRELOAD"] = str(library)
    return subprocess.run(
        [program], env=environment, capture_output=True, text=True, errors="replace", timeout=30, cwd=program.parent,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    )


def marked_lines(source: Path, marker: str) -> set[int]:
    """Numbers of the lines that end in the marker."""
    lines = source.read_text().splitlines()
    return {number for number, line in enumerate(lines, 1) if line.rstrip().endswith(f"/* {marker} */")}


def line_of(program: Path, source: Path, frame: ft_report.Frame) -> int | None:
    """Line of the source that a frame stands for; None in code of another source."""
    command = ["addr2line", "-e", str(program), hex(frame.offset)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    match = re.search(rf"/{re.escape(source.name)}:(\d+)", answer)
    return int(match[1]) if match else None


def check_stacks(report: ft_report.Report, source: Path, program: Path) -> None:
    """The first frame of the program in each stack must be at a marked line; a stack without one has no line marked."""
    for stack_name, marker in MARKERS.items():
        frames = [frame for frame in report.stacks.get(stack_name, []) if frame.module == program.name]
        line = line_of(program, source, frames[0]) if frames else None
        wanted = marked_lines(source, marker)
        assert line in wanted if wanted else line is None, f"{stack_name}: line {line} is not marked {wanted}"


def told_as_promised(told: str, promised: str | None, program: Path) -> bool:
    """Placeholders of the promise stand for what varies."""
    pattern = re.escape(promised or "").replace("<program>", re.escape(str(program)))
    for name, meaning in PLACEHOLDERS.items():
        pattern = pattern.replace(name, meaning)
    return bool(re.fullmatch(pattern, told))


def check_outcome(source: Path, program: Path, promise: Promise, done: subprocess.CompletedProcess[str]) -> None:
    """Compares what was printed, and how the program ended, with the promise."""
    reports, rest = ft_report.read_reports(done.stderr)
    assert done.returncode == promise.exit_status, done.stderr + done.stdout
    assert [report.kind for report in reports] == [fault.kind for fault in promise.faults], done.stderr
    for report, fault in zip(reports, promise.faults):
        assert told_as_promised(report.place or "", fault.place, program), done.stderr
        assert told_as_promised(report.evidence, fault.evidence, program), done.stderr
        assert fault.access in (None, report.access), done.stderr
        assert fault.address in (None, hex(report.address)), done.stderr
        assert fault.frame in (None, report.stacks["access"][0].place), done.stderr
        check_stacks(report, source, program)
    assert len(rest) == len(promise.stderr), done.stderr
    for line, pattern in zip(rest, promise.stderr):
        assert re.fullmatch(pattern, line), f"{line!r} is not {pattern!r}"
