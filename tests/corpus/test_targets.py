"""The same answer wherever the crash is looked at: live, by gcore, over gdbserver, and with all symbols stripped."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from corpus_programs import HERE, LIBRARY, Program, build, load
from corpus_runs import environment_of
from inferiors import Answer, compile_c, crash, gdb, start_on

CRASHES = {
    "heap/uaf_pointer_followed.c": "debug",
    "heap/uaf_string_in_libc.c": "debug",
    "heap/overflow_strcpy.c": "debug",
    "heap/overflow_read_by_one.c": "guard",
    "heap/double_free_plain.c": "debug",
    "crash/null_write.c": "plain",
    "crash/exception_uncaught.cpp": "plain",
    "crash/stack_in_thread.c": "plain",
}
LEAKS = ("tree.c", "thread_local.c", "worker.c", "vector_register.c", "callee_saved.c", "lost_map.cpp")
QUESTION = "ftmalloc diagnose -json"


def settings(program: Program, mode: str) -> list[str]:
    """For a process that gdb starts: the switches, and the library."""
    switches = environment_of(program, mode)
    return [f"set env {name} {value}" for name, value in switches.items() if name.startswith("Ft")] + [start_on()]


def live(program: Program, mode: str, folder: Path) -> Answer:
    executable = build(program, folder / "program")
    return gdb(*settings(program, mode), "run", QUESTION, "kill", arguments=(executable,))


def by_gcore(program: Program, mode: str, folder: Path) -> Answer:
    executable, core = build(program, folder / "program"), folder / "made-by-gcore"
    gdb(*settings(program, mode), "run", f"gcore {core}", "kill", arguments=(executable,), load=False)
    return gdb(QUESTION, arguments=(executable, core))


def remote(program: Program, mode: str, folder: Path) -> Answer:
    executable = build(program, folder / "program")
    switches = " ".join(f"{name}={value}" for name, value in environment_of(program, mode).items())
    server = f"gdbserver --once --wrapper env {switches} -- - {executable}"
    return gdb(f"target remote | {server}", "continue", QUESTION, "kill", arguments=(executable,))


def stripped(program: Program, mode: str, folder: Path) -> Answer:
    """Neither the program nor the library has symbols, as it is with what distributions ship."""
    executable, library = build(program, folder / "program"), folder / "libftmalloc.so"
    subprocess.run(["strip", executable], check=True)
    subprocess.run(["strip", "-o", library, LIBRARY], check=True)
    switches = [f"{name}={value}" for name, value in environment_of(program, mode).items() if name.startswith("Ft")]
    core, _ = crash(folder, [executable], library, before=f"export {' '.join(switches)}" if switches else "")
    return gdb(QUESTION, arguments=(executable, core))


@pytest.mark.parametrize("way", (live, by_gcore, remote, stripped), ids=lambda way: way.__name__)
@pytest.mark.parametrize("name", CRASHES)
def test_a_crash_elsewhere(name, way, tmp_path):
    program, mode = load(HERE / name), CRASHES[name]
    document = way(program, mode, tmp_path).document()
    expected = program.expected(mode)
    claims = {**document, "block_bytes": (document["block"] or {}).get("size_bytes")}
    assert {key: claims[key] for key in expected} == expected, document
    for text in program.evidence:
        assert any(text in sentence for sentence in document["evidence"]), document["evidence"]


@pytest.mark.parametrize("name", LEAKS)
def test_leaks_of_a_live_process(name, tmp_path):
    program = load(HERE / "leak" / name)
    executable = build(program, tmp_path / "program")
    document = gdb(start_on(), "run", "leak-check -json", "kill", arguments=(executable,)).document()
    assert {name: document[name] for name in program.classes} == program.classes
    assert document["incomplete"] is False and document["findings"] == []


def test_exit_status(tmp_path):
    program = load(HERE / "heap" / "double_free_plain.c")
    executable = build(program, tmp_path / "program")
    answer = gdb(*settings(program, "abort"), "run", "ftmalloc diagnose -exit-code 7", arguments=(executable,))
    assert answer.status == 7 and "double-free (certain)" in answer.output


def test_without_the_library_the_signal_still_speaks(tmp_path):
    program = compile_c(HERE / "crash" / "null_write.c", tmp_path / "program", "-O0")
    core, _ = crash(tmp_path, [program], library=None)
    document = gdb(QUESTION, arguments=(program, core)).document()
    assert document["fault"] == "null-dereference"
    assert any("no ftmalloc" in sentence for sentence in document["evidence"])


def test_a_program_without_symbols_and_without_its_file(tmp_path):
    """Only the core is left: the signal, the registers and the heap still tell."""
    program = build(load(HERE / "heap" / "uaf_pointer_followed.c"), tmp_path / "program")
    core, _ = crash(tmp_path, [program], before="export FtMallocDebug=1")
    os.remove(program)
    document = gdb(QUESTION, arguments=("-c", core)).document()
    assert document["fault"] == "heap-use-after-free"


def test_no_process_is_one_clear_line():
    answer = gdb("ftmalloc diagnose")
    assert "no program and no core file" in answer.errors
