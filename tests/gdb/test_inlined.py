"""Functions that the compiler inlined stand in recorded stacks, as they do in gdb's own backtrace."""

from __future__ import annotations

import re

import pytest
from inferiors import HERE, compile_c, crash, gdb

SOURCE = HERE / "inlined.c"
FUNCTIONS = ("checked_alloc", "make_parcel", "store_parcels", "main")
LINES = {
    match[1]: number
    for number, row in enumerate(SOURCE.read_text().splitlines(), 1)
    for match in re.finditer(r"/\* line: (\w+) \*/", row)
}


@pytest.fixture(scope="module")
def arguments(tmp_path_factory):
    """The subject and its core, for gdb."""
    folder = tmp_path_factory.mktemp("inlined")
    program = compile_c(SOURCE, folder / "inlined", "-O2")
    core, _ = crash(folder, [program], before="export FtMallocStackLogging=1")
    return program, core


def test_each_inlined_call_is_a_frame(arguments):
    block = gdb("explain -json shelf", arguments=arguments).document()["block"]
    stack = block["allocated_at"][: len(FUNCTIONS)]
    assert [(frame["function"], frame["line"]) for frame in stack] == [(name, LINES[name]) for name in FUNCTIONS]
    addresses = [frame["address"] for frame in stack]
    assert addresses[0] == addresses[1] == addresses[2] != addresses[3], "what was inlined shares the code's address"


def test_inlined_functions_are_found_and_shown(arguments):
    found = gdb('ftmalloc find stack "make_parcel" -json', arguments=arguments).document()
    assert (found["count"], found["bytes"]) == (3, 3 * 48)
    text = gdb("explain shelf", arguments=arguments).output
    for number, name in enumerate(FUNCTIONS):
        source = SOURCE.read_text().splitlines()[LINES[name] - 1].strip()[:40]
        assert re.search(rf"#{number} {name} at inlined.c:{LINES[name]}\n +{re.escape(source)}", text), (name, text)


def test_the_type_is_that_of_the_call_that_a_wrapper_was_inlined_into(arguments):
    found = gdb('ftmalloc find type = "struct parcel" -json', arguments=arguments).document()
    assert found["count"] == 3
    address = found["blocks"][0]["address"]
    evidence = gdb(f"explain -json {address}", arguments=arguments).document()["type"]["evidence"]
    assert [item["text"] for item in evidence if item["source"] == "site"] == [
        f"inlined.c:{LINES['make_parcel']} asks for the size of struct parcel"
    ]
