"""show-alloc-mem, zone-map, check and info, whole: their text and their JSON, by the contract."""

from __future__ import annotations

import json
from array import array

import pytest
from ftheap.command_line import parse
from ftheap.commands import load_all
from ftheap.commands.zone_map import split_range
from ftheap.errors import UsageError
from ftheap.model.heap import Trace
from ftheap.registry import COMMANDS
from ftheap.render import json_text
from ftheap.render.style import PLAIN, Style
from ftheap.session import Session
from heap_image import LIVE, HeapImage, sample_heap

load_all()


def run(image_or_session, line: str):
    session = image_or_session if isinstance(image_or_session, Session) else Session(image_or_session.seal())
    name, _, rest = line.partition(" ")
    return COMMANDS[name].run(session, parse(COMMANDS[name], rest))


def rows(image_or_session, line: str, style: Style = PLAIN) -> list[str]:
    return list(run(image_or_session, line).lines(style))


def document(image_or_session, line: str) -> dict:
    return json.loads(json_text.dumps(run(image_or_session, line).document()))


def small_heap() -> tuple[HeapImage, list[int], int]:
    image = HeapImage()
    payloads = image.add_run(image.add_slot_zone("tiny"), 48, [(LIVE, 42), ("freed", 9), ("quarantined", 5)])
    return image, payloads, image.add_huge(50_000)


def test_listing_has_the_form_of_the_subject():
    image, payloads, large = small_heap()
    assert rows(image, "show-alloc-mem") == [
        f"TINY : 0x{image.zones[0]:X}",
        f"0x{payloads[0]:X} - 0x{payloads[0] + 42:X} : 42 bytes",
        f"LARGE : 0x{image.zones[1]:X}",
        f"0x{large:X} - 0x{large + 50_000:X} : 50000 bytes",
        "Total : 50042 bytes",
    ]


def test_listing_options():
    image, payloads, _ = small_heap()
    session = Session(image.seal())
    assert rows(session, "show-alloc-mem -freed -type tiny")[2:] == [
        f"0x{payloads[1]:X} - 0x{payloads[1] + 9:X} : 9 bytes, freed",
        f"0x{payloads[2]:X} - 0x{payloads[2] + 5:X} : 5 bytes, quarantined",
        "Total : 42 bytes",
    ]
    assert rows(session, "show-alloc-mem -limit 1")[2:] == ["... and 1 block more (-limit 1)", "Total : 50042 bytes"]
    assert rows(session, "show-alloc-mem -summary") == [
        f"TINY : 0x{image.zones[0]:X} (1 block, 42 bytes)",
        f"LARGE : 0x{image.zones[1]:X} (1 block, 50000 bytes)",
        "Total : 50042 bytes",
    ]


def test_listing_document():
    image, payloads, _ = small_heap()
    answer = document(image, "show-alloc-mem -freed")
    assert set(answer) == {"zones", "total_bytes", "total_count", "findings"}
    assert (answer["total_bytes"], answer["total_count"], answer["findings"]) == (50042, 2, [])
    zone = answer["zones"][0]
    assert zone == {
        "address": f"{image.zones[0]:#x}", "type": "TINY", "size_bytes": 1 << 16,
        "max_contiguous_free_bytes": 15 * 4096,
        "live_count": 1, "live_bytes": 42, "blocks": zone["blocks"],
    }
    assert zone["blocks"][1] == {
        "address": f"{payloads[1]:#x}", "size_bytes": 9, "state": "freed", "allocated_at": None, "freed_at": None,
    }
    assert [block["state"] for block in zone["blocks"]] == ["live", "freed", "quarantined"]


def test_no_block_at_all():
    assert rows(HeapImage(), "show-alloc-mem") == ["Total : 0 bytes"]
    image = HeapImage()
    image.started = False
    assert rows(image, "zone-map") == ["no zone: the process has not asked for memory yet"]
    assert rows(image, "check") == ["0 zones, 0 blocks checked: the heap is whole"]
    assert any("has not asked" in row for row in rows(image, "info"))


def test_map_letters_are_to_scale():
    image = HeapImage()
    zone = image.add_slot_zone("tiny")
    image.add_run(zone, 240, [])
    image.add_run(zone, 4080, [(LIVE, 4000)])
    image.add_run(zone, 4080, [("freed", 4000)])
    image.add_run(zone, 4080, [("changing", 4000)])
    image.add_run(zone, 4080, [("quarantined", 4000)])
    session = Session(image.seal())
    cells = document(session, f"zone-map {zone:#x}")["maps"][0]["cells"]
    cell_bytes = 64
    per_unit = 4096 // cell_bytes
    units = [cells[start : start + per_unit] for start in range(0, len(cells), per_unit)]
    assert units[0].rstrip(".").strip("H") == "" and units[0].startswith("H")
    assert units[1] == "L" * per_unit and units[2] == "f" * per_unit
    assert units[3] == "t" * per_unit and units[4] == "q" * per_unit
    assert set("".join(units[5:])) == {"."}


def test_map_shows_holes_among_live_blocks():
    image = HeapImage()
    zone = image.add_slot_zone("tiny")
    image.add_run(zone, 240, [])
    image.add_run(zone, 48, [(LIVE, 40), (LIVE, 40), ("freed", 40)] * 21)
    assert rows(image, "zone-map -limit 1")[2].split(" ", 1)[1][4:8] == "llll"


