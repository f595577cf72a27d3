"""Targets that are not what one would wish: two libraries, another version, parts of a core, threads that run, several
inferiors, no process. Each gets a true partial answer or one clear line, and the exit status that a script needs."""

from __future__ import annotations

import json
import re
import shutil
import struct
from pathlib import Path

import pytest
from inferiors import HERE, LIBRARY, Answer, Crashed, compile_c, crash, gdb, live_blocks, start_on
from terminals import PROMPT

NODES = 200000


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled programs."""
    return compile_c(HERE / "hostile.c", tmp_path_factory.mktemp("hostile") / "hostile", "-ldl")


def sizes(document: dict) -> set[int]:
    return set(live_blocks(document).values())


def rules(document: dict) -> list[str]:
    return [finding["rule"] for finding in document["findings"]]


def refusal(answer: Answer, commands: int) -> str:
    """The one line that each of the commands answered, of which gdb's status is 1."""
    lines = [line for line in answer.errors.splitlines() if "ftmalloc" in line or "process" in line]
    assert answer.status == 1 and not answer.documents() and len(lines) == commands and len(set(lines)) == 1, lines
    return lines[0]


def test_second_copy_in_a_namespace_of_its_own(hostile: Path) -> None:
    answer = gdb(
        start_on(), "run", "show-alloc-mem -json", "leak-check -json", "explain -json foreign",
        "ftmalloc check -exit-code 3", arguments=("--args", hostile, "copies", LIBRARY),
    )  # fmt: skip
    listing, leaks, foreign = answer.documents()
    assert sizes(listing) >= {111, 222} and 5000 not in sizes(listing)
    (second,) = [finding for finding in listing["findings"] if finding["rule"] == "second-library"]
    assert "with 1 zone:" in second["message"]
    definite = [group for group in leaks["groups"] if group["class"] == "definite"]
    lost = {int(address, 16) for group in definite for address in group["addresses"]}
    assert not lost & {address for address, size in live_blocks(listing).items() if size == 222}
    assert foreign["kind"] == "mapped" and "second-library" in rules(foreign)
    assert answer.status == 0, "a second library is no damage"


def test_linked_program_under_the_preloaded_library(subject: Path, tmp_path: Path) -> None:
    linked = compile_c(HERE / "subject.c", tmp_path / "linked", str(LIBRARY.with_suffix(".a")))
    answer = gdb(start_on(), "run", "show-alloc-mem -json", arguments=("--args", linked, "crash"))
    document = answer.document()
    assert live_blocks(document).items() >= answer.told.live.items() and rules(document) == ["second-library"]


def patched(folder: Path, row: bytes, place: int, value: bytes) -> Path:
    """A copy of the library whose layout table has other bytes, ``place`` behind the begin of a row."""
    library = Path(shutil.copy(LIBRARY, folder))
    data = bytearray(library.read_bytes())
    table = data.index(b"ftmalloc-layout\0")
    at = (data.index(row + b"\0", table) if row else table) + place
    data[at : at + len(value)] = value
    library.write_bytes(data)
    return library


@pytest.mark.parametrize(
    "row, place, value, told",
    [
        (b"", 24, struct.pack("<I", 2), "has format 2, this extension reads format 1"),
        (b"zone.magic", 0, b"zone.magik", "no field 'zone.magic': use the extension that came with this library"),
        (b"run", 48, struct.pack("<Q", 8 << 20), "row 'slot_zone.runs' says"),
    ],
    ids=["format", "missing", "size"],
)
def test_library_of_another_version(
    subject: Path, tmp_path: Path, row: bytes, place: int, value: bytes, told: str
) -> None:
    core, _ = crash(tmp_path, [subject, "crash"], patched(tmp_path, row, place, value))
    answer = gdb("show-alloc-mem", "leak-check -json", "explain 16", arguments=(subject, core))
    assert told in refusal(answer, 3)


def test_a_big_endian_program_is_refused(crashed: Crashed) -> None:
    answer = gdb("set endian big", "show-alloc-mem", "leak-check -json", arguments=(crashed.program, crashed.core))
    assert "a big-endian program of 64 bits (i386:x86-64): ftmalloc is for 64-bit little-" in refusal(answer, 2)


