"""What the C kernel makes of whole columns, beside its twins: rows as text, fills; and JSON written in pieces."""

from __future__ import annotations

import json
import random

import pytest
from fake_target import FakeHeap
from ftheap import kernel
from ftheap.analysis import fills, prefilter
from ftheap.analysis.expression import Test as Leaf
from ftheap.analysis.fills import check_fills
from ftheap.analysis.find_language import FIELDS
from ftheap.memory import ImageMemory
from ftheap.model.heap import Fills, State
from ftheap.render import json_text, rows
from test_graph import random_heap

TEMPLATES = [
    f"{rows.ADDRESS_UPPER} - {rows.END_UPPER} : {rows.SIZE} bytes{rows.STATE_NAME}\n",
    f'{{"100%": "{rows.ADDRESS_LOWER}", "n": {rows.SIZE}}}, ',
]


@pytest.mark.parametrize("seed", range(8))
def test_rows_of_text(seed):
    assert kernel.find()[0] is not None, f"{kernel.status()}; run make"
    chance = random.Random(seed)
    snapshot = random_heap(seed).session().snapshot()
    snapshot.blocks.sizes[chance.randrange(60)] = chance.choice([0, (1 << 48) - 1])
    names = {state: f"<{state.name}>" for state in chance.sample(list(State), 4)} | {State.LIVE: ""}
    count = len(snapshot.blocks)
    for template in TEMPLATES:
        for first, end in ((0, count), (chance.randrange(count), count), (7, 7)):
            plain = "".join(rows.plain_texts(snapshot, first, end, names, template))
            assert "".join(rows.kernel_texts(snapshot, first, end, names, template)) == plain
            assert bool(plain) == (first < end)


@pytest.mark.parametrize("seed", range(4))
def test_rows_with_their_stacks(seed, monkeypatch):
    chance = random.Random(seed)
    snapshot = random_heap(seed).session().snapshot()
    blocks, count = snapshot.blocks, len(snapshot.blocks)
    for column in (blocks.allocation_traces, blocks.free_traces):
        column.extend(chance.choice([0, 1, 7, 1 << 31, chance.randrange(1 << 32)]) for _ in range(count))
    asked = []

    def stack(number):
        asked.append(number)
        return f"<{number * 'x' if number < 8 else number}>" if number else "none"

    template = f"{rows.SIZE} {rows.ALLOCATED}, {rows.FREED}\n"
    stacks = rows.Stacks(blocks.allocation_traces, blocks.free_traces, stack)
    plain = "".join(rows.plain_texts(snapshot, 0, count, {State.LIVE: ""}, template, stacks))
    for room, many in ((rows._TEXT_BYTES, rows._ROWS_AT_ONCE), (100, 5)):
        monkeypatch.setattr(rows, "_TEXT_BYTES", room)
        monkeypatch.setattr(rows, "_ROWS_AT_ONCE", many)
        assert "".join(rows.kernel_texts(snapshot, 0, count, {State.LIVE: ""}, template, stacks)) == plain
    assert "none" in plain and "<xxxxxxx>" in plain and len(set(asked)) > 5


def test_rows_go_on_where_the_buffer_was_full(monkeypatch):
    snapshot = random_heap(1).session().snapshot()
    whole = "".join(rows.plain_texts(snapshot, 0, len(snapshot.blocks), {State.LIVE: ""}, TEMPLATES[0]))
    monkeypatch.setattr(rows, "_TEXT_BYTES", 700)
    parts = list(rows.kernel_texts(snapshot, 0, len(snapshot.blocks), {State.LIVE: ""}, TEMPLATES[0]))
    assert "".join(parts) == whole and len(parts) > 2


@pytest.mark.parametrize("name", ["size", "address", "state"])
@pytest.mark.parametrize("compare", prefilter._COMPARISONS)
def test_rows_that_an_expression_may_mean(name, compare, monkeypatch):
    snapshot = random_heap(3).session().snapshot()
    blocks = snapshot.blocks
    values = {"size": blocks.sizes, "address": blocks.addresses, "state": blocks.states}[name]
    wide = 1 << 64 if name == "size" else 9
    for value in (values[5], min(values), max(values), 0, -1, wide):
        test = Leaf(FIELDS[name], compare, value)
        masks = [prefilter.Prefilter(ImageMemory({}), blocks, bytearray()).of(test)]
        with monkeypatch.context() as patch:
            patch.setattr(prefilter.kernel, "find", lambda: (None, "left out"))
            masks.append(prefilter.Prefilter(ImageMemory({}), blocks, bytearray()).of(test))
        for run in snapshot.runs:
            assert masks[0](run) == masks[1](run)


@pytest.mark.parametrize("seed", range(12))
def test_damaged_fills(seed, monkeypatch):
    chance = random.Random(seed)
    heap = FakeHeap()
    for _ in range(200):
        size_bytes = chance.choice([0, 1, 12, 16, 40, 200])
        state = chance.choice([State.LIVE, State.LIVE, State.FREED, State.QUARANTINED])
        heap.block(size_bytes, data=(b"x" if state == State.LIVE else b"\x55") * size_bytes + b"\xfd" * 8, state=state)
    large = heap.block(3_000_000)
    session = heap.session()
    snapshot = session.snapshot()
    snapshot.fills = Fills(0xFD, 0x55)
    snapshot.options = chance.choice([{}, {"FtMallocScribble": "1"}])
    states = snapshot.blocks.states
    snapshot.blocks.has_canaries = bytearray(state == State.LIVE and chance.random() < 0.9 for state in states)
    if seed % 3 == 2:  # as a reader that erred might give them
        snapshot.blocks.sizes[chance.randrange(200)] = chance.choice([1 << 40, 7])
        snapshot.blocks.addresses[chance.randrange(200)] += chance.choice([-32, 3, 1 << 30])
    by_kernel = list(check_fills(session.target.memory, snapshot))
    monkeypatch.setattr(fills.kernel, "find", lambda: (None, "left out"))
    assert list(check_fills(session.target.memory, snapshot)) == by_kernel
    assert len(by_kernel) > 20 and snapshot.block_at(large).index in {damage.index for damage in by_kernel}


def test_json_in_pieces_is_what_json_gives():
    plain = {"a": 1, "b": {"c": [1, {"d": None}]}, "empty": [], "list": [{"x": [1, 2], "y": "\u20ac"}, {"x": []}]}

    def inner(values: list) -> json_text.Streamed:
        return json_text.StreamedTexts(lambda: (json.dumps(value) for value in values))

    items = [dict(item, x=inner(item["x"])) for item in plain["list"]]
    streamed = plain | {"empty": inner([]), "list": json_text.Streamed(lambda: iter(items))}
    assert json_text.dumps(streamed) == json.dumps(plain)
    assert [list(item["x"]) for item in streamed["list"]] == [[1, 2], []]
