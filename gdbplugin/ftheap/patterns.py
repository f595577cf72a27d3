"""Regular expressions that are compiled when they are first used: gdb starts with all of ours, and asks few."""

from __future__ import annotations

import re

from .typed import Any, AnyStr


class _Pattern:
    """Has each method of the compiled one from its first use on."""

    def __init__(self, text: object, flags: int):
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        compiled: Any = re.compile(self._text, self._flags)  # type: ignore[call-overload]
        setattr(self, name, getattr(compiled, name))
        return getattr(compiled, name)


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As ``re.compile``; an error in ``text`` shows at the first use."""
    found: Any = _Pattern(text, flags)
    return found
