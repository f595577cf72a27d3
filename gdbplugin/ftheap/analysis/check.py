"""Integrity: what the heap's books say against what is there. What the reader met on its way counts too."""

from __future__ import annotations

from ctypes import c_uint32
from itertools import chain

from .. import kernel
from ..model.heap import Block, Books, Finding, Snapshot, State, Zone, ZoneType
from ..model.runs import Run
from ..reader.blocks import CULPRIT
from ..records import dataclass, field
from ..target import Target
from ..typed import Iterable
from .fills import Damage, check_fills, check_waiting
from .seals import check_seals


@dataclass
class Integrity:
    """The answer: how much was checked, and all that is wrong. ``damaged``: the block that a finding about canaries,
    fills and seals speaks of."""

    zones_checked: int = 0
    blocks_checked: int = 0
    findings: list[Finding] = field(default_factory=list)
    remarks: frozenset[str] = frozenset()
    damaged: dict[Finding, Damage] = field(default_factory=dict)

    @property
    def fault_count(self) -> int:
        """Findings that say that the heap is broken or could not be checked."""
        return sum(finding.rule not in self.remarks for finding in self.findings)


# Rules that speak of no fault in the heap.
REMARKS = frozenset({"in-transition", "second-library", "stacks-lost"})
# What can't be read is no damage; nor is a link or a count that leads to where nothing can be read.
_MISSING = ("unreadable", "-lost")
_BROKEN_BY_MISSING = frozenset({"broken-link", "broken-cache", "zone-count", "unlisted-zone", "unregistered-zone"})


def is_damage(rule: str, snapshot: Snapshot) -> bool:
    """False for what is merely missing, and for what that explains."""
    return not rule.endswith(_MISSING) and (snapshot.complete or rule not in _BROKEN_BY_MISSING)


def check(snapshot: Snapshot, remarks: frozenset[str] = frozenset()) -> Integrity:
    """Checks every zone, run and block. Nothing here reads the target: the snapshot holds both sides.

    ``remarks``: rules of findings about the target that are no fault of the heap.
    """
    integrity = Integrity(len(snapshot.zones), len(snapshot.blocks), list(snapshot.findings), REMARKS | remarks)
    links = _Links(snapshot)
    for zone in snapshot.zones:
        if zone.books is not None:
            links.check(zone, zone.books, integrity.findings)
            _check_geometry(snapshot, zone, zone.books, integrity.findings)
        if zone.type != ZoneType.LARGE:
            for position in _odd_runs(snapshot, zone):
                _check_run(snapshot, zone, zone.runs[position], integrity.findings)
    return integrity


def check_memory(target: Target, snapshot: Snapshot, integrity: Integrity) -> None:
    """Adds what the contents of slots show: canaries, the fill of freed memory, seals, and the quarantine's queue."""
    for damage in chain(check_fills(target.memory, snapshot), check_seals(target, snapshot)):
        integrity.findings.append(damage.finding)
        integrity.damaged[damage.finding] = damage
    if not snapshot.locked_by:
        integrity.findings += check_waiting(snapshot)
    written = {damage.index for damage in integrity.damaged.values()}
    integrity.findings[:] = [_without_innocent(snapshot, finding, written) for finding in integrity.findings]


def innocent_before(snapshot: Snapshot, smashed: int, written: set[int]) -> Block | None:
    """The block in front of the one whose header at ``smashed`` is written over, if it can't have done it: what came
    from there would have passed its canaries. ``written``: rows of the blocks whose canaries are damaged."""
    slot = snapshot.block_at(smashed)
    before = snapshot.block_at(slot.slot_start - 1) if slot is not None else None
    if before is None or before.state != State.LIVE or not snapshot.blocks.has_canaries:
        return None
    has_redzone = snapshot.blocks.has_canaries[before.index] and before.end < before.slot_end
    return before if has_redzone and before.index not in written else None


