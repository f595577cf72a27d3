"""Headers of a run decoded in C: the same columns as RunReader.decode."""

from __future__ import annotations

from ctypes import byref, c_uint8, c_uint64, string_at
from typing import Any

from .. import kernel
from ..model.heap import Blocks, Run, State
from ..structs import Header
from .tolerant import Bytes

_ROWS_AT_FIRST = 4096


class HeaderKernel:
    """Appends rows to the columns of one snapshot."""

    def __init__(self, library: Any, header: Header, prefix_bytes: int, blocks: Blocks):
        self._library, self._header, self._prefix_bytes, self._blocks = library, header, prefix_bytes, blocks
        self._make_room(_ROWS_AT_FIRST)

    def _make_room(self, count: int) -> None:
        self._room = count
        self._addresses, self._sizes, self._states = (c_uint64 * count)(), (c_uint64 * count)(), (c_uint8 * count)()

    def decode(self, run: Run, table: dict[int, int], data: Bytes) -> bool | None:
        """As RunReader.decode; None where the kernel can't: nothing was appended then."""
        header, count, blocks = self._header, run.carved_count, self._blocks
        first = run.first_slot + self._prefix_bytes - data.address
        if not 0 <= first < len(data.data) or len(table) > kernel.HEADER_KEYS_MAX:
            return None
        if count > self._room:
            self._make_room(count)
        form = kernel.HeaderForm(
            header.self_offset, header.extent_offset, header.address_bits[0], *header.size_bits, *header.next_bits,
            run.stride_bytes // header.granule_bytes, run.capacity_bytes, header.key_mask, len(table), tuple(table),
            tuple(table.values()), int(State.CORRUPTED),
        )  # fmt: skip
        payload = run.first_slot + self._prefix_bytes + header.size_bytes
        with kernel.Address(data.data) as at:
            odd = self._library.ftscan_headers(
                byref(form), at + first, len(data.data) - first, run.stride_bytes, count, payload, self._addresses,
                self._sizes, self._states,
            )  # fmt: skip
        if odd < 0:
            return None
        blocks.addresses.frombytes(string_at(self._addresses, count * 8))
        blocks.sizes.frombytes(string_at(self._sizes, count * 8))
        blocks.states += string_at(self._states, count)
        return odd > 0
