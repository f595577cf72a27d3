"""ftmalloc for gdb: `source` this file. A second `source` takes up edited modules."""

import gc
import importlib
import os
import sys


def _load() -> None:
    """Imports the package that stands beside this file, whatever the directory, links, and PYTHONPATH are."""
    # Not __file__: where another script sources this one, as after `make install`, it names that script.
    home = os.path.dirname(os.path.realpath(_load.__code__.co_filename))
    for name in [name for name in sys.modules if name.split(".")[0] == "ftheap"]:
        del sys.modules[name]
    foreign = {os.path.realpath(path) for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path}
    saved, collects = (sys.path[:], sys.dont_write_bytecode), gc.isenabled()
    # Bytecode is told apart by whole seconds: what was edited right after the last `source` would not be seen.
    # Last, not left out: some builds of gdb name Python's own library there.
    sys.path[:] = [home, *sorted(saved[0], key=lambda path: os.path.realpath(path or ".") in foreign)]
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()
    gc.disable()  # what a load makes stays, so that it is looked at for nothing
    try:
        importlib.import_module("ftheap.gdbhost").load()
    finally:
        sys.path[:], sys.dont_write_bytecode = saved
        if collects:
            gc.enable()


try:
    import gdb
except ImportError:
    sys.exit("ftmalloc.py is an extension of gdb; use it as: gdb -x ftmalloc.py PROGRAM")
if sys.version_info < (3, 10):
    raise gdb.GdbError("ftmalloc needs a gdb with Python 3.10 or later")
if not hasattr(gdb, "MICommand"):
    raise gdb.GdbError("ftmalloc needs gdb 12 or later")
_load()
