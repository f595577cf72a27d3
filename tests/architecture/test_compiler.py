"""What the compiler and the linker see: no warning, of more kinds than a build asks for; nothing visible to other files
without need; a source that goes is missed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from sources import ALLOCATOR, ROOT

WARNINGS = (
    "all extra shadow conversion undef strict-prototypes vla format=2 pointer-arith redundant-decls unused-macros"
).split()
FOLDERS = sorted({path.parent for path in [*ALLOCATOR.rglob("*.c"), *(ROOT / "gdbplugin").rglob("*.c")]})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_no_warning(folder):
    command = ["gcc", "-std=gnu11", "-O1", "-fsyntax-only", f"-I{ALLOCATOR}", '-DKERNEL_SOURCES=""']
    command += [*(f"-W{name}" for name in WARNINGS), *sorted(folder.glob("*.c"))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_one_file_uses_alone_is_static(library):
    def symbols(*arguments: str | Path) -> list[list[str]]:
        done = subprocess.run(["nm", "-P", *arguments], check=True, capture_output=True, text=True, timeout=60)
        return [row.split()[:2] for row in done.stdout.splitlines() if not row.endswith(":")]

    sources = (path.relative_to(ALLOCATOR) for path in ALLOCATOR.glob("*/*.c"))
    ours = symbols(*(library.parent / "objects" / source.with_suffix(".o") for source in sources))
    offered = {name for name, kind in ours if kind in "TDBRC"}
    taken = {name for name, kind in ours if kind in "Uw"}
    public = {name for name, _ in symbols("-D", "--defined-only", library)}
    assert len(offered) > 100 and sorted(offered - taken - public) == []


@pytest.mark.parametrize("source, target", [
    ("allocator_c/api/valloc.c", "libftmalloc.so"),
    ("allocator_c/api/valloc.c", "libftmalloc.a"),
])
def test_a_library_is_linked_anew_when_a_source_goes(tmp_path, source, target):
    def make(*arguments: str) -> int:
        return subprocess.run(["make", "-s", *arguments, f"build/{target}"], cwd=tmp_path, timeout=60,
                              stdout=subprocess.DEVNULL).returncode

    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ALLOCATOR, tmp_path / "allocator_c")
    for folder in ALLOCATOR.iterdir():
        (tmp_path / "build" / "objects" / folder.name).mkdir(parents=True)
    assert make("-t") == 0  # as if all were built
    assert make("-q") == 0
    (tmp_path / source).unlink()
    assert make("-q") == 1
