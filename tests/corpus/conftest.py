"""All runs that the selected tests need, made once and in parallel."""

from __future__ import annotations

from collections import defaultdict

import pytest
from corpus_programs import Program
from corpus_runs import Run, run_all

COMMANDS = {"heap": ("ftmalloc diagnose -json",), "crash": ("ftmalloc diagnose -json",), "leak": ("leak-check -json",)}


@pytest.fixture(scope="session")
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Run]:
    """By name of program and mode: those that a selected test has as parameters."""
    modes: defaultdict[Program, list[str]] = defaultdict(list)
    for item in request.session.items:
        parameters = getattr(item, "callspec", None) and item.callspec.params
        if parameters and {"program", "mode"} <= set(parameters):
            modes[parameters["program"]].append(parameters["mode"])
    made = run_all(modes, tmp_path_factory.mktemp("corpus"), COMMANDS)
    return {(run.program.name, run.mode): run for run in made}
