"""``export``: each format, read back."""

from __future__ import annotations

import csv
import gzip
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
from ftheap.render.formats import FORMATS
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
    for form in FORMATS:
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


@pytest.fixture
def recorded(heap) -> FakeSession:
    """The lost block from main <- maker, all others from main alone."""
    heap.target.frames = {
        CODE + 8: Frame(CODE + 8, "maker", "/src/m.c", 3), CODE + 9: Frame(CODE + 9, "main", "/src/m.c", 9),
    }  # fmt: skip
    session = heap.session()
    snapshot = session.snapshot()
    snapshot.traces = {1: Trace((CODE + 8, CODE + 9)), 2: Trace((CODE + 9,))}
    snapshot.blocks.allocation_traces = array(
        "I", [1 if address == heap.lost else 2 for address in snapshot.blocks.addresses]
    )
    return session


def exported(session: FakeSession, folder: Path, form: str) -> bytes:
    path = folder / f"heap.{form}"
    assert run(session, f"{form} {path}").document()["count"] == 4
    return path.read_bytes()


def test_massif_has_the_tree_of_callers(recorded, tmp_path):
    text = exported(recorded, tmp_path, "massif").decode()
    assert text.startswith("desc: ftmalloc heap\ncmd: fake process\ntime_unit: ms\n#-----------\nsnapshot=0\n")
    assert text.split("heap_tree=peak\n")[1] == (
        "n2: 164 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n"
        f" n0: 124 {CODE + 9:#X}: main (m.c:9)\n".replace("0X", "0x")
        + f" n1: 40 {CODE + 8:#X}: maker (m.c:3)\n".replace("0X", "0x")
        + f"  n0: 40 {CODE + 9:#X}: main (m.c:9)\n".replace("0X", "0x")
    )
    assert "mem_heap_B=164\nmem_heap_extra_B=48\n" in text


def test_heaptrack_defines_all_before_it_is_used(recorded, tmp_path):
    """A reader as simple as heaptrack's own."""
    strings, places, stacks, sizes, total = [""], [None], [None], [], 0
    for line in exported(recorded, tmp_path, "heaptrack").decode().splitlines():
        kind, *words = line.split(" ")
        if kind == "s":
            strings.append(line.split(" ", 2)[2])
            assert int(words[0], 16) == len(strings[-1])
        elif kind == "i":
            _, _module, function, file, number = (int(word, 16) for word in words)
            places.append(f"{strings[function]} {strings[file]}:{number}")
        elif kind == "t":
            place, parent = (int(word, 16) for word in words)
            stacks.append((places[place], stacks[parent]))
        elif kind == "a":
            sizes.append((int(words[0], 16), stacks[int(words[1], 16)]))
        elif kind == "+":
            total += sizes[int(words[0], 16)][0]
    assert total == 164
    assert (40, ("maker /src/m.c:3", ("main /src/m.c:9", None))) in sizes


def fields(data: bytes) -> list[tuple[int, int | bytes]]:
    """A message of protocol buffers: numbers and byte strings by field."""

    def varint() -> int:
        nonlocal position
        number = shift = 0
        while True:
            byte, position = data[position], position + 1
            number, shift = number | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                return number

    found, position = [], 0
    while position < len(data):
        key = varint()
        value: int | bytes = varint()
        if key & 7 == 2:
            value, position = data[position : position + value], position + value
        found.append((key >> 3, value))
    return found


def test_pprof_is_a_profile_of_objects_and_bytes(recorded, tmp_path):
    profile = fields(gzip.decompress(exported(recorded, tmp_path, "pprof")))
    strings = [value.decode() for number, value in profile if number == 6]
    functions = {dict(fields(value))[1]: strings[dict(fields(value))[2]] for number, value in profile if number == 5}
    places = {
        dict(fields(value))[1]: functions[dict(fields(dict(fields(value))[4]))[1]]
        for number, value in profile
        if number == 4
    }
    samples = [dict(fields(value)) for number, value in profile if number == 2]
    assert strings[0] == "" and {"inuse_objects", "inuse_space", "count", "bytes"} <= set(strings)
    assert [([places[place] for place in sample[1]], list(sample[2])) for sample in samples] == [
        (["main"], [1, 100]), (["maker", "main"], [1, 40]), (["main"], [1, 24]),
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["massif", "heaptrack", "pprof", "folded"])
def test_class_and_size_stand_for_a_stack_that_was_not_recorded(heap, tmp_path, form):
    data = exported(heap.session(), tmp_path, form)
    assert b"definite" in (gzip.decompress(data) if form == "pprof" else data)
