"""Likely types: vtables, allocation sites, typed pointers, how they are weighed, and ``explain -as``."""

from __future__ import annotations

import json
import random
from array import array

import pytest
from fake_debug_info import FakeDebugInfo
from fake_target import CODE, DATA, STACK, FakeHeap, FakeSession
from ftheap import command_line
from ftheap.analysis.sites import sites, statement
from ftheap.analysis.typed_heap import types_of
from ftheap.commands import load_all
from ftheap.debug_info import DataType, FrameScope, PointerMember, Variable
from ftheap.errors import ExpectedError, UsageError
from ftheap.memory import ImageMemory
from ftheap.model.heap import State, Trace
from ftheap.registry import COMMANDS
from ftheap.render import json_text
from ftheap.render.style import PLAIN
from ftheap.target import Frame, SymbolAt

load_all()
TABLE = CODE + 0x2000
CALL = CODE + 0x80


@pytest.fixture
def heap() -> FakeHeap:
    heap = FakeHeap()
    heap.target.debug_info = heap.info = FakeDebugInfo()
    heap.info.add("struct node", 32, next=(0, "struct node"), label=(8, "char"))
    heap.info.add("char", 1)
    heap.info.add("Widget", 24)
    return heap


def run(session: FakeSession, line: str):
    command = COMMANDS["explain"]
    return command.run(session, command_line.parse(command, line))


def told(session: FakeSession, address: int) -> dict | None:
    return json.loads(json.dumps(run(session, f"-json {address:#x}").document()))["type"]


def put_vtable(heap: FakeHeap, top_bytes: int = 0, symbol: str = "vtable for Widget") -> int:
    """A table of virtual functions in the program's code mapping."""
    heap.write(TABLE - 16, (-top_bytes & (1 << 64) - 1).to_bytes(8, "little") + (0).to_bytes(8, "little"))
    if symbol:
        heap.target.symbols.append((TABLE - 16, 0x40, SymbolAt(symbol, 0, "/bin/program", False)))
    return TABLE


def record_site(session: FakeSession, info: FakeDebugInfo, text: str, function: str = "make") -> None:
    """All blocks come from one call, whose source line is ``text``."""
    session.target.frames[CALL] = Frame(CALL, function, "/src/m.c", 7)
    info.sources[CALL] = text
    snapshot = session.snapshot()
    snapshot.blocks.allocation_traces = array("I", [1] * len(snapshot.blocks))
    snapshot.traces = {1: Trace((CALL,))}


# vtables


def test_object_by_its_vtable(heap):
    block = heap.block(24, words=[put_vtable(heap)])
    found = told(heap.session(), block)
    assert (found["name"], found["count"], found["certainty"]) == ("Widget", 1, "certain")
    assert found["evidence"][0]["text"] == "its vtable is that of Widget"


def test_array_of_objects_and_one_behind_a_count(heap):
    table = put_vtable(heap)
    plain = heap.block(72, words=[table, 0, 0, table, 0, 0, table])
    counted = heap.block(56, words=[2, table, 0, 0, table])
    member = heap.block(64, words=[9, table])
    session = heap.session()
    assert (told(session, plain)["count"], told(session, plain)["offset_bytes"]) == (3, 0)
    assert (told(session, counted)["count"], told(session, counted)["offset_bytes"]) == (2, 8)
    assert told(session, member) is None, "an object inside of something else"


def test_base_subobject_table_is_not_the_start_of_an_object(heap):
    assert told(heap.session(), heap.block(24, words=[put_vtable(heap, top_bytes=16)])) is None


def test_class_name_by_type_information_where_symbols_are_gone(heap):
    block = heap.block(24, words=[put_vtable(heap, symbol="")])
    information, name = CODE + 0x3000, CODE + 0x3100
    heap.set_word(TABLE, -8, information)
    heap.set_word(information, 8, name)
    heap.write(name, b"6Widget\0")
    heap.info.mangled["_ZTS6Widget"] = "typeinfo name for Widget"
    heap.target.symbols = []
    found = told(heap.session(), block)
    assert found["name"] == "Widget" and "type information" in found["evidence"][0]["text"]


@pytest.mark.parametrize("word", [CODE + 0x2001, 0x7FFFFFFFFFF8, 0xFFFFFFFFFFFFFFF8, CODE, STACK])
def test_no_vtable(heap, word):
    assert told(heap.session(), heap.block(24, words=[word])) is None


def test_hostile_type_information(heap):
    """Cyclic, unterminated and absurd: no answer, and no error."""
    block = heap.block(24, words=[put_vtable(heap, symbol="")])
    heap.target.symbols = []
    heap.set_word(TABLE, -8, CODE + 0x3FF8)
    session = heap.session()
    for value in (CODE + 0x3FF8, CODE + 0x3FFF, 1 << 63, TABLE - 16):
        heap.set_word(CODE + 0x3FF8, 0, value)
        session.target.memory = ImageMemory(heap.pieces)
        assert told(session, block) is None


