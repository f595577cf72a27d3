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
from itertools import islice
from typing import Any, Iterator, NamedTuple

from ..errors import UsageError
from ..records import made, record
from .files import whole_file

KIND = "ftmalloc-snapshot"
SCHEMA = 2
_ROWS_AT_ONCE = 4096


class SavedFrame(NamedTuple):
    """A frame as it is in every process of the program: ``in_module`` says where it is, ``libc.so.6+0x1f2e``, when its
    ``function`` has no name. None for what is not known."""

    function: str | None
    file: str | None = None
    line: int | None = None
    in_module: str | None = None


@record
class SavedHeap:
    """Columns, by block: ``addresses``, ``sizes`` in bytes, and ``rows``, of ``stacks`` or -1. A stack is innermost
    first."""

    target: str
    taken: str
    stacks: list[tuple[SavedFrame, ...]] = made(list)
    addresses: array[int] = made(lambda: array("Q"))
    sizes: array[int] = made(lambda: array("Q"))
    rows: array[int] = made(lambda: array("i"))

    def __len__(self) -> int:
        return len(self.addresses)

    @property
    def blocks(self) -> Iterator[tuple[int, int, int]]:
        """Address, size and row of each."""
        return zip(self.addresses, self.sizes, self.rows)

    @property
    def total_bytes(self) -> int:
        """What all blocks were asked for."""
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
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is no ftmalloc snapshot: it is not JSON") from None
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise UsageError(f"{path} is no ftmalloc snapshot: write one with ftmalloc snapshot -file {path}")
    if document.get("schema") != SCHEMA:
        raise UsageError(f"{path} is a snapshot of another version of this extension, schema {document.get('schema')}")
    try:
        return _parsed(document)
    except (KeyError, OverflowError, TypeError, ValueError):
        raise UsageError(f"{path} is a damaged ftmalloc snapshot") from None


def _parsed(document: dict[str, Any]) -> SavedHeap:
    stacks = [tuple(_frame(*fields) for fields in stack) for stack in document["stacks"]]
    saved = SavedHeap(str(document.get("target", "")), str(document.get("taken", "")), stacks)
    for address, size_bytes, stack in sorted(document["blocks"]):
        if not all(isinstance(number, int) for number in (address, size_bytes, stack)):
            raise ValueError
        saved.addresses.append(address)
        saved.sizes.append(size_bytes)
        saved.rows.append(stack if 0 <= stack < len(stacks) else -1)
    return saved


def _frame(function: object, file: object, line: object, in_module: object) -> SavedFrame:
    if not all(isinstance(text, str | None) for text in (function, file, in_module)):
        raise ValueError
    if not isinstance(line, int | None):
        raise ValueError
    return SavedFrame(function, file, line, in_module)
