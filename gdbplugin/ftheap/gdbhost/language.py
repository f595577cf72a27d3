"""In which language gdb names types: the program's, also where the selected frame is one of another.

gdb follows the selected frame. A crash inside memset, which is assembly, would turn ``struct item`` into ``item``, and
one inside a C library's function would hide the templates of a C++ program.
"""

from __future__ import annotations

from contextlib import contextmanager

import gdb

from ..patterns import pattern
from ..typed import Iterator
from .answers import UNKNOWN, path_of, printed_by, program_path

_FOLLOWS_FRAME = pattern(r'"auto; currently (.+)"')
_FRAMES_MAX = 64


@contextmanager
def of_program() -> Iterator[None]:
    """The language of the innermost frame in the program's own file, for a while. Nothing changes where the user has
    chosen a language, or no frame tells (gdb 12 does not say a frame's language)."""
    match = _FOLLOWS_FRAME.search(printed_by("show language"))
    wanted = _language_of_program() if match is not None else None
    if wanted is None or match is None or wanted == match[1]:
        yield
        return
    gdb.execute(f"set language {wanted}", to_string=True)
    try:
        yield
    finally:
        gdb.execute("set language auto", to_string=True)


def _language_of_program() -> str | None:
    program = program_path()
    try:
        frame = gdb.selected_frame()
        for _ in range(_FRAMES_MAX):
            symtab = frame.find_sal().symtab
            if symtab is not None and path_of(symtab.objfile) == program and frame.language() != "asm":
                return frame.language()
            frame = frame.older()
    except (*UNKNOWN, AttributeError, gdb.MemoryError):
        pass
    return None
