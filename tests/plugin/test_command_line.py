"""The parser of our command lines: options of gdb's and of GNU's form, then any expression."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftheap import command_line
from ftheap.commands import load_all
from ftheap.errors import UsageError
from ftheap.registry import COMMANDS, EXIT_CODE, JSON, Command, Option, limit_option

load_all()

OPTIONS = (
    limit_option("rows", 7),
    EXIT_CODE,
    Option("class", "one class only", "CLASS", "choice", ("definite", "possible")),
    Option("min-bytes", "smaller ones are left out", "N", "bytes"),
    Option("zone", "only this zone", "ADDR", "address"),
    Option("to", "where to", "TEXT"),
    Option("stacks", "with stacks"),
    JSON,
)


def command(argument: str = "[EXPR]") -> Command:
    return Command("try", "Tries.", lambda session, request: None, "", OPTIONS, argument, "try x", top_level=True)


def parse(text: str, argument: str = "[EXPR]") -> tuple[dict[str, object], str]:
    request = command_line.parse(command(argument), text)
    return request.options, request.argument


@pytest.mark.parametrize(
    "text, options, argument",
    [
        ("", {}, ""),
        ("-json", {"json": True}, ""),
        ("--json", {"json": True}, ""),
        ("-limit 5 x", {"limit": 5}, "x"),
        ("--limit=5 x", {"limit": 5}, "x"),
        ("-lim 5", {"limit": 5}, ""),
        ("-limit 0x10", {"limit": 16}, ""),
        ("-limit unlimited x", {"limit": sys.maxsize}, "x"),
        ("-min-bytes 4k", {"min-bytes": 4096}, ""),
        ("-min-bytes 0x10M", {"min-bytes": 16 << 20}, ""),
        ("-class definite", {"class": "definite"}, ""),
        ("-class DEFINITE", {"class": "definite"}, ""),
        ("-class Pos", {"class": "possible"}, ""),
        ("-zone (char *)p + 1", {"zone": "(char *)p"}, "+ 1"),
        ("-zone ((char *)p + 1) q", {"zone": "((char *)p + 1)"}, "q"),
        ('-to "a b" x', {"to": "a b"}, "x"),
        ("(x - 1)", {}, "(x - 1)"),
        ("x -1", {}, "x -1"),
        ("x - json", {}, "x - json"),
        ("-1", {}, "-1"),
        ("&x", {}, "&x"),
        ("$sp", {}, "$sp"),
        ("*p", {}, "*p"),
        ("-- -json", {}, "-json"),
        ("-json -- -x -limit 1", {"json": True}, "-x -limit 1"),
        ("x -json", {"json": True}, "x"),
        ("x -limit 3 --json", {"json": True, "limit": 3}, "x"),
        ("a[x -json]", {}, "a[x -json]"),
        ('"text -json"', {}, '"text -json"'),
        ("x -unknown", {}, "x -unknown"),
    ],
)
def test_line_is_taken_apart(text: str, options: dict[str, object], argument: str) -> None:
    assert parse(text) == (options, argument)


@pytest.mark.parametrize(
    "text, argument, message",
    [
        ("-nothing", "", "try has no option -nothing; options: -limit, -exit-code, -class"),
        ("-nothing", "EXPR", "; put -- in front of an expression that starts with -"),
        ("-limit", "", "try: -limit needs N: a number, 0 or more, or unlimited"),
        ("-limit x", "", "try: -limit needs N: a number, 0 or more, or unlimited, not 'x'"),
        ("-limit -1", "", "try: -limit needs N: a number, 0 or more, or unlimited, not '-1'"),
        ("-exit-code unlimited", "", "try: -exit-code needs N: a number, 0 or more, not 'unlimited'"),
        ("-min-bytes 4q", "", "try: -min-bytes needs N: a size such as 4096, 64k or 1G, not '4q'"),
        ("-class x", "", "try: -class needs CLASS: one of definite, possible, not 'x'"),
        ("-class lost", "", "try: -class needs CLASS: one of definite, possible, not 'lost'"),
        ("-json=1", "", "try: -json takes no value"),
        ("x", "", "try takes no argument, but got 'x'; options: "),
        ("", "EXPR", "try needs an argument: try [-limit N]"),
        ("x -json y", "EXPR", "try: put 'y' in front of the options, or behind --"),
    ],
)
def test_wrong_line_names_what_would_be_right(text: str, argument: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(text, argument)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


@given(st.text(alphabet="ab-=1 \t()[]'\"\\$*&json", max_size=30))
def test_any_line_is_parsed_or_refused(text: str) -> None:
    try:
        options, argument = parse(text)
    except UsageError:
        return
    assert argument == argument.strip()
    assert set(options) <= {option.name for option in OPTIONS}


@given(st.text(alphabet="ab-=1 ()[]'\"$*&", min_size=1, max_size=30).map(str.strip).filter(bool))
def test_everything_behind_two_dashes_is_the_argument(text: str) -> None:
    assert parse(f"-json -- {text}") == ({"json": True}, text)


@pytest.mark.parametrize(
    "text, words",
    [
        ("-", ["-limit", "-exit-code", "-class", "-min-bytes", "-zone", "-to", "-stacks", "-json"]),
        ("--js", ["--json"]),
        ("-json -cl", ["-class"]),
        ("-class ", ["definite", "possible"]),
        ("-class p", ["possible"]),
        ("-limit ", []),
        ("x -js", ["-json"]),
    ],
)
def test_completes_options_and_choices(text: str, words: list[str]) -> None:
    assert list(command_line.complete(command(), text).words) == words


@pytest.mark.parametrize("text", ["", "x", "-json x", "-zone ", "-- ", "-limit 3 (a + b"])
def test_completes_expressions_where_one_may_stand(text: str) -> None:
    assert command_line.complete(command(), text).expression


def test_completes_what_the_argument_is_made_of() -> None:
    complete = command_line.complete
    assert complete(command(), "si", ("size", "state")).words == ["size"]
    assert complete(command(), "", ("size", "state")).words == ["size", "state"]
    assert complete(command(), "size = 3 and st", ("size", "state")).words == ["state"]
    assert complete(command(), "head", ("size", "state")).expression
    assert complete(COMMANDS["explain"], "-as nod").expression and complete(COMMANDS["snapshot"], "-file /t").file


def test_completes_files_where_one_may_stand_and_nothing_for_a_new_name() -> None:
    complete = command_line.complete
    assert complete(COMMANDS["leak-diff"], "no", ("noon", "night")).words == ["noon"]
    by_file = complete(COMMANDS["leak-diff"], "/tmp/no", ("noon", "night"))
    assert by_file.file and not by_file.expression
    assert complete(COMMANDS["export"], "csv /tmp").file
    assert complete(COMMANDS["snapshot"], "no") == command_line.Completion("no")


def test_a_file_may_begin_with_a_tilde(monkeypatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    for line in ("-file ~/heap", "-file=~/heap", "-file '~/heap'"):
        assert command_line.parse(COMMANDS["snapshot"], line).options["file"] == "/home/ada/heap"


@pytest.mark.parametrize(
    "words, line",
    [
        (["-limit", "3", "table[0] + 3"], "-limit 3 table[0] + 3"),
        (["table[0]", "+", "3"], "table[0] + 3"),
        (["string", "abc def"], 'string "abc def"'),
        (["string \"abc def\""], 'string "abc def"'),
        (["string", ""], 'string ""'),
        (["-to", "a b", "-json"], '-to "a b" -json'),
        (["-json", "a b"], "-json a b"),
        ([], ""),
    ],
)
def test_words_of_gdb_mi_are_one_line_again(words: list[str], line: str) -> None:
    assert command_line.joined(command(), words) == line


def test_help_has_all_parts() -> None:
    text = command_line.help_text(command())
    assert text.startswith("Tries.\n\nUsage: try [-limit N] [-exit-code N] [-class CLASS]")
    assert "\n  -class CLASS  one class only (definite, possible)\n" in text.replace("      ", "  ")
    assert text.endswith("Example: try x")
    assert max(map(len, text.splitlines())) <= 79
