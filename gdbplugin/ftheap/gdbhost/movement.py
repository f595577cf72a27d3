"""Notices whatever may have changed the inferior, so that what was read of it can be dropped."""

from __future__ import annotations

import gdb

from ..typed import Any

_EVENTS = (
    "stop", "cont", "exited", "new_objfile", "clear_objfiles", "free_objfile", "memory_changed", "register_changed",
    "inferior_call", "new_inferior", "inferior_deleted", "new_thread", "connection_removed", "new_progspace",
    "executable_changed",
)  # fmt: skip


class Movement:
    """``count`` grows with each event. Events that this gdb doesn't know are left out. ``ended``: numbers of the
    inferiors whose process has ended by itself."""

    def __init__(self) -> None:
        self.count = 0
        self.ended: set[int] = set()
        gdb.events.exited.connect(self._exited)
        self._registries = [getattr(gdb.events, name) for name in _EVENTS if hasattr(gdb.events, name)]
        for registry in self._registries:
            registry.connect(self._moved)

    def _moved(self, _event: Any) -> None:
        self.count += 1

    def _exited(self, event: Any) -> None:
        self.ended.add(event.inferior.num)

    def disconnect(self) -> None:
        """Before the extension is loaded anew."""
        gdb.events.exited.disconnect(self._exited)
        for registry in self._registries:
            registry.disconnect(self._moved)
        self._registries = []
