"""Roots and the mark: classes on heaps made by hand."""

from __future__ import annotations

import random

import pytest
from fake_target import DATA, HEAP, STACK, THREAD_STACK, AREA_BYTES, FakeHeap
from ftheap.analysis import heuristics, roots
from ftheap.analysis.leaks import check_leaks, classes_of
from ftheap.analysis.mark import LeakClass
from ftheap.model.heap import State
from ftheap.target import Mapping, Section, Thread

NONE: frozenset[str] = frozenset()


def classes(heap: FakeHeap, names: frozenset[str] = NONE) -> dict[int, str]:
    session = heap.session()
    snapshot = session.snapshot()
    found = classes_of(session.target, snapshot, names)
    return {address: LeakClass(found[row]).name.lower() for row, address in enumerate(snapshot.blocks.addresses)}


def missed(heap: FakeHeap) -> set[str]:
    """The rules of what could not be used."""
    session = heap.session()
    report = check_leaks(session.target, session.snapshot(), NONE)
    assert report.incomplete
    return {finding.rule for finding in report.findings}


def test_four_classes():
    heap = FakeHeap()
    kept, inner, lost = heap.block(24), heap.block(64), heap.block(40)
    child = heap.block(40)
    heap.set_word(lost, 8, child)
    heap.set_global(3, kept)
    heap.set_word(kept, 0, inner + 8)
    freed = heap.block(24, state=State.FREED)
    heap.set_global(4, freed)
    assert classes(heap) == {
        kept: "reachable", inner: "possible", lost: "definite", child: "indirect", freed: "none",
    }  # fmt: skip


def test_a_lost_cycle_has_one_leader_and_its_finder_takes_over():
    heap = FakeHeap()
    a, b = heap.block(24), heap.block(24)
    heap.set_word(a, 0, b)
    heap.set_word(b, 0, a)
    assert classes(heap) == {a: "definite", b: "indirect"}
    c = heap.block(24, words=[a])
    assert classes(heap) == {a: "indirect", b: "indirect", c: "definite"}


def test_a_block_that_points_to_itself_is_definite():
    heap = FakeHeap()
    a = heap.block(24)
    heap.set_word(a, 0, a)
    assert classes(heap) == {a: "definite"}


def test_what_an_interior_pointer_reaches_is_possible_to_the_end_of_the_chain():
    heap = FakeHeap()
    last = heap.block(24)
    first = heap.block(24, words=[0, last])
    heap.set_global(0, first + 4)
    assert classes(heap) == {first: "possible", last: "possible"}
    heap.set_global(1, last)
    assert classes(heap) == {first: "possible", last: "reachable"}


def test_ends_of_blocks():
    """One past the end is outside; a block of size 0 has a start all the same; unaligned words are no pointers."""
    heap = FakeHeap()
    past, empty, skewed = heap.block(32), heap.block(0), heap.block(100)
    heap.set_global(0, past + 32)
    heap.set_global(1, empty)
    heap.write(DATA + 0x104, skewed.to_bytes(8, "little"))
    assert classes(heap) == {past: "definite", empty: "reachable", skewed: "definite"}


def test_a_tail_shorter_than_a_word_holds_no_pointer():
    heap = FakeHeap()
    child, parent = heap.block(24), heap.block(15)
    heap.set_word(parent, 8, child)
    heap.set_global(0, parent)
    assert classes(heap)[child] == "definite"


def test_registers_and_vector_registers_are_roots():
    heap = FakeHeap()
    general, vector = heap.block(24), heap.block(24)
    heap.target.thread_list = [
        Thread(1, 100, "main", {"r12": general}, bytes(8) + vector.to_bytes(8, "little"), STACK + 0x1000, None)
    ]
    assert classes(heap) == {general: "reachable", vector: "reachable"}


def test_below_the_red_zone_the_stack_is_dead():
    heap = FakeHeap()
    live, red, dead = heap.block(24), heap.block(24), heap.block(24)
    heap.set_word(STACK, 0x1000, live)
    heap.set_word(STACK, 0x1000 - 128, red)
    heap.set_word(STACK, 0x1000 - 136, dead)
    assert classes(heap) == {live: "reachable", red: "reachable", dead: "definite"}


def add_thread_stack(heap: FakeHeap, control: int, held: dict[int, int]) -> None:
    heap.target.mapping_list.append(Mapping(THREAD_STACK, THREAD_STACK + AREA_BYTES, True, True, False))
    heap.set_word(control, 0, control)
    heap.set_word(control, 16, control)
    for offset, value in held.items():
        heap.set_word(THREAD_STACK, offset, value)


