"""The questions about reachability and contents on randomly damaged heaps: an answer or one line, never a trace."""

from __future__ import annotations

import os
import random

import pytest
from ftheap.errors import ExpectedError
from ftheap.registry import Request
from ftheap.session import Session
from ftheap.target import Stop
from mutations import HEAPS, SEEDS_PER_TEST, check_answer, damaged_heaps


def requests(session: Session, chance: random.Random) -> list[tuple[str, Request]]:
    """Every command once, and addresses everywhere around what blocks there are."""
    try:
        blocks = session.snapshot().blocks.addresses
        zones = [zone.address for zone in session.snapshot().zones]
    except ExpectedError:
        blocks, zones = [], []
    near = [chance.choice(blocks) + chance.choice([0, 0, 1, 8, -1, -16, 4096]) for _ in range(12) if blocks]
    near += [*zones, 0, chance.getrandbits(64)]
    found = [("explain", Request({}, hex(address))) for address in near]
    found += [("leak-refs", Request({"retained": True}, hex(address))) for address in near[:4]]
    found += [("leak-check", Request()), ("stats", Request({"retained": True})), ("snapshot", Request({}, "now"))]
    found += [("leak-diff", Request({"all": True}, "now"))]
    found += [("diagnose", Request()), ("history", Request({"stacks": True}))]
    found += [("export", Request({}, f"{form} {os.devnull}")) for form in ("json", "csv", "dot", "folded")]
    expressions = ('state != live and bytes "00"', "class = definite or pointer 0x0")
    return found + [("find", Request({}, text)) for text in expressions]


@pytest.mark.parametrize("first_seed", range(0, HEAPS, SEEDS_PER_TEST))
def test_random_damage_gives_answers_and_never_a_trace(first_seed):
    for seed, chance, image, target in damaged_heaps(first_seed):
        fault_address = chance.choice([0, 8, chance.choice(image.blocks).address + 64, 1 << 60])
        target.stopped = Stop("SIGSEGV", 1, fault_address, pc=1)
        session = Session(target)
        for name, request in requests(session, chance):
            check_answer(session, name, request, seed)
