"""README, option table, fault table, command table and exported symbols name the same things."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from sources import ALLOCATOR, ROOT

README = ROOT / "README.md"
# What a program may already know by <stdlib.h>, <malloc.h> and C++; all else that we export is in ftmalloc.h.
STANDARD = re.compile(
    r"(__libc_)?(malloc|calloc|realloc|reallocarray|free|cfree|aligned_alloc|posix_memalign|memalign|valloc|pvalloc)"
    r"|malloc_usable_size|free_sized|free_aligned_sized|malloc_trim|mallopt|mallinfo2?|malloc_info|malloc_stats"
    r"|__posix_memalign|_Z(nw|na|dl|da)\w+|_exit|_Exit|f?exec[vl][a-z]*"
)


def table_names(heading: str) -> list[str]:
    """First column of the table under a heading of the README, without quotes and arguments."""
    section = README.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([\w-]+)[^|`]*` \|", section, re.MULTILINE)


def option_names() -> list[str]:
    return re.findall(r'^OPTION\(\w+, "(\w+)"', (ALLOCATOR / "debug" / "options.def").read_text(), re.MULTILINE)


def fault_names() -> list[str]:
    text = (ALLOCATOR / "report" / "faults.def").read_text()
    return re.findall(r'^FAULT\((?!NONE\b)\w+,\s*"([a-z-]+)"', text, re.MULTILINE)


def exported_names(library) -> set[str]:
    listing = subprocess.run(
        ["nm", "-D", "--defined-only", "--format=posix", library], check=True, capture_output=True, text=True
    )
    return {line.split()[0].split("@")[0] for line in listing.stdout.splitlines()}


def declared_names() -> set[str]:
    text = re.sub(r"/\*.*?\*/", "", (ALLOCATOR / "include" / "ftmalloc.h").read_text(), flags=re.DOTALL)
    return set(re.findall(r"\b(\w+)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*(?:__attribute__.*)?;", text))


def test_options_of_the_table_and_of_the_readme_are_the_same():
    assert table_names("Environment variables") == option_names()


def test_help_prints_every_option(library):
    environment = {**os.environ, "LD_PRELOAD": str(library), "FtMallocHelp": "1"}
    printed = subprocess.run(["/bin/true"], env=environment, capture_output=True, text=True, timeout=10)
    assert printed.returncode == 0
    assert [name for name in option_names() if not re.search(rf"\b{name}\b", printed.stderr)] == []


def test_faults_of_the_table_are_in_the_readme():
    names = fault_names()
    assert "double-free" in names
    assert [name for name in names if f"`{name}`" not in README.read_text()] == []


def test_faults_have_the_names_of_the_contract():
    contract = {
        *("heap-buffer-overflow", "heap-buffer-underflow", "heap-use-after-free", "double-free", "invalid-free"),
        *("alloc-dealloc-mismatch", "uninitialized-read", "null-dereference", "wild-pointer", "stack-overflow"),
        *("heap-corruption", "out-of-memory", "abort", "non-heap", "unknown"),
    }
    assert set(fault_names()) <= contract


def test_commands_of_the_registry_and_of_the_readme_are_the_same():
    from ftheap import commands, registry

    commands.load_all()
    assert sorted(table_names("Commands in gdb")) == sorted(registry.COMMANDS)


def test_five_commands_of_the_contract_stand_at_the_top_level():
    from ftheap import commands, registry

    commands.load_all()
    top_level = {name for name, command in registry.COMMANDS.items() if command.top_level}
    assert {"show-alloc-mem", "zone-map", "leak-check", "leak-diff", "leak-refs"} <= top_level


def test_every_command_documents_itself():
    from ftheap import command_line, commands, registry

    commands.load_all()
    for command in registry.COMMANDS.values():
        assert command.summary.endswith("."), f"{command.name}: the summary is a sentence"
        start = command.name if command.top_level else f"ftmalloc {command.name}"
        assert command.example.startswith(start), f"{command.name}: the example shows the command as it is typed"
        assert command.description, f"{command.name}: no docstring"
        rows = command_line.help_text(command).splitlines()
        assert [row for row in rows if len(row) > 79 or not row.isascii()] == [], command.name
        assert f"Usage: {command_line.usage(command)} " in " ".join(" ".join(rows).split()), command.name
        assert len({option.name for option in command.options}) == len(command.options), command.name


def test_tests_of_find_are_in_the_readme_of_the_extension():
    from ftheap.analysis.find_language import FIELDS

    section = (ROOT / "gdbplugin" / "README.md").read_text().split("## The language of find\n")[1]
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*?) \| (.*?) \|$", section, re.MULTILINE)
    compare = {True: "= != < <= > >=", False: "= !="}
    assert rows == [
        (field.name, compare[field.compares] if field.compares or field.members else "",
         field.help + (f" ({field.needs})" if field.needs else ""))
        for field in FIELDS.values()
    ]  # fmt: skip


def test_convenience_functions_are_in_the_readme_of_the_extension():
    """gdb's Python alone can import the table, so its source is read."""
    source = (ROOT / "gdbplugin" / "ftheap" / "gdbhost" / "functions.py").read_text()
    rows = re.findall(r'HeapFunctionRow\("(ft_\w+)", "([^"]*)",', source)
    section = (ROOT / "gdbplugin" / "README.md").read_text().split("## Convenience functions\n")[1]
    assert re.findall(r"^\| `\$(ft_\w+)\((.*?)\)` \|", section, re.MULTILINE) == rows


def test_library_exports_the_standard_functions_and_those_of_its_header(library):
    exported = exported_names(library)
    own = {name for name in exported if not STANDARD.fullmatch(name)}
    assert own == declared_names() | {"ftmalloc_debug_info"}


@pytest.mark.parametrize(
    "name",
    "malloc calloc realloc reallocarray free aligned_alloc posix_memalign memalign valloc pvalloc malloc_usable_size "
    "free_sized free_aligned_sized show_alloc_mem show_alloc_memory show_alloc_mem_ex".split(),
)
def test_library_exports(library, name):
    assert name in exported_names(library)


def test_static_library_defines_what_the_shared_one_exports(library):
    archive = library.with_suffix(".a")
    listing = subprocess.run(
        ["nm", "-g", "--defined-only", "--format=posix", archive], check=True, capture_output=True, text=True
    )
    defined = {line.split()[0] for line in listing.stdout.splitlines() if line and not line.endswith(":")}
    assert exported_names(library) <= defined


def test_paths_and_targets_that_the_readme_names_exist():
    text = README.read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE))
    assert {"demo", "test"} <= named <= targets
    paths = set(re.findall(r"`((?:allocator_c|gdbplugin|tests|bench|demo|setup)/[\w./-]*)`", text))
    assert paths and [path for path in paths if not (ROOT / path).exists()] == []
