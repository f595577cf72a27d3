"""Real crashes diagnosed: each program in diagnose/ says in its head comment what is true of its crash."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from inferiors import HERE, LIBRARY, compile_c, crash, gdb, start_on

PROGRAMS = sorted((HERE / "diagnose").glob("*.c"))
KEYS = {"options", "fault", "missed", "access", "signal", "block_bytes", "offset_bytes"}


HEAP = re.compile(r"heap-|double-free|invalid-free|alloc-dealloc|uninitialized")
_outcomes: list[tuple[str, str]] = []


@pytest.fixture(scope="module", autouse=True)
def precision_and_recall(request: pytest.FixtureRequest):
    """Prints both over all programs: a heap fault counts as found when it has its exact name."""
    yield
    right = sum(true == said for true, said in _outcomes if HEAP.match(true))
    said = sum(bool(HEAP.match(said)) for _, said in _outcomes)
    true = sum(bool(HEAP.match(true)) for true, _ in _outcomes)
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\ndiagnose: {len(_outcomes)} crashes, precision {right} of {said}, recall {right} of {true}")


def promised(source: Path) -> tuple[dict[str, str], dict[str, object]]:
    """The environment, and what diagnose must say."""
    rows = dict(re.findall(r"^ \* (\w+): ?(.*)$", source.read_text().split("*/")[0], re.MULTILINE))
    assert set(rows) <= KEYS and "fault" in rows, f"{source.name}: {rows}"
    options = dict(item.split("=", 1) for item in rows.pop("options", "").split())
    return options, {key: int(value) if key.endswith("_bytes") else value for key, value in rows.items()}


def claimed(document: dict, promise: dict[str, object]) -> dict[str, object]:
    block = document["block"] or {}
    return {key: {**document, "block_bytes": block.get("size_bytes")}[key] for key in promise}


def build(source: Path, folder: Path) -> Path:
    return compile_c(source, folder / source.stem, "-O0", "-w")


@pytest.mark.parametrize("source", PROGRAMS, ids=lambda path: path.stem)
def test_the_fault_of_a_core(source, tmp_path, monkeypatch):
    options, promise = promised(source)
    for name, value in options.items():
        monkeypatch.setenv(name, value)
    program = build(source, tmp_path)
    core, _ = crash(tmp_path, [program])
    document = gdb("ftmalloc diagnose -json", arguments=(program, core)).document()
    _outcomes.append((promise["fault"], document["fault"]))
    promise["fault"] = promise.pop("missed", promise["fault"])  # a known miss: counted as one, with what is said
    assert claimed(document, promise) == promise, document
    assert document["evidence"] and document["certainty"] in ("certain", "likely", "possible")
    if promise["fault"] != "stack-overflow":
        function = document["frame"]["function"]
        assert function in ("main", "follow") or promise.get("access") == "execute", document["frame"]


def test_live_and_exit_status(tmp_path):
    program = build(HERE / "diagnose" / "double_free_aborts.c", tmp_path)
    answer = gdb(
        "set env FtMallocErrorAbort 1", start_on(LIBRARY), "run", "ftmalloc diagnose -exit-code 7", arguments=(program,)
    )
    assert answer.status == 7 and "double-free (certain)" in answer.output


def test_without_the_library_the_signal_still_speaks(tmp_path):
    program = build(HERE / "diagnose" / "null_write.c", tmp_path)
    core, _ = crash(tmp_path, [program], library=None)
    document = gdb("ftmalloc diagnose -json", arguments=(program, core)).document()
    assert document["fault"] == "null-dereference"
    assert any("no ftmalloc" in sentence for sentence in document["evidence"])


def test_no_process_is_one_clear_line():
    answer = gdb("ftmalloc diagnose")
    assert "no process and no core file" in answer.errors
