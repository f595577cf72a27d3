"""What gdb prints and names, as text that Python can hold.

Names come from the inferior and from files. Where they are no UTF-8, gdb raises UnicodeDecodeError, which carries the
bytes: Python's `surrogateescape` keeps them.
"""

from __future__ import annotations

import re

import gdb

from ..patterns import pattern
from ..typed import Callable, TypeVar

# What gdb raises where the debug information is broken or missing, or its names are no text.
UNKNOWN = (gdb.error, RuntimeError, ValueError, OverflowError, TypeError)
_Text = TypeVar("_Text", str, "str | None")
# A stream record of gdb/mi, and the escapes in it.
_RECORD = pattern(r'^~"((?:[^"\\\n]|\\.)*)"\n', re.MULTILINE)
_ESCAPE = pattern(rb"\\([0-7]{3}|.)")
_ESCAPED = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"f": b"\f", b"b": b"\b", b"v": b"\v", b"a": b"\a"}


def text_of(ask: Callable[[], _Text]) -> _Text:
    """What ``ask`` returns, a text of gdb's; raises what it raises otherwise."""
    try:
        return ask()
    except UnicodeDecodeError as error:
        return error.object.decode("utf-8", "surrogateescape")


def printed_by(command: str) -> str:
    """The output of a command of gdb. Raises gdb.error as the command does."""
    text = text_of(lambda: gdb.execute(command, to_string=True))
    return _RECORD.sub(_text_of_record, text) if "~" in text else text  # gdb 18 under gdb/mi answers in records


def printed_in_c(command: str) -> str:
    """As printed_by. Expressions are read as C's, whatever the program's language."""
    return printed_by(f"with language c -- {command}")


def number_in_c(expression: str) -> int:
    """The value of an expression of our own, as an unsigned number. Raises gdb.error."""
    words = printed_in_c(f"output/u {expression}").split()
    if not words or not words[-1].isdigit():  # in front of it, gdb may complain of symbols
        raise gdb.error(f"no value for {expression}")
    return int(words[-1])


def _text_of_record(record: re.Match[str]) -> str:
    raw = record[1].encode("utf-8", "surrogateescape")
    return _ESCAPE.sub(_unescaped, raw).decode("utf-8", "surrogateescape")


def _unescaped(escape: re.Match[bytes]) -> bytes:
    code = escape[1]
    return bytes([int(code, 8) & 0xFF]) if len(code) == 3 else _ESCAPED.get(code, code)


def program_path() -> str:
    """The program's file as gdb knows it, "" when it was given none."""
    return text_of(lambda: gdb.current_progspace().filename) or ""


def path_of(owner: gdb.Objfile | gdb.Symtab) -> str:
    """The file of an object file or of a source, "" when unknown."""
    return text_of(lambda: owner.filename) or ""


def thread_name(handle: gdb.InferiorThread) -> str:
    """The thread's name, "" when it has none."""
    return text_of(lambda: handle.name) or ""
