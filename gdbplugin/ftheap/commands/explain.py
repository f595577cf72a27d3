"""``explain``: what stands at an address."""

from __future__ import annotations

from .. import analysis, render
from ..errors import UsageError
from ..model.heap import Finding
from ..registry import Option, Request, Result, command
from ..session import Session
from ..typed import TYPE_CHECKING

if TYPE_CHECKING:
    from ..analysis.explain import Explanation


@command(
    "explain",
    "Say what an address is.",
    argument="ADDR",
    options=(
        Option("as", "print it as TYPE, as an array where the block is larger", "TYPE", "type"),
        Option("deep", "look for the block's type in a heap of more than 20,000 blocks, too"),
    ),
    example="explain -as node head->next",
    top_level=True,
)
def explain(session: Session, request: Request) -> Result:
    """ADDR is any expression of gdb. For an address of the heap: the block, the offset in it, its state, its
    neighbours, its zone, and where it was allocated and freed when stacks were recorded. For any other: the stack of
    a thread with frame and variable, the global variable, the function, the mapping; and for an address that is not
    mapped, what kind of wrong pointer it is.
    A block's type is what its vtable, the source line that allocated it, and the typed pointers that lead to it say:
    certain, likely or possible."""
    target, deep = session.target, bool(request.options.get("deep"))
    session.layout()  # a program without ftmalloc is the first thing to say
    address = target.evaluate(request.argument)
    whole = deep or request.options.get("json")  # which tells of all findings
    snapshot = session.snapshot() if whole else session.snapshot_near(address)
    found = analysis.explain.explain(target, snapshot, address)
    allocated, freed = [], []
    if found.block is not None:
        allocated = analysis.stacks.frames_of(target, snapshot.allocation_trace(found.block.index))
        freed = analysis.stacks.frames_of(target, snapshot.free_trace(found.block.index))
    printed = printed_as(session, found, request.options["as"]) if request.options.get("as") else []
    typed = None
    if found.block is not None:
        typed = analysis.typed_heap.typed_place(target, snapshot, found.block, found.address, deep, session.progress)
    near = [finding for finding in snapshot.findings if _concerns(finding.address, found)]
    if found.block is not None:
        damage = analysis.fills.check_block(target.memory, snapshot, found.block)
        near += [damage] if damage is not None else []
        smashed, behind = (
            analysis.seals.check_seal(target, snapshot, block) if block is not None else None
            for block in (found.block, found.next)
        )
        if smashed is not None:
            allocated, freed = [], []  # they were told by what is written over
            near.append(smashed.finding)
        if behind is not None and behind.index == found.block.index:
            near.append(behind.finding)

    def findings() -> list[Finding]:
        everywhere = session.snapshot().findings
        return [*everywhere, *(finding for finding in near if finding not in everywhere)]

    answer = render.explanation.Answer(found, typed, printed, allocated, freed)
    return Result(
        lambda: render.explanation.document(answer, findings()),
        lambda style: render.explanation.lines(answer, near, style),
    )


def printed_as(session: Session, found: Explanation, name: str) -> list[str]:
    """The debugger's rows for the value of type ``name`` at the address: as many elements as the block has room for.
    Raises UsageError when there is no such type, or the block is too small for it."""
    kind = session.target.debug_info.data_type(name)
    if kind is None:
        raise UsageError(f"explain: no type {name!r} in the program's symbols")
    count, block = 1, found.block
    if block is not None:
        rest = block.end - found.address
        if found.address < block.address:
            place = f"{found.address:#x} is in front of the block, whose bytes begin at {block.address:#x}"
            raise UsageError(f"explain: {place}")
        if rest < kind.size_bytes:
            raise UsageError(
                f"explain: {kind.name} has {kind.size_bytes} bytes, but {max(rest, 0)} bytes of the block follow "
                f"{found.address:#x}"
            )
        count = rest // kind.size_bytes
    return session.target.debug_info.printed(name, found.address, count)


def _concerns(address: int | None, found: Explanation) -> bool:
    """Findings about this very block or zone; ``check`` shows all the others."""
    block, zone = found.block, found.zone
    if address is None:
        return False
    return zone is not None and address == zone.address or (
        block is not None and block.slot_start <= address < block.slot_end
    )
