"""Recorded stacks, canaries, fills and events of real programs, compiled with and without frame pointers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from inferiors import HERE, LIBRARY, compile_c, crash, gdb

SOURCE = HERE / "stacks.c"
LINES = {
    name: number
    for number, line in enumerate(SOURCE.read_text().splitlines(), 1)
    for name in re.findall(r"/\* line: (\w+) \*/", line)
}
SWITCHES = "export FtMallocStackLogging=1 FtMallocHistory=64 FtMallocRedzone=1 FtMallocQuarantine=1M"


@pytest.fixture(scope="module", params=["-fno-omit-frame-pointer", "-fomit-frame-pointer"])
def program(request, tmp_path_factory) -> Path:
    """The subject, with and without frame pointers."""
    return compile_c(SOURCE, tmp_path_factory.mktemp("stacks") / "stacks", request.param)


def ask(program: Path, folder: Path, mode: str, *lines: str, switches: str = SWITCHES):
    core, _ = crash(folder, [program, *mode.split()], before=switches)
    return gdb(*lines, arguments=(program, core))


def own_frames(stack: list[dict]) -> list[tuple[str, int]]:
    """Function and line of the frames in the subject's source."""
    return [(frame["function"], frame["line"]) for frame in stack if (frame["file"] or "").endswith(SOURCE.name)]


def made_by(caller: str) -> list[tuple[str, int]]:
    return [("make_node", LINES["make_node"]), (caller, LINES[caller])]


def test_leaks_are_grouped_by_stack(program, tmp_path):
    document = ask(program, tmp_path, "nothing", "leak-check -json").document()
    definite = [group for group in document["groups"] if group["class"] == "definite"]
    assert [(group["count"], group["bytes"]) for group in definite] == [(5, 160)]
    assert own_frames(definite[0]["stack"])[:2] == made_by("lose_nodes")
    assert own_frames(definite[0]["stack"])[2][0] == "main"
    assert definite[0]["stack"][0]["function"] == "make_node", "the allocator's own frames are left out"


def test_a_running_process_tells_the_same(program):
    switches = "FtMallocStackLogging=1 FtMallocHistory=64"
    answer = gdb(f"set exec-wrapper env LD_PRELOAD={LIBRARY} {switches}", "run nothing", "leak-check -json",
                 arguments=(program,))  # fmt: skip
    (definite,) = [group for group in answer.document()["groups"] if group["class"] == "definite"]
    assert definite["count"] == 5 and own_frames(definite["stack"])[:2] == made_by("lose_nodes")


def test_suppressions_go_by_the_stack(program, tmp_path):
    rules = tmp_path / "rules"
    rules.write_text("leak:lose_nod*\n")
    document = ask(program, tmp_path, "nothing", f"leak-check -json -suppressions {rules}").document()
    assert document["definite"] == {"count": 0, "bytes": 0}
    assert document["suppressed"] == {"count": 5, "bytes": 160}


def test_explain_names_both_stacks_and_the_state(program, tmp_path):
    freed, victim = ask(
        program, tmp_path, "nothing", "explain -json freed + 7", "explain -json victim + 101"
    ).documents()
    assert (freed["kind"], freed["offset_bytes"]) == ("quarantined", 7)
    assert own_frames(freed["block"]["allocated_at"])[0][0] == "main"
    assert own_frames(freed["block"]["freed_at"])[0] == ("drop", LINES["drop"])
    assert (victim["kind"], victim["offset_bytes"]) == ("redzone", 101)
    assert own_frames(victim["block"]["allocated_at"]) == [("work", LINES["work"])]
    assert victim["block"]["freed_at"] is None


def test_check_is_content_with_a_sound_heap(program, tmp_path):
    assert ask(program, tmp_path, "nothing", "ftmalloc check -json").document()["findings"] == []


def test_check_names_a_smashed_canary(program, tmp_path):
    (finding,) = ask(program, tmp_path, "overflow", "ftmalloc check -json").document()["findings"]
    assert finding["rule"] == "smashed-redzone" and finding["block"]["size_bytes"] == 100
    assert "offset 100, right behind its end, reads 57 58 59 5a instead of fd" in finding["message"]
    assert own_frames(finding["block"]["allocated_at"]) == [("work", LINES["work"])]


@pytest.mark.parametrize("switches", [
    "export FtMallocStackLogging=1", "export FtMallocQuarantine=1M FtMallocStackLogging=1",
])  # fmt: skip
@pytest.mark.parametrize("count, value", [(1, 65), (4, 0), (8, 255), (12, 0), (13, 0), (16, 0), (16, 255)])
def test_a_write_into_the_trace_of_the_next_block_is_found(program, tmp_path, switches, count, value):
    answer = ask(program, tmp_path, f"into-trace {count} {value}", "ftmalloc check -json", "ftmalloc diagnose -json",
                 "output held[1]", "echo \\n", "output held[2]", switches=switches)  # fmt: skip
    checked, diagnosed = answer.documents()
    written, behind = re.findall(r"\(struct node \*\) (0x[0-9a-f]+)", answer.output)
    (finding,) = checked["findings"]
    assert (finding["rule"], finding["address"], finding["block"]["address"]) == ("smashed-trace", behind, written)
    assert f"the block before it at {written}, 32 bytes, live, was written past its end" in finding["message"]
    assert own_frames(finding["block"]["allocated_at"])[:2] == made_by("hold_nodes")
    assert (diagnosed["fault"], diagnosed["block"]["address"]) == ("heap-buffer-overflow", written)
    assert diagnosed["offset_bytes"] == 32


