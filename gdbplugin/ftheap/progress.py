"""The port for news of long work. The default says nothing; gdbhost writes to the terminal after a second."""

from __future__ import annotations


class Progress:
    """Told where long work stands. Call it as often as you like, each few thousand items: it is cheap."""

    def report(self, what: str, done: int, total: int) -> None:
        """``done`` of ``total`` items of ``what`` ("reading zones") are finished; ``total`` 0: not known."""

    def finish(self) -> None:
        """The work is over, done or not: what was written to the terminal goes away."""
