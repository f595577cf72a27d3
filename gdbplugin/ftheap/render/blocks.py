"""A block in text and JSON."""

from __future__ import annotations

from ..model.heap import Block, Retired, State
from ..target import Frame
from ..typed import Any, Sequence
from . import text
from .stacks import stack_document
from .style import Style


def block_document(
    block: Block | Retired, allocated: Sequence[Frame] | None = None, freed: Sequence[Frame] | None = None
) -> dict[str, Any]:
    """A block of the JSON forms. An empty stack, or none, is null. A LARGE block that is gone is ``freed``."""
    return {
        "address": text.address(block.address),
        "size_bytes": block.size_bytes,
        "state": text.STATE_NAMES[block.state if isinstance(block, Block) else State.FREED],
        "allocated_at": stack_document(allocated) if allocated else None,
        "freed_at": stack_document(freed) if freed else None,
    }


def block_phrase(block: Block, style: Style) -> str:
    """``0x7f3a5c200060, 64 bytes, live``."""
    state = style.state(text.STATE_NAMES[block.state], block.state)
    return f"{style.address(text.address(block.address))}, {block.size_bytes} bytes, {state}"