@pytest.mark.parametrize("count", [1, 8, 16])
def test_a_write_into_a_blocks_own_trace_acquits_the_block_in_front_by_its_red_zone(program, tmp_path, count):
    lines = ("ftmalloc check -json", "ftmalloc diagnose -json", "explain -json held[2]", "explain -json held[1]")
    answer = ask(program, tmp_path, f"before-header {count} 83", *lines)
    checked, diagnosed, victim, before = answer.documents()
    (finding,) = checked["findings"]
    assert (finding["rule"], finding["address"]) == ("smashed-trace", victim["address"])
    assert f"the red zone of the block before it at {before['address']} is whole" in finding["message"]
    assert [found["rule"] for found in victim["findings"]] == ["smashed-trace"] and before["findings"] == []
    assert (diagnosed["fault"], diagnosed["block"]["address"]) == ("heap-buffer-underflow", victim["address"])
    assert diagnosed["offset_bytes"] == -32


@pytest.mark.parametrize("switches", [
    "export FtMallocStackLogging=1", "export FtMallocQuarantine=1M FtMallocStackLogging=1",
])  # fmt: skip
def test_explain_names_the_smashed_trace_of_a_block_and_who_wrote_it(program, tmp_path, switches):
    addresses = ("held[1]", "held[2]", "held[3]")
    answer = ask(program, tmp_path, "into-trace 3 65", *(f"explain -json {address}" for address in addresses),
                 *(f"explain {address}" for address in addresses), switches=switches)  # fmt: skip
    written, smashed, other = answer.documents()
    for document in (written, smashed):
        (finding,) = document["findings"]
        assert (finding["rule"], finding["address"]) == ("smashed-trace", smashed["block"]["address"])
        assert f"likely culprit: the block before it at {written['block']['address']}" in finding["message"]
    assert other["findings"] == [] and not smashed["block"]["allocated_at"]
    assert answer.output.count("! smashed-trace at") == 2


def test_traces_without_a_smash_give_no_finding(program, tmp_path):
    answer = ask(program, tmp_path, "into-trace 0 0", "ftmalloc check", switches="export FtMallocStackLogging=1")
    assert answer.output.splitlines()[-1].endswith("the heap is whole")


@pytest.mark.parametrize("switches, state", [
    (SWITCHES, "quarantined"),
    ("export FtMallocStackLogging=1 FtMallocScribble=1", "freed"),
])  # fmt: skip
def test_check_names_a_write_after_free(program, tmp_path, switches, state):
    answer = ask(program, tmp_path, "after-free", "ftmalloc check -json", switches=switches)
    (finding,) = answer.document()["findings"]
    assert finding["rule"] == "write-after-free" and finding["block"]["state"] == state
    assert "offset 16 reads 6c 61 74 65 instead of 55" in finding["message"]
    assert own_frames(finding["block"]["freed_at"])[0] == ("drop", LINES["drop"])


def test_history_of_a_block(program, tmp_path):
    answer = ask(program, tmp_path, "nothing", "ftmalloc history -json freed", "echo [[[\\n",
                 "ftmalloc history -stacks freed")  # fmt: skip
    document = answer.documents()[0]
    allocated, freed = document["events"]
    assert (allocated["kind"], freed["kind"]) == ("allocate", "free")
    assert allocated["address"] == freed["address"] and allocated["size_bytes"] == freed["size_bytes"] == 200
    assert allocated["sequence"] < freed["sequence"] <= document["event_count"]
    assert own_frames(freed["stack"])[0] == ("drop", LINES["drop"])
    rows = answer.output.split("[[[\n")[1].splitlines()
    assert any(f"#0 drop at stacks.c:{LINES['drop']}" in row for row in rows)
    assert all(len(row) <= 79 for row in rows)


def test_threads_are_told_apart(program, tmp_path):
    answer = ask(program, tmp_path, "nothing", "ftmalloc stats -json", "explain -json victim",
                 "ftmalloc history -json victim", 'ftmalloc find -json stack "^work$"')  # fmt: skip
    stats, victim, history, found = answer.documents()
    thread_id = history["events"][0]["thread_id"]
    (mine,) = [thread for thread in stats["threads"] if thread["thread_id"] == thread_id]
    assert mine == {"thread_id": thread_id, "count": 1, "bytes": 100}
    assert [block["address"] for block in found["blocks"]] == [victim["block"]["address"]]


def test_folded_stacks_begin_at_the_outermost_frame(program, tmp_path):
    core, _ = crash(tmp_path, [program, "nothing"], before=SWITCHES)
    gdb(f"ftmalloc export folded {tmp_path / 'folded'}", arguments=(program, core))
    lines = (tmp_path / "folded").read_text().splitlines()
    wanted = f";lose_nodes (stacks.c:{LINES['lose_nodes']});make_node (stacks.c:{LINES['make_node']}) 160"
    assert any(line.startswith("_start") and line.endswith(wanted) for line in lines), lines


def test_source_lines_are_shown_where_the_file_can_be_read(program, tmp_path):
    source = SOURCE.read_text().splitlines()[LINES["drop"] - 1].strip()
    text = ask(program, tmp_path, "nothing", "explain freed").output
    assert re.search(rf"#\d drop at {SOURCE.name}:{LINES['drop']}\n +{re.escape(source)}\n", text)
