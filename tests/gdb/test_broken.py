"""Cores and heaps with parts missing or broken: a true partial answer, and a finding that says what is missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from inferiors import HERE, LIBRARY, Crashed, compile_c, crash, gdb, live_blocks, start_on, told_by

QUESTIONS = ("show-alloc-mem -json", "leak-check -json", "ftmalloc check -json", "ftmalloc info -json")


def ask(program: Path | None, core: Path) -> dict[str, dict[str, Any]]:
    arguments = (program, core) if program else ("-c", core)
    answer = gdb(*QUESTIONS, arguments=arguments)
    documents = {document["command"]: document for document in answer.documents()}
    assert len(documents) == len(QUESTIONS), answer.errors
    return documents


def rules(document: dict[str, Any]) -> set[str]:
    return {finding["rule"] for finding in document["findings"]}


@pytest.mark.parametrize("percent", [99, 90, 50, 10])
def test_truncated_core(crashed: Crashed, tmp_path: Path, percent: int) -> None:
    cut = Path(shutil.copy(crashed.core, tmp_path))
    os.truncate(cut, crashed.core.stat().st_size * percent // 100)
    documents = ask(crashed.program, cut)
    for name, document in documents.items():
        assert "core-truncated" in rules(document), name
    assert documents["leak-check"]["incomplete"] is True
    seen = live_blocks(documents["show-alloc-mem"])
    assert seen, "the root is lost, the zones in front of it are not"
    for address, size in crashed.told.live.items():
        assert seen.get(address, size) == size


def test_what_lies_across_two_whole_segments_is_not_lost(crashed: Crashed) -> None:
    """As the variables of a library do, part of them from its file."""
    borders = (
        "python core = __import__('sys').modules['ftheap.gdbhost.corefile'].CoreFile({!r}); "
        "whole = [part for part in core.segments if part.writable and part.kept_bytes == part.end - part.start]; "
        "print('lost', [core.lost(part.end - 8, 16) for part in whole if part.end in {{next.start for next in whole}}])"
    )
    told = gdb(borders.format(str(crashed.core))).output
    assert "lost [False" in told and "True" not in told


def test_truncated_core_whose_library_is_gone(crashed: Crashed, tmp_path: Path) -> None:
    library = Path(shutil.copy(LIBRARY, tmp_path))
    core, _ = crash(tmp_path, [crashed.program, "crash", "threads"], library)
    library.unlink()
    os.truncate(core, core.stat().st_size * 9 // 10)
    answer = gdb("show-alloc-mem", "leak-check -json", arguments=(crashed.program, core))
    assert answer.status == 1 and not answer.documents()
    assert f"the data of {library} are not in memory, and the file is gone: the core file was cut" in answer.errors


def test_core_whose_headers_lead_nowhere(crashed: Crashed, tmp_path: Path) -> None:
    broken = Path(shutil.copy(crashed.core, tmp_path))
    with open(broken, "r+b") as file:
        os.pwrite(file.fileno(), (broken.stat().st_size // 2 & ~7).to_bytes(8, "little"), 32)  # e_phoff
    answer = gdb("show-alloc-mem", "leak-check -json", "ftmalloc diagnose", arguments=(crashed.program, broken))
    assert answer.errors.count("no ftmalloc in what is left of this core file: the core file's headers") == 2


def test_core_without_private_pages(crashed: Crashed, tmp_path: Path) -> None:
    core, _ = crash(tmp_path, [crashed.program, "crash", "threads"], before="echo 0x10 > /proc/self/coredump_filter")
    answer = gdb("show-alloc-mem", "leak-check -exit-code 3", arguments=(crashed.program, core))
    assert answer.status == 1
    assert "TINY" not in answer.output and "definite" not in answer.output
    assert answer.errors.count("ftmalloc") >= 2, answer.errors


def test_core_without_the_program(crashed: Crashed, tmp_path: Path) -> None:
    program = Path(shutil.copy(crashed.program, tmp_path / "subject"))
    core, printed = crash(tmp_path, [program, "crash", "threads"])
    program.unlink()  # gdb 16 would find it by itself
    documents = ask(None, core)
    assert live_blocks(documents["show-alloc-mem"]).items() >= told_by(printed).live.items()
    assert rules(documents["info"]) == {"program-missing"}


def test_names_that_are_no_text(crashed: Crashed, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"no\xfftext")
    folder.mkdir()
    program = Path(shutil.copy(crashed.program, folder / "subject"))
    core, printed = crash(folder, [program, "crash", "threads"])
    documents = ask(program, core)
    assert live_blocks(documents["show-alloc-mem"]).items() >= told_by(printed).live.items()
    answer = gdb("ftmalloc info", "explain -json main", "ftmalloc diagnose", arguments=(program, core))
    assert answer.status == 0 and answer.document()["kind"] == "code"
    assert "null-dereference" in answer.output


def test_program_rebuilt_since(crashed: Crashed, tmp_path: Path) -> None:
    program = Path(shutil.copy(crashed.program, tmp_path / "subject"))
    core, printed = crash(tmp_path, [program, "crash", "threads"])
    compile_c(HERE / "subject.c", program, "-DREBUILT", "-O2", "-Wl,--build-id=0x" + "ab" * 20)
    documents = ask(program, core)
    assert "build-id-mismatch" in rules(documents["info"])
    assert live_blocks(documents["show-alloc-mem"]).items() >= told_by(printed).live.items()


def test_core_of_another_program(crashed: Crashed, tmp_path: Path) -> None:
    """gdb warns, and goes on with symbols that mean nothing."""
    documents = ask(Path("/bin/ls"), crashed.core)
    assert all(rules(document) == {"program-mismatch"} for document in documents.values())
    assert live_blocks(documents["show-alloc-mem"]).items() >= crashed.told.live.items()
    diagnosis = gdb("ftmalloc diagnose", arguments=("/bin/ls", crashed.core)).output
    assert "! program-mismatch: " in diagnosis and f"use `file {crashed.program}`" in " ".join(diagnosis.split())


def test_program_renamed_since(crashed: Crashed, tmp_path: Path) -> None:
    renamed = Path(shutil.copy(crashed.program, tmp_path / "renamed"))
    assert rules(ask(renamed, crashed.core)["info"]) == set()


def test_diagnose_says_what_the_core_is_missing(crashed: Crashed, tmp_path: Path) -> None:
    cut = Path(shutil.copy(crashed.core, tmp_path))
    os.truncate(cut, crashed.core.stat().st_size * 99 // 100)
    answer = gdb("ftmalloc diagnose", "leak-check -limit 1", arguments=(crashed.program, cut))
    assert answer.output.count("! core-truncated: the core file was cut") == 2


def test_smashed_header_is_named_with_its_likely_culprit(crashed: Crashed, tmp_path: Path) -> None:
    core, printed = crash(tmp_path, [crashed.program, "smash", "threads"])
    culprit = next(address for address, size in told_by(printed).live.items() if size == 42)
    answer = gdb(
        "ftmalloc check -json", "show-alloc-mem -json", "ftmalloc check -exit-code 5",
        arguments=(crashed.program, core),
    )  # fmt: skip
    check, listing = answer.documents()
    assert rules(check) == {"smashed-header"}
    assert hex(culprit) in check["findings"][0]["message"]
    others = {address: size for address, size in told_by(printed).live.items() if address != culprit}
    assert live_blocks(listing).items() >= others.items()
    assert answer.status == 5


def test_target_that_is_no_core_and_no_program(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a program\n")
    answer = gdb("show-alloc-mem", arguments=(tmp_path / "text",))
    assert answer.status == 1


def test_core_replaced_while_gdb_has_it_open(crashed: Crashed, tmp_path: Path) -> None:
    core = Path(shutil.copy(crashed.core, tmp_path))
    answer = gdb(
        "show-alloc-mem -json", f"shell : > {core}", "set var $x = 1", "ftmalloc explain 16",
        f"core-file {crashed.core}", "show-alloc-mem -json",
        arguments=(crashed.program, core),
    )  # fmt: skip
    first, second = answer.documents()
    assert live_blocks(first) == live_blocks(second)


def test_core_cut_while_gdb_has_it_open(crashed: Crashed, tmp_path: Path) -> None:
    """Pages of a mapped file that are no longer there would end gdb."""
    cut = Path(shutil.copy(crashed.core, tmp_path))
    answer = gdb(
        "ftmalloc check -json", f"shell truncate -s 8192 {cut}", "leak-check -json", "python print('gdb lives')",
        arguments=(crashed.program, cut),
    )  # fmt: skip
    assert answer.document()["blocks_checked"] and "gdb lives" in answer.output
    assert "the core file was written to since gdb opened it" in answer.errors


def test_core_written_to_while_gdb_has_it_open(crashed: Crashed, tmp_path: Path) -> None:
    core = Path(shutil.copy(crashed.core, tmp_path))
    answer = gdb(
        "ftmalloc check -json", f"shell touch {core}", "ftmalloc check -json", arguments=(crashed.program, core)
    )
    before, after = answer.documents()
    assert rules(before) == set() and rules(after) == {"core-changed"}
    assert before["blocks_checked"] == after["blocks_checked"]


def test_fork_and_exec_are_followed(crashed: Crashed, tmp_path: Path) -> None:
    source = tmp_path / "execs.c"
    source.write_text(
        "#include <unistd.h>\n#include <stdlib.h>\n"
        "int main(int count, char **words) { malloc(5); return execv(words[1], words + 1); }\n"
    )
    program = compile_c(source, tmp_path / "execs")
    answer = gdb(
        start_on(), "break main", "run", "show-alloc-mem -json", "delete", "continue", "show-alloc-mem -json",
        arguments=("--args", program, crashed.program, "crash"),
    )  # fmt: skip
    before, after = map(live_blocks, answer.documents())
    assert after.items() >= answer.told.live.items()
    assert before != after