def test_freed_object_is_less_certain(heap):
    block = heap.block(24, words=[put_vtable(heap)], state=State.FREED)
    assert told(heap.session(), block)["certainty"] == "likely"


# Allocation sites


@pytest.mark.parametrize(
    "text, expected, certainty",
    [
        ("return new Widget(3);", "Widget", "certain"),
        ("auto *all = new Widget[2];", "Widget", "certain"),
        ("p = malloc(sizeof(struct node));", "struct node", "likely"),
        ("p = calloc(3, sizeof (struct node));", "struct node", "likely"),
        ("p = malloc(sizeof *head);", "struct node", "likely"),
        ("p = malloc(sizeof(*head));", "struct node", "likely"),
        ("p = realloc(p, n * sizeof head[0]);", "struct node", "likely"),
        ("use((struct node *) malloc(n));", "struct node", "likely"),
        ("auto *p = static_cast<struct node *>(malloc(n));", "struct node", "likely"),
        ("head = malloc(n);", "struct node", "likely"),
        ("list->head = xmalloc(n);", "struct node", "likely"),
        ('/* new Widget */ puts("new Widget"); // new Widget', None, None),
        ("renew(Widget);", None, None),
        ("if (sizeof(struct node) == 3) go();", None, None),
        ("p = malloc(sizeof(unknown));", None, None),
    ],
)
def test_source_text_of_the_call(heap, text, expected, certainty):
    block = heap.block(96)
    session = heap.session()
    heap.info.pointees = {(CALL, "head"): "struct node", (CALL, "list->head"): "struct node"}
    record_site(session, heap.info, text)
    found = told(session, block)
    assert (found and (found["name"], found["certainty"])) == (expected and (expected, certainty))
    assert found is None or found["count"] == 96 // (24 if expected == "Widget" else 32)


def test_allocator_of_a_container(heap):
    block = heap.block(64)
    session = heap.session()
    record_site(session, heap.info, "return static_cast<_Tp*>(_GLIBCXX_OPERATOR_NEW(n));",
                "std::__new_allocator<struct node>::allocate(unsigned long, void const*)")  # fmt: skip
    found = told(session, block)
    assert (found["name"], found["count"], found["certainty"]) == ("struct node", 2, "certain")


def test_wrapper_leaves_the_answer_to_its_caller(heap):
    info, outer = heap.info, CODE + 0x90
    info.sources = {CALL: "void *memory = malloc(size);", outer: "struct node *n = checked(sizeof *n);"}
    info.pointees = {(outer, "n"): "struct node"}
    frames = [Frame(CALL, "checked", "c.c", 3), Frame(outer, "main", "m.c", 9)]
    assert [(site.type.name, site.frame.line) for site in sites(info, frames)][0] == ("struct node", 9)
    info.sources[outer] = "other(sizeof *n);"
    assert list(sites(info, frames)) == [], "the line does not call the wrapper: it tells nothing"


def test_inlined_wrapper_leaves_the_answer_to_the_call_it_was_inlined_into(heap):
    info = heap.info
    info.sources = {CALL: "void *memory = malloc(size);", CALL + 1: "struct node *n = checked(sizeof(struct node));"}
    frames = [Frame(CALL, "checked", "c.c", 3), Frame(CALL, "main", "m.c", 9)]
    assert [(site.type.name, site.frame.line) for site in sites(info, frames)][0] == ("struct node", 9)


def test_statement_over_several_lines():
    lines = ["int x;", "", "struct node *n =", "    malloc(", "        sizeof(struct node)", "    );", "n->next = 0;"]
    assert statement(lines) == "struct node *n = malloc( sizeof(struct node) );"
    assert statement([]) == "" and statement(["", "", ""]) == ""


def test_a_type_that_does_not_fit_is_no_answer(heap):
    block = heap.block(16)
    session = heap.session()
    record_site(session, heap.info, "p = malloc(sizeof(struct node));")
    assert told(session, block) is None


def test_a_structure_with_room_behind(heap):
    block = heap.block(32 + 9)
    session = heap.session()
    record_site(session, heap.info, "p = malloc(sizeof(struct node) + 9);")
    assert (told(session, block)["count"], told(session, block)["certainty"]) == (1, "likely")


# Typed pointers


