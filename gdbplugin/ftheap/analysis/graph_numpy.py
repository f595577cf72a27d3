"""The graph's hot loop on numpy: the same edges in the same order as graph.Builder, several times faster."""

from __future__ import annotations

import numpy as np

from ..memory import Memory
from ..model.heap import Run, Snapshot
from .graph import INTERIOR, Builder
from .roots import Roots
from .words import WORD_BYTES


class VectorBuilder(Builder):
    """Scans a whole run at a time."""

    def __init__(self, snapshot: Snapshot, memory: Memory, roots: Roots):
        super().__init__(snapshot, memory, roots)
        self._addresses = np.frombuffer(snapshot.blocks.addresses, np.uint64).astype(np.int64)
        self._sizes = np.frombuffer(self.sizes, np.uint64).astype(np.int64)
        self._live = np.frombuffer(self.live, np.uint8).astype(bool)
        self._counts = np.frombuffer(self.counts, np.uint32)
        self._heads = np.frombuffer(self.heads, np.uint64)
        self._first = np.array(self.place.first, np.int64)
        self._geometry = np.array(self.place.geometry, np.int64).reshape(-1, 4)

    def hits(self, words: memoryview) -> list[int]:
        return self._hits(np.frombuffer(words, np.uint64)).tolist()

    def _hits(self, values: np.ndarray) -> np.ndarray:
        return np.flatnonzero(values - np.uint64(self.low) < np.uint64(self.high - self.low))

    def add_heads(self, run: Run, start: int, words: memoryview) -> None:
        rows = np.arange(run.first_index, run.first_index + run.carved_count)
        index = (self._addresses[rows] - start) // WORD_BYTES
        held = self._live[rows] & (self._sizes[rows] >= WORD_BYTES) & (index >= 0) & (index < len(words))
        self._heads[rows[held]] = np.frombuffer(words, np.uint64)[index[held]]

    def add_rows(self, run: Run, start: int, words: memoryview) -> None:
        values = np.frombuffer(words, np.uint64)
        index = self._hits(values)
        values = values[index].astype(np.int64)
        rows = run.first_index + (start - run.first_slot + index * WORD_BYTES) // run.stride_bytes
        place = start + index * WORD_BYTES - self._addresses[rows]
        held = self._live[rows] & (place >= 0) & (place <= self._sizes[rows] - WORD_BYTES)
        values, rows = values[held], rows[held]
        edges = self._edges(values)
        leads = edges >= 0
        values, rows, edges = values[leads], rows[leads], edges[leads]
        interior = np.flatnonzero(edges & INTERIOR)
        self.interior_at.frombytes((interior + len(self.targets)).astype(np.int64).tobytes())
        self.interior_values.frombytes(values[interior].astype(np.uint64).tobytes())
        self.targets.frombytes(edges.astype(np.uint32).tobytes())
        counts = np.bincount(rows - run.first_index, minlength=run.carved_count)
        self._counts[run.first_index : run.first_index + run.carved_count] += counts.astype(np.uint32)

    def _edges(self, values: np.ndarray) -> np.ndarray:
        """As edge_to, for many words."""
        geometry = self._geometry[np.searchsorted(self._first, values, "right") - 1]
        slots = (values - geometry[:, 0]) // geometry[:, 1]
        inside = slots < geometry[:, 2]
        rows = geometry[:, 3] + np.where(inside, slots, 0)
        into = values - self._addresses[rows]
        interior = (into > 0) & (into < self._sizes[rows])
        return np.where(inside & self._live[rows] & (interior | (into == 0)), 2 * rows + interior * INTERIOR, -1)
