"""The examples of the documents are what the commands print."""

from __future__ import annotations

import re

import pytest
from examples import EXAMPLES, PAGE, ROOT, plain, printed, program, written
from ftheap import commands, registry

commands.load_all()
README_ROW = re.compile(r"^\| `([\w-]+)[^|`]*` \| [^|]+ \| `([^`]+)`: `([^`]+)` \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> dict[str, list[str]]:
    return printed(program(tmp_path_factory.mktemp("examples")))


def test_every_command_has_its_example():
    assert sorted(EXAMPLES) == sorted(registry.COMMANDS)
    shown = re.findall(r"^## ([\w-]+)$", PAGE.read_text(), re.MULTILINE)
    assert shown == list(EXAMPLES)


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_a_real_run_prints_what_the_page_shows(real, line):
    hint = "if the change is meant: python3 tests/gdb/examples.py"
    assert plain(real[line]) == plain(written()[line]), hint
    assert all(len(row) <= 79 and row.isascii() for row in real[line])


def test_the_rows_of_the_readme_are_of_that_page():
    """Command, and one row of what it prints."""
    rows = README_ROW.findall((ROOT / "README.md").read_text())
    assert sorted(name for name, _, _ in rows) == sorted(registry.COMMANDS)
    for name, line, answer in rows:
        assert line in EXAMPLES[name]
        assert plain([answer])[0] in plain(written()[line])
