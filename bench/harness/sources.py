"""Some of the real programs compiled from Debian's sources, as they are and with ASan: what a user of ASan has to do.

The sources come by apt from a list of their own, so that the machine's lists stay as they are; all of it goes into
build/bench/sources. Without the network these programs are missing, and the bench goes on.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.build import BUILD
from harness.rounds import progress

SOURCES = BUILD / "sources"
ASAN_FLAGS = ["-fsanitize=address", "-fno-omit-frame-pointer"]
BUILD_SECONDS_MAX = 900


@dataclass(frozen=True)
class Recipe:
    """`package`: the source package. `build`: shell lines that make the file `program` in the unpacked sources; $FLAGS
    are what the compiler and the linker get besides."""

    package: str
    build: str


# By name of the case. git, perl, Python and gcc take too long.
RECIPES = {
    "lua5.4": Recipe("lua5.4", "cd src && rm luac.c && gcc -O2 -g $FLAGS -DLUA_USE_POSIX *.c -lm -o ../program"),
    "sqlite3": Recipe("sqlite3", "./configure -q && make -s sqlite3.c shell.c"
                      " && gcc -O2 -g $FLAGS -DSQLITE_THREADSAFE=1 sqlite3.c shell.c -lpthread -lm -o program"),
    "redis": Recipe("redis", "make -s -j2 -C src redis-server MALLOC=libc OPTIMIZATION=-O2 USE_SYSTEMD=no"
                    ' REDIS_CFLAGS="$FLAGS" REDIS_LDFLAGS="$FLAGS" && cp src/redis-server program'),
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


def fetch(package: str) -> Path:
    """The archive of the sources. Raises CalledProcessError or StopIteration where that can't be had."""
    archives = SOURCES / "archives"
    archives.mkdir(parents=True, exist_ok=True)
    if not any(archives.glob(f"{package}_*.orig.tar.*")):
        options = apt_options()
        subprocess.run(["apt-get", *options, "-qq", "update"], check=True, capture_output=True, timeout=120)
        subprocess.run(["apt-get", *options, "-qq", "--download-only", "source", package], cwd=archives, check=True,
                       capture_output=True, timeout=120)
    return next(archives.glob(f"{package}_*.orig.tar.*"))


def build(recipe: Recipe, folder: Path, flags: list[str]) -> None:
    """Unpacks the sources in `folder` and makes the program. Raises as `fetch`."""
    archive = fetch(recipe.package)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(["tar", "xf", str(archive), "-C", str(folder), "--strip-components=1"], check=True, timeout=60)
    subprocess.run(["sh", "-c", recipe.build], cwd=folder, check=True, capture_output=True, timeout=BUILD_SECONDS_MAX,
                   env={**os.environ, "FLAGS": " ".join(flags)})


@functools.cache
def compiled_program(case_name: str, with_asan: bool) -> Path | None:
    """The case's program, compiled here; None where there is no recipe, no source, or no compiler."""
    recipe = RECIPES.get(case_name)
    if recipe is None or not shutil.which("gcc") or not shutil.which("apt-get"):
        return None
    folder = SOURCES / ("asan" if with_asan else "plain") / case_name
    program = folder / "program"
    if program.exists():
        return program
    progress(f"compiling {case_name}{' with ASan' if with_asan else ''}")
    try:
        build(recipe, folder, ASAN_FLAGS if with_asan else [])
    except (OSError, StopIteration, subprocess.SubprocessError):
        return None
    return program
