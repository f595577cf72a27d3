"""``stats``: sums that add up, consumers, retained memory against its definition."""

from __future__ import annotations

import json
import random
from array import array

import pytest
from fake_debug_info import FakeDebugInfo
from fake_target import CODE, DATA, HEADER_BYTES, ZONE_BYTES, FakeHeap, FakeSession
from ftheap import command_line
from ftheap import kernel
from ftheap.analysis import dominators
from ftheap.analysis.dominators import owners
from ftheap.analysis.graph import graph_of
from ftheap.commands import load_all
from ftheap.debug_info import Variable
from ftheap.model.heap import State, Trace
from ftheap.registry import COMMANDS
from ftheap.render.style import PLAIN
from ftheap.target import Frame

load_all()


def run(session: FakeSession, text: str = ""):
    command = COMMANDS["stats"]
    return command.run(session, command_line.parse(command, text))


def document(session: FakeSession, text: str = "") -> dict:
    return json.loads(json.dumps(run(session, text).document()))


def mixed() -> FakeHeap:
    heap = FakeHeap()
    for size_bytes in (10, 16, 40, 64, 64):
        heap.block(size_bytes)
    heap.block(64, state=State.FREED)
    heap.block(16, state=State.QUARANTINED)
    heap.block(1 << 20)
    return heap


def test_sums_add_up():
    found = document(mixed().session())
    assert found["states"]["live"] == {"count": 6, "bytes": 194 + (1 << 20)}
    assert found["states"]["freed"] == {"count": 1, "bytes": 64}
    for usage in [found["total"], *found["types"], *found["zones"]]:
        parts = ("live_bytes", "slack_bytes", "header_bytes", "free_bytes", "uncarved_bytes", "books_bytes")
        assert sum(usage[part] for part in parts) == usage["total_bytes"]
    tiny = next(each for each in found["types"] if each["type"] == "TINY")
    assert (tiny["zones"], tiny["total_bytes"], tiny["live_count"], tiny["live_bytes"]) == (1, ZONE_BYTES, 5, 194)
    assert tiny["header_bytes"] == 5 * HEADER_BYTES and tiny["slack_bytes"] == 6 + 24
    assert tiny["free_bytes"] == 80 + 32
    assert [(size["slot_bytes"], size["live_count"], size["free_count"]) for size in found["sizes"]][:3] == [
        (None, 1, 0), (32, 2, 1), (48, 0, 0),
    ]  # fmt: skip


def test_likely_types_part_the_sizes_and_have_their_own_sums():
    heap = FakeHeap()
    heap.target.debug_info = info = FakeDebugInfo()
    info.add("struct node", 32)
    info.add("long", 8)
    for index, kind in enumerate(("struct node *", "long *", "void *")):
        heap.set_global(index, heap.block(32))
        info.globals.append(Variable(f"g{index}", kind, 8, DATA + 8 * index))
    session = heap.session()
    found = document(session)
    assert {each["type"]: (each["size_bytes"], each["count"]) for each in found["consumers"]} == {
        "struct node": (32, 1), "long": (32, 1), None: (32, 1),
    }  # fmt: skip
    assert {each["type"]: each["bytes"] for each in found["contents"]} == {"struct node": 32, "long": 32}
    rows = list(run(session).lines(PLAIN))
    assert "  32 bytes in 1 block of 32 bytes each: struct node" in rows
    assert "  32 bytes in 1 block: struct node" in rows[rows.index("Live blocks by likely type") :]


def test_headers_and_fragmentation_of_each_zone():
    session = mixed().session()
    zone = document(session)["zones"][0]
    slots = zone["live_bytes"] + zone["slack_bytes"] + zone["header_bytes"]
    assert zone["header_share"] == round(zone["header_bytes"] / slots, 4) > 0
    rows = list(run(session).lines(PLAIN))
    (row,) = [row for row in rows if row.startswith(zone["address"])]
    assert f"{100 * zone['header_share']:.1f}%" in row and f"{100 * zone['fragmentation']:.1f}%" in row


