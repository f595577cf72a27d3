"""The same truth on every kind of target: blocks, leaks, explanations, against what the subject says it did."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import pytest
from inferiors import (
    ELSEWHERE, HERE, LIBRARY, Answer, Crashed, Told, compile_c, crash, gdb, live_blocks, preloaded, served, start_on,
    told_by,
)

QUESTIONS = (
    "show-alloc-mem -json",
    "leak-check -json",
    "ftmalloc check -json",
    "ftmalloc info -json",
    "ftmalloc explain -json &table",
    "ftmalloc explain -json $sp",
    "ftmalloc explain -json main",
    "ftmalloc explain -json 16",
)


@dataclass
class Seen:
    """What one kind of target answered. ``explained``: by expression."""

    kind: str
    told: Told
    blocks: dict[int, int]
    documents: dict[str, dict[str, Any]]
    explained: dict[str, dict[str, Any]]
    answer: Answer


Ask = Callable[..., Answer]


def live(subject: Path, folder: Path) -> tuple[Told, Answer]:
    answer = gdb(start_on(), "run", *QUESTIONS, arguments=("--args", subject, "crash", "threads"))
    return answer.told, answer


def of_core(program: Path, core: Path, told: Told) -> tuple[Told, Answer]:
    return told, gdb(*QUESTIONS, arguments=(program, core))


def kernel_core(subject: Path, folder: Path) -> tuple[Told, Answer]:
    core, printed = crash(folder, [subject, "crash", "threads"])
    return of_core(subject, core, told_by(printed))


def gcore_core(subject: Path, folder: Path) -> tuple[Told, Answer]:
    core = folder / "made-by-gcore"
    made = gdb(start_on(), "run", f"gcore {core}", arguments=("--args", subject, "crash", "threads"), load=False)
    return of_core(subject, core, made.told)


def attached(subject: Path, folder: Path) -> tuple[Told, Answer]:
    process = subprocess.Popen([subject, "wait", "threads"], env=preloaded(), stdout=subprocess.PIPE, text=True)
    try:
        lines = []
        while not lines or lines[-1] != "ready\n":
            lines.append(process.stdout.readline())
            assert lines[-1], "the subject ended"
        answer = gdb(*QUESTIONS, arguments=("-p", process.pid))
        assert process.poll() is None, "the process must survive"
        return told_by("".join(lines)), answer
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()


def remote(subject: Path, folder: Path) -> tuple[Told, Answer]:
    answer = gdb(served(subject, "crash", "threads"), "continue", *QUESTIONS, "kill", arguments=(subject,))
    return answer.told, answer


def remote_elsewhere(subject: Path, folder: Path) -> tuple[Told, Answer]:
    lines = (ELSEWHERE, served(subject, "crash", "threads"), "continue", *QUESTIONS, "kill")
    answer = gdb(*lines, arguments=(subject,))
    return answer.told, answer


def stripped_core(subject: Path, folder: Path) -> tuple[Told, Answer]:
    program, library = folder / "stripped", folder / "libftmalloc.so"
    subprocess.run(["strip", "-o", program, subject], check=True)
    subprocess.run(["strip", "-o", library, LIBRARY], check=True)
    core, printed = crash(folder, [program, "crash", "threads"], library)
    return of_core(program, core, told_by(printed))


def library_gone(subject: Path, folder: Path) -> tuple[Told, Answer]:
    library = Path(shutil.copy(LIBRARY, folder))
    core, printed = crash(folder, [subject, "crash", "threads"], library)
    library.unlink()
    return of_core(subject, core, told_by(printed))


def static_program(subject: Path, folder: Path) -> tuple[Told, Answer]:
    archive = LIBRARY.with_suffix(".a")
    program = compile_c(HERE / "subject.c", folder / "static", "-static", str(archive))
    core, printed = crash(folder, [program, "crash", "threads"], None)
    return of_core(program, core, told_by(printed))


KINDS = (live, kernel_core, gcore_core, attached, remote, remote_elsewhere, stripped_core, library_gone, static_program)


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.__name__)
def seen(request: pytest.FixtureRequest, subject: Path, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    kind = request.param.__name__
    told, answer = request.param(subject, tmp_path_factory.mktemp(kind))
    documents = answer.documents()
    explained = {
        question.split()[-1]: document
        for question, document in zip(reversed(QUESTIONS), reversed(documents))
        if "explain" in question
    }
    if kind == "stripped_core":  # `main` and `table` are no names any more
        assert len(documents) == len(QUESTIONS) - 2, answer.errors
        explained = {"$sp": documents[-2], "16": documents[-1]}
    else:
        assert len(documents) == len(QUESTIONS), answer.errors
    by_command = {document["command"]: document for document in documents}
    return Seen(kind, told, live_blocks(by_command["show-alloc-mem"]), by_command, explained, answer)


def test_lists_every_live_block_with_its_size(seen: Seen) -> None:
    assert {address: seen.blocks.get(address) for address in seen.told.live} == seen.told.live
    assert not set(seen.told.freed) & set(seen.blocks)


def test_totals_agree_with_the_blocks(seen: Seen) -> None:
    document = seen.documents["show-alloc-mem"]
    assert document["total_count"] == len(seen.blocks)
    assert document["total_bytes"] == sum(seen.blocks.values())


def test_finds_the_leaks_and_no_others(seen: Seen) -> None:
    document = seen.documents["leak-check"]
    classes = {
        int(address, 16): group["class"] for group in document["groups"] for address in group["addresses"]
    }
    assert classes.get(seen.told.only("lost")) == "definite"
    assert classes.get(seen.told.only("below")) == "indirect"
    assert classes.get(seen.told.only("interior")) == "possible"
    assert document["definite"] == {"count": 1, "bytes": 64}
    assert document["indirect"] == {"count": 1, "bytes": 64}
    held = {*seen.told.blocks["global"], seen.told.only("thread")}
    assert not held & {address for address, kind in classes.items() if kind in ("definite", "indirect", "possible")}


def test_sound_heap_has_no_findings(seen: Seen) -> None:
    assert seen.documents["check"]["findings"] == []
    assert seen.documents["check"]["blocks_checked"] >= len(seen.blocks)
    assert seen.documents["leak-check"]["incomplete"] is False


def test_explains_what_is_no_block(seen: Seen) -> None:
    kinds = {expression: document["kind"] for expression, document in seen.explained.items()}
    expected = {"$sp": "stack", "16": "unmapped", "&table": "global", "main": "code"}
    assert kinds == {expression: kind for expression, kind in expected.items() if expression in seen.explained}


def test_explains_blocks(crashed: Crashed) -> None:
    block, freed = crashed.told.only("thread"), next(iter(crashed.told.freed))
    answer = gdb(
        f"ftmalloc explain -json {block:#x} + 5", f"ftmalloc explain -json (char *){freed:#x}",
        "ftmalloc explain -json -- interior",
        arguments=(crashed.program, crashed.core),
    )  # fmt: skip
    inside, gone, interior = answer.documents()
    assert (inside["kind"], inside["offset_bytes"]) == ("payload", 5)
    assert (int(inside["block"]["address"], 16), inside["block"]["size_bytes"]) == (block, 777)
    assert inside["block"]["state"] == "live"
    assert (gone["kind"], gone["offset_bytes"]) == ("freed", 0)
    assert gone["block"]["state"] == "freed"
    assert int(interior["block"]["address"], 16) == crashed.told.only("interior")
    assert interior["offset_bytes"] == 16


def test_selection_is_kept(crashed: Crashed) -> None:
    answer = gdb(
        "thread 2", "up", "leak-check -json", "ftmalloc check", "printf \"selected %d\\n\", $_thread", "frame",
        arguments=(crashed.program, crashed.core),
    )  # fmt: skip
    assert "selected 2" in answer.output
    assert answer.output.rstrip().splitlines()[-2].startswith("#1 ") or "#1 " in answer.output.split("selected 2")[1]


def test_program_not_started(subject: Path) -> None:
    answer = gdb("show-alloc-mem", arguments=(subject,))
    assert answer.status == 1
    assert len(answer.errors.strip().splitlines()) == 1, answer.errors


def test_no_program_at_all() -> None:
    answer = gdb("show-alloc-mem")
    assert answer.status == 1
    assert len(answer.errors.strip().splitlines()) == 1, answer.errors


def test_program_without_ftmalloc(subject: Path) -> None:
    answer = gdb("run", "show-alloc-mem", arguments=("--args", subject, "crash"))
    assert "no ftmalloc in this program" in answer.errors
    assert answer.status == 1


@pytest.mark.parametrize("where", ["live", "remote", "remote elsewhere"])
def test_sees_what_the_process_does_between_two_commands(subject: Path, where: str) -> None:
    starts = {
        "live": (start_on(), "break lose", "run"),
        "remote": (served(subject, "exit"), "break lose", "continue"),
        "remote elsewhere": (ELSEWHERE, served(subject, "exit"), "break lose", "continue"),
    }
    answer = gdb(
        *starts[where], "show-alloc-mem -json", "finish", "show-alloc-mem -json",
        "set var table[0] = (void *)0", "leak-check -json", "kill", arguments=("--args", subject, "exit"),
    )  # fmt: skip
    first, second, leaks = answer.documents()
    before, after = live_blocks(first), live_blocks(second)
    assert set(after) - set(before) == {answer.told.only("lost"), answer.told.only("below")}
    # `set var` has lost one more: the stack may still hold what was left of calls, but not of this one.
    lost = {int(address, 16) for group in leaks["groups"] for address in group["addresses"]}
    assert min(answer.told.blocks["global"], key=answer.told.blocks["global"].get) in lost


def test_running_process_is_one_clear_line(subject: Path) -> None:
    answer = gdb(
        start_on(), "run &", "python import time; time.sleep(0.5)", "show-alloc-mem", "kill",
        arguments=("--args", subject, "wait"),
    )  # fmt: skip
    assert "show-alloc-mem" not in answer.output
    assert "the process is running; stop it first" in answer.errors


def test_a_detached_process_is_gone(subject: Path) -> None:
    answer = gdb(
        start_on(), "break lose", "run", "detach", "show-alloc-mem", arguments=("--args", subject, "exit")
    )
    assert "the process has ended, or was detached: run it again" in answer.errors and answer.status == 1


def test_code_without_symbols_is_a_place_in_its_file(crashed: Crashed, tmp_path: Path) -> None:
    symbols = subprocess.run(["nm", crashed.program], capture_output=True, text=True, check=True).stdout
    (start,) = [int(row.split()[0], 16) for row in symbols.splitlines() if row.endswith(" crash")]
    stripped = tmp_path / "subject"
    subprocess.run(["strip", "-o", stripped, crashed.program], check=True)
    core, _ = crash(tmp_path, [stripped, "crash"])
    for arguments in ((stripped, core), ("-c", core)):
        told = gdb("ftmalloc diagnose", arguments=arguments).output
        (offset,) = re.findall(r"#0 \?\? in subject\+0x([0-9a-f]+)", told)
        assert start <= int(offset, 16) < start + 32
    assert gdb("ftmalloc diagnose -json", arguments=("-c", core)).document()["frame"]["function"] is None


def test_two_inferiors_are_told_apart(crashed: Crashed) -> None:
    answer = gdb(
        "show-alloc-mem -json", "add-inferior", "inferior 2", "show-alloc-mem", "inferior 1", "show-alloc-mem -json",
        arguments=(crashed.program, crashed.core),
    )  # fmt: skip
    first, again = answer.documents()
    assert first == again
    # gdb 16 and later give the new inferior no connection.
    assert "inferior 2 has no process" in answer.errors or "no program and no core file" in answer.errors
