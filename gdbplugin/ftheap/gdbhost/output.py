"""Writing to gdb's own stream, so that paging, logging, `pipe` and redirection work; and when to colour."""

from __future__ import annotations

import os
import time
from itertools import islice

import gdb

from ..progress import Progress
from ..render.style import Style
from ..typed import Iterable

_ROWS_AT_ONCE = 2048
_TEXT_AT_ONCE = 64 << 10
_QUIET_SECONDS = 1.0
_PERIOD_SECONDS = 0.2


def write_rows(rows: Iterable[str]) -> None:
    """Writes rows as they come, many at once."""
    waiting = iter(rows)
    pending = list(islice(waiting, _ROWS_AT_ONCE))
    while pending:
        gdb.write("\n".join(pending) + "\n")
        pending = list(islice(waiting, _ROWS_AT_ONCE))


def write_texts(pieces: Iterable[str]) -> None:
    """Writes one long line as it comes, many pieces at once."""
    pending: list[str] = []
    length = 0
    for piece in pieces:
        pending.append(piece)
        length += len(piece)
        if length >= _TEXT_AT_ONCE:
            gdb.write("".join(pending))
            pending, length = [], 0
    gdb.write("".join(pending) + "\n")


def style() -> Style:
    """``set ftmalloc color`` decides; ``auto`` asks for gdb's styling, a terminal, and no NO_COLOR."""
    choice = gdb.parameter("ftmalloc color")
    if choice == "auto":
        return Style(bool(gdb.parameter("style enabled")) and not os.environ.get("NO_COLOR") and on_terminal())
    return Style(choice == "on")


def on_terminal() -> bool:
    """False for files, pipes, gdb's ``pipe`` command and captured output: these have neither width nor height."""
    captured = gdb.parameter("width") is None and gdb.parameter("height") is None
    return os.isatty(1) and not captured


class TerminalProgress(Progress):
    """One line on standard error that is rewritten, from the second second on; gone at the end."""

    def __init__(self) -> None:
        self._begin = time.monotonic()
        self._next = self._begin + _QUIET_SECONDS
        self._width = 0
        self._enabled = on_terminal() and os.isatty(2)

    def report(self, what: str, done: int, total: int) -> None:
        if not self._enabled or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _PERIOD_SECONDS
        share = f"{100 * done // total} %" if total > 0 else str(done)
        self._show(f"ftmalloc: {what}: {share} (Ctrl-C stops)"[:79])

    def finish(self) -> None:
        if self._width:
            self._show("")
            os.write(2, b"\r")
            self._width = 0

    def _show(self, text: str) -> None:
        os.write(2, f"\r{text:<{self._width}}".encode("ascii", "replace"))
        self._width = len(text) if text else self._width
