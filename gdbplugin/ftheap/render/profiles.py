"""The live heap as the files of heap profilers: massif, heaptrack, pprof. Each function yields the pieces of a file.

All of them know stacks only: where none was recorded, class and size stand for one frame.
"""

from __future__ import annotations

import gzip
from collections import Counter

from ..model.leaks import LeakClass
from ..records import dataclass, field
from ..target import Frame
from ..typed import Iterator, Sequence
from . import text
from .export_source import Source


@dataclass
class Site:
    """Live blocks of one stack and size: the frames, innermost first, how many, and how large each is."""

    frames: Sequence[Frame]
    count: int
    size_bytes: int


def sites(source: Source) -> list[Site]:
    """All live blocks of the export, most bytes first."""
    counts: Counter[tuple[int, int, int]] = Counter()
    sizes = source.snapshot.blocks.sizes
    for row in source.rows:
        if source.classes[row]:
            trace = source.trace(row)
            counts[trace, 0 if trace else source.classes[row], sizes[row]] += 1
    found = []
    for (trace, leak_class, size_bytes), count in counts.items():
        frames = source.frames(trace) if trace else ()
        frames = frames or [Frame(0, f"{LeakClass(leak_class).name.lower()} blocks of {size_bytes} bytes")]
        found.append(Site(frames, count, size_bytes))
    return sorted(found, key=lambda site: -site.count * site.size_bytes)


@dataclass
class _Node:
    """A place in massif's tree: what was allocated below it."""

    size_bytes: int = 0
    callers: dict[Frame, _Node] = field(default_factory=dict)


def massif_pieces(source: Source) -> Iterator[str]:
    """Valgrind's massif.out: an empty moment, then the heap as it is, as the peak, with its tree of stacks."""
    root, count = _Node(), 0
    for site in sites(source):
        node, count = root, count + site.count
        root.size_bytes += site.count * site.size_bytes
        for frame in site.frames:
            node = node.callers.setdefault(frame, _Node())
            node.size_bytes += site.count * site.size_bytes
    head_bytes = source.snapshot.header_bytes + source.snapshot.prefix_bytes
    yield f"desc: ftmalloc heap\ncmd: {text.ascii_only(source.description)}\ntime_unit: ms\n"
    moments = ((0, 0, "empty"), (root.size_bytes, count * head_bytes, "peak"))
    for number, (heap_bytes, extra, tree) in enumerate(moments):
        yield f"#-----------\nsnapshot={number}\n#-----------\ntime={number}\nmem_heap_B={heap_bytes}\n"
        yield f"mem_heap_extra_B={extra}\nmem_stacks_B=0\nheap_tree={tree}\n"
    yield f"n{len(root.callers)}: {root.size_bytes} (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n"
    yield from _massif_callers(root)


def _massif_callers(root: _Node) -> Iterator[str]:
    waiting = [(1, frame, node) for frame, node in _by_size(root)]
    while waiting:
        depth, frame, node = waiting.pop()
        place = f"({frame.place})" if frame.place else ""
        name = text.ascii_only(f"{frame.function or '???'} {place}".rstrip())
        yield f"{' ' * depth}n{len(node.callers)}: {node.size_bytes} 0x{frame.address:X}: {name}\n"
        waiting += [(depth + 1, caller, below) for caller, below in _by_size(node)]


def _by_size(node: _Node) -> list[tuple[Frame, _Node]]:
    """Smallest first, since a stack takes the last one first."""
    return sorted(node.callers.items(), key=lambda item: item[1].size_bytes)


class _Numbers:
    """Numbers from 1 for what comes by, in order; ``lines``: one for each new thing."""

    def __init__(self) -> None:
        self.known: dict[object, int] = {}

    def of(self, thing: object) -> tuple[int, bool]:
        """The number, and whether it is new."""
        number = self.known.get(thing)
        if number is not None:
            return number, False
        self.known[thing] = len(self.known) + 1
        return len(self.known), True


