"""The extension inside gdb: the only folder that imports gdb. ``load`` puts everything in place."""

from __future__ import annotations

import gdb

from ..commands import load_all
from ..lazy import modules_of
from ..session import Session
from . import commands, functions, machine_interface, prefixes, printers
from .movement import Movement
from .target import GdbTarget

__getattr__ = modules_of(__name__)  # what few sessions need
# What outlives a second `source` hangs on the gdb module, since our own modules are imported anew.
_KEPT_BY_GDB = "ftmalloc_extension"


def load() -> None:
    """Registers commands, prefixes and event handlers; replaces those of an earlier load."""
    kept = getattr(gdb, _KEPT_BY_GDB, None)
    if kept is None:
        prefixes.register()
        kept = {}
        setattr(gdb, _KEPT_BY_GDB, kept)
    if "movement" in kept:
        kept["movement"].disconnect()
    kept["movement"] = movement = Movement()
    target = GdbTarget(movement)
    session = Session(target)
    load_all()
    commands.register(session, target)
    functions.register(session, target)
    machine_interface.register(session, target)
    printers.register(session)
