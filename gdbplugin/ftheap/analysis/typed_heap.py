"""The likely types of all blocks: what single blocks tell of themselves, spread along typed pointers.

From variables (globals, and those of every frame) and from blocks whose type is known, each typed pointer that leads
to the start of a live block types that block; a better witness later spreads once more, so that the order of the walk
does not matter for what is certain.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, deque
from struct import Struct

from ..debug_info import DataType, FrameScope, Variable
from ..errors import MemoryUnreadable
from ..memory import WORD_BYTES, Memory
from ..model.heap import LARGE_HEAP_BLOCKS, Block, Snapshot, State
from ..progress import Progress
from ..records import dataclass, field
from ..target import Target
from ..typed import NamedTuple
from .content import describe_content
from .graph import INTERIOR, Graph, graph_of, places_of
from .likely_types import Typed, Typing, by_pointer, witnesses_of
from .sums import Sum

ROWS_AT_ONCE_MAX = LARGE_HEAP_BLOCKS
STEPS_MAX = 200_000
POINTERS_READ_MAX = 4096  # of one block
_WINDOW_BYTES = 64 << 10  # zones are aligned to it
_WINDOWS_MAX = 512
STARTS = "likely types"


@dataclass
class TypedHeap:
    """``rows``: the blocks of which something is known. ``complete``: False when STEPS_MAX stopped the walk."""

    rows: dict[int, Typed] = field(default_factory=dict)
    complete: bool = True

    def best(self, row: int) -> Typing | None:
        """None when nothing is known."""
        typed = self.rows.get(row)
        return typed.best if typed is not None else None

    def name(self, row: int) -> str:
        """``struct node``, without the number of elements, since that goes with the size; "" when not known, and for
        bytes, of which the contents tell more."""
        best = self.best(row)
        return best.name if best is not None and best.type_bytes != 1 else ""


def types_of(
    target: Target, snapshot: Snapshot, progress: Progress = Progress(), always: bool = False
) -> TypedHeap | None:
    """The types of all blocks, kept with the snapshot. None for a large heap, unless ``always`` or known already."""
    found = snapshot.derived.get(STARTS)
    if not isinstance(found, TypedHeap):
        if len(snapshot.blocks) > ROWS_AT_ONCE_MAX and not always:
            return None
        found = snapshot.derived[STARTS] = _Walk(target, snapshot, graph_of(target, snapshot, progress)).run(progress)
    return found


class _Walk:
    def __init__(self, target: Target, snapshot: Snapshot, graph: Graph):
        self.target, self.snapshot, self.graph = target, snapshot, graph
        self.info = target.debug_info
        self.place = places_of(snapshot)
        self.found = TypedHeap()
        self.waiting: deque[int] = deque()
        self.scopes: dict[int, list[FrameScope]] = {}
        self.windows = _Windows(target.memory)
        self.layouts: dict[str, tuple[DataType, Struct] | None] = {}

    def run(self, progress: Progress) -> TypedHeap:
        self._add_own()
        self._add_roots()
        for step in range(STEPS_MAX):
            if not self.waiting:
                return self.found
            self._spread(self.waiting.popleft())
            if step % 1024 == 0:
                progress.report("finding types", step, step + len(self.waiting))
        self.found.complete = not self.waiting
        return self.found

    def _add(self, row: int, witness: Typing | None) -> None:
        if witness is not None and self.found.rows.setdefault(row, Typed()).add(witness):
            self.waiting.append(row)

    def _add_own(self) -> None:
        """Vtables and allocation sites of every block that was handed out."""
        witnesses, blocks = witnesses_of(self.target, self.snapshot), self.snapshot.blocks
        heads = self.graph.heads
        used = (State.LIVE, State.FREED, State.QUARANTINED, State.CHANGING)
        for row, state in enumerate(blocks.states):
            if state not in used or not blocks.sizes[row]:
                continue
            if state != State.LIVE or witnesses.may_be_object(heads[row], blocks.sizes[row]):
                own = witnesses.own(row)
            elif blocks.allocation_traces:
                own = witnesses.by_sites(row)
            else:
                continue
            for witness in own:
                self._add(row, witness)

    def of_roots(self, row: int) -> Typed:
        """What variables tell of one block."""
        self._add_roots(row)
        return self.found.rows.get(row, Typed())

    def _add_roots(self, only: int | None = None) -> None:
        """``only``: pointers to the block of this row."""
        graph, info = self.graph, self.info
        ranges = graph.roots.ranges
        starts = [part.start for part in ranges]
        for place, edge in zip(graph.root_places, graph.root_targets):
            if edge & INTERIOR or place < len(graph.roots.registers) or only not in (None, edge >> 1):
                continue
            part = ranges[bisect_right(starts, place) - 1]
            if part.kind == "stack" and part.thread is not None:
                variable, where = self._on_stack(part.thread, place)
            else:
                variable, where = info.global_at(place), "the global"
            if variable is not None and variable.address is not None:
                member = info.pointer_at(variable.type_name, place - variable.address)
                if member is not None:
                    evidence = f"{where} {joined(variable.name, member.path)} points at it"
                    self._add_pointer(edge >> 1, member.pointee, evidence)
        for thread in {register.thread for register in graph.roots.registers}:
            self._add_register_variables(thread)

    def _frames(self, thread: int) -> list[FrameScope]:
        if thread not in self.scopes:
            self.scopes[thread] = self.info.frame_scopes(thread)
        return self.scopes[thread]

    def _on_stack(self, thread: int, place: int) -> tuple[Variable | None, str]:
        scope, variable = variable_on_stack(self._frames(thread), place)
        return variable, f"in frame {scope.number} ({scope.function}) of thread {thread}," if scope else ""

    def _add_register_variables(self, thread: int) -> None:
        for scope in self._frames(thread):
            for variable in scope.variables:
                member = self.info.pointer_at(variable.type_name, 0) if variable.value is not None else None
                row = self._row_at(variable.value or 0)
                if member is not None and row >= 0:
                    where = f"frame {scope.number} ({scope.function}) of thread {thread}"
                    self._add_pointer(row, member.pointee, f"{variable.name} in {where} points at it")

    def _add_pointer(self, row: int, pointee: str, evidence: str, certainty: str = "likely") -> None:
        size_bytes = self.snapshot.blocks.sizes[row]
        self._add(row, by_pointer(self.info.data_type(pointee), size_bytes, evidence, certainty))

    def _row_at(self, address: int) -> int:
        """The live block that begins at ``address``, -1 for none."""
        position = bisect_right(self.place.first, address) - 1
        if position < 0:
            return -1
        first, stride, carved, base = self.place.geometry[position]
        row = base + (address - first) // stride
        if row >= base + carved or not self.graph.live[row] or self.snapshot.blocks.addresses[row] != address:
            return -1
        return row

    def _spread(self, row: int) -> None:
        """What the members of a typed block point at."""
        best, graph = self.found.best(row), self.graph
        if best is None or graph.starts[row] == graph.starts[row + 1]:  # it points at nothing
            return
        layout = self._layout(best.name)
        if layout is None:
            return
        kind, pointers = layout
        address = self.snapshot.blocks.addresses[row] + best.offset_bytes
        count = min(best.count, max(POINTERS_READ_MAX // len(kind.pointers), 1))
        try:
            data = self.windows.read(address, count * kind.size_bytes)
        except MemoryUnreadable:
            return
        certainty = "possible" if best.certainty == "possible" else "likely"
        for element in range(count):
            for member, value in zip(kind.pointers, pointers.unpack_from(data, element * kind.size_bytes)):
                target_row = self._row_at(value)
                if target_row >= 0 and target_row != row and self._is_news(target_row, member.pointee):
                    which = joined(f"[{element}]" if best.count > 1 else "", member.path)
                    place = f"{which or 'the pointer'} of the {kind.name} at {address - best.offset_bytes:#x}"
                    self._add_pointer(target_row, member.pointee, f"{place} points at it", certainty)

    def _layout(self, name: str) -> tuple[DataType, Struct] | None:
        """A type with pointers, and what takes all of them out of its bytes; None for others."""
        if name not in self.layouts:
            kind = self.info.data_type(name)
            self.layouts[name] = None
            if kind is not None and kind.pointers:
                form, position = "<", 0
                members = []
                for member in kind.pointers:  # of a union, the first one of a place
                    if position <= member.offset_bytes <= kind.size_bytes - WORD_BYTES:
                        form += f"{member.offset_bytes - position}xQ"
                        position = member.offset_bytes + WORD_BYTES
                        members.append(member)
                if members:
                    self.layouts[name] = kind._replace(pointers=tuple(members)), Struct(form)
        return self.layouts[name]

    def _is_news(self, row: int, pointee: str) -> bool:
        """One pointer of a kind is enough of a witness."""
        typed = self.found.rows.get(row)
        if typed is not None:
            for witness in typed.witnesses:
                if witness.source == "pointer" and witness.name == pointee:
                    return False
        return True


class _Windows:
    """Memory of the heap in pieces that are kept, since neighbours are asked for one after the other."""

    def __init__(self, memory: Memory):
        self._memory = memory
        self._kept: dict[int, memoryview | None] = {}

    def read(self, address: int, size_bytes: int) -> memoryview | bytes:
        """Raises MemoryUnreadable."""
        number, offset = divmod(address, _WINDOW_BYTES)
        if number not in self._kept:
            if len(self._kept) >= _WINDOWS_MAX:
                self._kept.clear()
            try:
                data = memoryview(self._memory.read(number * _WINDOW_BYTES, _WINDOW_BYTES)).cast("B")
            except MemoryUnreadable:
                data = None
            self._kept[number] = data
        window = self._kept[number]
        if window is None or offset + size_bytes > _WINDOW_BYTES:
            return bytes(self._memory.read(address, size_bytes))
        return window[offset : offset + size_bytes]


class TypedPlace(NamedTuple):
    """What is known of the type at an address. ``member``: what of it stands there, "" for its start. ``searched``:
    False where typed pointers were not looked at, since the heap is large. ``content``: what the block begins with."""

    typed: Typed
    member: str
    searched: bool
    content: str


def typed_place(
    target: Target, snapshot: Snapshot, block: Block, address: int, always: bool, progress: Progress = Progress()
) -> TypedPlace | None:
    """``always``: look for typed pointers in a large heap too; without, only variables, and only where the graph of
    pointers is known already. None for a block that can't be trusted."""
    if block.state in (State.CORRUPTED, State.UNREADABLE):
        return None
    types = types_of(target, snapshot, progress, always)
    if types is not None:
        typed = types.rows.get(block.index, Typed())
    else:
        graph = snapshot.derived.get("graph")
        typed = _Walk(target, snapshot, graph).of_roots(block.index) if isinstance(graph, Graph) else Typed()
        for witness in witnesses_of(target, snapshot).own(block.index):
            typed.add(witness)
    content = describe_content(target, snapshot, block.index)
    return TypedPlace(typed, member_of(target, typed.best, address - block.address), types is not None, content)


