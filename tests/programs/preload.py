"""Runs a program as it is, or on our allocator, and says what it printed and what the allocator reported."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[2] / "build" / "libftmalloc.so"

# The switches a program must not notice. Every mode is one more run of every program.
MODES = {
    "plain": {},
    "strict": {"FtMallocErrorAbort": "1", "FtMallocScribble": "1"},
    "debug": {"FtMallocDebug": "1"},
}


@dataclass(frozen=True)
class Outcome:
    """What a run left: exit status (negative: signal), its two streams, and the allocator's report."""

    status: int
    output: bytes
    errors: bytes
    report: str


def environment(mode: str | None, report: Path, **more: str) -> dict[str, str]:
    """The environment of a child: ``mode`` None is the C library's own malloc."""
    variables = {**os.environ, "LC_ALL": "C.UTF-8", **more}
    if mode is not None:
        variables |= {"LD_PRELOAD": str(LIBRARY), "FtMallocReport": str(report), **MODES[mode]}
    return variables


def run(
    command: list[str | Path],
    folder: Path,
    mode: str | None = None,
    *,
    text: str = "",
    timeout_seconds: float = 150,
    **variables: str,
) -> Outcome:
    """Runs ``command`` in ``folder`` with ``text`` on its standard input."""
    report = folder / "allocator.report"
    result = subprocess.run(
        command,
        cwd=folder,
        env=environment(mode, report, **variables),
        input=text.encode(),
        capture_output=True,
        timeout=timeout_seconds,
    )
    reported = report.read_text() if report.exists() else ""
    return Outcome(result.returncode, result.stdout, result.stderr, reported)