class _Heaptrack:
    """Lines that define strings (s), code addresses (i) and stacks (t) before they are used; all numbers are hex."""

    def __init__(self) -> None:
        self.strings, self.places, self.stacks, self.sizes = _Numbers(), _Numbers(), _Numbers(), _Numbers()

    def string(self, words: str) -> Iterator[str]:
        """Defines it when it is new."""
        words = text.ascii_only(words)
        if words and self.strings.of(words)[1]:
            yield f"s {len(words):x} {words}\n"

    def number(self, words: str | None) -> int:
        """Of a string that was defined; 0 for none."""
        return self.strings.known.get(text.ascii_only(words), 0) if words else 0

    def stack(self, source: Source, frames: Sequence[Frame]) -> Iterator[str]:
        """Defines all parts of a stack, outermost first; its number is in ``last`` then."""
        self.last = 0
        for frame in reversed(frames):
            module = source.module(frame.address) if frame.address else ""
            for words in (module, frame.function or "", frame.file or ""):
                yield from self.string(words)
            place, is_new = self.places.of((frame.address, frame.function))
            if is_new:
                line = f"i {frame.address:x} {self.number(module):x}"
                if frame.function:
                    line += f" {self.number(frame.function):x} {self.number(frame.file):x} {frame.line or 0:x}"
                yield line + "\n"
            parent = self.last
            self.last, is_new = self.stacks.of((place, parent))
            if is_new:
                yield f"t {place:x} {parent:x}\n"


def heaptrack_pieces(source: Source) -> Iterator[str]:
    """KDE's heaptrack, version 3 of its data: what is live is what was allocated and not freed."""
    book = _Heaptrack()
    yield f"v 10400 3\nX {text.ascii_only(source.description)}\nI 1000 0\n"
    for site in sites(source):
        yield from book.stack(source, site.frames)
        size, is_new = book.sizes.of((site.size_bytes, book.last))
        if is_new:
            yield f"a {site.size_bytes:x} {book.last:x}\n"
        yield f"+ {size - 1:x}\n" * site.count
    yield "c 1\nR 0\n"


# The fields of google/pprof's profile.proto.
_SAMPLE_TYPE, _SAMPLE, _LOCATION, _FUNCTION, _STRING, _DEFAULT = 1, 2, 4, 5, 6, 14


def pprof_pieces(source: Source) -> Iterator[bytes]:
    """google/pprof's profile.proto, compressed: inuse_objects and inuse_space by stack."""
    strings, functions, places = _Numbers(), _Numbers(), _Numbers()
    body: list[bytes] = []

    def string(words: str) -> int:
        return strings.of(text.ascii_only(words))[0] if words else 0

    def location(frame: Frame) -> int:
        name = frame.function or f"{frame.address:#x}"
        function, is_new = functions.of((name, frame.file))
        if is_new:
            body.append(_message(_FUNCTION, (1, function), (2, string(name)), (3, string(name)),
                                 (4, string(frame.file or ""))))  # fmt: skip
        place, is_new = places.of(frame)
        if is_new:
            line = _message(4, (1, function), (2, frame.line or 0))
            body.append(_message(_LOCATION, (1, place), (3, frame.address), rest=line))
        return place

    for name, unit in (("inuse_objects", "count"), ("inuse_space", "bytes")):
        body.append(_message(_SAMPLE_TYPE, (1, string(name)), (2, string(unit))))
    for site in sites(source):
        stack = b"".join(_varint(location(frame)) for frame in site.frames)
        values = _varint(site.count) + _varint(site.count * site.size_bytes)
        body.append(_bytes(_SAMPLE, _bytes(1, stack) + _bytes(2, values)))
    body.append(_varint(_DEFAULT << 3) + _varint(string("inuse_space")))
    table = [_bytes(_STRING, b""), *(_bytes(_STRING, str(words).encode()) for words in strings.known)]
    yield gzip.compress(b"".join([*body, *table]), mtime=0)


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def _bytes(field_number: int, data: bytes) -> bytes:
    return _varint(field_number << 3 | 2) + _varint(len(data)) + data


def _message(field_number: int, *numbers: tuple[int, int], rest: bytes = b"") -> bytes:
    """A message of numbers, 0 left out, and of ``rest``, which is encoded already."""
    data = b"".join(_varint(number << 3) + _varint(value) for number, value in numbers if value)
    return _bytes(field_number, data + rest)
