"""The layout table is untrusted: found by symbol or by magic, refused with one clear line."""

from __future__ import annotations

import re

import pytest
from ftheap.errors import TargetError
from ftheap.layout import needed_rows, occurrences
from ftheap.session import Session
from heap_image import HeapImage, sample_heap
from heap_shape import CONST, STRUCT, Shape, table

MAGIC = b"ftmalloc-layout\0"


def session_with_table(**changes) -> Session:
    image = sample_heap()
    target = image.seal()
    target.pieces[image.TABLE][:] = table(image.shape, image.TABLE, image.HEAP, **changes)
    return Session(target)


def refusal(session: Session) -> str:
    with pytest.raises(TargetError) as caught:
        session.snapshot()
    text = str(caught.value)
    assert "\n" not in text and not text.endswith(".") and len(text) > 20
    return text


@pytest.mark.parametrize("name, kind", sorted(set(needed_rows())))
def test_each_missing_row_is_named(name, kind):
    image = HeapImage()
    rows = [row for row in image.shape.rows(image.HEAP) if row[:2] != (name, kind)]
    text = refusal(session_with_table(rows=rows))
    assert f"'{name}'" in text and "1.0.0" in text


def test_other_byte_orders_pointers_formats_and_copies_are_refused():
    assert "big-endian" in refusal(session_with_table(order=0x04030201))
    assert "damaged" in refusal(session_with_table(order=0))
    assert "4 bytes" in refusal(session_with_table(pointer_bytes=4))
    assert "format 2" in refusal(session_with_table(form=2))


def test_a_table_is_found_wherever_a_compiler_may_put_it():
    """At multiples of a pointer: gcc aligns large objects to 16 on x86-64, and to 8 on aarch64."""
    assert list(occurrences(bytes(1) + MAGIC + bytes(7) + MAGIC + bytes(8) + MAGIC)) == [24, 48]


def test_absurd_rows_are_refused():
    shape = Shape.make()
    shape.constants["unit_bytes"] = 3
    assert "unit_bytes" in refusal(session_with_table(rows=shape.rows(HeapImage.HEAP)))
    shape = Shape.make()
    shape.fields["zone.next"] = (1 << 20, 8)
    assert "zone.next" in refusal(session_with_table(rows=shape.rows(HeapImage.HEAP)))
    shape = Shape.make()
    shape.fields["zone.next"] = (shape.fields["zone.magic"][0] + 4, 8)
    assert "damaged" in refusal(session_with_table(rows=shape.rows(HeapImage.HEAP)))
    shape = Shape.make()
    shape.bits["block.self:state"] = (60, 10)
    assert "block.self:state" in refusal(session_with_table(rows=shape.rows(HeapImage.HEAP)))


@pytest.mark.parametrize("name, size", [("run", 8 << 20), ("run", 16)])
def test_a_table_of_runs_is_as_large_as_its_runs(name, size):
    rows = [(row, kind, size if (row, kind) == (name, STRUCT) else value, *rest)
            for row, kind, value, *rest in Shape.make().rows(HeapImage.HEAP)]
    assert "damaged" in refusal(session_with_table(rows=rows))


def test_zone_headers_leave_room_for_blocks_and_words_of_a_header_stand_apart():
    shape = Shape.make()
    shape.constants["slot_zone_header_bytes"] = 1 << 60
    assert "slot_zone_header_bytes" in refusal(session_with_table(rows=shape.rows(HeapImage.HEAP)))
    shape = Shape.make()
    shape.fields["block.extent"] = shape.fields["block.self"]
    assert "a block's words" in refusal(session_with_table(rows=shape.rows(HeapImage.HEAP)))


def test_a_table_that_the_loader_has_not_moved_is_of_no_started_program():
    image = sample_heap()
    target = image.seal()
    target.pieces[image.TABLE][:] = table(image.shape, image.TABLE & 0xFFFFF, image.HEAP)
    assert "not started" in refusal(Session(target))


def test_libraries_that_were_not_read_are_named():
    target = sample_heap().seal()
    target.pieces.clear()
    target.memory._starts = []
    target.symbols.clear()
    target.libraries_without_symbols = lambda: ["/lib/libc.so.6", "/opt/libftmalloc.so"]
    assert "/opt/libftmalloc.so" in refusal(Session(target))


def test_without_a_process_it_is_said_why():
    target = sample_heap().seal()
    target.absence = lambda: "the process has ended: run it again"
    assert refusal(Session(target)) == "the process has ended: run it again"


def test_found_by_magic_without_a_symbol():
    image = sample_heap()
    target = image.seal()
    target.symbols.clear()
    assert len(Session(target).snapshot().blocks) == len(image.blocks)


def test_a_copy_of_the_table_proves_nothing():
    image = sample_heap()
    target = image.seal()
    target.pieces[0x400000000000] = bytearray(target.pieces[image.TABLE])
    target.symbols["ftmalloc_debug_info"] = 0x400000000000
    target.memory._starts = sorted(target.pieces)
    assert len(Session(target).snapshot().blocks) == len(image.blocks)


def test_a_program_without_ftmalloc_gets_one_line_of_advice():
    target = sample_heap().seal()
    target.pieces.clear()
    target.memory._starts = []
    target.symbols.clear()
    assert "LD_PRELOAD" in refusal(Session(target))


def test_an_unreadable_table_is_said():
    image = sample_heap()
    target = image.seal()
    del target.pieces[image.TABLE]
    target.memory._starts = sorted(target.pieces)
    assert "cannot be read" in refusal(Session(target))


def test_of_two_libraries_the_one_in_use_is_shown_and_the_other_named():
    image, other = sample_heap(), HeapImage()
    target = image.seal()
    other.TABLE, other.HEAP, other.CHUNKS, other.CACHE = (0x600000000000 + step * 0x10000 for step in range(4))
    other.started = False
    target.pieces.update(other.seal().pieces)
    target.memory._starts = sorted(target.pieces)
    target.symbols["ftmalloc_debug_info"] = other.TABLE
    snapshot = Session(target).snapshot()
    assert len(snapshot.blocks) == len(image.blocks)
    second = [finding for finding in snapshot.findings if finding.rule == "second-library"]
    assert [finding.address for finding in second] == [other.TABLE]


def test_version_is_untrusted_text():
    text = refusal(session_with_table(form=9, version=b"\x1b[31m\xff"))
    assert re.fullmatch(r"[ -~]+", text)


def test_a_row_of_another_kind_does_not_count():
    image = HeapImage()
    rows = [(name, CONST if name == "zone" else kind, value, size)
            for name, kind, value, size in image.shape.rows(image.HEAP)]
    assert "'zone'" in refusal(session_with_table(rows=rows))
