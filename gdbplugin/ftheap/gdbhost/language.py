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
from .threads import selection_kept

_SHOWN = pattern(r'"(?P<follows>auto; currently )?(?P<name>[^"]+)"')
_WITHOUT_TYPES = ("pascal", "modula-2")  # gdb crashes on their types without a name, or garbles them
_FRAMES_MAX = 64


@contextmanager
def of_program() -> Iterator[None]:
    """The language of the innermost frame in the program's own file, for a while. What the user has chosen stays, and
    so does what gdb has where no frame tells."""
    shown = _SHOWN.search(printed_by("show language"))
    current, follows = (shown["name"], bool(shown["follows"])) if shown is not None else ("", False)
    wanted = (_language_of_program() if follows else None) or current
    if wanted in _WITHOUT_TYPES:
        wanted = "c"
    if wanted == current:
        yield
        return
    gdb.execute(f"set language {wanted}", to_string=True)
    try:
        yield
    finally:
        gdb.execute(f"set language {'auto' if follows else current}", to_string=True)


def _language_of_program() -> str | None:
    program = program_path()
    try:
        frame = gdb.selected_frame()
        for _ in range(_FRAMES_MAX):
            symtab = frame.find_sal().symtab
            if symtab is not None and path_of(symtab.objfile) == program and _language_of(frame) != "asm":
                return _language_of(frame)
            frame = frame.older()
    except (*UNKNOWN, AttributeError, gdb.MemoryError):
        pass
    return None


def _language_of(frame: gdb.Frame) -> str | None:
    if hasattr(frame, "language"):
        return frame.language()
    with selection_kept():  # gdb 12
        frame.select()
        shown = _SHOWN.search(printed_by("show language"))
        return shown["name"] if shown is not None else None