def test_stack_of_a_second_thread_and_its_table_of_thread_local_storage():
    heap = FakeHeap()
    live, dead, table = heap.block(24), heap.block(24), heap.block(272)
    control = THREAD_STACK + AREA_BYTES - 0x900
    add_thread_stack(heap, control, {0x2000: live, 0x800: dead, AREA_BYTES - 0x900 + 8: table + 16})
    heap.target.thread_list.append(Thread(2, 101, "worker", {}, b"", THREAD_STACK + 0x1800, control))
    assert classes(heap) == {live: "reachable", dead: "definite", table: "reachable"}


def test_the_kept_stack_of_an_ended_thread_holds_its_table_only():
    heap = FakeHeap()
    stale, table = heap.block(24), heap.block(272)
    control = THREAD_STACK + AREA_BYTES - 0x900
    add_thread_stack(heap, control, {0x2000: stale, AREA_BYTES - 0x900 + 8: table + 16})
    assert classes(heap) == {stale: "definite", table: "reachable"}


def test_a_stack_inside_a_heap_block():
    heap = FakeHeap()
    held = heap.block(24)
    stack = heap.block(1000)
    heap.set_word(stack, 800, held)
    heap.target.thread_list.append(Thread(2, 101, "fiber", {"rsp": stack + 640}, b"", stack + 640, None))
    assert classes(heap) == {held: "reachable", stack: "reachable"}


def test_mappings_that_are_roots_and_those_that_are_not():
    heap = FakeHeap()
    shared, constant, own = heap.block(24), heap.block(24), heap.block(24)
    heap.add_mapping(0x7E0000000000, shared.to_bytes(8, "little") * 512)
    heap.add_mapping(0x7E1000000000, constant.to_bytes(8, "little") * 512, "/usr/share/file", writable=False)
    heap.add_mapping(0x7E2000000000, own.to_bytes(8, "little") * 512)
    session = heap.session()
    snapshot = session.snapshot()
    snapshot.own_ranges.append((0x7E2000000000, 0x7E2000001000))
    found = classes_of(session.target, snapshot, NONE)
    assert [LeakClass(value) for value in found] == [LeakClass.REACHABLE, LeakClass.DEFINITE, LeakClass.DEFINITE]


def test_variables_that_relocation_made_read_only_are_roots():
    heap = FakeHeap()
    held = heap.block(24)
    heap.add_mapping(0x610000, held.to_bytes(8, "little") * 512, "/bin/program", writable=False)
    heap.target.section_list.append(Section(0x610000, 0x610100, ".data.rel.ro", "/bin/program", True))
    assert classes(heap) == {held: "reachable"}


def test_zone_headers_and_free_blocks_are_no_roots():
    heap = FakeHeap()
    freed, lost = heap.block(24, state=State.FREED), heap.block(24)
    heap.set_word(freed, 0, lost)
    heap.set_word(HEAP, 0x100, lost)
    assert classes(heap)[lost] == "definite"


def test_blocks_in_transition_and_smashed_ones_hold_what_they_point_to():
    heap = FakeHeap()
    child, grandchild = heap.block(24), heap.block(24)
    changing = heap.block(40, words=[child], state=State.CHANGING)
    smashed = heap.block(0, state=State.CORRUPTED)
    heap.set_word(smashed, 8, grandchild)
    session = heap.session()
    report = check_leaks(session.target, session.snapshot(), NONE)
    assert report.totals[LeakClass.REACHABLE].count == 2, "the smashed and the changing block are not counted"
    assert classes(heap)[changing] == "reachable"


def test_unreadable_roots_are_told():
    heap = FakeHeap()
    heap.block(24)
    heap.target.mapping_list.append(Mapping(0x7E3000000000, 0x7E3000002000, True, True, False, "/dev/shm/x"))
    session = heap.session()
    report = check_leaks(session.target, session.snapshot(), NONE)
    assert report.incomplete
    assert [(finding.rule, finding.address) for finding in report.findings] == [("memory-unreadable", 0x7E3000000000)]


def test_threads_that_are_not_known_are_told():
    heap = FakeHeap()
    heap.target.thread_list = []
    assert missed(heap) == {"no-threads"}
    heap.target.thread_list = [Thread(1, 100, "program")]
    assert missed(heap) == {"thread-unreadable"}


def test_only_the_start_of_an_absurdly_large_mapping_is_a_root(monkeypatch):
    heap = FakeHeap()
    near, far = heap.block(24), heap.block(24)
    heap.set_global(0, near)
    heap.set_global(64, far)
    monkeypatch.setattr(roots, "RANGE_MAX_BYTES", 256)
    heap.target.section_list = []
    assert classes(heap) == {near: "reachable", far: "definite"}
    assert missed(heap) == {"root-too-large"}


