"""Folders are layers: what may include or import what (HOUSE: reading goes up, nothing comes down)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sources
from sources import ALLOCATOR, PACKAGE, ROOT


def drawn_in(readme: Path) -> str:
    """The first block of code of a README that stands alone: there the layers are drawn, low to high."""
    return readme.read_text().split("\n```\n")[1]


# A folder may include itself and every folder of a lower rank; those of one rank are strangers.
C_RANKS = {"include": 0} | {
    folder: rank
    for rank, folders in enumerate(drawn_in(ALLOCATOR / "README.md").split("   ")[0].split(" -> "), 1)
    for folder in folders.split(" | ")
}

# All that asks the kernel or libc for something stands in platform/; these headers only declare or compute.
HEADERS_FOR_ALL = {"<errno.h>", "<limits.h>", "<stdarg.h>", "<stdbool.h>", "<stddef.h>", "<stdint.h>", "<string.h>"}
# The API has signatures of these headers to match; a broken invariant must speak without any layer below it.
HEADERS_BY_FOLDER = {
    "api": {"<fcntl.h>", "<malloc.h>", "<stdio.h>", "<stdlib.h>", "<unistd.h>"},
    "base": {"<unistd.h>"},
}

# Low to high; each imports only what stands before it.
PYTHON_ORDER = re.findall(r"\w+", drawn_in(ROOT / "gdbplugin" / "README.md"))


def c_sources():
    return sources.c_files("allocator_c")


@pytest.mark.parametrize("path", c_sources(), ids=lambda path: str(path.relative_to(ALLOCATOR)))
def test_c_file_includes_its_own_folder_and_lower_ones_only(path):
    folder = path.relative_to(ALLOCATOR).parts[0]
    assert folder in C_RANKS, f"{folder}/ has no place in the order of layers"
    for line, include in sources.c_includes(path):
        if include.startswith("<"):
            allowed = folder == "platform" or include in HEADERS_FOR_ALL | HEADERS_BY_FOLDER.get(folder, set())
            assert allowed, f"{path.name}:{line}: {include} belongs in platform/"
            continue
        target = include.strip('"')
        assert (ALLOCATOR / target).is_file(), f"{path.name}:{line}: {target} is not relative to allocator_c/"
        other = target.split("/")[0]
        assert other == folder or C_RANKS[other] < C_RANKS[folder], f"{path.name}:{line}: {folder}/ includes {other}/"


def module_layer(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def package_files():
    return [path for path in sources.python_files("gdbplugin/ftheap") if path != PACKAGE / "__init__.py"]


def test_every_layer_is_drawn():
    assert sorted(C_RANKS) == sorted(path.name for path in ALLOCATOR.iterdir() if path.is_dir())
    modules = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in package_files()}
    assert sorted(PYTHON_ORDER) == sorted(modules)


@pytest.mark.parametrize("path", package_files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_python_module_loads_fast(path):
    """gdb starts with all of them: what is slow to make when a module is loaded has a faster form of ours."""
    text = path.read_text()
    assert path.name == "typed.py" or not re.search(r"^from typing |^import typing", text, re.MULTILINE), "see typed.py"
    assert path.name == "patterns.py" or not re.search(r"^\w+ = re\.compile", text, re.MULTILINE), "see patterns.py"


@pytest.mark.parametrize("path", package_files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_python_module_imports_lower_layers_only(path):
    layer = module_layer(path)
    assert layer in PYTHON_ORDER, f"{layer} has no place in the order of layers"
    for line, name in sources.python_imports(path):
        parts = name.split(".")
        if parts[0] == "gdb":
            assert layer == "gdbhost", f"{path.name}:{line}: only gdbhost imports gdb"
        if parts[0] != "ftheap" or len(parts) == 1 or parts[1] == layer:
            continue
        if not (PACKAGE / parts[1]).is_dir() and not (PACKAGE / f"{parts[1]}.py").is_file():
            continue  # a name that ftheap/__init__.py defines
        assert PYTHON_ORDER.index(parts[1]) < PYTHON_ORDER.index(layer), f"{path.name}:{line}: imports {name}"


def test_commands_do_not_import_one_another():
    for path in sources.python_files("gdbplugin/ftheap/commands"):
        for line, name in sources.python_imports(path):
            assert not name.startswith("ftheap.commands."), f"{path.name}:{line}: imports {name}"


def test_the_entry_that_users_source_is_small():
    assert len((ROOT / "gdbplugin" / "ftmalloc.py").read_text().splitlines()) <= 40
