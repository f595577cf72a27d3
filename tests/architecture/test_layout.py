"""One truth for the layout: the C table. The extension asks for rows by name, and knows no number of its own."""

from __future__ import annotations

import ast
import re
import subprocess

import pytest
import sources
from ftheap import layout
from sources import ALLOCATOR

# Kinds of rows whose value is a number that someone could be tempted to write down in Python.
PRINTER = r"""
#include <stdio.h>
%s
#define STRUCT(name, type) printf("%%llu " #name "\n", (unsigned long long)sizeof(type));
#define FIELD(name, type, member) \
    printf("%%llu " #name "." #member "\n", (unsigned long long)__builtin_offsetof(type, member));
#define BITS(name, field, part, shift, width)
#define ENUM(name, value) printf("%%llu " #name "\n", (unsigned long long)(value));
#define CONST(name, value) printf("%%llu " #name "\n", (unsigned long long)(value));
#define ROOT(name, object)
#define FAULT(identifier, name)
int main(void)
{
#include "inspect/layout.def"
    return 0;
}
"""
# Smaller numbers mean too many things to be taken for a layout.
SUSPICIOUS_FROM = 256
# Powers of two that bytes, reading in bulk and text widths need too, whatever the heap's geometry.
INNOCENT = {256, 1024, 4096, 16384, 65536}


@pytest.fixture(scope="module")
def layout_numbers(tmp_path_factory) -> dict[int, str]:
    """Value to row name, of every row of layout.def."""
    folder = tmp_path_factory.mktemp("layout")
    headers = sorted(path for path in ALLOCATOR.glob("*/*.h"))
    includes = "\n".join(f'#include "{path.relative_to(ALLOCATOR)}"' for path in headers)
    (folder / "printer.c").write_text(PRINTER % includes)
    program = folder / "printer"
    subprocess.run(
        ["cc", "-std=gnu11", "-O1", "-w", f"-I{ALLOCATOR}", "-o", program, folder / "printer.c"], check=True, timeout=50
    )
    printed = subprocess.run([program], check=True, capture_output=True, text=True, timeout=10).stdout
    return {int(value): name for value, name in (line.split(" ", 1) for line in printed.splitlines())}


def folded(node: ast.AST) -> int | None:
    """The value of an expression made of integer literals only."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.BinOp):
        left, right = folded(node.left), folded(node.right)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.LShift) and right < 128:
            return left << right
        if isinstance(node.op, ast.Mult):
            return left * right
    return None


def test_layout_has_rows(layout_numbers):
    assert {"zone_magic", "granule_bytes"} <= set(layout_numbers.values())


def test_python_holds_no_number_of_the_layout(layout_numbers):
    for path in sources.python_files("gdbplugin"):
        for node in ast.walk(ast.parse(path.read_text(), str(path))):
            value = folded(node)
            if value is None or value < SUSPICIOUS_FROM or value in INNOCENT:
                continue
            assert value not in layout_numbers, f"{path.name}:{node.lineno}: {value:#x} is {layout_numbers[value]}"


def test_folding_sees_through_shifts_and_products():
    assert folded(ast.parse("4 * 1024 << 10", mode="eval").body) == 4 << 20
    assert folded(ast.parse("x << 10", mode="eval").body) is None


def defined_rows() -> list[tuple[str, str]]:
    """Kind and name of each row of layout.def."""
    text = (ALLOCATOR / "inspect" / "layout.def").read_text()
    rows = []
    for kind, arguments in re.findall(r"^(STRUCT|FIELD|BITS|ENUM|CONST|ROOT)\(([^)]*)\)", text, re.MULTILINE):
        name, *parts = (part.strip() for part in arguments.split(","))
        suffix = {"FIELD": lambda: f".{parts[-1]}", "BITS": lambda: f".{parts[0]}:{parts[1]}"}.get(kind, str)
        rows.append((kind, name + suffix()))
    return rows


def test_every_row_name_is_unique():
    rows = defined_rows()
    assert len(rows) > 50
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("part", layout.PARTS)
def test_our_library_has_every_part(part):
    """Where a row is missing the reader does without its part: a name that is spelled wrong would go unnoticed."""
    rows = {(getattr(layout, kind), name) for kind, name in defined_rows()}
    assert list(layout.PARTS[part].rows()) and set(layout.PARTS[part].rows()) <= rows


@pytest.mark.parametrize("machine", ["-U__LP64__", "-U__BYTE_ORDER__"])
def test_other_machines_are_refused_in_one_clear_line(machine):
    header = ALLOCATOR / "base" / "attributes.h"
    done = subprocess.run(["cc", machine, "-fsyntax-only", "-x", "c", header], capture_output=True, text=True)
    assert done.returncode != 0
    assert "ftmalloc needs a 64-bit little-endian machine" in done.stderr
