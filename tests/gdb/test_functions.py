"""Convenience functions, pretty printers of the allocator's structures, and the MI commands."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from inferiors import GDB, HERE, LIBRARY, PLUGIN, asked, compile_c, crash, gdb

SWITCHES = "FtMallocStackLogging=1 FtMallocHistory=100"
VALUES = {
    "$ft_block(&store->count) == store": "1",
    "$ft_size(store)": "24",
    "$ft_usable(store) >= 24": "1",
    "$ft_offset(&store->count)": "16",
    "$ft_offset((char *)store - 4)": "-4",
    "$ft_state(store)": '"live"',
    "$ft_state(&store)": '"none"',
    "$ft_valid(store)": "1",
    "$ft_valid((char *)store + 24)": "0",
    "$ft_valid(16)": "0",
    "$ft_kind(store)": '"payload"',
    "$ft_kind(&store)": '"global"',
    "$ft_kind(main)": '"code"',
    "$ft_type(store)": '"shelf"',
    "$ft_type(spare[2])": '"struct item[3]"',
    "$ft_type(main)": '"none"',
    "$ft_type(untyped)": '"unknown"',
    "$ft_zone(store) <= store": "1",
    "$ft_zone(main)": "0x0",
    "$ft_thread(store) > 0": "1",
    '$ft_from(store->first, "^add_item$")': "1",
    '$ft_from(store, "add_item")': "0",
    '$ft_from(main, "add_item")': "0",
    "$ft_live_count() >= 14": "1",
    "$ft_live_bytes() > 500": "1",
    "$ft_leaked_bytes()": "0",
}
ERRORS = {
    "$ft_size()": "$ft_size takes ADDR",
    "$ft_live_count(1)": "$ft_live_count takes no argument",
    "$ft_size($_siginfo)": "$ft_size: the value stands nowhere in memory; give a pointer",
    '$ft_from(store, "(")': "$ft_from: '(' is no regular expression: ",
    "$ft_from(store, 5)": "$ft_from: ",
    "$ft_size(nothing)": 'No symbol "nothing" in current context.',
}
PRINTED = {
    "*(struct zone *)$ft_zone(store)": r"TINY zone of 4 MiB = \{.*type = tiny, flags = none",
    "*(struct block *)((char *)store - sizeof(struct block))": r"live block of 24 bytes at 0x.*size_bytes = 24",
    "((struct slot_zone *)$ft_zone(store))->runs[((long)store & 0x3fffff) >> 14]":
        r"1 unit, \d+ slots of \d+ bytes, \d+ carved, \d+ free = \{",
    "ftmalloc_heap": r"ready: 1 zone = \{",
    "*ftmalloc_heap.first_cache": r"cache of thread \d+ = \{",
    "ftmalloc_heap.chunks[0]": r"slots chunk of 4 MiB at 0x",
    "ftmalloc_last_fault": r"no fault = \{kind = none",
    "*ftmalloc_history.events": r"event 1: allocate \d+ bytes at 0x.*kind = allocate",
    "*(struct block *)main": r"smashed header: it does not hold its own address",
}


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Path:
    return compile_c(HERE / "types.c", tmp_path_factory.mktemp("functions") / "types", "-O0")


@pytest.mark.parametrize("kind", ["core", "live", "remote"])
def test_values(program, tmp_path, kind):
    lines = [f"python print(gdb.parse_and_eval({expression!r}))" for expression in VALUES]
    answer = asked(program, tmp_path, kind, "echo [[[\\n", *lines, switches=SWITCHES)
    assert dict(zip(VALUES, answer.output.split("[[[\n")[1].splitlines())) == VALUES


@pytest.mark.parametrize("kind", ["core", "live"])
def test_texts_are_printed_as_such_and_call_nothing_in_the_program(program, tmp_path, kind):
    answer = asked(program, tmp_path, kind, "set $before = $ft_live_count()",
                   'printf "[[[%s, %s]]]\\n", $ft_state(store), $ft_kind(main)',
                   "print $ft_live_count() - $before", switches=SWITCHES)  # fmt: skip
    assert "[[[live, code]]]\n$1 = 0\n" in answer.output


def test_errors_are_one_line(program, tmp_path):
    answer = asked(program, tmp_path, "core", *(f"print {expression}" for expression in ERRORS),
                   switches=SWITCHES)
    shown = [line for line in answer.errors.splitlines() if "warning" not in line and line]
    assert len(shown) == len(ERRORS)
    for line, message in zip(shown, ERRORS.values()):
        assert line.startswith(message)


def test_a_program_that_has_not_started_or_has_no_ftmalloc(program):
    answer = gdb("print $ft_size(0)", "print $ft_live_bytes()", arguments=(program,))
    assert len(answer.errors.splitlines()) == 2 and "the program is not started" in answer.errors


def test_function_as_a_condition(program):
    answer = gdb(
        f"set exec-wrapper env LD_PRELOAD={LIBRARY} {SWITCHES}", "break main", "run",
        'break add_item if $ft_live_count() > 6 && $_streq($ft_type(store), "shelf") && $ft_leaked_bytes() == 0',
        "print $ft_live_count() <= 6", "continue", "print $ft_live_count()", "bt 1", arguments=(program,),
    )  # fmt: skip
    assert "Error" not in answer.errors
    assert re.search(r"\$1 = 1$", answer.output, re.MULTILINE)
    assert re.search(r"\$2 = [78]$", answer.output, re.MULTILINE), answer.output + answer.errors


@pytest.mark.parametrize("kind", ["core", "live"])
def test_structures_are_printed_with_their_meaning(program, tmp_path, kind):
    answer = asked(program, tmp_path, kind, "echo [[[\\n", *(f"print {expression}" for expression in PRINTED),
                   switches=SWITCHES)
    rows = answer.output.split("[[[\n")[1].splitlines()
    assert len(rows) == len(PRINTED)
    for row, (expression, pattern) in zip(rows, PRINTED.items()):
        assert re.search(rf"^\$\d+ = {pattern}", row), expression


def test_stacks_of_a_block_are_named(program, tmp_path):
    trace = "(struct block_trace *)((char *)store - sizeof(struct block) - sizeof(struct block_trace))"
    answer = asked(
        program, tmp_path, "core", f"print *({trace})",
        f"print *(struct stored_stack *)(ftmalloc_depot.words + ({trace})->allocated_stack)", "print/r ftmalloc_heap",
        "print *(struct block_trace *)8", switches=SWITCHES,
    )  # fmt: skip
    rows = answer.output.splitlines()[-3:]
    assert re.search(r"allocated by thread \d+ at main \(types.c:\d+\)", rows[0])
    assert re.search(r"\d+ frames? = \{.*frames = \{main \(types.c:\d+\)", rows[1])
    assert "ready:" not in rows[2]
    assert answer.errors.splitlines()[-1] == "Cannot access memory at address 0x8"


def test_a_programs_own_struct_of_that_name_is_left_alone(tmp_path):
    source = tmp_path / "own.c"
    source.write_text(
        "#include <stdlib.h>\nstruct block { long self; } mine = {5};\nstruct zone { int type; } other = {3};\n"
        "int main(void) { mine.self = (long)malloc(5); other.type = 3; abort(); }\n"
    )
    program = compile_c(source, tmp_path / "own")
    core, _ = crash(tmp_path, [program])
    answer = gdb("print mine", "print other", arguments=(program, core))
    assert re.search(r"\$1 = \{self = \d+\}\n\$2 = \{type = 3\}", answer.output)


def test_mi_commands_answer_with_results(program, tmp_path):
    """gdb/mi: what an IDE sends, and what it gets."""
    core, _ = crash(tmp_path, [program], before=f"export {SWITCHES}")
    lines = ["-ftmalloc-explain store", "-ftmalloc-find -limit 1 type = 'item'", "-ftmalloc-stats", "-ftmalloc-explain",
             "-ftmalloc-leak-check -class definite", "-ftmalloc-find size >", '-ftmalloc-find string "no text"',
             '-interpreter-exec console "ftmalloc info"', '-interpreter-exec console "explain nothing"',
             "-ftmalloc-check -exit-code 300", "-ftmalloc-find -exit-code 7 size > 0", "-gdb-exit"]  # fmt: skip
    done = subprocess.run(
        [*GDB, "-q", "-i=mi", "-x", PLUGIN, program, core], input="\n".join(lines) + "\n", capture_output=True,
        text=True, timeout=50,
    )  # fmt: skip
    results = [line for line in done.stdout.splitlines() if line.startswith("^")]
    explain, find, stats, missing, leaks, wrong, text, console, nothing, status = results
    assert explain.startswith("^done,") and 'kind="payload"' in explain and 'type={name="shelf",count="1"' in explain
    assert 'count="6"' in find and 'likely_type="struct item' in find
    assert 'contents=[{type="' in stats and 'definite={count="0",bytes="0"}' in leaks
    assert missing.startswith('^error,msg="explain needs an argument')
    assert wrong.startswith('^error,msg="find: expected') and text.startswith("^done,") and 'count="0"' in text
    assert "library   ftmalloc" in done.stdout and console == "^done"
    assert nothing == '^error,msg="nothing: No symbol \\"nothing\\" in current context"'
    assert "-exit-code needs a status from 0 to 255" in status and done.returncode == 7
    assert "Traceback" not in done.stdout + done.stderr
