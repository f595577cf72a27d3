"""Packages whose modules are imported when they are first asked for: gdb starts with the extension, and most sessions
ask it little. Who needs no more than one command's share says ``from .. import analysis``, then ``analysis.leaks``."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

from .typed import Any, Callable

_PATH = sys.path[:]  # as ftmalloc.py has set it for the import of this package: what is foreign comes last


def modules_of(package: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package."""

    def module(name: str) -> ModuleType:
        if name.startswith("_"):
            raise AttributeError(name)
        saved = sys.path[:], sys.dont_write_bytecode
        sys.path[:], sys.dont_write_bytecode = _PATH, True
        try:
            return import_module(f"{package}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{package}.{name}":
                raise
            raise AttributeError(name) from None
        finally:
            sys.path[:], sys.dont_write_bytecode = saved

    return module
