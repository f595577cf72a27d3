"""What a signal handler gets that has interrupted its own thread inside of the heap: this thread pretends to be one,
its number stands in the heap's lock."""

from __future__ import annotations

import ctypes
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from ftheap.session import Session
from process_target import Library, ProcessTarget
from test_damage import overwritten


@pytest.fixture(scope="module", params=["FtNone", "FtMallocStackLogging", "FtMallocRedzone"])
def interrupted(request, library, tmp_path_factory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("interrupted")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(request.param, "1")
        environment.setenv("FtMallocReport", str(folder / "report"))
        allocator = Library(Path(shutil.copy(library, folder)))
        allocator.free(allocator.malloc(1))
    layout = Session(ProcessTarget(allocator)).layout()
    lock = layout.root("heap")[0] + layout.offset("heap.zones_lock")
    with overwritten(lock, threading.get_native_id().to_bytes(4, "little")):
        yield allocator


@pytest.mark.parametrize("size", [40, 20000, 100000])
def test_it_gets_memory_from_a_store(interrupted, size):
    addresses = [interrupted.malloc(size) for _ in range(2)]
    assert all(addresses) and abs(addresses[1] - addresses[0]) >= size
    for address in addresses:
        assert ctypes.string_at(address, size) == bytes(size)
        assert interrupted.usable(address) >= size
        interrupted.free(address)


def test_a_pointer_inside_of_such_a_block_is_no_block(interrupted):
    address = interrupted.malloc(20000)
    ctypes.memset(address, 7, 20000)
    assert interrupted.usable(address + 64) == 0
    assert interrupted.realloc(address + 64, 30) == 0
    interrupted.free(address + 64)
    assert ctypes.string_at(address, 20000) == b"\x07" * 20000


def test_such_a_block_can_grow(interrupted):
    address = interrupted.malloc(40)
    ctypes.memset(address, 7, 40)
    grown = interrupted.realloc(address, 400)
    assert grown not in (0, address) and ctypes.string_at(grown, 40) == b"\x07" * 40
