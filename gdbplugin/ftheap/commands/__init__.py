"""One file, one command. ``load_all`` imports every file here; each registers itself in ``registry.COMMANDS``."""

from __future__ import annotations

import importlib
import pkgutil


def load_all() -> None:
    """Fills the command table."""
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
