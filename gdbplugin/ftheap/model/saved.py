"""A heap as it was: what ``snapshot`` keeps and ``leak-diff`` compares, in memory or in a file.

The file is one JSON document:

    {"schema": 2, "kind": "ftmalloc-snapshot", "taken": "2026-01-31T12:00:00", "target": "process 77",
     "stacks": [[["make_node", "list.c", 12, null], [null, null, null, "app+0x1f2e"]], ...],
     "blocks": [[address, size_bytes, stack], ...]}

``blocks`` are the live ones by address; ``stack`` is a row of ``stacks``, -1 where none was recorded. A frame is a
SavedFrame's fields.
"""

from __future__ import annotations

import json
from array import array
from functools import cached_property
from itertools import islice
from operator import gt, itemgetter

from ..errors import UsageError
from ..records import dataclass, field
from ..typed import Any, Iterator, NamedTuple
from .files import whole_file

KIND = "ftmalloc-snapshot"
SCHEMA = 2
_ROWS_AT_ONCE = 4096
_BYTES_AT_ONCE = 1 << 18
_BLOCKS = b'"blocks":['


class SavedFrame(NamedTuple):
    """A frame as it is in every process of the program: ``in_module`` says where it is, ``libc.so.6+0x1f2e``, when its
    ``function`` has no name. None for what is not known."""

    function: str | None
    file: str | None = None
    line: int | None = None
    in_module: str | None = None


@dataclass
class SavedHeap:
    """Columns, by block: ``addresses``, ``sizes`` in bytes, and ``rows``, of ``stacks`` or -1. A stack is innermost
    first."""

    target: str
    taken: str
    stacks: list[tuple[SavedFrame, ...]] = field(default_factory=list)
    addresses: array[int] = field(default_factory=lambda: array("Q"))
    sizes: array[int] = field(default_factory=lambda: array("Q"))
    rows: array[int] = field(default_factory=lambda: array("i"))

    def __len__(self) -> int:
        return len(self.addresses)

    def is_like(self, other: SavedHeap) -> bool:
        """The same blocks in the same places, from the same stacks."""
        columns = ("stacks", "rows", "sizes", "addresses")
        return all(getattr(self, name) == getattr(other, name) for name in columns)

    @property
    def blocks(self) -> Iterator[tuple[int, int, int]]:
        """Address, size and row of each."""
        return zip(self.addresses, self.sizes, self.rows)

    @cached_property
    def total_bytes(self) -> int:
        """What all blocks were asked for. Asked when all columns are filled."""
        return sum(self.sizes)


def write_file(saved: SavedHeap, path: str) -> None:
    """Raises UsageError when the file can't be written."""
    document = {"schema": SCHEMA, "kind": KIND, "taken": saved.taken, "target": saved.target}
    head = json.dumps(document | {"stacks": saved.stacks}, separators=(",", ":"))
    rows = map("[%d,%d,%d]".__mod__, saved.blocks)
    with whole_file(path) as file:
        file.write(f'{head[:-1]},"blocks":['.encode())
        separator = ""
        while many := ",".join(islice(rows, _ROWS_AT_ONCE)):
            file.write((separator + many).encode())
            separator = ","
        file.write(b"]}\n")


def read_file(path: str) -> SavedHeap:
    """Raises UsageError when the file can't be read, or is no snapshot."""
    try:
        with open(path, "rb") as file:
            head, rows = _cut(file.read())
        document = json.loads(head)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is no ftmalloc snapshot: it is not JSON") from None
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise UsageError(f"{path} is no ftmalloc snapshot: write one with ftmalloc snapshot -file {path}")
    if document.get("schema") != SCHEMA:
        raise UsageError(f"{path} is a snapshot of another version of this extension, schema {document.get('schema')}")
    try:
        return _parsed(document, rows)
    except (KeyError, OverflowError, TypeError, ValueError):
        raise UsageError(f"{path} is a damaged ftmalloc snapshot") from None


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """The document without its blocks, and their rows, as write_file puts them last: a million of them parsed at once
    take 200 bytes each."""
    start, end = data.rfind(_BLOCKS) + len(_BLOCKS), data.rfind(b"]}")
    rows = data[start:end] if len(_BLOCKS) <= start <= end else b"no rows"
    if rows.translate(None, b"0123456789-,[] \t\r\n"):
        return data, b""
    return data[:start] + data[end:], rows


def _rows(listed: list[Any], rows: bytes) -> Iterator[list[Any]]:
    """Those of the document, and those cut from it, many at a time."""
    yield listed
    start = 0
    while start < len(rows):
        end = rows.find(b"]", start + _BYTES_AT_ONCE) + 1 or len(rows)
        yield json.loads(b"[" + rows[start:end].strip(b", \t\r\n") + b"]")
        start = end


def _parsed(document: dict[str, Any], cut: bytes) -> SavedHeap:
    stacks = [tuple(_frame(*fields) for fields in stack) for stack in document["stacks"]]
    saved = SavedHeap(str(document.get("target", "")), str(document.get("taken", "")), stacks)
    for rows in _rows(document["blocks"], cut):
        if set(map(len, rows)) - {3}:
            raise ValueError
        for column, position in ((saved.addresses, 0), (saved.sizes, 1), (saved.rows, 2)):
            column.extend(map(itemgetter(position), rows))
    saved.rows = array("i", (row if 0 <= row < len(stacks) else -1 for row in saved.rows))
    if any(map(gt, saved.addresses, islice(saved.addresses, 1, None))):
        columns = zip(*sorted(saved.blocks))
        saved.addresses, saved.sizes, saved.rows = (array(code, column) for code, column in zip("QQi", columns))
    return saved


def _frame(function: Any, file: Any, line: Any, in_module: Any) -> SavedFrame:
    if not all(isinstance(text, str | None) for text in (function, file, in_module)):
        raise ValueError
    if not isinstance(line, int | None):
        raise ValueError
    return SavedFrame(function, file, line, in_module)
