"""Source lines in colour, by pygments: optional, as gdb itself has it."""

from __future__ import annotations

from functools import lru_cache

from ..typed import Any


@lru_cache(maxsize=64)
def _lexer(file: str) -> Any:
    """For the name of the source file; None when pygments is not there or knows no such language."""
    try:
        from pygments.lexers import get_lexer_for_filename
        from pygments.util import ClassNotFound
    except ImportError:
        return None
    try:
        return get_lexer_for_filename(file, stripnl=False)
    except ClassNotFound:
        return None


def highlighted(line: str, file: str) -> str:
    """The line in the 16 colours of a terminal; unchanged without pygments."""
    lexer = _lexer(file)
    if lexer is None:
        return line
    from pygments import highlight
    from pygments.formatters import TerminalFormatter

    return highlight(line, lexer, TerminalFormatter()).rstrip("\n")
