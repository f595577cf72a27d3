"""The source line under a frame: what it looks like with colour, without, and without pygments."""

from __future__ import annotations

import builtins
import re

import pytest
from ftheap.render import highlight
from ftheap.render.stacks import stack_lines
from ftheap.render.style import PLAIN, Style
from ftheap.target import Frame

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
CODE = 'char *name = malloc(10); /* "text" */'


def frame(**more) -> Frame:
    return Frame(0x1000, "make_node", "/src/list.c", 12, **more)


def test_a_frame_without_source_is_one_row():
    assert list(stack_lines([frame()], PLAIN)) == ["    #0 make_node at list.c:12"]


def test_the_line_stands_under_its_frame():
    assert list(stack_lines([frame(source=CODE)], PLAIN)) == ["    #0 make_node at list.c:12", f"       {CODE}"]


def test_long_and_odd_lines_stay_rows_of_79_columns_of_ascii():
    _, row = stack_lines([frame(source="é\x1b[31m\t" + "x" * 200)], PLAIN)
    assert len(row) <= 79 and row.isascii() and row.isprintable() and row.endswith("...")


def test_colour_adds_to_the_characters_only():
    _, row = stack_lines([frame(source=CODE)], Style(True))
    assert ESCAPE.search(row) and ESCAPE.sub("", row) == f"       {CODE}" and "\n" not in row


def test_a_language_that_nobody_knows_stays_plain():
    assert highlight.highlighted(CODE, "list.nonesuch") == CODE


@pytest.fixture
def without_pygments(monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest):
        if name.startswith("pygments"):
            raise ImportError(name)
        return real(name, *rest)

    highlight._lexer.cache_clear()
    monkeypatch.setattr(builtins, "__import__", refuse)
    yield
    highlight._lexer.cache_clear()


def test_pygments_is_optional(without_pygments):
    assert Style(True).source(CODE, "list.c") == CODE
