"""What a user is told of every program of the corpus, in each mode; precision and recall over all of them."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from typing import Any

import corpus_runs
import pytest
from corpus_programs import MODES, Program, load, programs
from corpus_runs import Run

pytestmark = pytest.mark.limit(600)  # the first test waits for the runs of all
HEAP, CRASH, LEAK, CLEAN = programs("heap"), programs("crash"), programs("leak"), programs("clean")
WITH_STACKS = ("debug", "guard")
_told: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)  # by mode: the true fault, and what was said
_exact: defaultdict[str, list[bool]] = defaultdict(list)  # by mode, of leak programs


def cases(chosen: list[Program], *modes: str):
    return [pytest.param(one, mode, id=f"{one.name}-{mode}") for one in chosen for mode in modes]


@pytest.fixture(scope="module", autouse=True)
def precision_and_recall(request: pytest.FixtureRequest):
    """Printed over all: a heap fault counts as found when it has its exact name."""
    yield
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print()
        for mode, told in _told.items():
            truth = [fault for fault, _ in told if fault in HEAP_FAULTS]
            said = [(fault, word) for fault, word in told if word in HEAP_FAULTS]
            right = sum(fault == word for fault, word in said)
            print(f"diagnose, {mode}: heap faults: precision {right} of {len(said)}, recall {right} of {len(truth)}")
        for mode, exact in _exact.items():
            print(f"leak-check, {mode}: classes and bytes exact in {sum(exact)} of {len(exact)} programs")


HEAP_FAULTS = {str(program.promise["fault"]) for program in HEAP} | {"heap-corruption", "out-of-memory"}


def own_line(stack: list[dict[str, Any]], program: Program) -> int | None:
    """The line of the innermost frame in the program's source."""
    return next((frame["line"] for frame in stack if (frame["file"] or "").endswith(program.source.name)), None)


def check_document(document: dict[str, Any], program: Program, mode: str, expected: dict[str, Any]) -> None:
    block = document["block"] or {}
    claims = {**document, "block_bytes": block.get("size_bytes")}
    assert {key: claims[key] for key in expected} == expected, document
    assert document["evidence"] and document["certainty"] in ("certain", "likely", "possible")
    for text in program.evidence:
        assert any(text in sentence for sentence in document["evidence"]), document["evidence"]
    frame, wrong = document["frame"], program.marked_lines("access", "found")
    if wrong and own_line([frame], program) is not None:
        assert frame["line"] in wrong, frame
    for stack, marker in (("allocated_at", "alloc"), ("freed_at", "free")):
        lines = program.marked_lines(marker)
        if lines and block.get(stack) and document["fault"] == program.promise["fault"]:
            assert own_line(block[stack], program) in lines, block[stack]
    if mode == "debug" and block.get("state") == "live" and "block_bytes" in expected:
        assert block["allocated_at"], "the debug mode records stacks"


def check_outcome(run: Run) -> None:
    expected = run.program.expected(run.mode)
    _told[run.mode].append((str(run.program.promise["fault"]), run.fault))
    assert run.fault == expected["fault"], (run.status, run.reports, run.answers)
    if run.answers:
        check_document(run.answers[0], run.program, run.mode, expected)


def run_of(runs: dict[tuple[str, str], Run], program: Program, mode: str) -> Run:
    run = runs[program.name, mode]
    assert not run.failure, run.failure
    return run


@pytest.mark.parametrize("program, mode", cases(HEAP, *MODES))
def test_a_heap_bug_is_called_by_its_name(runs, program, mode):
    check_outcome(run_of(runs, program, mode))


@pytest.mark.parametrize("program, mode", cases(CRASH, "plain", "guard"))
def test_a_crash_is_called_by_its_name(runs, program, mode):
    check_outcome(run_of(runs, program, mode))


@pytest.mark.parametrize("program, mode", cases(CLEAN, *MODES))
def test_nothing_is_said_of_a_clean_program(runs, program, mode):
    run = run_of(runs, program, mode)
    _told[mode].append(("silent", run.fault))
    assert (run.status, run.fault) == (0, "silent")


@pytest.mark.parametrize("program, mode", cases(LEAK, "plain", "debug"))
def test_leaks_are_counted_exactly(runs, program, mode):
    run = run_of(runs, program, mode)
    (document,) = run.answers
    found = {name: document[name] for name in program.classes}
    _exact[mode].append(found == program.classes)
    assert found == program.classes
    assert document["incomplete"] is False and document["findings"] == []
    if mode == "debug" and "groups" in program.promise:
        definite = [group for group in document["groups"] if group["class"] == "definite"]
        assert len(definite) == program.promise["groups"] and all(group["stack"] for group in definite)


def test_a_program_that_hangs_fails_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus_runs, "RUN_SECONDS_MAX", 3)
    bodies = {"hangs": "for (;;) pause();", "does_not_compile": "no such thing;", "crashes": "abort();"}
    (tmp_path / "crash").mkdir()
    for name, body in bodies.items():
        head = "/*\n * fault: abort\n */\n#include <stdlib.h>\n#include <unistd.h>\n"
        (tmp_path / "crash" / f"{name}.c").write_text(f"{head}int main(void) {{ {body} }}\n")
    wanted = {load(path): ["plain"] for path in sorted((tmp_path / "crash").iterdir())}
    crashes, broken, hangs = corpus_runs.run_all(wanted, tmp_path / "runs", {"crash": ("ftmalloc diagnose -json",)})
    assert (crashes.failure, crashes.fault) == ("", "abort")
    assert "timed out after 3 seconds" in hangs.failure and "gcc" in broken.failure


def test_the_scoreboard_is_a_script(root):
    done = subprocess.run([sys.executable, str(root / "tests/corpus/scoreboard.py"), "clean/optimised"],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "1 clean, silent                       1          1          1          1" in done.stdout


def test_there_are_enough_programs():
    assert len(HEAP) >= 100 and len(CRASH) >= 50 and len(LEAK) >= 60 and len(CLEAN) >= 20