def _without_innocent(snapshot: Snapshot, finding: Finding, written: set[int]) -> Finding:
    if finding.rule != "smashed-header" or finding.address is None:
        return finding
    before = innocent_before(snapshot, finding.address, written)
    if before is None:
        return finding
    seen = finding.message.partition(CULPRIT)[0]
    return finding._replace(message=f"{seen}; the red zone of the block before it at {before.address:#x} is whole, so "
                            "this block was written in front of its start")


class _Links:
    """Both directions of the zone list must agree, zone by zone."""

    def __init__(self, snapshot: Snapshot):
        self._zones = {zone.address: zone for zone in snapshot.zones}
        self._locked_by = snapshot.locked_by
        self._known = {(finding.rule, finding.address) for finding in snapshot.findings}

    def check(self, zone: Zone, books: Books, found: list[Finding]) -> None:
        if self._locked_by or ("broken-link", zone.address) in self._known:
            return
        following = self._zones.get(books.next)
        if books.next and following is None:
            found.append(
                Finding("broken-link", zone.address, f"the next link of the zone at {zone.address:#x} leads to "
                        f"{books.next:#x}, where no zone is{culprit_before(zone.address)}")
            )
        elif following is not None and following.books is not None and following.books.previous != zone.address:
            if ("broken-link", following.address) not in self._known:
                found.append(
                    Finding("broken-link", following.address, f"the previous link of the zone at "
                            f"{following.address:#x} leads to {following.books.previous:#x}, yet the zone at "
                            f"{zone.address:#x} names it as its next")
                )


def culprit_before(address: int) -> str:
    """Advice for a word of a zone header that was written over."""
    return f"; likely culprit: what stands before {address:#x}, see explain {address:#x}"


def _check_geometry(snapshot: Snapshot, zone: Zone, books: Books, found: list[Finding]) -> None:
    first = zone.runs[0].first_slot + snapshot.prefix_bytes if zone.runs else 0
    if books.first_block != first and not snapshot.locked_by and (first or not _has_lost_runs(snapshot, zone)):
        found.append(
            Finding("bad-zone", zone.address, f"the zone at {zone.address:#x} says that its first block's header is at "
                    f"{books.first_block:#x}, it is at {first:#x}")
        )
    expected = _max_contiguous_free(snapshot, zone, books)
    stated = {zone.max_contiguous_free_bytes}
    if zone.type == ZoneType.LARGE:  # a red zone behind the block is no free space, nor part of the block's size
        stated.add(zone.max_contiguous_free_bytes + int(snapshot.options.get("FtMallocRedzone", "0")))
    if expected is not None and expected not in stated and not snapshot.locked_by:
        found.append(
            Finding("bad-free-space", zone.address, f"the zone at {zone.address:#x} says "
                    f"{zone.max_contiguous_free_bytes} contiguous free bytes at most, there are {expected}")
        )
    run_units = _run_units(zone, books)
    both = books.free_units & run_units
    if both and not snapshot.locked_by:
        unit = (both & -both).bit_length() - 1
        found.append(
            Finding("bad-zone", zone.address + unit * books.unit_bytes,
                    f"unit {unit} of the zone at {zone.address:#x} is listed as free, yet a run uses it")
        )
    header_units = books.header_bytes // books.unit_bytes if books.unit_bytes else 0
    lost = ~(books.free_units | run_units) & (1 << books.unit_count) - (1 << header_units)
    if lost and not snapshot.locked_by and not _has_lost_runs(snapshot, zone):
        unit = (lost & -lost).bit_length() - 1
        found.append(
            Finding("lost-unit", zone.address + unit * books.unit_bytes,
                    f"unit {unit} of the zone at {zone.address:#x} is not free, yet no run uses it: blocks may be lost")
        )


