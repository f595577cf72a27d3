"""How a live block is held."""

from __future__ import annotations

from enum import IntEnum


class LeakClass(IntEnum):
    """NONE: not a live block."""

    NONE = 0
    REACHABLE = 1
    POSSIBLE = 2
    INDIRECT = 3
    DEFINITE = 4
