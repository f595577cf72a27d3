"""One file, one command. ``load_all`` imports every file here; each registers itself in ``registry.COMMANDS``."""

from __future__ import annotations

import importlib
import os


def load_all() -> None:
    """Fills the command table."""
    for file in sorted(os.listdir(os.path.dirname(__file__))):
        name, ending = os.path.splitext(file)
        if ending == ".py" and name != "__init__":
            importlib.import_module(f"{__name__}.{name}")
