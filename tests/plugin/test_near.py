"""Questions about one address of a large heap: the zones that concern it are read, and the answer is the same."""

from __future__ import annotations

import pytest
from ftheap import command_line
from ftheap.commands import load_all
from ftheap.reader import heap as reader
from ftheap.registry import COMMANDS
from ftheap.render.style import PLAIN
from ftheap.session import Session
from heap_image import LIVE, HeapImage

ZONES = 8
load_all()


@pytest.fixture(autouse=True)
def _every_heap_is_large(monkeypatch):
    monkeypatch.setattr(reader, "LARGE_HEAP_BLOCKS", 3)


@pytest.fixture(name="image")
def _image() -> HeapImage:
    image = HeapImage()
    image.payloads = []
    for number in range(ZONES):
        image.payloads += image.add_run(image.add_slot_zone("tiny"), 48, [(LIVE, 40), ("freed", number), (LIVE, 48)])
    image.payloads.append(image.add_large(image.add_region(), 100_000))
    return image


def explain(session: Session, address: int):
    command = COMMANDS["explain"]
    return command.run(session, command_line.parse(command, hex(address)))


def same_answer(image: HeapImage, address: int) -> Session:
    """Asks about one address twice, of the whole heap the second time; the session that has read only a part."""
    target = image.seal()
    part, whole = Session(target), Session(target)
    whole.snapshot()
    assert list(explain(part, address).lines(PLAIN)) == list(explain(whole, address).lines(PLAIN))
    assert explain(part, address).document() == explain(whole, address).document()
    return part


def test_each_place_is_explained_alike(image):
    for payload in image.payloads[::6]:
        same_answer(image, payload + 47)
        same_answer(image, payload - 8)
    for zone in Session(image.seal()).snapshot().zones[1::3]:
        for address in (zone.address, zone.address - 1, zone.end):
            same_answer(image, address)


def test_far_zones_are_not_read(image):
    session = Session(image.seal())
    last = image.payloads[-2]
    near = session.snapshot_near(last)
    assert [zone.was_read for zone in near.zones] == [True, True, False, False, False, False, True, True, False]
    assert len(near.blocks) == 12 and near.block_at(last).size_bytes == 48
    assert session.snapshot_near(last - 64) is near and session.snapshot_near(0x10) is near
    assert session.snapshot_near(image.payloads[7]) is session.snapshot()
    assert session.snapshot_near(last) is session.snapshot()


def test_a_small_heap_is_read_whole(image, monkeypatch):
    monkeypatch.setattr(reader, "LARGE_HEAP_BLOCKS", 3 * ZONES + 1)
    near = Session(image.seal()).snapshot_near(image.payloads[-1])
    assert all(zone.was_read for zone in near.zones) and len(near.blocks) == 3 * ZONES + 1


def test_damage_far_away_is_in_the_document(image):
    image.set("block", image.payloads[10] - 16, self=0x4141414141414141)
    session = same_answer(image, image.payloads[-2])
    assert [finding["rule"] for finding in explain(session, image.payloads[-2]).document()["findings"]]


def test_the_culprit_stands_in_the_zone_in_front(image):
    image.set("block", image.payloads[-1] - 16, self=0x4141414141414141)
    same_answer(image, image.payloads[-1])


def test_it_is_dropped_when_the_process_moves(image):
    target = image.seal()
    session = Session(target)
    near = session.snapshot_near(image.payloads[-1])
    target.key += 1
    assert session.snapshot_near(image.payloads[-1]) is not near
