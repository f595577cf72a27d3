"""Block rows as text by a template, a million of them in one go: in C where the kernel was built.

A template is ASCII text in which a control character stands for a field of the block.
"""

from __future__ import annotations

from array import array
from contextlib import ExitStack
from ctypes import addressof, byref, c_uint64, create_string_buffer, string_at
from itertools import accumulate, zip_longest

from .. import kernel
from ..model.heap import Snapshot, State
from ..typed import Callable, Iterator, Mapping, NamedTuple

# The fields, as kernel/rows.c has them.
ADDRESS_UPPER, END_UPPER, SIZE, ADDRESS_LOWER, STATE_NAME = "\1", "\2", "\3", "\4", "\5"
ALLOCATED, FREED = "\6", "\7"  # stacks
_TEXT_BYTES = 64 << 10
_FIELD_TEXT_MAX = 24  # of kernel/rows.c
_ROWS_AT_ONCE = 1024
_ROWS_WORTH_A_CALL = 32


class Stacks(NamedTuple):
    """For ALLOCATED and FREED: a number for each row of the heap, and the text of a number, ASCII."""

    allocated: array[int] = array("I")
    freed: array[int] = array("I")
    text: Callable[[int], str] = str


def texts(
    snapshot: Snapshot, first: int, end: int, names: Mapping[State, str], template: str, stacks: Stacks = Stacks()
) -> Iterator[str]:
    """Rows ``first`` .. ``end`` by ``template``, many in each text. ``names``: what STATE_NAME stands for, ASCII of 23
    characters at most; rows of other states are left out. ``stacks``: where the template has ALLOCATED or FREED."""
    is_plain = kernel.find()[0] is None or end - first < _ROWS_WORTH_A_CALL
    return (plain_texts if is_plain else kernel_texts)(snapshot, first, end, names, template, stacks)


def plain_texts(
    snapshot: Snapshot, first: int, end: int, names: Mapping[State, str], template: str, stacks: Stacks = Stacks()
) -> Iterator[str]:
    """As texts."""
    words = {int(state): word for state, word in names.items()}
    blocks, form = snapshot.blocks, template.replace("%", "%%")
    for field, code in (
        (ADDRESS_UPPER, "0x%(address)X"), (END_UPPER, "0x%(end)X"), (SIZE, "%(size)d"),
        (ADDRESS_LOWER, "0x%(address)x"), (STATE_NAME, "%(state)s"),
        (ALLOCATED, "%(allocated)s"), (FREED, "%(freed)s"),
    ):  # fmt: skip
        form = form.replace(field, code)
    for start in range(first, end, _ROWS_AT_ONCE):
        rows = slice(start, min(start + _ROWS_AT_ONCE, end))
        columns = (blocks.addresses, blocks.sizes, blocks.states, stacks.allocated, stacks.freed)
        here = zip_longest(*(column[rows] for column in columns), fillvalue=0)
        text = "".join(
            form
            % {
                "address": address, "size": size, "end": address + size, "state": words[state],
                "allocated": stacks.text(allocated), "freed": stacks.text(freed),
            }
            for address, size, state, allocated, freed in here
            if state in words
        )  # fmt: skip
        if text:
            yield text


def kernel_texts(
    snapshot: Snapshot, first: int, end: int, names: Mapping[State, str], template: str, stacks: Stacks = Stacks()
) -> Iterator[str]:
    """As texts."""
    blocks, encoded = snapshot.blocks, template.encode("ascii")
    has_stacks = bool(stacks.allocated)
    state_names = tuple(names.get(state, "").encode("ascii") for state in State)
    wanted = tuple(state in names for state in State)
    step = _ROWS_AT_ONCE if has_stacks else max(end - first, 1)  # so that few stacks are at hand at once
    for start in range(first, end, step):
        stop, position = min(start + step, end, len(blocks)), c_uint64(start)
        numbers = {0}.union(stacks.allocated[start:stop], stacks.freed[start:stop]) if has_stacks else ()
        known = _Texts(sorted(numbers), stacks.text)
        room = max(_TEXT_BYTES, len(encoded) * (_FIELD_TEXT_MAX + 1) + 2 * known.form.bytes_max)
        form_text, text = create_string_buffer(encoded), create_string_buffer(room)
        form = kernel.RowForm(addressof(form_text), len(encoded), state_names, known.form)
        while position.value < stop:
            with ExitStack() as pins:
                columns = (blocks.addresses, blocks.sizes, blocks.states, stacks.allocated, stacks.freed)
                at = [pins.enter_context(kernel.Address(column)) for column in columns]
                source = kernel.RowSource(len(blocks), *at[:3], wanted, *at[3:])
                count = kernel.find()[0].ftscan_rows(byref(form), byref(source), byref(position), stop, text, room)
            if not count:
                break
            yield string_at(text, count).decode("ascii")


class _Texts:
    """Texts of stacks for the kernel. ``form``: a kernel.Texts, good as long as this is."""

    def __init__(self, numbers: list[int], text: Callable[[int], str]):
        texts = [text(number).encode("ascii") for number in numbers]
        lengths = list(map(len, texts))
        self._keys, self._starts = array("I", numbers), array("Q", accumulate(lengths, initial=0))
        self._text = create_string_buffer(b"".join(texts))
        keys_at, starts_at = self._keys.buffer_info()[0], self._starts.buffer_info()[0]
        self.form = kernel.Texts(len(numbers), keys_at, starts_at, addressof(self._text), max(lengths, default=0))
