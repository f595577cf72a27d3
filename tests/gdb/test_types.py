"""Likely types of real programs: C by call and pointer, C++ by vtable, on core, live and remote targets."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from inferiors import HERE, asked, compile_c, crash, gdb

STACKS = "FtMallocStackLogging=1"
EXPECTED_IN_C = {
    "store": ("shelf", 1, {"site", "pointer"}),
    "store->first": ("struct item", 1, {"site", "pointer"}),
    "store->first->next->next->next": ("struct item", 1, {"site", "pointer"}),
    "store->sorted": ("struct item *", 5, {"site", "pointer"}),
    "spare[2]": ("struct item", 3, {"site", "pointer"}),
    "record": ("struct record", 1, {"site", "pointer"}),
}
EXPECTED_IN_CPP = {
    "part": ("shop::Part", 1),
    "second_base": ("shop::Wheel", 1),
    "wheels": ("shop::Wheel", 3),
    "boxed": ("shop::Box<long>", 1),
    "shown._M_impl._M_start": ("shop::Wheel", 4),
}


@pytest.fixture(scope="module")
def in_c(tmp_path_factory) -> Path:
    return compile_c(HERE / "types.c", tmp_path_factory.mktemp("types") / "types", "-O0")


@pytest.fixture(scope="module")
def in_cpp(tmp_path_factory) -> Path:
    program = tmp_path_factory.mktemp("types") / "types-cpp"
    subprocess.run(["c++", "-O1", "-g", "-o", program, HERE / "types.cpp"], check=True, timeout=50)
    return program


@pytest.mark.parametrize("kind", ["core", "live", "remote"])
def test_types_of_a_c_program(in_c, tmp_path, kind):
    lines = [f"explain -json {expression}" for expression in EXPECTED_IN_C]
    documents = asked(in_c, tmp_path, kind, *lines, switches=STACKS).documents()
    for document, (expression, (name, count, sources)) in zip(documents, EXPECTED_IN_C.items(), strict=True):
        found = document["type"]
        assert (found["name"], found["count"], found["certainty"]) == (name, count, "likely"), expression
        assert {each["source"] for each in found["evidence"]} == sources, expression


def test_pointers_alone_tell_the_types_too(in_c, tmp_path):
    lines = [f"explain -json {expression}" for expression in EXPECTED_IN_C]
    documents = asked(in_c, tmp_path, "core", *lines).documents()
    assert [document["type"]["name"] for document in documents] == [name for name, _, _ in EXPECTED_IN_C.values()]


@pytest.mark.parametrize("kind", ["core", "live", "remote"])
def test_vtables_of_a_cpp_program(in_cpp, tmp_path, kind):
    lines = [f"explain -json {expression}" for expression in EXPECTED_IN_CPP]
    documents = asked(in_cpp, tmp_path, kind, *lines).documents()
    for document, (expression, (name, count)) in zip(documents, EXPECTED_IN_CPP.items(), strict=True):
        found = document["type"]
        assert (found["name"], found["count"], found["certainty"]) == (name, count, "certain"), expression


def test_nodes_of_containers(in_cpp, tmp_path):
    """libstdc++ links its nodes by their base, which tells nothing."""
    questions = ("type = 'std::_List_node<long>'", "type = 'std::_Rb_tree_node<*shop::Part*>'")
    answers = asked(in_cpp, tmp_path, "core", *(f"ftmalloc find -json {question}" for question in questions))
    assert [document["count"] for document in answers.documents()] == [2, 5]


def test_as_prints_by_gdbs_own_printers(in_c, in_cpp, tmp_path):
    (tmp_path / "c").mkdir()
    (tmp_path / "cpp").mkdir()
    lines = ("struct item spare[2]", "item store->first -json", "nonsense store", "shelf store->first->label", "int 16")
    answer = asked(in_c, tmp_path / "c", "core", *(f"explain -as {line}" for line in lines))
    assert answer.output.count("label = 0x0") == 3
    assert '"screws and bolts"' in answer.document()["printed"]
    assert answer.errors.splitlines()[-3:] == [
        "explain: no type 'nonsense' in the program's symbols",
        f"explain: shelf has 24 bytes, but 17 bytes of the block follow {address_in(answer.errors)}",
        "int at 0x10: Cannot access memory at address 0x10",
    ]
    answer = asked(in_cpp, tmp_path / "cpp", "core", "explain -as shop::Wheel wheels")
    assert answer.output.count("radius = 1.5") == 3


def address_in(text: str) -> str:
    """The last address of a text that is no small number."""
    return [word for word in text.split() if word.startswith("0x7")][-1]


def test_places_on_the_stack_in_data_and_in_code(in_c, tmp_path):
    lines = ("&buffer[3]", "&spare[1]", "(char *)&store + 3", "main")
    documents = asked(in_c, tmp_path, "core", *(f"explain -json {line}" for line in lines)).documents()
    stack, static, part, code = documents
    assert (stack["frame"], stack["variable"]["name"], stack["variable"]["offset_bytes"]) == (
        {"number": 0, "function": "crash"}, "buffer", 3,
    )  # fmt: skip
    assert stack["description"].startswith("in buffer[3] of frame 0 (crash) on the stack of thread 1, ")
    assert static["variable"] == {"name": "spare", "type": "struct item *[3]", "offset_bytes": 8}
    assert part["variable"] == {"name": "store", "type": "shelf *", "offset_bytes": 3}
    assert code["notes"][0].startswith("It is line ") and code["notes"][0].endswith("types.c.")


QUESTIONS = {
    'type = "struct item"': 6,
    'type = "item*" and size > 100': 1,
    "stack add_item and size = 48": 5,
    'stack "types.c" and string "bolts"': 5,
    "pointer store->first": 2,
    "age >= 0 and size = 24": 1,
    "event > 0 and type = 'shelf'": 1,
    "state != live and freed-at main": 0,
    'stack "types.c:[0-9]+" and size = 48': 5,
}


@pytest.mark.parametrize("kind", ["core", "live", "remote"])
def test_find_by_type_stack_age_and_content(in_c, tmp_path, kind):
    switches = f"{STACKS} FtMallocHistory=100"
    lines = [f"ftmalloc find -json {question}" for question in QUESTIONS]
    documents = asked(in_c, tmp_path, kind, *lines, switches=switches).documents()
    assert {document["expression"]: document["count"] for document in documents} == QUESTIONS
    assert all(document["findings"] == [] for document in documents)


def test_find_says_what_was_not_recorded(in_c, tmp_path):
    answer = asked(in_c, tmp_path, "core", "ftmalloc find age > 1s", "ftmalloc find stack main")
    assert answer.errors.splitlines()[-2:] == [
        "find: age is not known, since nothing was recorded; run the program with FtMallocHistory=1",
        "find: stack is not known, since nothing was recorded; run the program with FtMallocStackLogging=1",
    ]


def test_classes_of_a_stripped_program(in_cpp, tmp_path):
    program = tmp_path / "stripped"
    subprocess.run(["strip", "-o", program, in_cpp], check=True, timeout=20)
    answer = asked(program, tmp_path, "core", "ftmalloc find -json type = 'shop::*'").document()
    names = sorted(block["likely_type"] for block in answer["blocks"])
    assert names == ["shop::Box<long>", "shop::Part", "shop::Wheel", "shop::Wheel"]


@pytest.mark.parametrize("kind", ["core", "live", "remote"])
def test_references_name_variables_frames_and_members(in_c, tmp_path, kind):
    answer = asked(in_c, tmp_path, kind, "leak-refs -json store->first->next", "leak-refs -retained -json store",
                   "leak-refs -json spare[2]")  # fmt: skip
    item, store, spare = answer.documents()
    named = {(each["kind"], each["variable"], (each["frame"] or {}).get("function")) for each in item["references"]}
    assert {("stack", "local", "crash"), ("block", "next of a struct item", None)} <= named
    assert [step["variable"] for step in store["path"]] == ["store"]
    assert store["retained"]["count"] >= 3, "itself, what is sorted, a label at least"
    (reference,) = spare["references"]
    assert (reference["variable"], reference["symbol"]) == ("spare[2]", {"name": "spare", "offset_bytes": 16})


@pytest.mark.parametrize("kind", ["core", "live", "remote"])
def test_stats_by_size_thread_stack_and_type(in_c, tmp_path, kind):
    answer = asked(in_c, tmp_path, kind, "ftmalloc stats -json -retained", switches=STACKS)
    document = answer.document()
    contents = {each["type"]: (each["count"], each["bytes"]) for each in document["contents"]}
    assert contents["struct item"] == (6, 8 * 48) and contents["shelf"] == (1, 24)
    assert len(document["threads"]) == 1
    functions = {frame["function"] for consumer in document["consumers"] for frame in consumer["stack"]}
    assert {"add_item", "main"} <= functions
    assert document["retained"] and all(0 <= zone["fragmentation"] <= 1 for zone in document["zones"])


def test_leaks_without_stacks_are_grouped_by_size_and_type(in_cpp, tmp_path):
    groups = asked(in_cpp, tmp_path, "core", "leak-check -class all -json").document()["groups"]
    found = {(group["type"], group["count"], group["bytes"]) for group in groups}
    assert {("shop::Part", 1, 16), ("shop::Box<long>", 1, 16), ("shop::Wheel", 1, 64), (None, 1, 64)} <= found


@pytest.mark.parametrize("suffix, name", [(".c", "struct item"), (".cpp", "item")])
def test_types_are_named_as_in_the_program_where_assembly_crashes(tmp_path, suffix, name):
    """gdb's language follows the selected frame, as inside a memset of the C library."""
    (tmp_path / "crash.s").write_text(
        ".globl crash\n.type crash, @function\ncrash: movl $1, (%rdi)\n ret\n.section .note.GNU-stack\n"
    )
    (tmp_path / f"items{suffix}").write_text(
        "#include <stdlib.h>\n#ifdef __cplusplus\nextern \"C\"\n#endif\nvoid crash(void *);\n"
        "struct item { struct item *next; long number; } *items;\n"
        "int main(void) { items = (struct item *)calloc(1, sizeof(struct item)); crash(0); }\n"
    )
    program = compile_c(tmp_path / f"items{suffix}", tmp_path / "items", str(tmp_path / "crash.s"))
    core, _ = crash(tmp_path, [program])
    answer = gdb(
        "explain -json items", "print $ft_type(items)", f"ftmalloc find -json type = '{name}'", "show language",
        arguments=(program, core),
    )  # fmt: skip
    explained, found = answer.documents()
    assert explained["type"]["name"] == name and found["count"] == 1 and f'= "{name}"' in answer.output
    assert '"auto; currently asm"' in answer.output
