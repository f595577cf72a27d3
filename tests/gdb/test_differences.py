"""snapshot, leak-diff, history and export on every kind of target; two cores of one program."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import pytest
from inferiors import HERE, LIBRARY, compile_c, crash, gdb

SWITCHES = "FtMallocStackLogging=1 FtMallocHistory=200"


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Path:
    return compile_c(HERE / "examples.c", tmp_path_factory.mktemp("shop") / "shop", "-O0")


def moving(program: Path, kind: str, *lines: str):
    """The program at the moment before it loses its orders; ``lines`` may let it go on."""
    if kind == "live":
        start = (f"set exec-wrapper env LD_PRELOAD={LIBRARY} {SWITCHES}", "break lose_orders", "run")
        return gdb(*start, *lines, arguments=(program,))
    server = f"gdbserver --once --wrapper env LD_PRELOAD={LIBRARY} {SWITCHES} -- - {program}"
    return gdb(f"target remote | {server}", "break lose_orders", "continue", *lines, arguments=(program,))


def growth(document: dict) -> dict[str, tuple[int, int]]:
    """Function that called the allocating one, to growth in blocks and bytes, by its recorded stack."""
    return {
        f"{group['stack'][1]['function']}:{group['stack'][0]['line']}": (
            group["growth_count"], group["growth_bytes"],
        )
        for group in document["groups"]
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["live", "remote"])
def test_two_moments_of_a_process(program, tmp_path, kind):
    answer = moving(
        program, kind, "ftmalloc snapshot before -json", f"ftmalloc snapshot -json -file {tmp_path / 'before'}",
        "next", "next", "next", "finish", "leak-diff before -json", f"leak-diff -json {tmp_path / 'before'}",
        "ftmalloc history -json last_order",
    )  # fmt: skip
    kept, written, by_name, by_file, _ = answer.documents()
    assert (kept["name"], kept["file"]) == ("before", None) and written["count"] == kept["count"]
    assert written["file"] == str(tmp_path / "before")
    assert by_name["groups"] == by_file["groups"]
    assert (4, 4 * 48) in growth(by_name).values() and (4, 4 * 13) in growth(by_name).values()
    assert all(key.startswith("lose_orders:") for key in growth(by_name))


def test_two_cores_of_one_program(program, tmp_path):
    """Other processes at other addresses: stacks bring them together, also where nothing has a name."""
    cores = {}
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        cores[name], _ = crash(tmp_path / name, [program], before=f"export {SWITCHES} FtMallocScribble=1")
    kept = tmp_path / "kept"
    gdb(f"ftmalloc snapshot -file {kept}", arguments=(program, cores["first"]))
    same = gdb(f"leak-diff -json -all {kept}", arguments=(program, cores["second"])).document()
    assert same["groups"] == [] and same["before"]["count"] == same["after"]["count"] > 10
    stripped = tmp_path / "stripped"
    subprocess.run(["strip", "-o", stripped, program], check=True, timeout=20)
    for name in ("third", "fourth"):
        (tmp_path / name).mkdir()
        cores[name], _ = crash(tmp_path / name, [stripped], before=f"export {SWITCHES} FtMallocScribble=1")
    gdb(f"ftmalloc snapshot -file {kept}", arguments=(stripped, cores["third"]))
    same = gdb(f"leak-diff -json -all {kept}", arguments=(stripped, cores["fourth"])).document()
    assert same["groups"] == [] and "stripped+0x" in kept.read_text()


def test_snapshots_that_are_no_snapshots(program, tmp_path):
    core, _ = crash(tmp_path, [program], before="export FtMallocScribble=1")
    files = {"empty": "", "text": "hello", "other": "{}", "damaged": json.dumps(
        {"schema": 2, "kind": "ftmalloc-snapshot", "stacks": [], "blocks": [[1, "x", 0]]})}  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    lines = [f"leak-diff {tmp_path / name}" for name in files]
    answer = gdb(*lines, f"leak-diff {tmp_path}", "leak-diff nothing", "leak-diff", arguments=(program, core))
    errors = answer.errors.splitlines()[-7:]
    words = ("is not JSON", "is not JSON", "is no ftmalloc snapshot", "is a damaged ftmalloc snapshot", "cannot read",
             "no snapshot 'nothing'", "leak-diff needs the name of a snapshot")  # fmt: skip
    assert all(word in error for word, error in zip(words, errors, strict=True)), errors


@pytest.mark.parametrize("kind", ["core", "live", "remote"])
def test_history_and_export(program, tmp_path, kind):
    lines = [f"ftmalloc export {form} {tmp_path / form}" for form in ("json", "csv", "folded", "massif", "pprof")]
    lines += ["ftmalloc history -json", "ftmalloc history -json -limit 2 orders"]
    if kind == "core":
        core, _ = crash(tmp_path, [program], before=f"export {SWITCHES} FtMallocScribble=1")
        answer = gdb(*lines, arguments=(program, core))
    else:
        answer = moving(program, kind, *lines)
    everything, one = answer.documents()
    assert everything["count"] == everything["event_count"] == len(everything["events"])
    sequences = [event["sequence"] for event in everything["events"]]
    assert sequences == list(range(1, len(sequences) + 1))
    assert one["events"] and {event["kind"] for event in one["events"]} <= {"allocate", "free"}
    document = json.loads((tmp_path / "json").read_text())
    rows = list(csv.DictReader((tmp_path / "csv").open()))
    assert len(document["blocks"]) == len(rows) >= 8
    live = sum(int(row["size_bytes"]) for row in rows if row["state"] == "live")
    folded = [line.rsplit(" ", 1) for line in (tmp_path / "folded").read_text().splitlines()]
    assert sum(int(size_bytes) for _, size_bytes in folded) == live
    assert any(stack.endswith("new_order (examples.c:20)") for stack, _ in folded)
    assert f"mem_heap_B={live}\n" in (tmp_path / "massif").read_text()
    assert (tmp_path / "pprof").read_bytes()[:2] == b"\x1f\x8b"


@pytest.mark.parametrize("kind", ["live", "remote"])
def test_a_running_process_under_all_switches_is_read(program, kind):
    """What gdb gives of a process has items of another type than what is read from a core file."""
    start = f"LD_PRELOAD={LIBRARY} FtMallocDebug=1 FtMallocHistory=100"
    if kind == "live":
        lines, end = [f"set exec-wrapper env {start}", "break print_report", "run"], ["kill"]
    else:
        lines = [f"target remote | gdbserver --once --wrapper env {start} -- - {program}", "break print_report"]
        lines, end = [*lines, "continue"], ["kill"]
    answer = gdb(*lines, "ftmalloc info -json", "ftmalloc check -json", *end, arguments=(program,))
    info, check = answer.documents()
    assert info["options"]["FtMallocDebug"] == "1" and info["complete"] and check["blocks_checked"] > 10
    assert "Traceback" not in answer.errors
