"""The C kernel of the hot loops (gdbplugin/kernel/), called through ctypes where it was built.

It is an accelerator only: whoever uses it has a twin in pure Python that gives the same answer. What is passed are
columns of our own and bytes of the inferior, each with its length.
"""

from __future__ import annotations

import ctypes
import mmap
import os
from functools import lru_cache

from .typed import Any, Sequence

_NAME = "libftmalloc_scan.so"
_HOME = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))  # gdbplugin/
# Beside the extension after `make install`, in the tree's build directory before.
_PLACES = (os.path.join(_HOME, _NAME), os.path.join(os.path.dirname(_HOME), "build", _NAME))

_SOURCES = os.path.join(_HOME, "kernel")  # not there after `make install`

word, pointer = ctypes.c_uint64, ctypes.c_void_p


def room(size_bytes: int) -> memoryview:
    """Zero bytes for the kernel to fill. They take memory only where they are written, unlike those of a ctypes array;
    columns with room for the worst case cost what the case at hand needs."""
    return memoryview(mmap.mmap(-1, max(size_bytes, 1), mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))


class Heap(ctypes.Structure):
    """struct heap"""

    _fields_ = [
        ("run_count", word), ("runs", pointer), ("firsts", pointer), ("row_count", word), ("addresses", pointer),
        ("sizes", pointer),
        ("live", pointer), ("low", word), ("high", word), ("index", pointer), ("index_count", word),
        ("index_shift", word),
    ]  # fmt: skip


class Found(ctypes.Structure):
    """struct found"""

    _fields_ = [
        ("targets", pointer), ("places", pointer), ("interior_at", pointer), ("interior_values", pointer),
        ("count", word), ("interior_count", word),
    ]  # fmt: skip


class Edges(ctypes.Structure):
    """struct graph"""

    _fields_ = [
        ("row_count", word), ("starts", pointer), ("target_count", word), ("targets", pointer), ("classes", pointer),
        ("stack", pointer),
    ]  # fmt: skip


class Tree(ctypes.Structure):
    """struct tree"""

    _fields_ = [
        (name, pointer)
        for name in "numbers order parents semis ancestors starts scratch sources".split()
    ] + [("count", word)]  # fmt: skip


class Groups(ctypes.Structure):
    """struct groups"""

    _fields_ = [
        ("count", word), ("first", pointer), ("members", pointer), ("bytes", pointer), ("of_row", pointer),
        ("table", pointer), ("table_mask", word),
    ]  # fmt: skip


STATES_MAX, PART_COUNT = 64, 4  # of kernel/slots.c
# In the order of kernel/runs.c.
TABLE_FIELDS = (
    "state", "lead_unit", "unit_count", "slot_count", "carved_count", "free_count", "first_slot_offset", "stride_bytes",
)  # fmt: skip
RUN_WORDS = 10  # of struct run in kernel/kernel.h
STATE_COUNT = 7  # of kernel/kernel.h and model.heap.State


class SlotForm(ctypes.Structure):
    """struct slot_form"""

    _fields_ = [
        ("prefix_bytes", word), ("header_bytes", word), ("granule_bytes", word), ("self_offset", word),
        ("extent_offset", word), ("address_bits", word * 2), ("state_bits", word * 2),
        ("size_bits", word * 2), ("next_bits", word * 2), ("key_mask", word), ("shifted", word),
        ("ignored", word),
        ("states", ctypes.c_uint8 * STATES_MAX), ("of_aligned", ctypes.c_uint8 * STATES_MAX), ("traced", word),
        ("parts", word * PART_COUNT), ("thread_mask", word), ("thread_shift", word), ("has_canaries", word),
    ]  # fmt: skip


class TableForm(ctypes.Structure):
    """struct table_form"""

    _fields_ = [
        ("unit_bytes", word), ("header_bytes", word), ("granule_bytes", word), ("overhead_bytes", word),
        ("lead", word), ("none", word), ("record_bytes", word), ("offsets", word * len(TABLE_FIELDS)),
        ("sizes", word * len(TABLE_FIELDS)),
    ]  # fmt: skip


