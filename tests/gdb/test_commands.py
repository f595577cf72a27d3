"""The commands as gdb users meet them: loading, help, options, errors, exit status, colour, and gdb's own plumbing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from inferiors import GDB, PLUGIN, ROOT, WITHOUT_DEBUGINFOD, Crashed, gdb

from ftheap import commands, registry

commands.load_all()
NAMES = sorted(registry.COMMANDS)
TOP_LEVEL = sorted(name for name, command in registry.COMMANDS.items() if command.top_level)
ESCAPE = "\x1b"


@pytest.fixture
def ask(crashed: Crashed):
    """Runs commands on the crashed subject."""
    return lambda *lines, **environment: gdb(*lines, arguments=(crashed.program, crashed.core), **environment)


def test_every_command_has_its_help() -> None:
    answer = gdb(*(f"help ftmalloc {name}" for name in NAMES), *(f"help {name}" for name in TOP_LEVEL))
    assert answer.errors == ""
    for name in NAMES:
        command = registry.COMMANDS[name]
        assert command.summary.rstrip(".") in answer.output
        assert re.search(rf"^Usage: (ftmalloc )?{re.escape(name)}\b", answer.output, re.MULTILINE)
        assert f"Example: {command.example}" in answer.output
        for option in command.options:
            assert re.search(rf"^  -{option.name}\b.*{re.escape(option.help)}", answer.output, re.MULTILINE)


def test_prefix_lists_the_commands() -> None:
    alone, asked = gdb("ftmalloc"), gdb("help ftmalloc")
    assert alone.output == asked.output
    rows = alone.output + gdb("help set ftmalloc", "help show ftmalloc").output
    own = [row for row in rows.splitlines() if " -- " in row]
    assert [row.split(" -- ")[0] for row in own] == [
        *(f"ftmalloc {name}" for name in sorted(NAMES)), "set ftmalloc color", "show ftmalloc color",
    ]  # fmt: skip
    assert all(len(row) <= 79 for row in own), "gdb's own rows below them are not ours"


@pytest.mark.parametrize(
    "line, message",
    [
        ("ftmalloc nothing", 'no command "ftmalloc nothing"; `help ftmalloc` lists them'),
        ("show-alloc-mem -nothing", "show-alloc-mem has no option -nothing; options: -"),
        ("leak-check -limit", "leak-check: -limit needs N: a number, 0 or more"),
        ("leak-check -limit few", "leak-check: -limit needs N: a number, 0 or more, or unlimited, not 'few'"),
        ("leak-check -exit-code 256", "leak-check: -exit-code needs a status from 0 to 255, not 256"),
        ("ftmalloc check rest", "check takes no argument, but got 'rest'; options: -"),
        ("ftmalloc explain", "explain needs an argument: "),
        ("ftmalloc explain no_such_symbol", 'no_such_symbol: No symbol "no_such_symbol" in current context'),
        ("ftmalloc explain $never_set", "$never_set: it has no value: a convenience variable that was never set"),
        ("ftmalloc explain *(int *)0", "*(int *)0: Cannot access memory at address 0x0"),
        ("ftmalloc explain (1 +", "(1 +: A syntax error in expression"),
    ],
)
def test_wrong_line_is_answered_by_one_clear_line(ask, line: str, message: str) -> None:
    answer = ask("echo [[[\\n", line, "echo ]]]\\n")
    assert message in answer.errors
    assert "[[[\n]]]" in answer.output, "nothing else may be printed"


@pytest.mark.parametrize(
    "expression",
    ["&table", "(char *) interior - 1", "$sp", "*&table[0]", "-- -1", "-1", "table[1] -json", "$_siginfo.si_signo"],
)
def test_argument_may_be_any_expression(ask, expression: str) -> None:
    answer = ask(f"ftmalloc explain -json {expression}".replace("-json table[1] -json", "table[1] -json"))
    assert answer.document()["command"] == "explain", answer.errors


def test_options_take_gdbs_and_gnus_form(ask) -> None:
    forms = ("-json -limit 1", "--json --limit 1", "--limit=1 -js", "-limit 1 --json")
    answer = ask(*(f"leak-check {form}" for form in forms))
    first, *others = answer.documents()
    assert len(others) == 3 and all(other == first for other in others)


@pytest.mark.parametrize("name", ["show-alloc-mem", "leak-check", "ftmalloc check", "ftmalloc info"])
def test_json_is_one_document_that_names_its_command(ask, name: str) -> None:
    document = ask("set ftmalloc color on", f"{name} -json").document()
    assert (document["schema"], document["command"]) == (1, name.split()[-1])
    assert ESCAPE not in str(document)


def test_exit_code_ends_gdb_where_leaks_are(ask) -> None:
    found = ask("leak-check -exit-code 9", "echo still here\\n")
    assert found.status == 9
    assert "still here" not in found.output
    assert "definite" in found.output


def test_exit_code_changes_nothing_where_the_heap_is_sound(ask) -> None:
    sound = ask("ftmalloc check -exit-code 9", "echo still here\\n")
    assert sound.status == 0
    assert "still here" in sound.output


def test_failure_is_the_exit_status_of_a_script(ask) -> None:
    assert ask("ftmalloc explain no_such_symbol").status == 1


def test_colour_is_off_on_a_pipe_and_on_when_asked(ask) -> None:
    line = "zone-map"
    assert ESCAPE not in ask("set style enabled on", line).output
    coloured = ask("set ftmalloc color on", line).output
    assert ESCAPE in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == ask(line).output
    assert ESCAPE not in ask("set ftmalloc color off", line).output
    assert "colour their output: off" in ask("set ftmalloc color off", "show ftmalloc color").output


@pytest.mark.parametrize("line", ["show-alloc-mem", "zone-map", "leak-check", "ftmalloc check", "ftmalloc info"])
def test_rows_are_ascii_of_at_most_79_columns(ask, line: str) -> None:
    rows = ask("echo [[[\\n", line).output.split("[[[\n")[1].splitlines()
    assert rows and all(row.isascii() and len(row) <= 79 for row in rows)


def test_pipe_redirection_and_capture_get_the_same_text(ask, tmp_path: Path) -> None:
    log = tmp_path / "log"
    answer = ask(
        "echo [[[\\n", "show-alloc-mem", "echo ]]]\\n", "pipe show-alloc-mem | cat", "echo ]]]\\n",
        "python print(gdb.execute('show-alloc-mem', to_string=True), end='')", "echo ]]]\\n",
        f"set logging file {log}", "set logging redirect on", "set logging enabled on", "show-alloc-mem",
        "set logging enabled off",
    )  # fmt: skip
    plain, piped, captured = answer.output.split("[[[\n")[1].split("]]]\n")[:3]
    assert plain.startswith("TINY : 0x")
    assert plain == piped == captured == log.read_text()


def test_source_twice_takes_up_an_edit(crashed: Crashed, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(PLUGIN.parent, tmp_path / "plugin", ignore=shutil.ignore_patterns("__pycache__")))
    edited = copy / "ftheap" / "commands" / "info.py"
    new = edited.read_text().replace(registry.COMMANDS["info"].summary, "Edited.")
    assert new != edited.read_text()
    (tmp_path / "new.py").write_text(new)
    source = f"source {copy / 'ftmalloc.py'}"
    answer = gdb(
        source, "show-alloc-mem -json", f"shell cp {tmp_path / 'new.py'} {edited}", source, source,
        "help ftmalloc info", "show-alloc-mem -json",
        arguments=(crashed.program, crashed.core), load=False,
    )  # fmt: skip
    assert "Edited." in answer.output
    first, second = answer.documents()
    assert first == second
    assert not list(copy.rglob("__pycache__")), "sourcing must leave no bytecode behind"


def test_a_setting_survives_a_second_source() -> None:
    answer = gdb("set ftmalloc color on", f"source {PLUGIN}", "show ftmalloc color")
    assert "output: on" in answer.output


def test_loads_through_a_link_from_any_directory(tmp_path: Path) -> None:
    (tmp_path / "link.py").symlink_to(PLUGIN)
    done = subprocess.run(
        [*GDB, "-batch", "-x", "link.py", "-ex", "help leak-check"], cwd=tmp_path, capture_output=True, text=True,
        timeout=30,
    )  # fmt: skip
    assert "Usage: leak-check" in done.stdout and done.stderr.replace(WITHOUT_DEBUGINFOD, "") == ""


def test_relative_source_works_after_a_change_of_directory() -> None:
    done = subprocess.run(
        [*GDB, "-batch", "-ex", "source gdbplugin/ftmalloc.py", "-ex", "cd /", "-ex", "help leak-check"],
        cwd=ROOT, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert "Usage: leak-check" in done.stdout and done.stderr.replace(WITHOUT_DEBUGINFOD, "") == ""


def test_foreign_python_path_does_not_reach_the_extension(tmp_path: Path) -> None:
    for name in ("ftheap", "json", "dataclasses", "struct", "bisect"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('a foreign module')\n")
    answer = gdb("help leak-check", "show-alloc-mem", PYTHONPATH=str(tmp_path))
    assert "Usage: leak-check" in answer.output
    assert "foreign" not in answer.errors


@pytest.mark.parametrize(
    "line, expected",
    [
        ("ftmalloc ", [f"ftmalloc {name}" for name in NAMES]),
        ("ftmalloc leak-ch", ["ftmalloc leak-check"]),
        ("leak-check -lim", ["leak-check -limit"]),
        ("leak-check --js", ["leak-check --json"]),
        ("ftmalloc explain -json interi", ["ftmalloc explain -json interior"]),
        ("set ftmalloc color a", ["set ftmalloc color auto"]),
        ("ftmalloc export mas", ["ftmalloc export massif"]),
        ("ftmalloc find size = 3 and thr", ["ftmalloc find size = 3 and thread"]),
        ("ftmalloc find state = fr", ["ftmalloc find state = freed"]),
        ("ftmalloc find size = 3 o", ["ftmalloc find size = 3 or"]),
        ("leak-diff /proc/self/statm", ["leak-diff /proc/self/statm"]),
        ("ftmalloc snapshot mai", []),
        ("explain -as struct nod", ["explain -as struct node"]),
        ("leak-check -suppressions /proc/self/stat", [f"leak-check -suppressions /proc/self/{name}"
                                                      for name in ("stat", "statm", "status")]),
    ],
)
def test_completion(crashed: Crashed, line: str, expected: list[str]) -> None:
    completed = gdb(f"complete {line}", arguments=(crashed.program,)).output.splitlines()
    assert completed == expected


def test_auto_loads_after_make_install(crashed: Crashed, tmp_path: Path) -> None:
    library = tmp_path / "prefix" / "lib" / "libftmalloc.so"
    made = subprocess.run(
        ["make", "-s", "install", f"PREFIX={tmp_path / 'prefix'}", f"GDB_AUTOLOAD_DIR={tmp_path / 'auto-load'}"],
        cwd=ROOT, capture_output=True, text=True, timeout=50,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    done = subprocess.run(
        [
            *GDB, "-batch", "-iex", f"set auto-load scripts-directory {tmp_path / 'auto-load'}",
            "-iex", "set auto-load safe-path /", "-ex", f"set exec-wrapper env LD_PRELOAD={library}",
            "-ex", "run", "-ex", "ftmalloc info -json", "-ex", "run", "-ex", "show-alloc-mem",
            "--args", crashed.program, "crash",
        ],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=50, env=dict(os.environ),
    )  # fmt: skip
    assert '"command": "info"' in done.stdout, done.stderr
    assert "TINY : 0x" in done.stdout
    assert done.stderr == "" or "Traceback" not in done.stderr
