"""``find``: the expression language, contents, errors."""

from __future__ import annotations

import json
import random
from array import array

import pytest
from fake_debug_info import FakeDebugInfo
from fake_target import CODE, DATA, HEAP, ZONE_BYTES, FakeHeap, FakeSession
from ftheap import command_line
from ftheap.analysis.prefilter import Prefilter
from ftheap.commands import load_all
from ftheap.debug_info import Variable
from ftheap.errors import UsageError
from ftheap.model.heap import Event, State, Trace
from ftheap.registry import COMMANDS
from ftheap.render import json_text
from ftheap.render.style import PLAIN
from ftheap.target import Frame

load_all()


def run(session: FakeSession, text: str):
    command = COMMANDS["find"]
    return command.run(session, command_line.parse(command, text))


def document(session: FakeSession, text: str) -> dict:
    return json.loads(json_text.dumps(run(session, f"-json {text}").document()))


NAMED = {
    "text": (40, State.LIVE, b"hello world\0"),
    "freed": (40, State.FREED, b"hello too"),
    "raw": (100, State.LIVE, bytes.fromhex("00deadbeef")),
    "held": (24, State.QUARANTINED, b""),
    "unused": (24, State.UNUSED, b""),
    "large": (1 << 20, State.LIVE, b""),
}


@pytest.fixture
def heap() -> FakeHeap:
    heap = FakeHeap()
    heap.names = {heap.block(size, data=data, state=state): name for name, (size, state, data) in NAMED.items()}
    return heap


@pytest.mark.parametrize(
    "expression, names",
    [
        ("size = 40", "text"),
        ("size >= 40", "text raw large"),
        ("size>40 and size<1M", "raw"),
        ("size = 0x28 or size == 1024k", "text large"),
        ("not size = 40", "raw large"),
        ("! size = 40 && ! type = large", "raw"),
        ("state = freed", "freed"),
        ("state != live", "freed held"),
        ("state = quarantined or state = freed and size = 40", "freed held"),
        ("(state = quarantined or state = freed) and size = 40", "freed"),
        ("type = large", "large"),
        ("type != TINY", "large"),
        (f"zone = {HEAP + ZONE_BYTES:#x}", "large"),
        (f"address >= {HEAP + ZONE_BYTES:#x}", "large"),
        ('string "hello"', "text"),
        ("string 'lo wo'", "text"),
        ('string "hello" and state = freed', "freed"),
        ('bytes "de ad be ef"', "raw"),
        ("bytes 0xDEADBEEF", "raw"),
        ("class = definite", "text raw large"),
        ("class = reachable", ""),
    ],
)
def test_expressions(heap, expression, names):
    found = document(heap.session(), expression)
    shown = [heap.names[int(block["address"], 16)] for block in found["blocks"]]
    assert " ".join(sorted(shown, key=list(NAMED).index)) == names
    assert found["count"] == len(shown) and found["expression"] == expression


def test_pointers_are_aligned_words(heap):
    aim = 0x123456789ABC
    holder, skewed = heap.block(64), heap.block(64)
    heap.set_word(holder, 16, aim)
    heap.set_word(skewed, 20, aim)
    found = document(heap.session(), f"pointer {aim:#x}")
    assert [(block["address"], block["match_offset_bytes"]) for block in found["blocks"]] == [(hex(holder), 16)]
    assert document(heap.session(), f"(pointer {aim:#x}) and size = 64")["count"] == 1


def test_text_has_offset_and_total(heap):
    rows = list(run(heap.session(), 'string "world"').lines(PLAIN))
    assert rows[-2].endswith("TINY  +6") and rows[-1] == "Total : 1 block, 40 bytes"
    rows = list(run(heap.session(), "-limit 1 size > 0").lines(PLAIN))
    assert "... and 2 blocks more (-limit 1)" in rows
    assert all(len(row) <= 79 for row in rows)
    assert not run(heap.session(), "size = 7").found