class Columns(ctypes.Structure):
    """struct columns"""

    _fields_ = [
        ("addresses", pointer), ("sizes", pointer), ("states", pointer), ("parts", pointer * PART_COUNT),
        ("has_canaries", pointer), ("ignored", pointer), ("ignored_count", word),
    ]  # fmt: skip


class Pointers(ctypes.Structure):
    """struct pointers"""

    _fields_ = [
        ("counts", pointer), ("heads", pointer), ("granules", pointer), ("odd", pointer), ("count", word),
        ("odd_count", word),
    ]  # fmt: skip


class Zone(ctypes.Structure):
    """struct zone"""

    _fields_ = [
        ("address", word), ("size_bytes", word), ("position", word), ("unit_count", word), ("runs", pointer),
        ("row_max", word), ("columns", Columns), ("pointers", Pointers), ("run_count", ctypes.c_int64),
        ("row_count", word),
    ]  # fmt: skip


class Ahead(ctypes.Structure):
    """struct ahead"""

    _fields_ = [
        ("descriptor", ctypes.c_int32), ("process", ctypes.c_int32), ("table", pointer), ("table_offset", word),
        ("slots", pointer), ("low", word), ("span", word), ("wants_pointers", word), ("zones", pointer),
        ("zone_count", word), ("next", word),
    ]  # fmt: skip


class Fills(ctypes.Structure):
    """struct fills"""

    _fields_ = [
        ("has_canary", word), ("canary", ctypes.c_uint8), ("freed", ctypes.c_uint8),
        ("filled", ctypes.c_uint8 * STATE_COUNT),
    ]  # fmt: skip


class FilledRows(ctypes.Structure):
    """struct filled_rows"""

    _fields_ = [
        ("row_count", word), ("addresses", pointer), ("sizes", pointer), ("states", pointer), ("has_canaries", pointer),
    ]  # fmt: skip


class Texts(ctypes.Structure):
    """struct texts"""

    _fields_ = [("count", word), ("keys", pointer), ("starts", pointer), ("text", pointer), ("bytes_max", word)]


class RowForm(ctypes.Structure):
    """struct row_form"""

    _fields_ = [
        ("template", pointer), ("template_bytes", word), ("names", ctypes.c_char_p * STATE_COUNT), ("stacks", Texts),
    ]  # fmt: skip


class RowSource(ctypes.Structure):
    """struct row_source"""

    _fields_ = [
        ("row_count", word), ("addresses", pointer), ("sizes", pointer), ("states", pointer),
        ("wanted", ctypes.c_uint8 * STATE_COUNT), ("allocated", pointer), ("freed", pointer),
    ]  # fmt: skip


_SIGNATURES: dict[str, Sequence[Any]] = {
    "ftscan_ahead": (pointer, word),
    "ftscan_index": (pointer,),
    "ftscan_resolve": (pointer, word, word, pointer, word, word, pointer, pointer, pointer),
    "ftscan_edges": (pointer, pointer, word, word, pointer, word, word, pointer, pointer, pointer),
    "ftscan_roots": (pointer, word, pointer, word, word, pointer),
    "ftscan_classify": (pointer, pointer, pointer, word, pointer, word, pointer),
    "ftscan_dominators": (pointer, pointer, word, pointer),
    "ftscan_retained": (word, pointer, pointer, pointer, pointer, pointer),
    "ftscan_parents": (pointer, pointer, word, word, pointer, pointer),
    "ftscan_undecided": (pointer, pointer, word, pointer, word, pointer, word),
    "ftscan_reach": (pointer, pointer, word, ctypes.c_uint8),
    "ftscan_starts": (pointer, word, pointer),
    "ftscan_runs": (pointer, word, pointer, word, word, pointer),
    "ftscan_together": (pointer, word, word, word),
    "ftscan_bitmaps": (pointer, word, pointer, word, word, pointer, word, pointer),
    "ftscan_slots": (pointer, pointer, word, word, pointer, word, pointer),
    "ftscan_group": (word, pointer, pointer, pointer, pointer, pointer),
    "ftscan_tally_rows": (word, pointer, pointer, pointer, word, pointer),
    "ftscan_tally_runs": (word, pointer, pointer, pointer, word, pointer, pointer, word),
    "ftscan_strangers": (pointer, word, pointer, pointer, word, pointer, pointer),
    "ftscan_compare": (pointer, word, word, word, word, pointer),
    "ftscan_fills": (pointer, pointer, pointer, word, word, pointer, word, pointer, word),
    "ftscan_rows": (pointer, pointer, pointer, word, pointer, word),
}