def test_newer_library_with_all_that_is_needed_is_read(subject: Path, tmp_path: Path) -> None:
    library = patched(tmp_path, b"", 48, b"9.9.9\0")
    answer = gdb(
        start_on(library), "run", "show-alloc-mem -json", "ftmalloc info", arguments=("--args", subject, "crash")
    )
    assert live_blocks(answer.document()).items() >= answer.told.live.items()
    assert "ftmalloc 9.9.9" in answer.output


@pytest.mark.parametrize("parts", ["0x00", "0x02"])
def test_core_without_the_heap_is_said(crashed: Crashed, tmp_path: Path, parts: str) -> None:
    core, _ = crash(tmp_path, [crashed.program, "crash"], before=f"echo {parts} > /proc/self/coredump_filter")
    arguments = (crashed.program, core)
    answer = gdb("show-alloc-mem", "leak-check -json", arguments=arguments)
    assert "set bit 0 of /proc/PID/coredump_filter" in refusal(answer, 2)
    diagnosis = gdb("ftmalloc diagnose -json", arguments=arguments).document()
    assert diagnosis["fault"] == "null-dereference" and rules(diagnosis) == ["heap-unreadable"]


@pytest.mark.parametrize("parts", ["0x01", "0x7f"])
def test_core_with_the_heap_is_complete(crashed: Crashed, tmp_path: Path, parts: str) -> None:
    core, _ = crash(tmp_path, [crashed.program, "crash"], before=f"echo {parts} > /proc/self/coredump_filter")
    leaks = gdb("leak-check -json", arguments=(crashed.program, core)).document()
    assert (leaks["definite"]["count"], leaks["incomplete"], leaks["findings"]) == (1, False, [])


def test_one_thread_runs_and_one_is_stopped(open_terminal, hostile: Path) -> None:
    terminal = open_terminal("-iex", "set pagination off", "--args", hostile, "threads")
    for line in ("set style enabled off", "set non-stop on", start_on(), "break ready"):
        terminal.ask(line)
    terminal.child.sendline("run &")
    terminal.child.expect("hit Breakpoint 1")
    terminal.settle()
    leaks = json.loads(re.search(r'\{"schema".*\}', terminal.ask("leak-check -json")).group())
    assert leaks["incomplete"] is True and "thread-running" in rules(leaks)
    assert "is at the start of a 111-byte live block" in terminal.ask("explain held")
    terminal.ask("thread 2")
    assert "select a stopped one" in terminal.ask("ftmalloc diagnose")
    terminal.ask("thread 1")
    terminal.ask("delete")
    terminal.ask("kill")


def test_each_of_two_inferiors_gets_its_own_answers(subject: Path) -> None:
    ask = "show-alloc-mem -json"
    answer = gdb(
        start_on(), "run", ask, f"add-inferior -exec {subject}", "inferior 2", ask, "unset exec-wrapper", "run", ask,
        "inferior 1", ask, "inferior 2", ask, "inferior 1", "leak-check -json", "kill inferiors 1 2",
        arguments=("--args", subject, "crash"),
    )  # fmt: skip
    first, again, leaks = answer.documents()
    assert first == again and leaks["definite"]["count"] == 1
    assert answer.errors.count("the program is not started") == 1
    assert answer.errors.count("no ftmalloc in this program") == 2


def test_both_sides_of_a_fork(hostile: Path) -> None:
    ask = "show-alloc-mem -json"
    answer = gdb(
        start_on(), "set detach-on-fork off", "break ready", "run", ask, "inferior 2", "continue", ask, "inferior 1",
        ask, "kill inferiors 1 2", arguments=("--args", hostile, "fork"),
    )  # fmt: skip
    parent, child, again = map(sizes, answer.documents())
    assert 333 in parent and 222 not in parent and 222 in child and 333 not in child and parent == again


