"""Some of the real programs compiled from Debian's sources, as they are and with ASan: what a user of ASan has to do.

The sources come by apt from a list of their own, so that the machine's lists stay as they are; all of it goes into
build/bench/sources. Without the network these programs are missing, and the bench goes on.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.build import BUILD
from harness.rounds import progress

SOURCES = BUILD / "sources"
ASAN_FLAGS = ["-fsanitize=address", "-fno-omit-frame-pointer"]
BUILD_SECONDS_MAX = 1800  # perl with ASan took 765 on two cores with much other work


@dataclass(frozen=True)
class Recipe:
    """`package`: the source package. `build`: shell lines that make the file `program` in the unpacked sources; $FLAGS
    are what the compiler and the linker get besides."""

    package: str
    build: str


# By name of the case. gcc takes too long: an hour, and more with ASan.
RECIPES = {
    "lua5.4": Recipe("lua5.4", "cd src && rm luac.c && gcc -O2 -g $FLAGS -DLUA_USE_POSIX *.c -lm -o ../program"),
    "sqlite3": Recipe("sqlite3", "./configure -q && make -s sqlite3.c shell.c"
                      " && gcc -O2 -g $FLAGS -DSQLITE_THREADSAFE=1 sqlite3.c shell.c -lpthread -lm -o program"),
    "redis": Recipe("redis", "make -s -j2 -C src redis-server MALLOC=libc OPTIMIZATION=-O2 USE_SYSTEMD=no"
                    ' REDIS_CFLAGS="$FLAGS" REDIS_LDFLAGS="$FLAGS" && cp src/redis-server program'),
    # Runs where it was made. Debian's has the JSON module inside, too.
    "python3": Recipe(f"python{sys.version_info[0]}.{sys.version_info[1]}",
                      './configure -q --without-ensurepip CFLAGS="-g $FLAGS" LDFLAGS="$FLAGS"'
                      " && printf '*static*\\n_json _json.c\\n' >Modules/Setup.local"
                      " && make -s -j2 python pybuilddir.txt && cp python program"),
    "git": Recipe("git", 'make -s -j2 git CFLAGS="-O2 -g $FLAGS" LDFLAGS="$FLAGS" NO_CURL=1 NO_EXPAT=1 NO_GETTEXT=1'
                  " NO_TCLTK=1 NO_PERL=1 NO_PYTHON=1 NO_OPENSSL=1 && cp git program"),
    "perl": Recipe("perl", "./Configure -des -Dusethreads -Doptimize='-O2 -g' -Dprivlib=\"$PWD/lib\""
                    ' -Darchlib="$PWD/lib" -Accflags="$FLAGS" -Aldflags="$FLAGS"'
                    " && make -s -j2 perl && cp perl program"),
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
    # Programs that the build makes for itself have leaks.
    environment = {**os.environ, "FLAGS": " ".join(flags), "ASAN_OPTIONS": "detect_leaks=0"}
    with open(folder / "build.log", "wb") as log:
        subprocess.run(["sh", "-c", recipe.build], cwd=folder, check=True, stdout=log, stderr=log, env=environment,
                       timeout=BUILD_SECONDS_MAX)


@dataclass(frozen=True)
class Compiled:
    """A program as it is and with ASan, from the same sources; both are None where `why_not` says why."""

    plain: Path | None = None
    asan: Path | None = None
    why_not: str = ""


@functools.cache
def compiled(case_name: str) -> Compiled:
    """The case's program, compiled here unless that was done before."""
    recipe = RECIPES.get(case_name)
    if recipe is None:
        return Compiled(why_not="takes too long")
    if not shutil.which("gcc") or not shutil.which("apt-get"):
        return Compiled(why_not="needs gcc and apt-get")
    programs = {}
    for kind, flags in (("plain", []), ("asan", ASAN_FLAGS)):
        folder = SOURCES / kind / case_name
        programs[kind] = folder / "program"
        if programs[kind].exists():
            continue
        progress(f"compiling {case_name}, {kind}")
        try:
            build(recipe, folder, flags)
        except subprocess.TimeoutExpired:
            return Compiled(why_not=f"did not end within {BUILD_SECONDS_MAX} s")
        except (OSError, StopIteration, subprocess.SubprocessError):
            log = folder / "build.log"
            return Compiled(why_not=f"failed, see {log}" if log.exists() else "apt-get can't get its sources")
    return Compiled(**programs)
