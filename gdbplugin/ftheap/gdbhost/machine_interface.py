"""MI commands for front ends: ``-ftmalloc-NAME [OPTIONS] [ARGUMENT]`` answers with the JSON document as MI results."""

from __future__ import annotations


import gdb

from .. import command_line, registry, render
from ..patterns import pattern
from ..session import Session
from ..typed import Any
from . import commands, language
from .failures import as_gdb_errors
from .target import GdbTarget

_NO_KEY = pattern(r"[^A-Za-z0-9_-]")


def register(session: Session, target: GdbTarget) -> None:
    """Makes them."""

    class HeapMICommand(gdb.MICommand):
        """``-ftmalloc-NAME``."""

        def __init__(self, command: registry.Command):
            super().__init__(f"-ftmalloc-{command.name}")
            self._command = command

        def invoke(self, words: list[str]) -> dict[str, Any]:
            with as_gdb_errors(self._command.name), language.of_program():
                request = command_line.parse(self._command, command_line.joined(self._command, words))
                result = commands.answer(self._command, request, session, target)
                document = result.document()
            commands.end_where_found(request, result)
            return {_key(name): _results(value) for name, value in document.items() if value is not None}

    for command in registry.COMMANDS.values():
        HeapMICommand(command)


def _results(value: Any) -> Any:
    """MI knows strings, lists and tuples: what is not known (None) is left out."""
    if isinstance(value, dict):
        return {_key(name): _results(part) for name, part in value.items() if part is not None}
    if isinstance(value, (list, tuple, render.json_text.Streamed)):
        return [_results(part) for part in value if part is not None]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _key(name: str) -> str:
    """A name that MI takes: letters, digits, - and _, a letter first."""
    name = _NO_KEY.sub("_", str(name))
    return name if name[:1].isalpha() else f"k{name}"
