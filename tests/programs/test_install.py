"""make install: programs link with the library, and gdb loads the extension by itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = r"""
#include <ftmalloc.h>
#include <stdlib.h>
char *kept;
int main(void) { kept = malloc(42); show_alloc_mem(); abort(); }
"""


def make(*words: str) -> None:
    subprocess.run(["make", "-s", *words], cwd=ROOT, check=True, timeout=50, capture_output=True)


@pytest.fixture(scope="module")
def prefix(tmp_path_factory, library) -> Path:
    """Everything installed below a folder of our own, gdb's auto-load directory too."""
    folder = tmp_path_factory.mktemp("prefix").resolve()
    make("install", f"PREFIX={folder}", f"GDB_AUTOLOAD_DIR={folder}/auto-load")
    return folder


def build(prefix: Path, folder: Path, *flags: str) -> Path:
    source = folder / "program.c"
    source.write_text(PROGRAM)
    program = folder / "program"
    subprocess.run(
        ["cc", "-g", f"-I{prefix}/include", "-o", program, source, f"-L{prefix}/lib", *flags], check=True, timeout=50
    )
    return program


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param(["-lftmalloc", "-Wl,-rpath,{prefix}/lib"], id="shared"),
        pytest.param(["-l:libftmalloc.a"], id="static-library"),
        pytest.param(["-static", "-l:libftmalloc.a"], id="static-program"),
        pytest.param(["-static-pie", "-l:libftmalloc.a"], id="static-pie-program"),
    ],
)
def test_programs_link_with_it(prefix, tmp_path, flags):
    program = build(prefix, tmp_path, *(flag.format(prefix=prefix) for flag in flags))
    finished = subprocess.run([program], capture_output=True, text=True, timeout=20)
    lines = finished.stdout.splitlines()
    assert lines and lines[0].startswith("TINY : 0x"), finished
    assert any(line.endswith(" : 42 bytes") for line in lines)


def test_gdb_loads_the_extension_by_itself(prefix, tmp_path):
    program = build(prefix, tmp_path, "-lftmalloc", f"-Wl,-rpath,{prefix}/lib")
    finished = subprocess.run(
        [
            *("gdb", "-q", "-nx", "-batch", "-iex", "set debuginfod enabled off"),
            *("-iex", f"add-auto-load-scripts-directory {prefix}/auto-load"),
            *("-iex", f"add-auto-load-safe-path {prefix}"),
            *("-ex", "run > /dev/null", "-ex", "explain kept", str(program)),
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=50,
    )  # fmt: skip
    assert "at the start of a 42-byte live block" in finished.stdout, finished.stdout + finished.stderr


def test_uninstall_leaves_nothing(tmp_path):
    words = [f"DESTDIR={tmp_path}", "PREFIX=/opt/ft"]
    make("install", *words)
    installed = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert {
        "opt/ft/lib/libftmalloc.so",
        "opt/ft/lib/libftmalloc.a",
        "opt/ft/include/ftmalloc.h",
        "opt/ft/share/ftmalloc/gdbplugin/ftmalloc.py",
        "usr/share/gdb/auto-load/opt/ft/lib/libftmalloc.so-gdb.py",
    } <= installed
    compiled = [tmp_path / name for name in installed if name.endswith(".pyc")]
    assert compiled
    for path in compiled:
        is_hashed, is_checked = 1, 2
        assert path.read_bytes()[4] == is_hashed | is_checked, "gdb must see that a source has changed"
        assert b"/opt/ft/share/ftmalloc/gdbplugin/" in path.read_bytes(), "compiled where it is installed"
    assert (tmp_path / "opt/ft/lib/libftmalloc.so").stat().st_mode & 0o777 == 0o755
    make("uninstall", *words)
    assert [name for name in tmp_path.rglob("*") if name.is_file()] == []
    assert os.listdir(tmp_path)  # directories that others may use stay


def test_uninstall_leaves_what_stands_beside(tmp_path):
    words = [f"DESTDIR={tmp_path}", "PREFIX=/usr", "DATADIR=/usr/share"]
    other = tmp_path / "usr/share/other.txt"
    other.parent.mkdir(parents=True)
    other.touch()
    make("install", *words)
    make("uninstall", *words)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [other]