def member_of(target: Target, best: Typing | None, offset_bytes: int) -> str:
    """What stands at an offset of a typed block: "next", "[2].name"; "" for its start, or when not known."""
    if best is None or offset_bytes == 0 or best.type_bytes == 0 or offset_bytes < best.offset_bytes:
        return ""
    element, rest = divmod(offset_bytes - best.offset_bytes, best.type_bytes)
    if element >= best.count:
        return ""
    return joined(f"[{element}]" if best.count > 1 else "", target.debug_info.member_at(best.name, rest))


def joined(name: str, path: str) -> str:
    """``list`` and ``next`` make ``list.next``; ``table`` and ``[3]`` make ``table[3]``."""
    if not name or not path or path.startswith("["):
        return name + path
    return f"{name}.{path}"


def variable_on_stack(scopes: list[FrameScope], address: int) -> tuple[FrameScope | None, Variable | None]:
    """The frame whose bytes hold ``address``, and its variable that does; a variable of an inlined function may stand
    in another frame's bytes."""
    for scope in scopes:
        for variable in scope.variables:
            if variable.address is not None and variable.address <= address < variable.address + variable.size_bytes:
                return scope, variable
    return next((scope for scope in scopes if scope.start <= address < scope.end), None), None


def sums_by_type(snapshot: Snapshot, types: TypedHeap) -> list[tuple[str, Sum]]:
    """Live blocks by type, most bytes first; those of no known type are left out."""
    blocks = snapshot.blocks
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for row in types.rows:
        name = types.name(row)
        if blocks.states[row] == State.LIVE and name:
            counts[name] += 1
            sizes[name] += blocks.sizes[row]
    return [(name, Sum(counts[name], size_bytes)) for name, size_bytes in sizes.most_common()]
