"""``export``: each format, read back."""

from __future__ import annotations

import csv
import json
from array import array
from pathlib import Path

import pytest
from fake_target import CODE, FakeHeap, FakeSession
from ftheap import command_line
from ftheap.commands import load_all
from ftheap.errors import UsageError
from ftheap.model.heap import State, Trace
from ftheap.registry import COMMANDS
from ftheap.render.style import PLAIN
from ftheap.target import Frame

load_all()


def run(session: FakeSession, text: str):
    command = COMMANDS["export"]
    return command.run(session, command_line.parse(command, text))


@pytest.fixture
def heap() -> FakeHeap:
    heap = FakeHeap()
    child = heap.block(100)
    heap.lost = heap.block(40, words=[child])
    heap.kept = heap.block(24)
    heap.freed = heap.block(24, state=State.FREED)
    heap.block(24, state=State.UNUSED)
    heap.set_global(0, heap.kept)
    heap.child = child
    return heap


def test_csv(heap, tmp_path):
    result = run(heap.session(), f"csv {tmp_path / 'heap.csv'}")
    rows = list(csv.DictReader(Path(tmp_path / "heap.csv").open()))
    assert {row["address"]: (row["size_bytes"], row["state"], row["class"]) for row in rows} == {
        hex(heap.lost): ("40", "live", "definite"),
        hex(heap.child): ("100", "live", "indirect"),
        hex(heap.kept): ("24", "live", "reachable"),
        hex(heap.freed): ("24", "freed", ""),
    }
    assert rows[0]["type"] == "TINY" and rows[0]["zone"] == "0x7f0000000000"
    assert result.document()["count"] == 4 and all(len(row) <= 79 for row in result.lines(PLAIN))


def test_json(heap, tmp_path):
    run(heap.session(), f"-leaks json {tmp_path / 'heap.json'}")
    found = json.loads((tmp_path / "heap.json").read_text())
    assert [(block["size_bytes"], block["class"]) for block in found["blocks"]] == [(40, "definite"), (100, "indirect")]
    assert found["schema"] == 1 and found["zones"][0]["type"] == "TINY"


def test_an_empty_heap(tmp_path):
    for form in ("json", "csv", "dot", "folded"):
        run(FakeHeap().session(), f"{form} {tmp_path / form}")
    assert json.loads((tmp_path / "json").read_text())["blocks"] == []


def test_dot(heap, tmp_path):
    run(heap.session(), f"dot {tmp_path / 'heap.dot'}")
    rows = (tmp_path / "heap.dot").read_text().splitlines()
    assert rows[0] == "digraph heap {" and rows[-1] == "}"
    arrows = [row.strip() for row in rows if "->" in row]
    assert len(arrows) == 2 and arrows[0].startswith("roots -> b")
    assert sum("salmon" in row for row in rows) == 2


def test_folded(heap, tmp_path):
    heap.target.frames = {CODE + 8: Frame(CODE + 8, "make;r"), CODE + 9: Frame(CODE + 9, "main", "/src/m.c", 3)}
    session = heap.session()
    snapshot = session.snapshot()
    traces = [1 if size_bytes > 30 else 0 for size_bytes in snapshot.blocks.sizes]
    snapshot.blocks.allocation_traces = array("I", traces)
    snapshot.traces = {1: Trace((CODE + 8, CODE + 9))}
    run(session, f"folded {tmp_path / 'heap.folded'}")
    assert (tmp_path / "heap.folded").read_text() == "main (m.c:3);make:r 140\nreachable;24 bytes 24\n"


def test_limit_is_told(heap, tmp_path):
    result = run(heap.session(), f"-limit 1 csv {tmp_path / 'heap.csv'}")
    assert (result.document()["count"], result.document()["left_out"]) == (1, 3)


@pytest.mark.parametrize("text", ["csv", "xml /tmp/x", "csv /nonexistent/folder/file"])
def test_errors(heap, text):
    with pytest.raises(UsageError, match="needs a format|cannot write"):
        run(heap.session(), text)