def test_stack_and_thread():
    heap = FakeHeap()
    first = heap.block(16)
    heap.block(16)
    heap.target.frames = {CODE + 8: Frame(CODE + 8, "make_node", "/src/n.c", 3)}
    session = heap.session()
    snapshot = session.snapshot()
    snapshot.blocks.allocation_traces = array("I", [5, 0])
    snapshot.traces = {5: Trace((CODE + 8,), 101)}
    for expression in ('stack "^make_"', "stack n.c$", "stack n.c:3", "thread = 101"):
        assert [block["address"] for block in document(session, expression)["blocks"]] == [hex(first)]
    assert document(session, 'stack "other"')["count"] == 0


def test_where_and_by_whom_blocks_were_freed():
    heap = FakeHeap()
    freed = heap.block(16, state=State.FREED)
    heap.block(16)
    heap.target.frames = {CODE + 8: Frame(CODE + 8, "drop_node", "/src/n.c", 3)}
    session = heap.session()
    blocks = session.snapshot().blocks
    blocks.allocation_traces, blocks.free_traces = array("I", [0, 0]), array("I", [5, 0])
    blocks.allocation_threads, blocks.free_threads = array("I", [101, 101]), array("I", [102, 0])
    session.snapshot().traces = {5: Trace((CODE + 8,))}
    for expression in ("freed-at drop_ and state = freed", "freed-by = 102", "freed-at n.c:3", "not freed-by = 0"):
        assert [block["address"] for block in document(session, expression)["blocks"]] == [hex(freed)]
    assert document(session, "freed-at drop_ and state = live")["count"] == 0
    assert document(session, "size = 16")["count"] == 1, "live blocks only, unless state or free are asked for"


def test_age_and_number_of_the_allocation():
    heap = FakeHeap()
    oldest, old, young = (heap.block(16) for _ in range(3))
    session = heap.session()
    second = 10**9
    session.snapshot().events = [
        Event(7, 1 * second, "allocate", old, 16, None, 1, 0),
        Event(8, 9 * second, "resize", young, 16, old + 0x1000, 1, 0),
        Event(9, 11 * second, "free", 0x1000, 16, None, 1, 0),
    ]
    for expression, expected in (
        ("age >= 10s", [oldest, old]), ("age < 10", [young]), ("age <= 2000ms", [young]), ("age > 10s", [oldest]),
        ("age < 0.1m", [young]), ("event >= 8", [young]), ("event = 7 or event = 0", [oldest, old]),
    ):  # fmt: skip
        found = document(session, expression)["blocks"]
        assert [int(block["address"], 16) for block in found] == expected, expression


@pytest.mark.parametrize(
    "expression, switch",
    [
        ("age > 5s", "FtMallocHistory"),
        ("size = 1 or event = 3", "FtMallocHistory"),
        ("stack main", "FtMallocStackLogging"),
        ("not thread = 5", "FtMallocStackLogging"),
        ("freed-at x", "FtMallocStackLogging"),
        ("freed-by = 1", "FtMallocStackLogging"),
    ],
)
def test_what_was_not_recorded_is_told(heap, expression, switch):
    with pytest.raises(UsageError, match=f"nothing was recorded; run the program with {switch}=1"):
        run(heap.session(), expression)


@pytest.fixture
def typed() -> FakeHeap:
    """A node, an array of two nodes, and a block that nobody types."""
    heap = FakeHeap()
    heap.target.debug_info = info = FakeDebugInfo()
    info.add("struct node", 24)
    heap.names = {heap.block(24): "one", heap.block(48): "two", heap.block(16): "untyped"}
    for index, address in enumerate(heap.names):
        heap.set_global(index, address)
        info.globals.append(Variable(f"g{index}", "struct node *" if index < 2 else "void *", 8, DATA + 8 * index))
    return heap


@pytest.mark.parametrize(
    "expression, names",
    [
        ('type = "node"', "one two"),
        ("type = 'struct node'", "one two"),
        ('type = "node[2]"', "two"),
        ('type == "no*"', "one two"),
        ('type != "node"', "untyped"),
        ('type = tiny and not type = "*"', "untyped"),
        ('type = "char"', ""),
    ],
)
def test_likely_types(typed, expression, names):
    found = document(typed.session(), expression)
    assert " ".join(typed.names[int(block["address"], 16)] for block in found["blocks"]) == names
    shown = {"one": "struct node", "two": "struct node[2]", "untyped": None}
    assert [block["likely_type"] for block in found["blocks"]] == [shown[name] for name in names.split()]
    rows = list(run(typed.session(), expression).lines(PLAIN))
    assert all(any(name in row for row in rows) for name in (shown[name] for name in names.split()) if name)


