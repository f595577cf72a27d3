"""JSON documents of any size: what is long in them is made while it is written."""

from __future__ import annotations

import json

from ..typed import Any, Callable, Iterable, Iterator


class Streamed:
    """A list of a document. ``items`` gives its elements, anew at each call. It stands only in dictionaries and in
    other such lists."""

    def __init__(self, items: Callable[[], Iterator[Any]]):
        self._items = items

    def __iter__(self) -> Iterator[Any]:
        return self._items()

    def elements(self) -> Iterator[Iterable[str]]:
        """JSON texts of one or several elements each, in pieces."""
        return map(pieces, self)

    def json_texts(self) -> Iterator[str]:
        """The list as JSON, in pieces."""
        separator = "["
        for element in self.elements():
            yield separator
            yield from element
            separator = ", "
        yield "]" if separator == ", " else "[]"


class StreamedTexts(Streamed):
    """The same, of which ``texts`` gives elements as JSON: where that is quicker than to make objects first."""

    def __init__(self, texts: Callable[[], Iterator[str]]):
        self._texts = texts

    def __iter__(self) -> Iterator[Any]:
        return (item for text in self._texts() for item in json.loads(f"[{text}]"))

    def elements(self) -> Iterator[Iterable[str]]:
        return ((text,) for text in self._texts())


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
