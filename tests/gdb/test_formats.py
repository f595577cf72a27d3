"""What other versions of gdb print, parsed by this one's Python: forms as seen in gdb 12 to 16."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inferiors import gdb

INFO_PROC = {
    "gdb 13, live": """process 5682
Mapped address spaces:

          Start Addr           End Addr       Size     Offset  Perms  objfile
      0x555555554000     0x555555555000     0x1000        0x0  r--p   /tmp/a b
      0x7ffff75d2000     0x7ffff7dd2000   0x800000        0x0  rw-p
  0xffffffffff600000 0xffffffffff601000     0x1000        0x0  --xp   [vsyscall]
""",
    "gdb 16, live": """process 5682
Mapped address spaces:

Start Addr         End Addr           Size               Offset             Perms File
0x0000555555554000 0x0000555555555000 0x1000             0x0                r--p  /tmp/a b
0x00007ffff75d2000 0x00007ffff7dd2000 0x800000           0x0                rw-p
0xffffffffff600000 0xffffffffff601000 0x1000             0x0                --xp  [vsyscall]
""",
}
MAPPINGS = [
    [0x555555554000, 0x555555555000, True, False, False, "/tmp/a b"],
    [0x7FFFF75D2000, 0x7FFFF7DD2000, True, True, False, ""],
    [0xFFFFFFFFFF600000, 0xFFFFFFFFFF601000, False, False, True, "[vsyscall]"],
]
WITHOUT_PERMISSIONS = """Mapped address spaces:

          Start Addr           End Addr       Size     Offset objfile
      0x55d3b9d7d000     0x55d3b9d7e000     0x1000        0x0 /tmp/host/a
"""
SECTIONS = """Exec file: `/tmp/a', file type elf64-x86-64.
 [19]     0x557dd0->0x557dd8 at 0x00002dd0: .init_array ALLOC LOAD DATA HAS_CONTENTS
 [25]     0x558060->0x5580e8 at 0x00003044: .bss ALLOC
 [26]     0x00000000->0x00000027 at 0x00003044: .comment READONLY HAS_CONTENTS
Object file: `/usr/lib/debug/x.debug', file type elf64-x86-64.
 [1]      0x7000->0x7010 at 0x00000238: .data ALLOC
Object file: `/lib/libc.so.6', file type elf64-x86-64.
    0x7ffff7dd5350->0x7ffff7dd5370 at 0x00000350: .text ALLOC LOAD READONLY CODE HAS_CONTENTS
    0x7ffff7fa48e0->0x7ffff7fa4960 at 0x001cf8e0: .tbss ALLOC
Core file: `/tmp/core', file type elf64-x86-64.
 [15]     0x55d3b9d7d000->0x55d3b9d7e000 at 0x00007000: load1 ALLOC LOAD READONLY HAS_CONTENTS
"""


def asked(folder: Path, expression: str, text: str) -> list[list[object]]:
    """``expression`` of ``text`` in gdb's Python, as lists of fields."""
    (folder / "text").write_text(text)
    (folder / "ask.py").write_text(
        "import json\n"
        "from ftheap.gdbhost.mappings import parse_info_proc, parse_maps\n"
        "from ftheap.gdbhost.symbols import parse_sections\n"
        f"text = open({str(folder / 'text')!r}).read()\n"
        f"print(json.dumps([list(row) for row in {expression}]))\n"
    )
    answer = gdb(f"python import sys; sys.path.insert(0, {str(Path(__file__).parents[2] / 'gdbplugin')!r})",
                 f"source {folder / 'ask.py'}")
    return json.loads(answer.output.splitlines()[-1])


@pytest.mark.parametrize("version", INFO_PROC)
def test_info_proc_mappings(tmp_path: Path, version: str) -> None:
    assert asked(tmp_path, "parse_info_proc(text)", INFO_PROC[version]) == MAPPINGS


def test_info_proc_mappings_of_a_core(tmp_path: Path) -> None:
    (row,) = asked(tmp_path, "parse_info_proc(text)", WITHOUT_PERMISSIONS)
    assert row == [0x55D3B9D7D000, 0x55D3B9D7E000, True, True, False, "/tmp/host/a"]


def test_sections_of_object_files_only(tmp_path: Path) -> None:
    rows = asked(tmp_path, "parse_sections(text, {'/usr/lib/debug/x.debug'})", SECTIONS)
    assert rows == [
        [0x557DD0, 0x557DD8, ".init_array", "/tmp/a", True],
        [0x558060, 0x5580E8, ".bss", "/tmp/a", True],
        [0x7FFFF7DD5350, 0x7FFFF7DD5370, ".text", "/lib/libc.so.6", False],
    ]


def test_kernel_maps(tmp_path: Path) -> None:
    text = "5600-5700 r-xp 00000000 fe:01 5 /tmp/a (deleted)\n7000-8000 rw-s 00000000 00:00 0 \n"
    assert asked(tmp_path, "parse_maps(text)", text) == [
        [0x5600, 0x5700, True, False, True, "/tmp/a (deleted)"],
        [0x7000, 0x8000, True, True, False, ""],
    ]
