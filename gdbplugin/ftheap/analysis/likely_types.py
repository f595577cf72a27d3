"""What stands in a block: its likely type, from three witnesses.

vtable: the object's own pointer to its class. site: the source text of the call that allocated the block. pointer: a
typed pointer that leads to the block's start, from a variable or from a member of another block whose type is known;
these spread from block to block. Each names its evidence and how certain it is; a type larger than the block is no
answer, one of which the size is a multiple makes an array.
"""

from __future__ import annotations

from ..debug_info import DataType
from ..errors import MemoryUnreadable
from ..memory import WORD_BYTES, read_word
from ..model.heap import Snapshot, State
from ..records import dataclass, field
from ..target import Frame, Target
from ..typed import Iterator, NamedTuple, Sequence
from .sites import Site, sites
from .stacks import frames_of
from .vtables import Vtables

CERTAINTIES = ("possible", "likely", "certain")
SOURCES = ("pointer", "site", "vtable")
_HEAD_WORDS = 2
_ELEMENTS_MATCHED = 4


class Typing(NamedTuple):
    """A witness. ``count`` elements of the type named ``name`` (1: the object itself; of a block that is larger than
    the type but no multiple of it, too). ``type_bytes`` is 0 when the size is not known. ``source``: one of SOURCES;
    ``certainty``: one of CERTAINTIES; ``evidence``: one sentence. ``offset_bytes``: where the first element begins."""

    name: str
    type_bytes: int
    count: int  # type: ignore[assignment]  # no tuple.count
    source: str
    certainty: str
    evidence: str
    offset_bytes: int = 0

    @property
    def text(self) -> str:
        """``struct node``, ``char[40]``."""
        return self.name if self.count == 1 else f"{self.name}[{self.count}]"

    def rank(self) -> tuple[int, int, bool, int]:
        """Greater is better."""
        certainty = CERTAINTIES.index(self.certainty)
        return certainty, SOURCES.index(self.source), self.count == 1, self.type_bytes


@dataclass
class Typed:
    """All that is known of one block's type: ``best`` is the first of ``witnesses``, None when there is none."""

    witnesses: list[Typing] = field(default_factory=list)

    @property
    def best(self) -> Typing | None:
        return self.witnesses[0] if self.witnesses else None

    def add(self, witness: Typing | None) -> bool:
        """True when it is a better answer than those before."""
        if witness is None:
            return False
        if not self.witnesses:
            self.witnesses.append(witness)
            return True
        if witness in self.witnesses:
            return False
        self.witnesses.append(witness)
        self.witnesses.sort(key=Typing.rank, reverse=True)
        return self.witnesses[0] is witness


