"""For all rings: the extension is importable, the library is found, no test hangs."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import pytest

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "build" / "libftmalloc.so"
DEFAULT_LIMIT_SECONDS = 60

sys.path.insert(0, str(ROOT / "gdbplugin"))
# Each ring may keep helper modules beside its tests.
sys.path += [str(ring) for ring in sorted((ROOT / "tests").iterdir()) if ring.is_dir()]


# A job that a shell runs in the background ignores these, and its children would.
for number in (signal.SIGINT, signal.SIGQUIT):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def library() -> Path:
    """The built library; ``make`` must have run."""
    assert LIBRARY.exists(), f"{LIBRARY} is missing: run make"
    return LIBRARY


def limit_seconds(item: pytest.Item) -> int:
    """What a test and its fixtures may take each: more where others keep the machine busy."""
    marker = item.get_closest_marker("limit")
    busy = max(1.0, os.getloadavg()[0] / len(os.sched_getaffinity(0)))
    return int((marker.args[0] if marker else DEFAULT_LIMIT_SECONDS) * busy)


@contextmanager
def limited(item: pytest.Item) -> Iterator[None]:
    """Fails after the limit. Where Python can't get a word in (a loop in C), the whole run ends."""
    limit = limit_seconds(item)

    def expire(signal_number: int, frame: object) -> None:
        pytest.fail(f"took longer than {limit} seconds")

    previous = signal.signal(signal.SIGALRM, expire)
    signal.alarm(limit)
    faulthandler.dump_traceback_later(2 * limit, exit=True, file=sys.__stderr__)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


# Each by itself: an alarm while pytest writes a report would be an error of pytest's own.
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with limited(item):
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with limited(item):
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    with limited(item):
        yield


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children see no switch of ours, and no Python settings, but those that a test sets."""
    for name in list(os.environ):
        if name.startswith("Ft") or name in ("LD_PRELOAD", "PYTHONHOME", "PYTHONPATH", "PYTHONMALLOC"):
            monkeypatch.delenv(name)
