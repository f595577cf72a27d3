"""Symbols, sections and source lines, as gdb's symbol readers know them."""

from __future__ import annotations

import os
from functools import lru_cache

import gdb

from ..patterns import pattern
from ..target import Frame, Section, SymbolAt
from .answers import number_in_c, path_of, printed_by, printed_in_c, program_path, text_of

_SOURCE_BYTES_MAX = 16 << 20
_SYMBOL_NAME = pattern(r"[A-Za-z_][A-Za-z0-9_]*")
_INFO_SYMBOL = pattern(r"(?P<name>.+?)(?: \+ (?P<offset>\d+))? in section (?P<section>\S+)(?: of (?P<file>.+))?$")
_UNREAD_LIBRARY = pattern(r"\sNo\s+(/.*)$")
_OBJECT_LINE = pattern(r"(?P<kind>Exec|Object|Core) file: `(?P<path>.*)', file type")
_SECTION_LINE = pattern(
    r"\s*(?:\[\d+\])?\s*0x(?P<start>[0-9a-f]+)->0x(?P<end>[0-9a-f]+) at 0x[0-9a-f]+: (?P<name>\S+) (?P<flags>.*)"
)


def libraries_without_symbols() -> list[str]:
    """Paths of the loaded libraries that gdb has not read."""
    try:
        found = map(_UNREAD_LIBRARY.search, printed_by("info sharedlibrary").splitlines())
        return [match[1] for match in found if match is not None]
    except gdb.error:
        return []


def symbol_address(name: str) -> int | None:
    """Address of a symbol of any object file; None when there is none, or its address is not known yet."""
    if not _SYMBOL_NAME.fullmatch(name):
        return None
    try:
        return number_in_c(f"(unsigned long)&{name}")
    except gdb.error:
        return None


def symbol_at(address: int) -> SymbolAt | None:
    """The symbol whose object holds ``address``, by ``info symbol``."""
    try:
        text = printed_in_c(f"info symbol {address:#x}")
    except gdb.error:
        return None
    lines = text.splitlines()
    match = _INFO_SYMBOL.match(lines[0].strip()) if lines else None
    if match is None:
        return None
    object_file = (match["file"] or program_path()).removeprefix("target:")
    is_code = match["section"].startswith((".text", ".plt")) or match["section"] in (".init", ".fini")
    return SymbolAt(match["name"], int(match["offset"] or 0), object_file, is_code)


def source_frames(address: int, is_return_address: bool) -> tuple[Frame, ...]:
    """Function, file and line of a code address: what was inlined there first, the function that holds the code last.
    A return address is looked up one byte earlier, inside the call."""
    place = address - 1 if is_return_address and address > 0 else address
    frames = tuple(_frame(address, *found) for found in _source_places(place)) or (Frame(address),)
    if frames[0].function is not None:
        return frames
    symbol = symbol_at(place)
    return (frames[0]._replace(function=symbol.name if symbol is not None and symbol.is_code else None),)


def _frame(address: int, function: str | None, symtab: gdb.Symtab | None, line: int) -> Frame:
    if symtab is None or not line:
        return Frame(address, function)
    return Frame(address, function, path_of(symtab), line, source_line(text_of(symtab.fullname), line))


def _source_places(place: int) -> list[tuple[str | None, gdb.Symtab | None, int]]:
    """Function, its file and the line in it (0 for none), innermost first; all but the last were inlined. None for a
    function that has no debug information. What merely encloses a function in the source does not hold its code."""
    found: list[tuple[str | None, gdb.Symtab | None, int]] = []
    try:
        row = gdb.find_pc_line(place)
        symtab, line = row.symtab, row.line
        block = gdb.block_for_pc(place)
        while block is not None and not block.is_static and not block.is_global:
            function = block.function
            if function is not None and block.start <= place < block.end:
                found.append((text_of(lambda: function.print_name), symtab, line))
                symtab, line = function.symtab, function.line  # of an inlined function: where it is called
            block = block.superblock
        return found or [(None, symtab, line)]
    except (gdb.error, RuntimeError, OverflowError):
        return found


def source_lines(place: int, depth: int, before: int, after: int) -> list[str]:
    """Source text around the line of a code address, in the frame that is ``depth`` above the innermost of those that
    were inlined there. [] when it is not at hand; "" where the file has no such line."""
    places = _source_places(place)
    _, symtab, line = places[depth] if depth < len(places) else (None, None, 0)
    lines = _lines_of(text_of(symtab.fullname) or "") if symtab is not None else ()
    if not 0 < line <= len(lines):
        return []
    return [lines[at] if 0 <= at < len(lines) else "" for at in range(line - 1 - before, line + after)]


@lru_cache(maxsize=64)
def _lines_of(path: str) -> tuple[str, ...]:
    """() for what is no text, or too long to be a source."""
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > _SOURCE_BYTES_MAX:
            return ()
        with open(path, encoding="utf-8", errors="replace") as stream:
            return tuple(stream.read().splitlines())
    except OSError:
        return ()


def source_line(path: str | None, line: int) -> str | None:
    """A line of a source file, without indentation; None where the file can't be read or is shorter."""
    lines = _lines_of(path) if path else ()
    return lines[line - 1].strip() or None if 0 < line <= len(lines) else None


def sections() -> list[Section]:
    """Loaded sections of the program and its libraries by address; separate debug files and the core are left out."""
    for arguments in ("-all-objects", "ALLOBJ", ""):  # gdb 13 and later, gdb 12, any
        try:
            text = printed_by(f"maintenance info sections {arguments}")
        except gdb.error:
            continue
        return parse_sections(text, _debug_files())
    return []


def _debug_files() -> set[str]:
    return {path_of(objfile) for objfile in gdb.objfiles() if objfile.owner is not None}


def parse_sections(text: str, skipped_files: set[str]) -> list[Section]:
    """What ``maintenance info sections`` prints. Thread-local templates of zero bytes occupy no memory, and go."""
    found: dict[tuple[int, int, str], Section] = {}
    path = ""
    for row in text.splitlines():
        header = _OBJECT_LINE.match(row)
        if header is not None:
            path = "" if header["kind"] == "Core" or header["path"] in skipped_files else header["path"]
            continue
        match = _SECTION_LINE.match(row) if path else None
        if match is None or not match["flags"].startswith("ALLOC") or match["name"] == ".tbss":
            continue
        start, end = int(match["start"], 16), int(match["end"], 16)
        if end > start:
            writable = "READONLY" not in match["flags"]
            found[start, end, match["name"]] = Section(start, end, match["name"], path, writable)
    return sorted(found.values(), key=lambda section: section.start)
