"""How much of the library itself a plain program holds in memory: see allocator_c/order.ld."""

from __future__ import annotations

import re
import subprocess


def resident_of_segments(library) -> list[tuple[str, int]]:
    """Rights and resident KiB of the library's mappings in a program that allocates a little, by address."""
    smaps = subprocess.run(["cat", "/proc/self/smaps"], env={"PATH": "/usr/bin:/bin", "LD_PRELOAD": str(library)},
                           capture_output=True, text=True, timeout=20, check=True).stdout
    found = re.findall(rf"^\S+ (\S+) \S+ \S+ \S+ +{re.escape(str(library.resolve()))}\n(?:\w+:.*\n)*?Rss: +(\d+) kB",
                       smaps, re.MULTILINE)
    return [(rights, int(kilobytes)) for rights, kilobytes in found]


def test_code_that_plain_programs_do_not_run_is_not_in_memory(library):
    code = [kilobytes for rights, kilobytes in resident_of_segments(library) if "x" in rights]
    assert len(code) == 2
    assert code[0] > 0
    assert code[1] == 0