def test_a_block_whose_contents_are_missing_is_told():
    heap = FakeHeap()
    block = heap.block(1 << 20)
    session = heap.session()
    del heap.pieces[HEAP + ZONE_BYTES]
    from ftheap.memory import ImageMemory

    heap.target.memory = ImageMemory(heap.pieces)
    found = document(session, 'string "x"')
    told = [(finding["rule"], finding["address"]) for finding in found["findings"]]
    assert told == [("memory-unreadable", hex(block))]


@pytest.mark.parametrize(
    "expression, message",
    [
        ("", "find needs an argument"),
        ("size", "expected a comparison behind size"),
        ("size >", "expected a number behind size, such as 64 or 4k, found the end"),
        ("size > many", "expected a number"),
        ("colour = red", "expected one of size, address"),
        ("state < live", "can be = or !=, not <"),
        ("state = lively", "expected a state: unused, live, freed"),
        ("size = 64 and colour = red", "found 'colour' at column 15"),
        ("  size = ", "found the end at column 7"),
        ('size = 64 or "x', "a quote is not closed in '\"x', column 14"),
        ("type = node", "expected a type: tiny, small, large \\(or a C type's name in quotes\\), found 'node'"),
        ("age > soon", "expected a time behind age, such as 10ms, 5s, found 'soon'"),
        ("event > 1k", "expected a number behind event"),
        ("size > " + "9" * 5000, "expected a number"),
        ("freed-by", "expected a comparison behind freed-by"),
        ("(size = 1", r"expected '\)', found the end"),
        ("size = 1 size = 2", "expected 'and', 'or' or the end, found 'size'"),
        ("size = 1 and", "found the end"),
        ('string "abc', "a quote is not closed"),
        ('string ""', "the string is empty"),
        ("bytes 123", "pairs of hexadecimal digits"),
        ('stack "("', "is no regular expression"),
        ("pointer", "expected an address"),
        ("pointer nonsense", "No symbol"),
        ("not " * 60 + "size = 1", "more than 50 levels"),
        ("(" * 5000 + "size = 1", "more than 50 levels"),
    ],
)
def test_errors_are_one_clear_line(expression, message):
    with pytest.raises(UsageError, match=message) as caught:
        run(FakeHeap().session(), expression)
    assert "\n" not in str(caught.value)


LEAVES = [
    "size = 40", "size > 30", "size != 16", "state = freed", "state != live", "class = definite", "thread = 2",
    "freed-by != 1", "type = large", 'string "ab"', 'bytes "00 00"', "pointer 0x6161616161616162",
    f"address >= {HEAP + 3000:#x}", f"zone = {HEAP:#x}",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_what_columns_leave_out_would_not_have_held(seed, monkeypatch):
    chance = random.Random(seed)
    heap = FakeHeap()
    for _ in range(150):
        state = chance.choice([State.LIVE, State.LIVE, State.FREED, State.QUARANTINED, State.UNUSED])
        heap.block(chance.choice([0, 16, 40, 41, 200]), data=chance.choice([b"", b"ab", b"baaaaaaa" * 2]), state=state)
    heap.block(2_000_000, data=b"..ab")
    session = heap.session()
    blocks = session.snapshot().blocks
    blocks.allocation_traces.extend(0 for _ in range(len(blocks)))
    if seed % 2:
        blocks.allocation_threads.extend(chance.randrange(4) for _ in range(len(blocks)))
        blocks.free_threads.extend(chance.randrange(4) for _ in range(len(blocks)))

    def expression(depth: int) -> str:
        if depth == 0 or chance.random() < 0.3:
            return chance.choice(LEAVES)
        if chance.random() < 0.25:
            return f"not ({expression(depth - 1)})"
        return f" {chance.choice(['and', 'or'])} ".join(f"({expression(depth - 1)})" for _ in range(2))

    texts = [expression(3) for _ in range(12)]
    found = [document(session, text) for text in texts]
    monkeypatch.setattr(Prefilter, "of", lambda self, expression: lambda run: None)
    for text, document_of in zip(texts, found):
        assert document(session, text) == document_of, text