def test_process_of_a_remote_server_that_starts_programs(subject: Path) -> None:
    answer = gdb(
        "set sysroot /nonexistent", "target extended-remote | gdbserver --multi -", f"set remote exec-file {subject}",
        "show-alloc-mem", f"set environment LD_PRELOAD {LIBRARY}", "run", "show-alloc-mem -json", "kill",
        "show-alloc-mem", "monitor exit", arguments=("--args", subject, "crash"),
    )  # fmt: skip
    assert live_blocks(answer.document()).items() >= answer.told.live.items()
    assert answer.errors.count("the program is not started") + answer.errors.count("the process has ended") == 2


def test_process_that_has_ended_or_not_begun(subject: Path) -> None:
    ended = gdb(start_on(), "run", "leak-check", "ftmalloc diagnose", arguments=("--args", subject, "exit"))
    assert "the process has ended" in refusal(ended, 2)
    early = gdb(start_on(), "starti", "leak-check", "show-alloc-mem", "kill", arguments=(subject,))
    assert early.errors.count("the program's libraries are not loaded; run it to main first") == 2


# Options and argument with which a command finds something in the subject's heap, and with which it does not.
FINDERS = {
    "leak-check": ("", None),
    "ftmalloc find": ("size > 0", "size > 1000000000"),
    "ftmalloc check": (None, ""),
    "ftmalloc diagnose": (None, ""),
    "leak-diff": (None, "kept"),
}


def test_exit_code_acts_on_what_is_found_only(crashed: Crashed) -> None:
    for command, (finds, _) in FINDERS.items():
        if finds is not None:
            answer = gdb(f"{command} -exit-code 7 {finds}", "echo went on", arguments=(crashed.program, crashed.core))
            assert answer.status == 7 and "went on" not in answer.output, command
    nothing = [f"{command} -exit-code 7 {without}" for command, (_, without) in FINDERS.items() if without is not None]
    live = gdb(start_on(), "run", "ftmalloc snapshot kept", *nothing, "echo went on", "kill",
               arguments=("--args", crashed.program, "crash"))  # fmt: skip
    assert live.status == 0 and "went on" in live.output and not live.errors.count("-exit-code")
    wrong = ("ftmalloc find -exit-code 7 size >", "leak-diff -exit-code 7 none", "leak-check -exit-code 300")
    refused = gdb(*wrong, "ftmalloc check -exit-code 7 -nothing", arguments=(crashed.program, crashed.core))
    assert refused.status == 1 and len(refused.errors.strip().splitlines()[-4:]) == 4


@pytest.fixture(scope="module")
def large(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Program and core file of many blocks."""
    return hostile, crash(tmp_path_factory.mktemp("many"), [hostile, "many", NODES])[0]


DROPPED_INTERRUPT = """
import time
from ftheap.gdbhost.failures import as_gdb_errors

class Last:
    def __del__(self):
        raise KeyboardInterrupt

try:
    with as_gdb_errors("name"):
        Last()
        time.sleep(5)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_inside_a_callback_of_python_is_not_dropped(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(DROPPED_INTERRUPT)
    answer = gdb(f"source {tmp_path / 'script.py'}")
    assert answer.output == "interrupted\n" and answer.errors == ""


@pytest.mark.parametrize("work", ["leak-check", "ftmalloc export json heap.json", "ftmalloc find type = \"node\""])
def test_ctrl_c_at_any_time(open_terminal, large: tuple[Path, Path], tmp_path: Path, work: str) -> None:
    terminal = open_terminal("-iex", "set pagination off", *large)
    terminal.ask(f"cd {tmp_path}")
    terminal.ask("set style enabled off")
    for wait_seconds in (0.02, 0.15, 0.4):
        terminal.child.sendline(work)
        with pytest.raises(Exception):
            terminal.child.expect("never said", timeout=wait_seconds)
        terminal.child.sendintr()
        terminal.child.expect(PROMPT)
        told = terminal.child.before + terminal.settle()
        assert "Traceback" not in told and "Python" not in told
        for file in tmp_path.iterdir():
            assert len(json.loads(file.read_text())["blocks"]) >= NODES
            file.unlink()
        terminal.ask("set var $moved = 1")
    assert f"{NODES} blocks" in terminal.ask("leak-check")
