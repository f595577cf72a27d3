"""What a piece of text means, and how that looks. Renderers name the meaning; colours are decided here alone.

Only colours that gdb's TUI keeps are used (30 to 37, 40 to 47). A plain style returns every text unchanged, so
colour can only add to what the characters say.
"""

from __future__ import annotations

from ..model.heap import State
from .highlight import highlighted

_RESET = "\x1b[m"
_ADDRESS = "\x1b[34m"
_HEADING = "\x1b[1m"
_NAME = "\x1b[33m"
_FILE = "\x1b[32m"
_WARNING = "\x1b[1;31m"
_DIM = "\x1b[2m"
_STATES = {
    State.UNUSED: _DIM,
    State.LIVE: "\x1b[32m",
    State.FREED: "\x1b[36m",
    State.QUARANTINED: "\x1b[35m",
    State.CHANGING: "\x1b[33m",
    State.CORRUPTED: _WARNING,
    State.UNREADABLE: _WARNING,
}


class Style:
    """Wraps texts in colours when ``enabled``, and returns them unchanged when not. Pad a text before styling it."""

    def __init__(self, enabled: bool = False):
        self.enabled = enabled

    def _wrap(self, code: str, text: str) -> str:
        return f"{code}{text}{_RESET}" if self.enabled and text else text

    def address(self, text: str) -> str:
        """An address of the inferior."""
        return self._wrap(_ADDRESS, text)


    def heading(self, text: str) -> str:
        """A title, a column head, a zone's line."""
        return self._wrap(_HEADING, text)

    def name(self, text: str) -> str:
        """A function, variable or symbol of the program."""
        return self._wrap(_NAME, text)

    def file(self, text: str) -> str:
        """A source or object file, with or without line."""
        return self._wrap(_FILE, text)

    def source(self, text: str, file: str) -> str:
        """A line of a source file, coloured by pygments where it is installed."""
        return highlighted(text, file) if self.enabled else text

    def state(self, text: str, state: State) -> str:
        """A text that stands for blocks in this state: its name, or the letter of a map."""
        return self._wrap(_STATES[state], text)

    def warning(self, text: str) -> str:
        """Something wrong in the target."""
        return self._wrap(_WARNING, text)

    def dim(self, text: str) -> str:
        """Something that matters less: hints, legends, padding."""
        return self._wrap(_DIM, text)


PLAIN = Style(False)
