"""``leak-diff``: by size, by stack, between names and files."""

from __future__ import annotations

from array import array

import pytest
from fake_target import CODE, FakeHeap, FakeSession
from ftheap import command_line
from ftheap.analysis.difference import compare
from ftheap.commands import load_all
from ftheap.errors import UsageError
from ftheap.model.heap import Trace
from ftheap.model.saved import SavedFrame, SavedHeap
from ftheap.registry import COMMANDS
from ftheap.render.style import PLAIN
from ftheap.target import Frame

load_all()


def run(session: FakeSession, name: str, text: str = ""):
    command = COMMANDS[name]
    return command.run(session, command_line.parse(command, text))


def moved(heap: FakeHeap, session: FakeSession) -> FakeSession:
    later = heap.session()
    later.saved = session.saved
    return later


def test_growth_by_size():
    heap = FakeHeap()
    heap.block(40)
    session = heap.session()
    run(session, "snapshot", "start")
    new = [heap.block(40), heap.block(40), heap.block(100)]
    result = run(moved(heap, session), "leak-diff")
    found = result.document()
    assert (found["growth_count"], found["growth_bytes"], result.found) == (3, 180, True)
    assert [(group["size_bytes"], group["growth_bytes"], group["growth_count"]) for group in found["groups"]] == [
        (100, 100, 1), (40, 80, 2),
    ]  # fmt: skip
    assert found["groups"][1]["before"] == {"count": 1, "bytes": 40}
    assert found["groups"][1]["added"] == [hex(address) for address in new[:2]]
    rows = list(result.lines(PLAIN))
    assert rows[0] == "+100 bytes, +1 block, blocks of 100 bytes (now 1, 100 bytes)"
    assert rows[-1].startswith("Total : +180 bytes, +3 blocks since ")
    assert all(len(row) <= 79 for row in rows)


def test_shrinking_is_shown_on_request_only():
    heap, other = FakeHeap(), FakeHeap()
    heap.block(40)
    session = heap.session()
    run(session, "snapshot", "start")
    later = moved(other, session)
    assert run(later, "leak-diff", "start").document()["groups"] == []
    assert not run(later, "leak-diff", "start").found
    assert run(later, "leak-diff", "start -all").document()["groups"][0]["growth_bytes"] == -40


def test_by_stack_across_a_file(tmp_path):
    heap = FakeHeap()
    heap.target.frames = {CODE + 8: Frame(CODE + 8, "maker", "/src/m.c", 3)}
    heap.block(16)
    session = heap.session()
    run(session, "snapshot", f"-file {tmp_path / 'a'}")
    heap.block(40)
    later = heap.session()
    snapshot = later.snapshot()
    snapshot.traces = {7: Trace((CODE + 8,))}
    snapshot.blocks.allocation_traces = array("I", [0, 7])
    group = run(later, "leak-diff", str(tmp_path / "a")).document()["groups"][0]
    frame = {"function": "maker", "file": "/src/m.c", "line": 3, "address": None, "in_module": None}
    assert (group["stack"], group["size_bytes"], group["growth_bytes"]) == ([frame], None, 40)
    assert "    #0 maker at m.c:3" in list(run(later, "leak-diff", str(tmp_path / "a")).lines(PLAIN))
    run(later, "snapshot", f"-file {tmp_path / 'b'}")
    between = run(FakeHeap().session(), "leak-diff", f"{tmp_path / 'a'} -with {tmp_path / 'b'}")
    assert between.document()["growth_bytes"] == 40


def test_which_snapshot():
    session = FakeHeap().session()
    with pytest.raises(UsageError, match="keep one with ftmalloc snapshot NAME"):
        run(session, "leak-diff")
    run(session, "snapshot", "one")
    run(session, "snapshot", "two")
    with pytest.raises(UsageError, match="kept are: one, two"):
        run(session, "leak-diff")
    with pytest.raises(UsageError, match="no snapshot 'three'"):
        run(session, "leak-diff", "three")


@pytest.mark.parametrize("size_bytes", [10, 30])
def test_another_block_at_an_old_address_is_new(size_bytes):
    def saved(size_bytes: int) -> SavedHeap:
        stack = ((SavedFrame("make"),),)
        return SavedHeap("", "", list(stack), array("Q", (64, 128)), array("Q", (10, size_bytes)), array("i", (0, 0)))

    (change,) = compare(saved(20), saved(size_bytes))
    assert (change.growth_bytes, change.growth_count, change.added) == (size_bytes - 20, 0, [128])