def test_without_mappings_sections_and_stacks_remain():
    heap = FakeHeap()
    by_global, by_stack = heap.block(24), heap.block(24)
    heap.target.mapping_list = []
    heap.target.thread_list = [Thread(1, 100, "main", {}, b"", STACK + 0x1000, None)]
    heap.set_global(0, by_global)
    heap.set_word(STACK, 0x2000, by_stack)
    session = heap.session()
    report = check_leaks(session.target, session.snapshot(), NONE)
    assert report.totals[LeakClass.REACHABLE].count == 2 and report.incomplete
    assert [finding.rule for finding in report.findings] == ["no-mappings"]


@pytest.mark.parametrize(
    "name, words, offset, size_bytes",
    [
        ("length64", [72 - 8], 8, 72),
        ("newarray", [4], 8, 8 + 4 * 12),
        ("stdstring", [5, 8, 0], 24, 24 + 8 + 1),
        ("multipleinheritance", [0x608000, 7, 0x608010], 16, 64),
        ("exception", [1, *[0] * 11, int.from_bytes(b"GNUCC++\0", "big")], 128, 144),
    ],
)
def test_heuristics(name, words, offset, size_bytes):
    heap = FakeHeap()
    block = heap.block(size_bytes, words=words)
    heap.set_global(0, block + offset)
    heap.add_mapping(0x608000, (0x400010).to_bytes(8, "little") * 512, "/bin/program", writable=False)
    assert classes(heap) == {block: "possible"}
    assert classes(heap, frozenset([name])) == {block: "reachable"}
    others = frozenset(heuristics.NAMES) - {name, "newarray"}  # an array of bytes has its length in front, too
    assert classes(heap, others) == {block: "possible"}


def test_heuristics_look_at_pointers_that_decide_something_only(monkeypatch):
    """Real heaps hold a million interior pointers into blocks that are held anyway (an arena, an array, an object with
    a header in front): looking at each took seconds."""
    heap = FakeHeap()
    arena, lost = heap.block(4096, words=[0x608000]), heap.block(64, words=[4, 0x608000])
    heap.set_global(0, arena)
    for index in range(1, 200):
        heap.set_global(index, arena + 8 * index)
    heap.set_global(200, lost + 16)
    seen = []
    leads_in = heuristics._Judge.leads_in
    monkeypatch.setattr(
        heuristics._Judge, "leads_in", lambda judge, row, value: seen.append(value) or leads_in(judge, row, value)
    )
    assert classes(heap, frozenset(heuristics.NAMES)) == {arena: "reachable", lost: "possible"}
    assert seen == [lost + 16]


def truth(heap: FakeHeap) -> dict[int, str]:
    """The classes by their definition, without any cleverness."""
    memory = {address: size for address, size, state in heap.rows if state == State.LIVE}

    def word(address: int) -> int:
        start = max(start for start in heap.pieces if start <= address)
        return int.from_bytes(heap.pieces[start][address - start : address - start + 8], "little")

    def aims(address: int, size_bytes: int) -> list[tuple[int, bool]]:
        found = []
        for value in [word(address + offset) for offset in range(0, size_bytes - 7, 8)]:
            found += [(block, value == block) for block in memory if block <= value < block + max(memory[block], 1)]
        return found

    edges = {address: aims(address, size) for address, size in memory.items()}
    roots = aims(DATA, AREA_BYTES)

    def spread(seeds: set[int], direct: bool) -> set[int]:
        seen, waiting = set(seeds), list(seeds)
        while waiting:
            for aim, straight in edges[waiting.pop()]:
                if aim not in seen and (straight or not direct):
                    seen.add(aim)
                    waiting.append(aim)
        return seen

    reachable = spread({aim for aim, straight in roots if straight}, True)
    any_way = spread(reachable | {aim for aim, _ in roots}, False)
    lost = set(memory) - any_way
    found = {address: "reachable" if address in reachable else "possible" for address in any_way}
    for address in sorted(lost):
        closure = spread({address}, False)
        strangers = [other for other in lost if other != address and address in spread({other}, False)]
        leads = all(other in closure and other > address for other in strangers)
        found[address] = "definite" if leads else "indirect"
    return found


@pytest.mark.parametrize("seed", range(60))
def test_random_graphs_agree_with_the_definition(seed):
    chance = random.Random(seed)
    heap = FakeHeap()
    addresses = [heap.block(chance.choice([0, 8, 16, 24, 40, 100, 300])) for _ in range(30)]
    sizes = {address: size for address, size, _ in heap.rows}
    for address in addresses:
        for offset in range(0, sizes[address] - 7, 8):
            if chance.random() < 0.25:
                heap.set_word(address, offset, chance.choice(addresses) + chance.choice([0, 0, 0, 0, 8, 1]))
    for index in range(chance.randrange(6)):
        heap.set_global(index, chance.choice(addresses) + chance.choice([0, 0, 4]))
    assert classes(heap) == truth(heap)