@lru_cache(maxsize=None)
def find() -> tuple[Any, str]:
    """The loaded library and where it is; None and why there is none."""
    refusal = "not found"
    for path in _PLACES:
        if not os.path.exists(path):
            continue
        try:
            return _load(path), path
        except (OSError, AttributeError, ValueError):
            refusal = f"{path} is of another version or machine (run make)"
    return None, refusal


def _load(path: str) -> Any:
    """Raises OSError when it can't be loaded here, AttributeError or ValueError when it is of other sources."""
    library = ctypes.CDLL(path)
    size_bytes = word()
    library.ftscan_sources.restype = pointer
    text = ctypes.string_at(library.ftscan_sources(ctypes.byref(size_bytes)), size_bytes.value)
    if not text.startswith(_text_of(__file__)) or os.path.isdir(_SOURCES) and text != _present_sources():
        raise ValueError(path)
    for name, arguments in _SIGNATURES.items():
        function = getattr(library, name)
        function.argtypes, function.restype = arguments, None
    for name in (
        "ftscan_slots", "ftscan_rows", "ftscan_together", "ftscan_bitmaps", "ftscan_strangers", "ftscan_undecided",
    ):  # fmt: skip
        getattr(library, name).restype = word
    library.ftscan_fills.restype = library.ftscan_runs.restype = ctypes.c_int64
    return library


def _text_of(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _present_sources() -> bytes:
    """As the Makefile puts them together."""
    names = sorted(name for name in os.listdir(_SOURCES) if name.endswith((".c", ".h")))
    return b"".join(map(_text_of, (__file__, *(os.path.join(_SOURCES, name) for name in names))))


def status() -> str:
    """For ``info``: where the kernel is, or what is slow without it."""
    library, where = find()
    slower = "pure Python: listings take five times as long, leak checks twenty times"
    return where if library is not None else f"{where}, {slower}"


class _PyBuffer(ctypes.Structure):
    """Py_buffer of Python's C API."""

    _fields_ = [
        ("buf", pointer), ("obj", pointer), ("len", ctypes.c_ssize_t), ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int), ("ndim", ctypes.c_int), ("format", pointer), ("shape", pointer),
        ("strides", pointer), ("suboffsets", pointer), ("internal", pointer),
    ]  # fmt: skip


_get_buffer, _release_buffer = ctypes.pythonapi.PyObject_GetBuffer, ctypes.pythonapi.PyBuffer_Release
_get_buffer.argtypes = (ctypes.py_object, pointer, ctypes.c_int)
_release_buffer.argtypes, _release_buffer.restype = (pointer,), None


class Address:
    """Where the bytes of an array, a bytearray or a memoryview are, read-only ones too: ``with Address(data) as at``.

    An array can't grow meanwhile.
    """

    def __init__(self, data: Any):
        self._data, self._view = data, _PyBuffer()

    def __enter__(self) -> int:
        _get_buffer(self._data, ctypes.byref(self._view), 0)
        return self._view.buf or 0

    def __exit__(self, *_: object) -> None:
        _release_buffer(ctypes.byref(self._view))
