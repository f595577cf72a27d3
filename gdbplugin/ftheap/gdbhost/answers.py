"""What gdb prints and names, as text that Python can hold.

Names come from the inferior and from files. Where they are no UTF-8, gdb raises UnicodeDecodeError, which carries the
bytes: Python's `surrogateescape` keeps them.
"""

from __future__ import annotations

from typing import Callable, TypeVar

import gdb

# What gdb raises where the debug information is broken or missing, or its names are no text.
UNKNOWN = (gdb.error, RuntimeError, ValueError, OverflowError, TypeError)
_Text = TypeVar("_Text", str, "str | None")


def text_of(ask: Callable[[], _Text]) -> _Text:
    """What ``ask`` returns, a text of gdb's; raises what it raises otherwise."""
    try:
        return ask()
    except UnicodeDecodeError as error:
        return error.object.decode("utf-8", "surrogateescape")


def printed_by(command: str) -> str:
    """The output of a command of gdb. Raises gdb.error as the command does."""
    return text_of(lambda: gdb.execute(command, to_string=True))


def program_path() -> str:
    """The program's file as gdb knows it, "" when it was given none."""
    return text_of(lambda: gdb.current_progspace().filename) or ""


def path_of(owner: gdb.Objfile | gdb.Symtab) -> str:
    """The file of an object file or of a source, "" when unknown."""
    return text_of(lambda: owner.filename) or ""


def thread_name(handle: gdb.InferiorThread) -> str:
    """The thread's name, "" when it has none."""
    return text_of(lambda: handle.name) or ""