def test_types_spread_from_a_global_along_members(heap):
    label = heap.block(20, data=b"nineteen characters")
    last = heap.block(32)
    first = heap.block(32, words=[last, label])
    heap.set_global(2, first)
    heap.info.globals.append(Variable("head", "struct node *", 8, DATA + 16))
    session = heap.session()
    assert told(session, first)["evidence"][0]["text"] == "the global head points at it"
    assert told(session, last)["evidence"][0]["text"] == f"next of the struct node at {first:#x} points at it"
    found = told(session, label)
    assert (found["name"], found["count"], found["certainty"]) == ("char", 20, "possible")


def test_a_ring_of_pointers_ends(heap):
    first, second = heap.block(32), heap.block(32)
    heap.set_word(first, 0, second)
    heap.set_word(second, 0, first)
    heap.set_global(0, first)
    heap.info.globals.append(Variable("head", "struct node *", 8, DATA))
    assert told(heap.session(), second)["name"] == "struct node"


def test_a_long_list_is_typed_to_its_end(heap):
    nodes = [heap.block(32) for _ in range(1200)]
    for node, following in zip(nodes, nodes[1:]):
        heap.set_word(node, 0, following)
    heap.set_global(0, nodes[0])
    heap.info.globals.append(Variable("head", "struct node *", 8, DATA))
    assert told(heap.session(), nodes[-1])["name"] == "struct node"


def test_locals_on_the_stack_and_in_registers(heap):
    on_stack, in_register = heap.block(32), heap.block(64)
    heap.set_word(STACK, 0x1100, on_stack)
    local = Variable("node", "struct node *", 8, STACK + 0x1100)
    register = Variable("many", "struct node *", 8, None, in_register)
    heap.info.scopes[1] = [FrameScope(0, "work", STACK + 0x1000, STACK + 0x1200, (local, register))]
    session = heap.session()
    assert told(session, on_stack)["evidence"][0]["text"] == "in frame 0 (work) of thread 1, node points at it"
    assert (told(session, in_register)["count"], told(session, in_register)["name"]) == (2, "struct node")


def test_vtable_wins_over_the_pointer_to_a_base(heap):
    block = heap.block(24, words=[put_vtable(heap)])
    heap.set_global(0, block)
    heap.info.add("Base", 8)
    heap.info.globals.append(Variable("base", "Base *", 8, DATA))
    found = told(heap.session(), block)
    assert [each["type"] for each in found["evidence"]] == ["Widget", "Base[3]"]


def test_interior_pointers_and_freed_blocks_get_no_type_from_pointers(heap):
    inside, freed = heap.block(64), heap.block(32, state=State.FREED)
    heap.set_global(0, inside + 32)
    heap.set_global(1, freed)
    heap.info.globals += [Variable("a", "struct node *", 8, DATA), Variable("b", "struct node *", 8, DATA + 8)]
    session = heap.session()
    assert told(session, inside) is None and told(session, freed) is None


def test_a_large_heap_is_searched_when_asked(heap, monkeypatch):
    from ftheap.analysis import typed_heap

    monkeypatch.setattr(typed_heap, "ROWS_AT_ONCE_MAX", 0)
    block = heap.block(32)
    heap.set_global(0, block)
    heap.info.globals.append(Variable("head", "struct node *", 8, DATA))
    session = heap.session()
    assert told(session, block) is None and types_of(session.target, session.snapshot()) is None
    assert any("-deep" in row for row in run(session, hex(block)).lines(PLAIN))
    assert run(session, f"-deep {block:#x}").document()["type"]["name"] == "struct node"
    assert told(session, block)["name"] == "struct node", "known by now"


def test_text_form(heap):
    block = heap.block(64)
    heap.set_global(0, block)
    heap.info.globals.append(Variable("head", "struct node *", 8, DATA))
    rows = list(run(heap.session(), hex(block + 40)).lines(PLAIN))
    assert "  type      struct node[2], at [1].label (likely)" in rows
    assert "    - the global head points at it" in rows
    assert all(len(row) <= 79 for row in rows)


# explain -as


def test_as_prints_elements_from_the_address_to_the_end(heap):
    block = heap.block(64)
    session = heap.session()
    assert run(session, f"-as struct node {block:#x}").document()["printed"] == f"<struct node x 2 at {block:#x}>"
    assert run(session, f'-as "node" {block + 32:#x}').document()["printed"] == f"<node x 1 at {block + 32:#x}>"
    assert f"  <node x 2 at {block:#x}>" in list(run(session, f"-as node {block:#x}").lines(PLAIN))


