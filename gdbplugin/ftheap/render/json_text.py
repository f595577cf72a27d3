"""JSON documents of any size: what is long in them is made while it is written."""

from __future__ import annotations

import json
from typing import Any, Callable, Iterator


class Streamed:
    """A list of a document. ``items`` gives its elements, anew at each call; ``texts``: the same as JSON texts of one
    or several elements each, where that is quicker. It stands only in dictionaries and in other such lists."""

    def __init__(self, items: Callable[[], Iterator[Any]], texts: Callable[[], Iterator[str]] | None = None):
        self._items, self._texts = items, texts

    def __iter__(self) -> Iterator[Any]:
        return self._items()

    def json_texts(self) -> Iterator[str]:
        """The list as JSON, in pieces."""
        separator = "["
        for text in self._texts() if self._texts else ("".join(pieces(item)) for item in self):
            yield separator
            yield text
            separator = ", "
        yield "]" if separator == ", " else "[]"


def pieces(value: Any) -> Iterator[str]:
    """``value`` as JSON, in pieces."""
    if isinstance(value, Streamed):
        yield from value.json_texts()
    elif isinstance(value, dict) and any(isinstance(part, (Streamed, dict)) for part in value.values()):
        separator = "{"
        for key, part in value.items():
            yield f"{separator}{json.dumps(key)}: "
            yield from pieces(part)
            separator = ", "
        yield "}"
    else:
        yield json.dumps(value)


def dumps(value: Any) -> str:
    """``value`` as one text."""
    return "".join(pieces(value))
