"""What every part of the reader shares while one snapshot is being read."""

from __future__ import annotations

from functools import cached_property

from ..layout import Layout
from ..memory import Memory
from ..model.heap import Finding
from ..records import dataclass, field
from ..structs import Structs
from ..typed import Any

FINDINGS_PER_RULE_MAX = 1000
ADDRESS_END = 1 << 48  # of programs: aarch64; x86-64 with four levels of page tables has half of it


@dataclass
class Context:
    """``heap`` is the decoded root; ``root_lost``: it is made up. ``complete`` turns False when something could not be
    read."""

    memory: Memory
    layout: Layout
    structs: Structs
    heap: Any
    findings: list[Finding] = field(default_factory=list)
    complete: bool = True
    root_lost: bool = False
    _counts: dict[str, int] = field(default_factory=dict)

    @cached_property
    def page_bytes(self) -> int:
        """The target's page size; 4096 when the heap's own figure is absurd."""
        size_bytes = self.heap.page_bytes
        return size_bytes if 4096 <= size_bytes <= 1 << 16 and size_bytes & (size_bytes - 1) == 0 else 4096

    @cached_property
    def locked_by(self) -> int:
        """Thread that holds the zones' lock; 0: nobody."""
        return self.heap.zones_lock & ~self.layout.constant("lock_flags")

    def find(self, rule: str, address: int | None, message: str) -> None:
        """Notes a finding; the thousandth of a rule is the last that is kept, and says so."""
        count = self._counts[rule] = self._counts.get(rule, 0) + 1
        if count < FINDINGS_PER_RULE_MAX:
            self.findings.append(Finding(rule, address, message))
        elif count == FINDINGS_PER_RULE_MAX:
            self.findings.append(Finding(rule, address, f"{message}; more of this rule were left out"))

    def unreadable(self, address: int, size_bytes: int, what: str) -> None:
        """Notes memory that can't be read; the snapshot is incomplete then."""
        self.complete = False
        self.find("unreadable", address, f"{size_bytes} bytes of {what} cannot be read: not in the core, or not mapped")

    @cached_property
    def _zone_magic(self) -> int:
        return self.layout.constant("zone_magic")

    def is_zone_header(self, zone: Any, address: int) -> bool:
        """True when the header at ``address`` carries the zone magic made for this very address."""
        return zone.magic ^ self._zone_magic == address
