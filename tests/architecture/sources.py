"""The project's sources as the architecture tests look at them: files, includes, imports, functions."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ALLOCATOR = ROOT / "allocator_c"
PACKAGE = ROOT / "gdbplugin" / "ftheap"
CODE_FOLDERS = ("allocator_c", "gdbplugin", "tests", "bench", "demo", "setup")


@dataclass(frozen=True)
class Function:
    """A function in a source file: where its first line is, and how many lines it has."""

    path: Path
    name: str
    line: int
    line_count: int

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} {self.name} ({self.line_count} lines)"


def c_files(*folders: str) -> list[Path]:
    """C, C++ and table files below the named folders, all code folders by default."""
    suffixes = {".c", ".h", ".def", ".cpp"}
    return sorted(
        path for folder in folders or CODE_FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in suffixes
    )


def python_files(*folders: str) -> list[Path]:
    """Python files below the named folders, scripts without suffix included."""
    found = []
    for folder in folders or CODE_FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix == ".py" or (path.is_file() and not path.suffix and is_python_script(path)):
                found.append(path)
    return sorted(found)


def is_python_script(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.readline(80)
    return first.startswith(b"#!") and b"python" in first


def c_includes(path: Path) -> list[tuple[int, str]]:
    """The quoted and bracketed includes of a file as (line, text): ``"heap/zone.h"`` or ``<errno.h>``."""
    pattern = re.compile(r'\s*#\s*include\s+(["<][^">]+[">])')
    lines = path.read_text().splitlines()
    return [(number, match[1]) for number, line in enumerate(lines, 1) if (match := pattern.match(line))]


def c_functions(path: Path) -> list[Function]:
    """Function bodies by the house style: ``{`` and ``}`` alone in the first column."""
    functions = []
    lines = path.read_text().splitlines()
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{" and start is None:
            start = number
        elif line == "}" and start is not None:
            functions.append(Function(path, lines[start - 2].strip(), start, number - start + 1))
            start = None
    return functions


def python_functions(path: Path) -> list[Function]:
    tree = ast.parse(path.read_text(), str(path))
    return [
        Function(path, node.name, node.lineno, node.end_lineno - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def python_imports(path: Path) -> list[tuple[int, str]]:
    """Every import of a file, inside functions too, as (line, dotted name); names of the package are absolute."""
    package = path.relative_to(ROOT / "gdbplugin").with_suffix("").parts
    found = []
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parent = package[: len(package) - node.level] if node.level else ()
            base = ".".join((*parent, *((node.module,) if node.module else ())))
            if node.module and base != "ftheap":
                found.append((node.lineno, base))
            else:
                found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
    return found
