"""A heap that has lost its root, its registry or the layout table: zones prove themselves, the library's file tells."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from ftheap.errors import TargetError
from ftheap.layout import ROOT
from ftheap.layout_file import read_file
from ftheap.session import Session
from ftheap.target import Mapping
from heap_image import HeapImage, sample_heap
from heap_shape import Shape, table


def lose(image: HeapImage, *places: int):
    """The image's target without the pieces at these addresses."""
    target = image.seal()
    for place in places:
        del target.pieces[place]
    target.memory._starts = sorted(target.pieces)
    return target


def seen(snapshot) -> dict[int, int]:
    return dict(zip(snapshot.blocks.addresses, snapshot.blocks.sizes))


def written(image: HeapImage) -> dict[int, int]:
    return {block.address: block.size_bytes for block in image.blocks}


@pytest.mark.parametrize("prefix_bytes", [0, 32])
@pytest.mark.parametrize("seed", [None, 3])
def test_without_the_root_every_block_is_found(prefix_bytes, seed):
    image = sample_heap(Shape.make(seed), prefix_bytes)
    snapshot = Session(lose(image, image.HEAP)).snapshot()
    assert seen(snapshot) == written(image)
    assert [found.rule for found in snapshot.findings] == ["heap-root-lost"]
    assert snapshot.complete is False and snapshot.started is True


def test_a_root_of_zeros_is_no_heap_that_never_began():
    image = sample_heap()
    target = image.seal()
    target.pieces[image.HEAP][:] = bytes(len(target.pieces[image.HEAP]))
    snapshot = Session(target).snapshot()
    assert seen(snapshot) == written(image)
    assert [found.rule for found in snapshot.findings] == ["smashed-root"]


def test_without_root_and_zones_there_is_one_line():
    image = sample_heap()
    target = lose(image, image.HEAP, *[place for place in image.pieces if place >= min(image.zones)])
    with pytest.raises(TargetError, match="cannot be read"):
        Session(target).snapshot()


def test_list_and_registry_broken_together_lose_no_zone():
    image = sample_heap()
    target = image.seal()
    image.set("heap", image.HEAP, chunks=0, chunk_count=0)
    image.set("zone", image.zones[0], next=0)
    snapshot = Session(target).snapshot()
    assert seen(snapshot) == written(image)
    assert {found.rule for found in snapshot.findings} >= {"unregistered-zone"}


def elf_with(content: bytes, address: int, machine: int = 62) -> bytes:
    """An executable file, linked at fixed addresses, with one segment that holds ``content`` at ``address``."""
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, machine, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    return header + struct.pack("<IIQQQQQQ", 1, 6, 128, address, address, len(content), len(content), 16) + (
        bytes(128 - len(header) - 56) + content)


def test_the_file_of_the_library_replaces_a_lost_table(tmp_path):
    image = sample_heap()
    target = lose(image, image.TABLE)
    file = tmp_path / "libftmalloc.so"
    file.write_bytes(elf_with(bytes(table(image.shape, image.TABLE, image.HEAP)), image.TABLE))
    mappings = [*target.mappings(), Mapping(image.TABLE, image.TABLE + 4096, True, True, False, str(file))]
    target.mappings = lambda: mappings
    snapshot = Session(target).snapshot()
    assert seen(snapshot) == written(image)
    assert [found.rule for found in snapshot.findings] == ["layout-table-lost"]


def test_what_is_missing_is_said_where_the_file_is_gone_too(tmp_path):
    image = sample_heap()
    target = lose(image, image.TABLE)
    target.missing = [("core-truncated", None, "the core file was cut: 1 of 2 bytes")]
    mapping = Mapping(image.TABLE, image.TABLE + 4096, True, True, False, str(tmp_path / "libftmalloc.so"))
    target.mappings = lambda: [mapping]
    target.symbols.clear()
    with pytest.raises(TargetError, match="libftmalloc.so are not in memory.*the core file was cut"):
        Session(target).snapshot()
    target.mappings = lambda: [mapping._replace(path="")]
    with pytest.raises(TargetError, match="what is left of this core file.*was cut"):
        Session(target).snapshot()


def test_the_built_library_tells_its_roots(library: Path):
    layout = read_file(str(library), 0x7F0000000000)
    assert layout is not None and layout.has(ROOT, "heap") and layout.has(ROOT, "central")
    heap, size_bytes = layout.root("heap")
    assert 0x7F0000000000 < layout.address < heap < 0x7F0000000000 + (16 << 20)
    assert size_bytes == layout.size("heap")


@pytest.mark.parametrize("content", [b"", b"\x7fELF", b"\x7fELF\x02\x01" + b"\xff" * 400, b"ftmalloc-layout\0" * 50],
                         ids=["empty", "short", "absurd", "no ELF file"])
def test_other_files_tell_nothing(tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    assert read_file(str(tmp_path / "file"), 0) is None
    (tmp_path / "elf").write_bytes(elf_with(b"ftmalloc-layout\0".ljust(32, b"\xff") * 9, 0x1000))
    assert read_file(str(tmp_path / "elf"), 0) is None
