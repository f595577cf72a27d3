"""What is around the heap is not as one would wish: gdb's settings, its memory, the files of what runs, the process's
place. None of it changes an answer without a word."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path
from typing import Callable

import pytest
from inferiors import LIBRARY, Answer, Crashed, crash, gdb, preloaded

LANGUAGES = (
    "ada", "asm", "c", "c++", "d", "fortran", "go", "minimal", "modula-2", "objective-c", "opencl", "pascal", "rust",
)  # fmt: skip
SETTINGS = (
    *(f"language {name}" for name in LANGUAGES), "print symbol-filename on", "output-radix 16", "input-radix 16",
    "print address off", "print elements 1", "print pretty on", "max-value-size 16", "disassembly-flavor intel",
    "host-charset ASCII", "backtrace limit 1", "width 20", "height 2", "verbose on", "print symbol off",
)  # fmt: skip


def test_settings_of_gdb_change_no_answer(crashed: Crashed) -> None:
    questions = ("ftmalloc diagnose -json", f"explain -json {crashed.told.only('thread'):#x}", "ftmalloc check -json")
    lines = [f"with {setting} -- {question}" for setting in SETTINGS for question in questions]
    wanted, *answers = [
        answer.documents()
        for answer in (gdb(*part, arguments=(crashed.program, crashed.core)) for part in (questions, lines))
    ]
    for number, document in enumerate(answers[0]):
        assert document == wanted[number % len(questions)], lines[number]
    assert len(answers[0]) == len(lines)


def test_leaks_are_named_in_any_language(crashed: Crashed) -> None:
    """gdb 13 crashes on nameless types in Pascal."""
    lines = [f"with language {name} -- leak-check -json" for name in LANGUAGES]
    documents = gdb(*lines, arguments=(crashed.program, crashed.core)).documents()
    assert [document["definite"]["count"] for document in documents] == [1] * len(LANGUAGES)


def test_too_little_memory_is_one_clear_line(crashed: Crashed) -> None:
    limit = "python import resource; resource.setrlimit(resource.RLIMIT_AS, ({}, resource.RLIM_INFINITY))"
    room = "int(open('/proc/self/statm').read().split()[0]) * 4096 + (2 << 20)"
    answer = gdb(
        "ftmalloc info -json", limit.format(room), "leak-check -json", "ftmalloc stats -json",
        limit.format("resource.RLIM_INFINITY"), "leak-check -json", arguments=(crashed.program, crashed.core),
    )  # fmt: skip
    assert answer.documents()[-1]["definite"]["count"] == 1
    refused = [line for line in answer.errors.splitlines() if line.startswith(("leak-check", "stats"))]
    assert all("too little memory for this heap: see `ulimit -v`" in line for line in refused), refused
    assert len(refused) + len(answer.documents()) == 4


def waiting(program: Path, library: Path, meanwhile: Callable[[], object]) -> Answer:
    """What gdb says of a process in which something happens before gdb looks."""
    process = subprocess.Popen([program, "wait", "threads"], env=preloaded(library), stdout=subprocess.PIPE, text=True)
    try:
        while process.stdout.readline() != "ready\n":
            assert process.poll() is None, "the subject ended"
        meanwhile()
        return gdb("leak-check -json", "ftmalloc info", arguments=("-p", process.pid))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()


def rebuilt(library: Path) -> None:
    """Another file takes the place of the library, with a build id of its own, as a linker does it."""
    data = bytearray(library.read_bytes())
    data[data.index(b"GNU\0", 0x100) + 4] ^= 0xFF
    library.unlink()
    library.write_bytes(data)


def overwritten(library: Path) -> None:
    library.unlink()
    library.write_text("no library\n")


@pytest.mark.parametrize("change", [Path.unlink, rebuilt, overwritten])
def test_library_replaced_while_the_process_runs(
    subject: Path, tmp_path: Path, change: Callable[[Path], object]
) -> None:
    library = Path(shutil.copy(LIBRARY, tmp_path))
    answer = waiting(subject, library, lambda: change(library))
    leaks = answer.document()
    assert (leaks["definite"], leaks["incomplete"]) == ({"count": 1, "bytes": 64}, False)
    mismatches = [finding for finding in leaks["findings"] if finding["rule"] == "build-id-mismatch"]
    assert len(mismatches) == (change is rebuilt)
    if change is rebuilt:
        assert f"{library} is not the file that ran" in mismatches[0]["message"]


def test_stripped_library_with_a_separate_debug_file(crashed: Crashed, tmp_path: Path) -> None:
    library, symbols = tmp_path / "libftmalloc.so", tmp_path / "libftmalloc.so.debug"
    subprocess.run(["objcopy", "--only-keep-debug", LIBRARY, symbols], check=True)
    subprocess.run(["strip", "-o", library, LIBRARY], check=True)
    subprocess.run(["objcopy", f"--add-gnu-debuglink={symbols}", library], check=True)
    core, _ = crash(tmp_path, [crashed.program, "crash"], library)
    answer = gdb("leak-check -json", "print *(struct zone *)$ft_zone(table[0])", arguments=(crashed.program, core))
    assert answer.document()["definite"]["count"] == 1 and "TINY zone of 4 MiB" in answer.output


def test_program_with_broken_debug_information(crashed: Crashed, tmp_path: Path) -> None:
    """gdb itself cannot show a frame then: what to do is said."""
    program = Path(shutil.copy(crashed.program, tmp_path))
    noise = tmp_path / "noise"
    noise.write_bytes(b"\xff" * 4096)
    subprocess.run(["objcopy", "--update-section", f".debug_abbrev={noise}", program], check=True)
    answer = gdb("leak-check -json", arguments=(program, crashed.core))
    if answer.documents():  # not every gdb needs it for this
        assert answer.document()["definite"]["count"] == 1
    else:
        assert answer.errors.rstrip().endswith("take a copy of the program without debug information, by `strip -g`")
    subprocess.run(["strip", "-g", program], check=True)
    assert gdb("leak-check -json", arguments=(program, crashed.core)).document()["definite"]["count"] == 1
