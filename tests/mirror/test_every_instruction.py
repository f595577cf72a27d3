"""Walkable at every instruction: the child is stopped between any two instructions of the allocator, and walked.

At each stop the walk must end, find nothing broken, and show exactly the live blocks of the oracle, but for the one
that the call at work concerns. An instruction that stores nothing can't change the answer: it is not walked again.
The same with the debugging switches on, where no canary and no fill may look damaged either.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Iterator

import pytest
from stepping import Child, quiet_offsets, unpack_words

from ftheap.analysis.fills import check_fills
from ftheap.analysis.seals import check_seals
from ftheap.layout import Layout, parse
from ftheap.model.heap import State
from ftheap.reader.heap import read_snapshot
from ftheap.target import Mapping, Thread

SOURCE = Path(__file__).with_name("stepped.c")
NOBODY = 0xFFFFFFFF
ENTRY_COUNT = int(re.search(r"#define ENTRY_COUNT (\d+)", SOURCE.read_text())[1])
INSTRUCTIONS_MIN = 20000
WALKS_MIN = 5000
SWITCHED_WALKS_MIN = 1500
WALKS_EACH_MAX = 12  # with switches on: behind the same instruction, so many scenes and sizes say no more
ALLOWED_RULES = {"in-transition"}
# A quarantine so small that blocks leave it, and scenes whose fills can be stepped through.
SWITCHES = {
    "plain": ({}, []),
    "debug": ({"FtMallocDebug": "1", "FtMallocQuarantine": "24K"}, ["small"]),
    "sealed": ({"FtMallocStackLogging": "1", "FtMallocQuarantine": "24K"}, ["small"]),
}


@dataclass
class Oracle:
    """``live``: address to size of every settled entry; ``doubtful``: old address of the entry at work."""

    live: dict[int, int]
    current: int
    doubtful: int


@dataclass
class Stepped:
    """The child with what is needed to look into it."""

    child: Child
    layout: Layout
    oracle_address: int
    library_base: int
    library_end: int
    quiet: set[int]
    has_switches: bool

    @property
    def memory(self) -> Any:
        return self.child.memory

    def mappings(self) -> list[Mapping]:
        """The library's, as ``check_seals`` asks for them."""
        return [Mapping(self.library_base, self.library_end, True, True, True, "/libftmalloc.so")]

    def threads(self) -> list[Thread]:
        """The one there is."""
        registers = {"rip": self.child.instruction_pointer()}
        return [Thread(1, self.child.process_id, "stepped", registers, b"", self.child.stack_pointer())]

    def oracle(self) -> Oracle:
        words = unpack_words(self.child.memory.read(self.oracle_address, 16 + 16 * ENTRY_COUNT))
        current, addresses, sizes = words[0], words[2 : 2 + ENTRY_COUNT], words[2 + ENTRY_COUNT :]
        live = {addresses[i]: sizes[i] for i in range(ENTRY_COUNT) if addresses[i] and i != current}
        return Oracle(live, current, addresses[current] if current != NOBODY else 0)


def symbol_offset(path: Path, name: str) -> int:
    listing = subprocess.run(["nm", path], check=True, capture_output=True, text=True).stdout
    return int(re.search(rf"^([0-9a-f]+) \w {name}$", listing, re.MULTILINE)[1], 16)


@pytest.fixture(params=SWITCHES)
def stepped(request: pytest.FixtureRequest, tmp_path: Path, library: Path) -> Iterator[Stepped]:
    program = tmp_path / "stepped"
    subprocess.run(["cc", "-O1", "-g", "-no-pie", "-fno-builtin", "-o", program, SOURCE], check=True, timeout=30)
    settings, arguments = SWITCHES[request.param]
    child = Child([str(program), *arguments], {**os.environ, **settings, "LD_PRELOAD": str(library)})
    try:
        assert child.wait() == signal.SIGSTOP
        base = child.base_of(library)
        layout = parse(child.memory, base + symbol_offset(library, "ftmalloc_debug_info"))
        text = subprocess.run(["size", "-A", library], check=True, capture_output=True, text=True).stdout
        size_bytes = max(sum(map(int, row.split()[1:3])) for row in text.splitlines() if row.startswith("."))
        yield Stepped(child, layout, symbol_offset(program, "oracle"), base, base + size_bytes, quiet_offsets(library),
                      bool(settings))
    finally:
        child.end()


def live_blocks(stepped: Stepped, where: str) -> dict[int, int]:
    """The walk's live blocks; fails on whatever finding is no transition."""
    snapshot = read_snapshot(stepped.child.memory, stepped.layout)
    broken = [finding for finding in snapshot.findings if finding.rule not in ALLOWED_RULES]
    assert not broken, f"{where}: {broken}"
    assert snapshot.complete, where
    if stepped.has_switches:
        found = chain(check_fills(stepped.child.memory, snapshot), check_seals(stepped, snapshot))
        damaged = [str(damage.finding) for damage in found]
        assert not damaged, f"{where}: {damaged}"
    blocks = snapshot.blocks
    return {blocks.addresses[i]: blocks.sizes[i] for i, state in enumerate(blocks.states) if state == State.LIVE}


def compare(stepped: Stepped, others: dict[int, int], where: str) -> None:
    """``others``: live blocks that are not the script's."""
    oracle = stepped.oracle()
    seen = live_blocks(stepped, where)
    expected = {**others, **oracle.live}
    missing = {hex(address): size for address, size in expected.items() if seen.get(address) != size}
    assert not missing, f"{where}: live, but not seen so: {missing}; the call at work is on {oracle.doubtful:#x}"
    more = [address for address in seen if address not in expected and address != oracle.doubtful]
    # realloc may have made its new block already, malloc its only one.
    assert len(more) <= (1 if oracle.current != NOBODY else 0), f"{where}: {[hex(address) for address in more]}"


def walk_scene(stepped: Stepped, others: dict[int, int], walks: dict[int, int]) -> int:
    """Steps to the end of the scene; the number of the allocator's instructions that were met."""
    child, count, outside = stepped.child, 0, 0
    before = child.instruction_pointer()
    while True:
        stopped_by = child.step()
        if stopped_by == signal.SIGSTOP:
            return count
        assert stopped_by == signal.SIGTRAP, f"signal {stopped_by} at {before:#x}"
        executed, before = before, child.instruction_pointer()
        if stepped.library_base <= executed < stepped.library_end:
            offset = executed - stepped.library_base
            count += 1
            if offset in stepped.quiet:
                continue
            where = f"behind the instruction at offset {offset:#x} of the library"
        else:
            offset, outside = -1, outside + 1
            if outside % 512:  # libc's copying and filling, and the script itself
                continue
            where = f"behind the instruction at {executed:#x}"
        if stepped.has_switches and offset >= 0 and walks.get(offset, 0) >= WALKS_EACH_MAX:
            continue
        walks[offset] = walks.get(offset, 0) + 1
        compare(stepped, others, where)


@pytest.mark.limit(300)
def test_walk_is_right_between_any_two_instructions(stepped: Stepped) -> None:
    others = live_blocks(stepped, "at the start")
    instructions, walks = 0, {}
    while True:
        instructions += walk_scene(stepped, others, walks)
        compare(stepped, others, "behind a scene")
        if stepped.child.resume() is None:
            break
    print(f"{instructions} instructions of the allocator, {sum(walks.values())} walks behind {len(walks)} of them")
    assert instructions >= INSTRUCTIONS_MIN
    assert sum(walks.values()) >= (SWITCHED_WALKS_MIN if stepped.has_switches else WALKS_MIN)
