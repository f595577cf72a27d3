"""A heap as it was: what ``snapshot`` keeps and ``leak-diff`` compares, in memory or in a file.

The file is one JSON document:

    {"schema": 1, "kind": "ftmalloc-snapshot", "taken": "2026-01-31T12:00:00", "target": "process 77",
     "stacks": [["make_node list.c:12", "main main.c:7"], ...],
     "blocks": [[address, size_bytes, stack], ...]}

``blocks`` are the live ones by address; ``stack`` is a row of ``stacks``, -1 where none was recorded.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ..errors import UsageError

KIND = "ftmalloc-snapshot"
SCHEMA = 1


@dataclass
class SavedHeap:
    """``blocks``: (address, size in bytes, row of ``stacks`` or -1). A stack is a tuple of texts, innermost first."""

    target: str
    taken: str
    stacks: list[tuple[str, ...]] = field(default_factory=list)
    blocks: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def total_bytes(self) -> int:
        """What all blocks were asked for."""
        return sum(size_bytes for _, size_bytes, _ in self.blocks)


def write_file(saved: SavedHeap, path: str) -> None:
    """Raises UsageError when the file can't be written."""
    document = {"schema": SCHEMA, "kind": KIND, "taken": saved.taken, "target": saved.target}
    document |= {"stacks": saved.stacks, "blocks": saved.blocks}
    try:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(document, file, separators=(",", ":"))
            file.write("\n")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None


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
    except (KeyError, TypeError, ValueError):
        raise UsageError(f"{path} is a damaged ftmalloc snapshot") from None


def _parsed(document: dict[str, Any]) -> SavedHeap:
    stacks = [tuple(str(frame) for frame in stack) for stack in document["stacks"]]
    blocks = []
    for address, size_bytes, stack in document["blocks"]:
        if not all(isinstance(number, int) for number in (address, size_bytes, stack)) or size_bytes < 0:
            raise ValueError
        blocks.append((address, size_bytes, stack if 0 <= stack < len(stacks) else -1))
    return SavedHeap(str(document.get("target", "")), str(document.get("taken", "")), stacks, blocks)
