"""The one place where our exceptions become gdb's."""

from __future__ import annotations

import _thread
import errno
import sys
import traceback
from contextlib import contextmanager

import gdb

from ..errors import ExpectedError
from ..typed import Any, Iterator


@contextmanager
def as_gdb_errors(name: str) -> Iterator[None]:
    """What the user can understand becomes one line; a bug of ours shows its trace. KeyboardInterrupt passes."""
    try:
        with _interrupts_kept():
            yield
    except ExpectedError as error:
        raise gdb.GdbError(str(error)) from None
    except gdb.GdbError:
        raise
    except UnicodeDecodeError as error:
        raise gdb.GdbError(f"{name}: gdb cannot tell: a name in the target is no UTF-8: {error.object!r:.60}") from None
    except gdb.error as error:  # what we ask of gdb can fail in as many ways as targets can be broken
        raise gdb.GdbError(f"{name}: gdb cannot tell: {error}{_advice(str(error))}") from None
    except (MemoryError, OSError) as error:  # of a mapping: OSError, as of a core file's disk
        if not isinstance(error, MemoryError) and error.errno != errno.ENOMEM:
            raise gdb.GdbError(f"{name}: {error}") from None
        raise gdb.GdbError(f"{name}: gdb has too little memory for this heap: see `ulimit -v`, or free some") from None
    except Exception as error:
        gdb.write(traceback.format_exc(), gdb.STDERR)
        raise gdb.GdbError(f"{name}: this is a bug of the ftmalloc extension: {error!r}") from None


@contextmanager
def _interrupts_kept() -> Iterator[None]:
    """Python drops a Ctrl-C that comes inside one of its callbacks, as at the end of an import, and prints a trace.
    Here it comes again, behind the callback."""
    former = sys.unraisablehook

    def again(dropped: Any) -> None:
        if issubclass(dropped.exc_type, KeyboardInterrupt):
            _thread.start_new_thread(_thread.interrupt_main, ())  # it would come in here else, and be dropped too
        else:
            former(dropped)

    sys.unraisablehook = again
    try:
        yield
    finally:
        sys.unraisablehook = former


def _advice(message: str) -> str:
    """What to do about an error of gdb, "" where we don't know."""
    if "dwarf" in message.lower() or "DW_" in message:  # then gdb can show no frame either
        return "; take a copy of the program without debug information, by `strip -g`"
    return ""
