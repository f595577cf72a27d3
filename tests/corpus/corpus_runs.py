"""Runs of the corpus on ftmalloc: each program in a mode, and what gdb says of the core that it leaves."""

from __future__ import annotations

import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping, Sequence, TypeVar

from corpus_programs import LIBRARY, MODES, Program, build
from inferiors import GDB, PLUGIN

BATCH_COUNT = 16
RUN_SECONDS_MAX = ASK_SECONDS_MAX = 50  # of one program
_REPORT = re.compile(r"ERROR: ftmalloc: (\S+)")
_MARK = "@@ "
_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


@dataclass
class Run:
    """How a program ended in a mode. ``reports``: faults that the allocator printed. ``core``: None when there is
    none. ``answers``: of gdb, the documents of its commands in order; ``complaint``: what it printed besides.
    ``failure``: why the program could not be built, run or asked about to the end; "" where it could."""

    program: Program
    mode: str
    executable: Path
    status: int = 0
    reports: tuple[str, ...] = ()
    core: Path | None = None
    answers: tuple[dict[str, Any], ...] = ()
    complaint: str = ""
    failure: str = ""

    @property
    def fault(self) -> str:
        """What the user is told in the end: by diagnose, else by the last report; "silent" otherwise."""
        if self.answers:
            return self.answers[0]["fault"]
        return self.reports[-1] if self.reports else "silent"


def in_parallel(work: Callable[[_Item], _Made], items: Iterable[_Item]) -> list[_Made]:
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(work, items))


def run_all(wanted: Mapping[Program, Sequence[str]], folder: Path, commands: Mapping[str, Sequence[str]]) -> list[Run]:
    """Builds each program, runs it in each of its modes, and lets gdb answer its kind's commands for each core file."""

    def run_one(program: Program) -> list[Run]:
        place = folder / program.name
        place.mkdir(parents=True)
        executable = place / program.source.stem
        try:
            build(program, executable)
        except subprocess.SubprocessError as error:
            return [Run(program, mode, executable, failure=f"{program.name}: {error}") for mode in wanted[program]]
        return [_run(program, mode, executable) for mode in wanted[program]]

    runs = [run for group in in_parallel(run_one, wanted) for run in group]
    crashed = [run for run in runs if run.core is not None]
    count = len(crashed) // BATCH_COUNT + 1
    in_parallel(lambda batch: _ask(batch, commands), [crashed[first::count] for first in range(count)])
    return runs


def environment_of(program: Program, mode: str) -> dict[str, str]:
    """Nothing but what the mode needs."""
    environment = {"PATH": "/usr/bin:/bin", **MODES[mode]}
    return environment if program.is_static else {**environment, "LD_PRELOAD": str(LIBRARY)}


def _run(program: Program, mode: str, executable: Path) -> Run:
    place = executable.parent / mode
    place.mkdir()
    command = ["prlimit", "--core=unlimited", str(executable)]
    try:
        done = subprocess.run(
            command, cwd=place, env=environment_of(program, mode), stdin=subprocess.DEVNULL, capture_output=True,
            text=True, errors="replace", timeout=RUN_SECONDS_MAX,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        return Run(program, mode, executable, failure=f"{program.name}: {error}")
    core = next(iter(place.glob("core*")), None)
    crashed_without = f"{program.name} crashed without a core file: {done.stderr}"
    failure = crashed_without if core is None and done.returncode < 0 else ""
    reports = tuple(_REPORT.findall(done.stderr))
    return Run(program, mode, executable, done.returncode, reports, core, failure=failure)


def _ask(batch: Sequence[Run], questions_of: Mapping[str, Sequence[str]]) -> None:
    """One gdb for all of them, which opens one core after the other."""
    line = [*GDB, "-batch", "-ex", f"source {PLUGIN}"]
    for run in batch:
        questions = questions_of[run.program.kind]
        asked = ["core-file", f"file {run.executable}", f"core-file {run.core}", *questions, f"echo \\n{_MARK}\\n"]
        line += [word for command in asked for word in ("-ex", command)]
    try:
        done = subprocess.run(
            line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=ASK_SECONDS_MAX * len(batch),
        )  # fmt: skip
        printed = done.stdout
    except subprocess.TimeoutExpired as error:
        printed = error.stdout or b""
    parts = printed.decode(errors="replace").split(_MARK)
    for run, part in zip_longest(batch, parts[: len(batch)], fillvalue=""):
        lines = part.splitlines()
        run.answers = tuple(json.loads(row) for row in lines if row.startswith('{"schema"') and row.endswith("}"))
        run.complaint = "\n".join(row for row in lines if not row.startswith('{"schema"'))
        traced = "Traceback" in part or "Python Exception" in part
        if traced or len(run.answers) != len(questions_of[run.program.kind]):
            run.failure = f"{run.program.name} {run.mode}: gdb said: {run.complaint}"
