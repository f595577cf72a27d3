"""Files that commands write: whole ones only, so that nobody takes a part for the heap."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager

from ..errors import UsageError
from ..typed import BinaryIO, Iterator


@contextmanager
def whole_file(path: str) -> Iterator[BinaryIO]:
    """A file to write. It is removed where writing ends early, also by Ctrl-C; a pipe or device is left alone. Raises
    UsageError when it can't be written."""
    try:
        with open(path, "wb") as file:
            try:
                yield file
            except BaseException:
                if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    os.unlink(path)
                raise
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