def fit(type_bytes: int, size_bytes: int) -> tuple[int, bool] | None:
    """Elements of the type in a block, and whether they fill it; None when not even one fits."""
    if not 0 < type_bytes <= size_bytes:
        return None
    exact = size_bytes % type_bytes == 0
    return (size_bytes // type_bytes if exact else 1), exact


def by_pointer(kind: DataType | None, size_bytes: int, evidence: str, certainty: str = "likely") -> Typing | None:
    """The witness of a typed pointer; a weak one for bytes, which may hold anything, and where the type does not fill
    the block: it may be a base class or the head of something larger."""
    fitting = fit(kind.size_bytes, size_bytes) if kind is not None else None
    if kind is None or fitting is None:
        return None
    weak = not fitting[1] or kind.size_bytes == 1
    return Typing(kind.name, kind.size_bytes, fitting[0], "pointer", "possible" if weak else certainty, evidence)


def by_site(site: Site, size_bytes: int) -> Typing | None:
    """The witness of an allocation's source text."""
    fitting = fit(site.type.size_bytes, size_bytes)
    if fitting is None:
        return None
    sure = site.how in ("new", "allocator") and fitting[1]
    place = site.frame.place or "the call"
    words = {
        "new": f"{place} allocates it with new {site.type.name}",
        "sizeof": f"{place} asks for the size of {site.type.name}",
        "cast": f"{place} makes the result a {site.type.name} *",
        "assignment": f"{place} assigns the result to a {site.type.name} *",
        "allocator": f"the C++ allocator of {site.type.name} asked for it",
    }
    certainty = "certain" if sure else "likely" if fitting[1] or site.how == "sizeof" else "possible"
    return Typing(site.type.name, site.type.size_bytes, fitting[0], "site", certainty, words[site.how])


class Witnesses:
    """What single blocks tell of themselves: vtable and allocation site."""

    def __init__(self, target: Target, snapshot: Snapshot):
        self.target, self.snapshot = target, snapshot
        self.info = target.debug_info
        self._vtables = Vtables(target)
        self._sites: dict[int, list[Site]] = {}

    def own(self, row: int, frames: Sequence[Frame] | None = None) -> Iterator[Typing]:
        """``frames``: the allocation stack, where the caller has it."""
        blocks = self.snapshot.blocks
        witness = self.by_vtable(blocks.addresses[row], blocks.sizes[row], State(blocks.states[row]))
        if witness is not None:
            yield witness
        yield from self.by_sites(row, frames)

    def may_be_object(self, head: int, size_bytes: int) -> bool:
        """By a block's first word alone: it may be an object, or an array of them behind its count."""
        return 0 < head <= size_bytes // WORD_BYTES or self._vtables.at(head) is not None

    def by_sites(self, row: int, frames: Sequence[Frame] | None = None) -> Iterator[Typing]:
        """The best witness of the allocation stack."""
        blocks = self.snapshot.blocks
        trace = blocks.allocation_traces[row] if blocks.allocation_traces else 0
        if not trace and not frames:
            return
        if trace not in self._sites:
            frames = frames_of(self.target, self.snapshot.traces.get(trace)) if frames is None else frames
            self._sites[trace] = list(sites(self.info, frames))
        found = [by_site(site, blocks.sizes[row]) for site in self._sites[trace]]
        known = sorted(filter(None, found), key=Typing.rank, reverse=True)
        yield from known[:1]

    def by_vtable(self, address: int, size_bytes: int, state: State) -> Typing | None:
        """An object at the block's start, an array of objects, or one behind the element count of ``new T[n]``."""
        try:
            data = bytes(self.target.memory.read(address, min(size_bytes, _HEAD_WORDS * WORD_BYTES)))
        except MemoryUnreadable:
            return None
        words = [int.from_bytes(data[at : at + 8], "little") for at in range(0, len(data) - 7, 8)]
        for index, word in enumerate(words):
            table = self._vtables.at(word)
            if table is None or table.top_bytes:
                continue
            offset = index * WORD_BYTES
            kind = self.info.data_type(table.class_name)
            type_bytes = kind.size_bytes if kind is not None else 0
            how = f"its vtable is that of {table.class_name}" if not offset else (
                f"behind a count of {words[0]} stands an object with the vtable of {table.class_name}"
            )  # fmt: skip
            if not table.by_symbol:
                how += ", by its type information"
            if offset and not (type_bytes and words[0] * type_bytes + offset == size_bytes):
                continue  # a member of something else
            count = words[0] if offset else self._objects(address, size_bytes, type_bytes, word)
            if count == 0:
                continue
            stale = state in (State.FREED, State.QUARANTINED)
            certainty = "likely" if stale or type_bytes and size_bytes != offset + count * type_bytes else "certain"
            return Typing(table.class_name, type_bytes, count, "vtable", certainty, how, offset)
        return None

    def _objects(self, address: int, size_bytes: int, type_bytes: int, table: int) -> int:
        """How many objects of one vtable fill the block; 0 when not even one fits."""
        fitting = fit(type_bytes, size_bytes) if type_bytes else (1, True)
        if fitting is None:
            return 0
        count = fitting[0]
        for index in range(1, min(count, _ELEMENTS_MATCHED)):
            if read_word(self.target.memory, address + index * type_bytes) != table:
                return 1
        return count


def witnesses_of(target: Target, snapshot: Snapshot) -> Witnesses:
    """Kept with the snapshot."""
    found = snapshot.derived.get("type witnesses")
    if not isinstance(found, Witnesses):
        found = snapshot.derived["type witnesses"] = Witnesses(target, snapshot)
    return found
