"""Block rows as text by a template, a million of them in one go: in C where the kernel was built.

A template is ASCII text in which a control character stands for a field of the block.
"""

from __future__ import annotations

from ctypes import addressof, byref, c_uint64, create_string_buffer, string_at
from typing import Iterator, Mapping

from .. import kernel
from ..model.heap import Snapshot, State

# The fields, as kernel/rows.c has them.
ADDRESS_UPPER, END_UPPER, SIZE, ADDRESS_LOWER, STATE_NAME = "\1", "\2", "\3", "\4", "\5"
_TEXT_BYTES = 64 << 10
_ROWS_AT_ONCE = 1024


def texts(snapshot: Snapshot, first: int, end: int, names: Mapping[State, str], template: str) -> Iterator[str]:
    """Rows ``first`` .. ``end`` by ``template``, many in each text. ``names``: what STATE_NAME stands for, ASCII of 23
    characters at most; rows of other states are left out."""
    return (plain_texts if kernel.find()[0] is None else kernel_texts)(snapshot, first, end, names, template)


def plain_texts(
    snapshot: Snapshot, first: int, end: int, names: Mapping[State, str], template: str
) -> Iterator[str]:
    """As texts."""
    words = {int(state): word for state, word in names.items()}
    blocks, form = snapshot.blocks, template.replace("%", "%%")
    for field, code in (
        (ADDRESS_UPPER, "0x%(address)X"), (END_UPPER, "0x%(end)X"), (SIZE, "%(size)d"),
        (ADDRESS_LOWER, "0x%(address)x"), (STATE_NAME, "%(state)s"),
    ):  # fmt: skip
        form = form.replace(field, code)
    for start in range(first, end, _ROWS_AT_ONCE):
        text = "".join(
            form % {"address": address, "size": size, "end": address + size, "state": words[state]}
            for address, size, state in zip(
                blocks.addresses[start : min(start + _ROWS_AT_ONCE, end)], blocks.sizes[start:end],
                blocks.states[start:end],
            )
            if state in words
        )
        if text:
            yield text


def kernel_texts(
    snapshot: Snapshot, first: int, end: int, names: Mapping[State, str], template: str
) -> Iterator[str]:
    """As texts."""
    blocks, encoded = snapshot.blocks, template.encode("ascii")
    form_text, text = create_string_buffer(encoded), create_string_buffer(_TEXT_BYTES)
    state_names = tuple(names.get(state, "").encode("ascii") for state in State)
    form = kernel.RowForm(addressof(form_text), len(encoded), state_names)
    wanted = tuple(state in names for state in State)
    position = c_uint64(first)
    while position.value < end:
        with kernel.Address(blocks.addresses) as addresses, kernel.Address(blocks.sizes) as sizes, \
                kernel.Address(blocks.states) as state_bytes:
            source = kernel.RowSource(len(blocks), addresses, sizes, state_bytes, wanted)
            count = kernel.find()[0].ftscan_rows(
                byref(form), byref(source), byref(position), min(end, len(blocks)), text, _TEXT_BYTES
            )
        if not count:
            return
        yield string_at(text, count).decode("ascii")
