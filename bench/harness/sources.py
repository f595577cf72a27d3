"""Two of the real programs compiled from Debian's sources, as they are and with ASan: what a user of ASan has to do.

The sources come by apt from a list of their own, so that the machine's lists stay as they are; all of it goes into
build/bench/sources. Without the network the two programs are missing, and the bench goes on.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.build import BUILD
from harness.rounds import progress

SOURCES = BUILD / "sources"
ASAN_FLAGS = ["-fsanitize=address", "-fno-omit-frame-pointer"]


@dataclass(frozen=True)
class Recipe:
    """`package`: the source package. `prepare`: shell lines that ready the unpacked sources. `files`: what to compile,
    by pattern, without those that `without` names."""

    package: str
    folder: str
    prepare: str
    files: str
    without: tuple[str, ...]
    flags: tuple[str, ...]


# By name of the case.
RECIPES = {
    "lua5.4": Recipe("lua5.4", "src", "", "*.c", ("luac.c",), ("-DLUA_USE_POSIX", "-lm")),
    "sqlite3": Recipe("sqlite3", ".", "./configure -q && make -s sqlite3.c shell.c", "s[qh]*.c", (),
                      ("-DSQLITE_THREADSAFE=1", "-lpthread", "-lm")),
}


def apt_options() -> list[str]:
    """A private list of sources for the release that runs here."""
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    name = release.get("VERSION_CODENAME", "").strip('"')
    for folder in ("lists/partial", "cache/archives/partial"):
        (SOURCES / folder).mkdir(parents=True, exist_ok=True)
    (SOURCES / "list").write_text(f"deb-src http://deb.debian.org/debian {name} main\n")
    places = {"Dir::Etc::sourcelist": SOURCES / "list", "Dir::Etc::sourceparts": "/dev/null",
              "Dir::State::lists": SOURCES / "lists", "Dir::Cache": SOURCES / "cache"}
    return [part for key, value in places.items() for part in ("-o", f"{key}={value}")]


def fetch(recipe: Recipe) -> Path:
    """The folder of the unpacked sources, readied. Raises CalledProcessError or OSError where that can't be had."""
    target = SOURCES / recipe.package
    if (target / "ready").exists():
        return target
    options = apt_options()
    archives = SOURCES / "archives"
    archives.mkdir(exist_ok=True)
    subprocess.run(["apt-get", *options, "-qq", "update"], check=True, capture_output=True, timeout=120)
    subprocess.run(["apt-get", *options, "-qq", "--download-only", "source", recipe.package], cwd=archives, check=True,
                   capture_output=True, timeout=120)
    archive = next(archives.glob(f"{recipe.package}_*.orig.tar.*"))
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    subprocess.run(["tar", "xf", str(archive), "-C", str(target), "--strip-components=1"], check=True, timeout=60)
    if recipe.prepare:
        subprocess.run(["sh", "-c", recipe.prepare], cwd=target, check=True, capture_output=True, timeout=300)
    (target / "ready").touch()
    return target


def compiled_program(case_name: str, with_asan: bool) -> Path | None:
    """The case's program, compiled here; None where there is no recipe, no source, or no compiler."""
    recipe = RECIPES.get(case_name)
    if recipe is None or not shutil.which("gcc") or not shutil.which("apt-get"):
        return None
    program = SOURCES / f"{case_name}-{'asan' if with_asan else 'plain'}"
    if program.exists():
        return program
    progress(f"compiling {program.name}")
    try:
        folder = fetch(recipe) / recipe.folder
        files = [str(path) for path in sorted(folder.glob(recipe.files)) if path.name not in recipe.without]
        subprocess.run(["gcc", "-O2", "-g", *(ASAN_FLAGS if with_asan else []), *files, *recipe.flags, "-o",
                        str(program)], cwd=folder, check=True, capture_output=True, timeout=600)
    except (OSError, StopIteration, subprocess.SubprocessError):
        return None
    return program
