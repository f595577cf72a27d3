"""Blocks that the program calls no leaks (ftmalloc_leak_ignore) are roots, in a core as for FtLeaks."""

from __future__ import annotations

import pytest
from inferiors import HERE, compile_c, crash, gdb


@pytest.mark.parametrize("switches", ["", "FtMallocDebug=1", "FtMallocStackLogging=1 FtMallocQuarantine=1M"])
def test_what_is_ignored_and_what_it_holds_is_reachable(tmp_path, switches):
    program = compile_c(HERE / "ignored.c", tmp_path / "ignored")
    core, _ = crash(tmp_path, [program], before=f"export {switches}" if switches else "")
    leaks = gdb("leak-check -json", arguments=(program, core)).document()
    assert leaks["definite"] == {"count": 1, "bytes": 99}
    assert leaks["indirect"]["count"] == leaks["possible"]["count"] == 0
    sizes = {group["bytes"] // group["count"] for group in leaks["groups"] if group["class"] == "reachable"}
    assert leaks["reachable"]["count"] >= 8
    if not switches:
        assert {40, 512, 3000, 300000, 77} <= sizes
