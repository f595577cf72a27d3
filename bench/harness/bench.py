"""What the sections share: what is compared, on which cases, and where raw records go."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from harness.allocators import Allocator
from harness.cases import Case


@dataclass
class Bench:
    """`library` is ours. `inspectors`: peers of the extension, name to program, as given. `records`: for --json."""

    allocators: list[Allocator]
    cases: list[Case]
    rounds: int
    quick: bool
    library: Path
    inspectors: dict[str, str]
    records: list[dict] = field(default_factory=list)

    def record(self, record: dict) -> None:
        """Keeps a raw record."""
        self.records.append(record)
