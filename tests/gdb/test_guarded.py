"""Guarded blocks (FtMallocGuard) in a core: live and freed ones, and the pages around them."""

from __future__ import annotations

from pathlib import Path

from inferiors import HERE, compile_c, crash, gdb


def test_guarded_blocks_in_a_core(tmp_path: Path) -> None:
    program = compile_c(HERE / "guarded.c", tmp_path / "guarded", "-g", "-O0")
    core, _ = crash(tmp_path, [program], before="export FtMallocGuard=all")
    addresses = ("empty", "live", "live+102", "live+120", "live-5000", "dead+5", "dead+64")
    questions = ["ftmalloc check -json", "show-alloc-mem -json", "leak-check -json"]
    questions += [f"explain {address} -json" for address in addresses]
    check, listing, leaks, *places = gdb(*questions, arguments=(program, core)).documents()
    assert check["findings"] == [] and leaks["definite"] == {"count": 0, "bytes": 0}
    sizes = [block["size_bytes"] for zone in listing["zones"] for block in zone["blocks"] if block["state"] == "live"]
    assert 100 in sizes and 64 not in sizes
    kinds = [(place["kind"], place["block"]["size_bytes"], place["offset_bytes"]) for place in places]
    assert kinds == [
        ("guard", 0, 0), ("payload", 100, 0), ("redzone", 100, 102), ("guard", 100, 120), ("guard", 100, -5000),
        ("freed", 64, 5), ("guard", 64, 64),
    ]