def test_map_zooms_to_single_bytes():
    image, payloads, _ = small_heap()
    start = payloads[0] - 16
    row = rows(image, f"zone-map {start:#x}, {start + 128:#x}")[2]
    assert row.split(" ", 1)[1] == "H" * 16 + "L" * 48
    assert rows(image, f"zone-map {start:#x}, {start + 128:#x}")[3].split(" ", 1)[1] == "H" * 16 + "f" * 48


def test_map_shows_a_smashed_header_however_small():
    image = sample_heap()
    target = image.seal()
    image.poke(image.blocks[30].address - 16, b"AAAA")
    session = Session(target)
    assert any("X" in row.split(" ", 1)[-1] for row in rows(session, f"zone-map {image.zones[0]:#x}")[2:])
    assert rows(session, "zone-map")[-1].startswith("1 finding")


def test_many_zones_do_not_flood_the_screen():
    image = HeapImage()
    region = image.add_region(400)
    for _ in range(150):
        image.add_large(region, 5000)
    lines = rows(image, "zone-map")
    assert len(lines) < 50 and any("110 zones more" in line for line in lines)
    assert len(rows(image, "zone-map -limit 3")) < 10


def test_map_arguments():
    image, _, _ = small_heap()
    assert split_range("f(1, 2), (3, 4)") == ["f(1, 2)", "(3, 4)"]
    for line in ("zone-map 0x10", "zone-map 5, 4", "zone-map 1,", "zone-map nonsense"):
        with pytest.raises(UsageError):
            run(image, line)


def test_check_document_and_status():
    image = sample_heap()
    target = image.seal()
    session = Session(target)
    assert document(session, "check") == {"zones_checked": 5, "blocks_checked": len(image.blocks), "findings": []}
    assert not run(session, "check").found
    image.poke(image.blocks[30].address - 16, b"AAAA")
    target.key = 1
    answer = document(session, "check")
    assert [(found["rule"], found["address"]) for found in answer["findings"]] == [
        ("smashed-header", f"{image.blocks[30].address:#x}"),
    ]
    assert run(session, "check").found
    assert "1 finding" in rows(session, "check")[-1]


def test_a_remark_about_the_target_is_no_fault_of_the_heap():
    target = sample_heap().seal()
    target.missing = [("build-id-mismatch", None, "another file ran")]
    session = Session(target)
    assert not run(session, "check").found
    assert "the heap is whole" in rows(session, "check")[-1]
    assert [found["rule"] for found in document(session, "check")["findings"]] == ["build-id-mismatch"]


def test_info_names_what_there_is():
    image = sample_heap()
    image.thread_ids = [7, 0]
    session = Session(image.seal())
    text = "\n".join(rows(session, "info"))
    for word in ("heap image", "ftmalloc 1.0.0", "1 thread, 1 left by threads that ended", "none is on"):
        assert word in text
    answer = document(session, "info")
    assert {name: row["zones"] for name, row in answer["zones"].items()} == {"TINY": 1, "SMALL": 1, "LARGE": 3}
    assert answer["started"] and answer["complete"] and answer["refused"] == {"count": 0, "last_bytes": 0}


def test_info_names_switches_as_they_may_be_given_and_what_was_refused():
    session = Session(sample_heap().seal())
    snapshot = session.snapshot()
    snapshot.options = {"FtMallocQuarantine": str(64 << 20), "FtMallocScribble": "1", "FtMallocHistory": "500"}
    snapshot.refused_count, snapshot.refused_bytes = 2, 1 << 60
    text = rows(session, "info")
    assert "switches  FtMallocQuarantine=64M, FtMallocScribble, FtMallocHistory=500" in text
    assert "refused   2 requests, the last one for 1152921504606846976 bytes" in text
    assert document(session, "info")["refused"] == {"count": 2, "last_bytes": 1 << 60}


def test_a_map_of_what_is_no_heap_says_so():
    image = sample_heap()
    lines = rows(image, f"zone-map {image.zones[0] - 0x100000:#x}, {image.zones[0] - 0xff000:#x}")
    assert lines[-1] == "(blank) outside of all zones"


@pytest.mark.parametrize("line", ["show-alloc-mem -all", "zone-map", "check", "info"])
def test_colour_only_adds(line):
    image = sample_heap()
    target = image.seal()
    image.poke(image.blocks[30].address - 16, b"AAAA")
    session = Session(target)
    plain, coloured = rows(session, line), rows(session, line, Style(True))
    stripped = [uncoloured(row) for row in coloured]
    assert stripped == plain
    assert any("\x1b" in row for row in coloured)


def uncoloured(row: str) -> str:
    pieces = row.split("\x1b[")
    return pieces[0] + "".join(piece.split("m", 1)[1] for piece in pieces[1:])


def test_recorded_stacks_are_listed_where_there_are_some():
    image, payloads, _ = small_heap()
    session = Session(image.seal())
    snapshot = session.snapshot()
    snapshot.traces = {1: Trace((0x1111, 0x2222), 42), 2: Trace((0x3333,))}
    snapshot.blocks.allocation_traces = array("I", [1, 1, 0, 0])
    snapshot.blocks.free_traces = array("I", [0, 2, 0, 0])
    lines = rows(session, "show-alloc-mem -stacks -freed -type tiny")
    assert lines[2:5] == ["  allocated by thread 42:", "    #0 ?? in 0x1111", "    #1 ?? in 0x2222"]
    assert "  freed:" in lines
    assert "  allocated by thread 42:" not in rows(session, "show-alloc-mem")
    blocks = document(session, "show-alloc-mem -freed")["zones"][0]["blocks"]
    assert [frame["address"] for frame in blocks[1]["freed_at"]] == ["0x3333"]
    assert blocks[2]["allocated_at"] is None
