"""Runs one program under one allocator, and says what it took."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harness.allocators import Allocator, libc_path

# Variables that would change what is measured.
FOREIGN_VARIABLES = ("LD_PRELOAD", "MALLOC_CONF", "MALLOC_ARENA_MAX", "PYTHONHOME", "PYTHONPATH", "GLIBC_TUNABLES")
FOREIGN_PREFIXES = ("FtMalloc", "FtLeaks", "MIMALLOC_", "TCMALLOC_", "MALLOC_")


@dataclass(frozen=True)
class Sample:
    """One run. Times in seconds; `peak_kb` is the peak of resident memory in KiB; `failure` is empty when all went
    well, else what happened: "SIGSEGV", "exit 3", "timeout"."""

    wall: float
    user: float
    system: float
    peak_kb: int
    failure: str = ""

    def seconds(self, clock: str) -> float:
        """What counts for a case: elapsed time on the "wall" clock, else user + system."""
        return self.wall if clock == "wall" else self.user + self.system


def clean_environment(settings: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of a measured program: nobody's switches but `settings`."""
    kept = {name: value for name, value in os.environ.items()
            if name not in FOREIGN_VARIABLES and not name.startswith(FOREIGN_PREFIXES)}
    kept["LC_ALL"] = "C"
    kept.update(settings or {})
    return kept


def parse_report(line: str) -> Sample:
    """The line that programs/launch.c writes."""
    status, signal_number, wall, user, system, peak_kb, _faults = line.split()
    failure = ""
    if signal_number != "0":
        failure = signal.Signals(int(signal_number)).name
    elif status != "0":
        failure = f"exit {status}"
    return Sample(float(wall), float(user), float(system), int(peak_kb), failure)


class Launch:
    """A running program. `launcher` is the built programs/launch.c; output of the program goes to `output_path`."""

    def __init__(self, launcher: Path, allocator: Allocator, command: list[str], *, cwd: Path | None = None,
                 settings: dict[str, str] | None = None, foreign_malloc: bool = False,
                 output_path: Path | None = None) -> None:
        preload = allocator.library or (libc_path() if foreign_malloc else "-")
        self.report = tempfile.TemporaryFile("w+")
        descriptor = self.report.fileno()
        self.output = open(output_path or os.devnull, "wb")
        self.process = subprocess.Popen(
            [str(launcher), str(descriptor), preload, *command], cwd=cwd, env=clean_environment(settings),
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output, pass_fds=(descriptor,),
            start_new_session=True)

    def finish(self, timeout_seconds: float) -> Sample:
        """Waits for the end. A program that takes longer is killed, and its sample says "timeout"."""
        try:
            self.process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.output.close()
        with self.report:
            self.report.seek(0)
            line = self.report.readline()
        return parse_report(line) if line else Sample(timeout_seconds, timeout_seconds, 0.0, 0, "timeout")
