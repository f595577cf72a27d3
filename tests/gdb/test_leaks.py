"""Leak classes of real programs: each file in leaks/ says in its head comment what is lost, by class, to the byte."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from inferiors import HERE, LIBRARY, crash, gdb

PROGRAMS = sorted(path for path in (HERE / "leaks").iterdir() if path.suffix in (".c", ".cpp"))
_PROMISE = re.compile(r"^ \* (definite|indirect|possible|reachable): (\d+) blocks?, (\d+) bytes?$", re.MULTILINE)
LOST = ("definite", "indirect", "possible")


def promised(source: Path) -> dict[str, dict[str, int]]:
    """What the head comment says; a lost class that it does not name is empty."""
    lines = _PROMISE.findall(source.read_text())
    assert lines, f"{source.name} promises nothing"
    promise = {name: {"count": 0, "bytes": 0} for name in LOST}
    return promise | {name: {"count": int(count), "bytes": int(size)} for name, count, size in lines}


def checked(document: dict, promise: dict) -> dict:
    """The classes of a leak-check that were promised: reachable memory of the libraries themselves is not."""
    return {name: document[name] for name in promise}


def build(source: Path, folder: Path) -> Path:
    """Without optimisation: a store that nobody reads must happen all the same."""
    compiler = "c++" if source.suffix == ".cpp" else "cc"
    program = folder / source.stem
    flags = ["-O0", "-g", "-fno-builtin", "-Wno-unused", "-pthread"]
    subprocess.run([compiler, *flags, "-o", program, source], check=True, timeout=50)
    return program


@pytest.mark.parametrize("source", PROGRAMS, ids=lambda path: path.stem)
def test_classes_on_the_core_and_on_the_live_process(source, tmp_path):
    program, promise = build(source, tmp_path), promised(source)
    core, _ = crash(tmp_path, [program])
    post_mortem = gdb("leak-check -json", arguments=(program, core)).document()
    assert checked(post_mortem, promise) == promise
    assert post_mortem["incomplete"] is False and post_mortem["findings"] == []
    live = gdb(f"set env LD_PRELOAD {LIBRARY}", "run", "leak-check -json", arguments=(program,)).document()
    assert checked(live, promise) == promise
    assert live["incomplete"] is False and live["findings"] == []


