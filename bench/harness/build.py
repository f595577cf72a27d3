"""Compiles the bench's own programs into build/bench, when they are older than their sources."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
BUILD = ROOT / "build" / "bench"
EXTENSION = ROOT / "gdbplugin" / "ftmalloc.py"

# -fno-builtin: the compiler must not do away with a malloc whose block is freed at once.
FLAGS = ["-O2", "-g", "-fno-builtin", "-Wall", "-Wextra", "-pthread"]


def compiler_for(source: Path) -> str | None:
    """The compiler that the environment or the machine offers, or None."""
    if source.suffix == ".cpp":
        return os.environ.get("CXX") or shutil.which("g++") or shutil.which("c++")
    return os.environ.get("CC") or shutil.which("gcc") or shutil.which("cc")


def newest_source(source: Path) -> float:
    """Time of the last change of `source` or of a header beside it."""
    return max(path.stat().st_mtime for path in [source, *source.parent.glob("*.h")])


def build_program(source: Path, flags: list[str] | None = None, suffix: str = "") -> Path | None:
    """Compiles one source file to build/bench/NAME + suffix, and returns that path; None without a compiler."""
    compiler = compiler_for(source)
    if not compiler:
        return None
    BUILD.mkdir(parents=True, exist_ok=True)
    program = BUILD / (source.stem + suffix)
    if not program.exists() or program.stat().st_mtime < newest_source(source):
        subprocess.run([compiler, *FLAGS, *(flags or []), str(source), "-o", str(program)], check=True)
    return program


def launcher() -> Path:
    """The built programs/launch.c."""
    program = build_program(BENCH / "programs" / "launch.c")
    if not program:
        raise SystemExit("bench: no C compiler found (Debian: apt install gcc libc6-dev)")
    return program


def case_sources() -> list[Path]:
    """The case programs, C first."""
    return sorted(BENCH.glob("cases/*.c")) + sorted(BENCH.glob("cases/*.cpp"))