def test_fragmentation_is_the_free_share_of_used_slots():
    found = document(mixed().session())
    of_80 = next(size for size in found["sizes"] if size["slot_bytes"] == 80)
    assert of_80["fragmentation"] == round(80 / (4 * 80), 4)


def test_consumers_by_size_and_by_stack():
    heap = mixed()
    assert document(heap.session())["consumers"][1] == {
        "stack": [], "size_bytes": 64, "type": None, "count": 2, "bytes": 128,
    }  # fmt: skip
    heap.target.frames = {CODE + 8: Frame(CODE + 8, "maker", "/src/m.c", 3)}
    session = heap.session()
    snapshot = session.snapshot()
    snapshot.blocks.allocation_traces = array("I", [9] * len(snapshot.blocks))
    snapshot.traces = {9: Trace((CODE + 8,), 77)}
    found = document(session)
    assert [(each["stack"][0]["function"], each["count"]) for each in found["consumers"]] == [("maker", 6)]
    assert found["threads"] == [{"thread_id": 77, "count": 6, "bytes": 194 + (1 << 20)}]


def test_text():
    session = mixed().session()
    for text in ("", "-limit 1", "-retained"):
        rows = list(run(session, text).lines(PLAIN))
        assert all(len(row) <= 79 and row.isascii() for row in rows)
    assert "  ... and 4 consumers more (-limit 1)" in list(run(session, "-limit 1").lines(PLAIN))


def test_an_empty_heap():
    session = FakeHeap().session()
    assert document(session, "-retained")["retained"] == []
    assert list(run(session).lines(PLAIN))


def retained_by_definition(graph) -> dict[int, tuple[int, int]]:
    """For each block that no other one dominates: how much is out of reach without it."""

    def reach(without: int | None) -> set[int]:
        stack = [edge >> 1 for edge in graph.root_targets]
        seen: set[int] = set()
        while stack:
            row = stack.pop()
            if row not in seen and row != without:
                seen.add(row)
                stack += [edge >> 1 for edge in graph.edges(row)]
        return seen

    everything = reach(None)
    lost = {row: everything - reach(row) for row in everything}
    sizes = graph.snapshot.blocks.sizes
    return {
        row: (len(lost[row]), sum(sizes[other] for other in lost[row]))
        for row in everything
        if not any(row in lost[other] for other in everything if other != row)
    }


@pytest.mark.parametrize("by_kernel", [True, False])
@pytest.mark.parametrize("seed", range(60))
def test_retained_agrees_with_the_definition(seed, by_kernel, monkeypatch):
    assert kernel.find()[0] is not None, f"{kernel.status()}; run make"
    if not by_kernel:
        monkeypatch.setattr(dominators.kernel, "find", lambda: (None, "left out"))
    chance = random.Random(seed)
    heap = FakeHeap()
    addresses = [heap.block(chance.choice([16, 24, 40])) for _ in range(25)]
    for address, size_bytes, _ in heap.rows:
        for offset in range(0, size_bytes - 7, 8):
            if chance.random() < 0.5:
                heap.set_word(address, offset, chance.choice(addresses))
    for index in range(chance.randrange(1, 4)):
        heap.set_global(index, chance.choice(addresses))
    session = heap.session()
    graph = graph_of(session.target, session.snapshot())
    found = {owner.row: (owner.count, owner.size_bytes) for owner in owners(graph)}
    assert found == retained_by_definition(graph)


def test_retained_of_a_long_chain():
    heap = FakeHeap()
    blocks = [heap.block(24) for _ in range(1000)]
    for first, second in zip(blocks, blocks[1:]):
        heap.set_word(first, 0, second)
    heap.set_global(0, blocks[0])
    heap.set_global(1, blocks[500])
    found = document(heap.session(), "-retained")["retained"]
    assert [(each["address"], each["count"]) for each in found] == [(hex(blocks[0]), 500), (hex(blocks[500]), 500)]