def _run_units(zone: Zone, books: Books) -> int:
    """Bit u: unit u has bytes of a run."""
    unit_bytes, units = books.unit_bytes, 0
    if not unit_bytes:
        return 0
    for start, end in zip(zone.runs.column("start"), zone.runs.column("end")):
        units |= (1 << -(-(end - zone.address) // unit_bytes)) - (1 << (start - zone.address) // unit_bytes)
    return units & (1 << zone.size_bytes // unit_bytes) - 1


def _has_lost_runs(snapshot: Snapshot, zone: Zone) -> bool:
    return any(finding.address is not None and zone.address <= finding.address < zone.end
               for finding in snapshot.findings)


def _max_contiguous_free(snapshot: Snapshot, zone: Zone, books: Books) -> int | None:
    """The figure that the header should hold; None when it can't be told."""
    if zone.type == ZoneType.LARGE:
        if not snapshot.complete or not zone.runs or snapshot.blocks.states[zone.first_index] != State.LIVE:
            return None
        if zone.guarded:
            return 0  # an inaccessible page follows
        row = zone.first_index
        return zone.end - snapshot.blocks.addresses[row] - snapshot.blocks.sizes[row]
    if not books.unit_bytes or _has_lost_runs(snapshot, zone):
        return None
    if not books.free_units:
        return 0
    longest = current = 0
    for unit in range(books.unit_count):
        if not books.free_units >> unit & 1:
            current = 0
            continue
        current += books.unit_bytes - max(min(books.header_bytes - unit * books.unit_bytes, books.unit_bytes), 0)
        longest = max(longest, current)
    return longest


def _odd_runs(snapshot: Snapshot, zone: Zone) -> Iterable[int]:
    """Positions of the runs that have to be looked at: those that the kernel does not find well."""
    library, count = kernel.find()[0], len(zone.runs)
    if library is None or not zone.runs.bitmap_bytes:
        return range(count)
    odd, states = (c_uint32 * count)(), snapshot.blocks.states
    with kernel.Address(zone.runs.words) as runs_at, kernel.Address(zone.runs.bitmaps) as bitmaps_at, \
            kernel.Address(states) as states_at:
        found = library.ftscan_bitmaps(
            runs_at, count, bitmaps_at, len(zone.runs.bitmaps), zone.runs.bitmap_bytes, states_at, len(states), odd
        )
    return odd[:found]


def _check_run(snapshot: Snapshot, zone: Zone, run: Run, found: list[Finding]) -> None:
    """The bitmap of free slots against the headers' own states, and against its count."""
    carved = (1 << run.carved_count) - 1
    free_bits = zone.runs.free_bits(run)
    beyond = free_bits & ~carved
    if beyond:
        slot = (beyond & -beyond).bit_length() - 1
        found.append(
            Finding("bad-bitmap", run.first_slot + slot * run.stride_bytes,
                    f"slot {slot} of the run at {run.start:#x} is listed as free, only {run.carved_count} are cut")
        )
    count = free_bits.bit_count()
    if count != run.free_count and not _is_busy(snapshot, run):
        found.append(
            Finding("bad-count", run.start, f"the run at {run.start:#x} (zone {zone.address:#x}) says {run.free_count} "
                    f"free slots, its bitmap has {count}")
        )
    bits = free_bits & carved
    if not bits:
        return
    states = snapshot.blocks.states[run.first_index : run.first_index + run.carved_count]
    for wrong in (State.LIVE, State.QUARANTINED):
        slot = states.find(wrong)
        while slot >= 0:
            if bits >> slot & 1:
                row = run.first_index + slot
                address = snapshot.blocks.addresses[row]
                found.append(
                    Finding("free-but-live", address, f"the block at {address:#x}, {snapshot.blocks.sizes[row]} bytes, "
                            f"says {wrong.word}, yet its slot is listed as free: its header was written over, "
                            "or it was freed twice")
                )
            slot = states.find(wrong, slot + 1)


def _is_busy(snapshot: Snapshot, run: Run) -> bool:
    """True when a thread was at work here, so that count and bitmap may differ by its step."""
    states = snapshot.blocks.states[run.first_index : run.first_index + run.carved_count]
    return bool(snapshot.locked_by) or State.CHANGING in states