@pytest.mark.parametrize(
    "line, message",
    [
        ("-as nonsense {0}", "explain: no type 'nonsense' in the program's symbols"),
        ("-as struct node {0}+48", "explain: struct node has 32 bytes, but 16 bytes of the block follow"),
        ("-as struct node {0}-8", "is in front of the block, whose bytes begin at"),
        ("-as Widget {0}", "gdb cannot print Widget"),
        ("-as", "explain: -as needs TYPE: a type"),
    ],
)
def test_as_errors_are_one_clear_line(heap, line, message):
    block = heap.block(64)
    heap.info.unprintable.add("Widget")
    heap.target.evaluate = lambda text: eval(text, {})
    with pytest.raises(UsageError, match=message) as caught:
        run(heap.session(), line.format(hex(block)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "line, kind, rest",
    [
        ("struct node head", "struct node", "head"),
        ("node *head", "node", "*head"),
        ("node* head", "node*", "head"),
        ("char[16] p", "char[16]", "p"),
        ("unsigned long p + 1", "unsigned long", "p + 1"),
        ("std::vector<int, x<3> > v", "std::vector<int, x<3> >", "v"),
        ("'struct node' head", "struct node", "head"),
        ("const struct node (x)", "const struct node", "(x)"),
        ("doubled p", "doubled", "p"),
    ],
)
def test_a_type_on_the_command_line(line, kind, rest):
    request = command_line.parse(COMMANDS["explain"], f"-as {line}")
    assert (request.options["as"], request.argument) == (kind, rest)


def test_in_a_large_heap_variables_tell_where_the_graph_is_known(heap, monkeypatch):
    from ftheap.analysis import typed_heap
    from ftheap.analysis.graph import graph_of

    monkeypatch.setattr(typed_heap, "ROWS_AT_ONCE_MAX", 0)
    below = heap.block(32)
    block = heap.block(32, words=[below])
    heap.set_global(0, block)
    heap.info.globals.append(Variable("head", "struct node *", 8, DATA))
    session = heap.session()
    graph_of(session.target, session.snapshot())
    assert told(session, block)["name"] == "struct node" and told(session, below) is None


def test_members_of_a_union_and_pointers_at_its_end(heap):
    """Two pointers at one place, and one that the type's size cuts off."""
    heap.info.types["union both"] = DataType("union both", 20, (
        PointerMember(0, "node", "struct node"), PointerMember(0, "text", "char"),
        PointerMember(4, "odd", "char"), PointerMember(16, "cut", "char"),
    ))  # fmt: skip
    heap.info.types["union both *"] = DataType("union both *", 8, (PointerMember(0, "", "union both"),))
    node = heap.block(32)
    block = heap.block(20, words=[node, node, node])
    heap.set_global(0, block)
    heap.info.globals.append(Variable("both", "union both *", 8, DATA))
    session = heap.session()
    assert (told(session, block)["name"], told(session, node)["name"]) == ("union both", "struct node")


@pytest.mark.parametrize("seed", range(40))
def test_wild_contents_and_lying_types_give_an_answer(seed):
    """Random words, types that lie about sizes and offsets, variables at random places: no error, bounded time."""
    chance = random.Random(seed)
    heap = FakeHeap()
    heap.target.debug_info = info = FakeDebugInfo()
    names = [f"T{index}" for index in range(6)]
    for name in names:
        members = {f"m{index}": (chance.randrange(-16, 90), chance.choice([*names, "gone"])) for index in range(4)}
        info.add(name, chance.choice([0, 1, 8, 24, 40, 1 << 40]), **members)
    blocks = [heap.block(chance.randrange(0, 200), state=chance.choice(list(State))) for _ in range(60)]
    wild = [*blocks, CODE, TABLE, DATA, STACK, 0, 1, 3, (1 << 64) - 1, 1 << 63]
    put_vtable(heap, chance.randrange(-40, 40), chance.choice(["", "vtable for T1", "T2"]))
    for block, (_, size_bytes, _) in zip(blocks, heap.rows):
        for offset in range(0, size_bytes - 7, 8):
            heap.set_word(block, offset, chance.choice(wild))
    for index in range(8):
        heap.set_global(index, chance.choice(wild))
        info.globals.append(Variable(f"g{index}", f"{chance.choice(names)} *", 8, DATA + 8 * index))
    session = heap.session()
    record_site(session, info, chance.choice(["new T1", "p = malloc(sizeof(T2))", "((((", "= new malloc sizeof("]))
    for name, lines in (
        ("explain", [hex(address) for address in wild]), ("leak-check", [""]), ("stats", ["-retained"]),
        ("find", ["type = 'T*'", "type != 'T1' and state != live"]), ("leak-refs", [hex(each) for each in blocks[:5]]),
    ):  # fmt: skip
        for line in lines:
            try:
                result = COMMANDS[name].run(session, command_line.parse(COMMANDS[name], line))
                json_text.dumps(result.document())
                assert all(len(row) <= 79 and row.isascii() for row in result.lines(PLAIN))
            except ExpectedError:
                pass
