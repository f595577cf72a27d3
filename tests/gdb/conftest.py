"""Programs compiled and crashed once for the whole ring."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator

import pytest
from adapters import has_adapter
from inferiors import HERE, Crashed, compile_c, crash, told_by
from terminals import Terminal

collect_ignore = [] if has_adapter() else ["test_adapter.py"]


@pytest.fixture(scope="session")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled subject."""
    return compile_c(HERE / "subject.c", tmp_path_factory.mktemp("subject") / "subject")


@pytest.fixture(scope="session")
def crashed(subject: Path, tmp_path_factory: pytest.TempPathFactory) -> Crashed:
    """The subject after a null pointer, with two threads."""
    core, printed = crash(tmp_path_factory.mktemp("crashed"), [subject, "crash", "threads"])
    return Crashed(subject, core, told_by(printed))


@pytest.fixture
def open_terminal() -> Iterator[Callable[..., Terminal]]:
    """Opens gdb on a terminal; all are closed at the end of the test."""
    opened = []

    def start(*arguments: object, **environment: str) -> Terminal:
        opened.append(Terminal(*arguments, **environment))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.child.close(force=True)
