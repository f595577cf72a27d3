"""The style, as far as a machine can read it."""

from __future__ import annotations

import ast
import re

import pytest
import sources
from sources import ROOT

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
COLUMNS_MAX = 120
VAGUE_NAMES = {"utils", "util", "common", "manager", "helpers", "helper", "misc"}


def all_files():
    return sources.c_files() + sources.python_files()


@pytest.mark.parametrize("path", all_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_readable_at_a_glance(path):
    text = path.read_text()
    lines = text.splitlines()
    assert len(lines) <= FILE_LINES_MAX, f"{len(lines)} lines"
    assert "\n\n\n\n" not in text and not text.endswith("\n\n"), "blank lines"
    assert path.stem not in VAGUE_NAMES
    for number, line in enumerate(lines, 1):
        assert len(line) <= COLUMNS_MAX, f"line {number} has {len(line)} columns"
        assert line == line.rstrip(), f"line {number} ends in white space"
        assert "\t" not in line, f"line {number} has a tab"


def test_functions_are_short():
    functions = [function for path in sources.c_files() for function in sources.c_functions(path)]
    functions += [function for path in sources.python_files() for function in sources.python_functions(path)]
    assert len(functions) > 100, "the sources were not found"
    assert [str(function) for function in functions if function.line_count > FUNCTION_LINES_MAX] == []


def test_c_functions_have_their_brace_on_its_own_line():
    """Otherwise the measure above would not see them."""
    opening = re.compile(r"[a-zA-Z_].*\)\s*\{$")
    for path in sources.c_files():
        for number, line in enumerate(path.read_text().splitlines(), 1):
            assert not opening.match(line), f"{path.relative_to(ROOT)}:{number}: {line}"


def test_structures_do_not_depend_on_build_options():
    """One layout, one table, one extension: no #if inside a structure."""
    for path in sources.c_files("allocator_c"):
        inside = False
        for number, line in enumerate(path.read_text().splitlines(), 1):
            inside = inside or bool(re.match(r"(typedef )?(struct|union)\b.*\{$", line))
            assert not (inside and re.match(r"\s*#\s*if", line)), f"{path.relative_to(ROOT)}:{number}"
            inside = inside and not line.startswith("}")


def test_no_unfinished_work_and_no_skipped_tests():
    words = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b|pytest\.(skip|mark\.(skip|skipif|xfail)|importorskip)\b")
    for path in all_files():
        if path.name == "test_tidy.py":
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            assert not words.search(line), f"{path.relative_to(ROOT)}:{number}: {line.strip()}"


def test_python_parses_with_the_oldest_python_that_is_let_in():
    """Ubuntu 22.04 and Debian 12 ship gdb 12 and 13 with Python 3.10 and 3.11."""
    entry = (ROOT / "gdbplugin" / "ftmalloc.py").read_text()
    assert "if sys.version_info < (3, 10):" in entry
    for path in sources.python_files("gdbplugin"):
        ast.parse(path.read_text(), str(path), feature_version=(3, 10))


def test_helper_modules_of_the_rings_have_names_of_their_own():
    """All rings' folders are on one path: the whole run would import one ring's helper in the name of another's."""
    helpers = [path for path in sources.python_files("tests") if not path.name.startswith("test_")]
    names = [path.name for path in helpers if path.name != "conftest.py"]
    assert len(names) == len(set(names)), sorted(names)
    for path in sources.python_files("tests"):
        assert not re.search(r"^(from|import) conftest\b", path.read_text(), re.M), path.relative_to(ROOT)
