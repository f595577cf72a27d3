"""The examples of gdbplugin/EXAMPLES.md: which commands, on which program, and how the page is made of what they print.

    python3 tests/gdb/examples.py    writes the page anew, from a real run

test_examples.py runs them again, and compares what they print with the page.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Iterator

from inferiors import HERE, LIBRARY, ROOT, compile_c, gdb

PAGE = ROOT / "gdbplugin" / "EXAMPLES.md"
SOURCE = HERE / "examples.c"
SWITCHES = "FtMallocStackLogging=1 FtMallocRedzone=1 FtMallocScribble=1 FtMallocHistory=64"
HEAD = f"""# Every command, on one program

`tests/gdb/examples.c` is a shop that loses orders, writes past the end of a name, and reads a freed order. It ran with
`{SWITCHES}`.
What follows is what gdb 13 printed where it crashed. `...` stands for frames of the C library and for rows left out.
`tests/gdb/test_examples.py` runs all of it again.
"""
# Command to what is asked, in the order of the README. The snapshot is taken at the breakpoint, before the crash.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "show-alloc-mem": ("show-alloc-mem -limit 3",),
    "zone-map": ("zone-map (long)orders - 96, (long)orders + 416",),
    "leak-check": ("leak-check -class definite",),
    "leak-diff": ("leak-diff noon",),
    "leak-refs": ("leak-refs -retained orders->customer",),
    "explain": ("explain last_order", "explain -as order orders", "explain &thread"),
    "diagnose": ("ftmalloc diagnose",),
    "check": ("ftmalloc check -limit 1",),
    "find": ('ftmalloc find type = "order" and stack lose_orders', 'ftmalloc find string "Ada"'),
    "history": ("ftmalloc history last_order",),
    "stats": ("ftmalloc stats -limit 1",),
    "snapshot": ("ftmalloc snapshot noon",),
    "export": ("ftmalloc export folded orders.folded", "shell grep -c new_order orders.folded"),
    "info": ("ftmalloc info",),
}
_MARK = "----- "


def program(folder: Path) -> Path:
    """The compiled program."""
    return compile_c(SOURCE, folder / "shop", "-O0")


def printed(shop: Path) -> dict[str, list[str]]:
    """The rows that each asked line printed, shortened."""
    lines = [line for asked in EXAMPLES.values() for line in asked]
    early = [line for line in lines if line.startswith("ftmalloc snapshot")]
    start = f"set exec-wrapper env LD_PRELOAD={LIBRARY} {SWITCHES}"
    commands = [f"cd {shop.parent}", start, "break lose_orders", "run"]
    commands += [part for line in early for part in _marked(line)] + [f"echo {_MARK}\\n", "continue", "frame 0"]
    commands += [part for line in lines if line not in early for part in _marked(line)]
    answer = gdb(*commands, f"echo {_MARK}\\n", arguments=(shop,))
    parts = answer.output.split(f"{_MARK}")[1:]
    found = {part.split("\n", 1)[0]: part.split("\n", 1)[1].splitlines() for part in parts}
    return {line: list(shortened(found[line])) for line in lines}


def _marked(line: str) -> tuple[str, str]:
    quoted = line.replace('"', '\\"')
    return f"echo {_MARK}{quoted}\\n", line


def shortened(rows: list[str]) -> Iterator[str]:
    """Without the frames of a stack that stand behind main, or that have no source of ours."""
    hidden = False
    for row in rows:
        is_frame = bool(re.match(r"\s*#\d+ ", row))
        if is_frame and (hidden or SOURCE.name not in row):
            if not hidden:
                yield re.match(r"\s*", row).group() + "..."
            hidden = True
            continue
        hidden = is_frame and re.match(r"\s*#\d+ main ", row) is not None and hidden
        yield row.replace(str(ROOT), "/src/ftmalloc")


def page(rows: dict[str, list[str]]) -> str:
    """The whole document."""
    from ftheap import commands, registry

    commands.load_all()
    parts = [HEAD]
    for name, lines in EXAMPLES.items():
        parts.append(f"\n## {name}\n\n{registry.COMMANDS[name].summary}\n\n```")
        for line in lines:
            parts += [f"(gdb) {line}", *rows[line]]
        parts.append("```")
    return "\n".join(parts).replace("\n\n\n", "\n\n") + "\n"


def written() -> dict[str, list[str]]:
    """What the page shows: rows by asked line."""
    found: dict[str, list[str]] = {}
    for block in re.findall(r"^```\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL):
        for row in block.splitlines():
            if row.startswith("(gdb) "):
                rows = found.setdefault(row.removeprefix("(gdb) "), [])
            else:
                rows.append(row)
    return found


def plain(rows: list[str]) -> list[str]:
    """Rows as they are compared: addresses, numbers and spaces differ from machine to machine, and so does a map."""
    found: list[str] = []
    for row in rows:
        row = re.sub(r"\b0x[0-9a-fA-F]+\b", "ADDRESS", row)
        row = re.sub(r" [A-Za-z.]{16,64}$", " MAP", row)
        row = " ".join(re.sub(r"\d+(\.\d+)?", "N", row).split())
        if not found or row != found[-1]:
            found.append(row)
    return found


if __name__ == "__main__":
    import sys

    sys.path.insert(0, str(ROOT / "gdbplugin"))
    sys.dont_write_bytecode = True
    with tempfile.TemporaryDirectory() as directory:
        PAGE.write_text(page(printed(program(Path(directory)))))
