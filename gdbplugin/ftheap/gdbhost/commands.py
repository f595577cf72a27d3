"""A gdb command for each entry of the command table."""

from __future__ import annotations

import glob
import os
import sys

import gdb

from .. import command_line, registry, render
from ..errors import UsageError
from ..session import Session
from . import language, output
from .failures import as_gdb_errors
from .target import GdbTarget

_EXIT_STATUS_MAX = 255


class HeapCommand(gdb.Command):
    """``NAME`` or ``ftmalloc NAME``."""

    def __init__(self, name: str, command: registry.Command, session: Session, target: GdbTarget):
        self.__doc__ = command_line.help_text(command)
        super().__init__(name, gdb.COMMAND_DATA)
        self._command = command
        self._session = session
        self._target = target

    def invoke(self, argument: str, _from_tty: bool) -> None:
        if self._command.writes:
            self.dont_repeat()
        run(self._command, argument, self._session, self._target)

    def complete(self, text: str, word: str | None) -> object:
        before = text[: len(text) - len(text.split(" ")[-1])]
        words = self._command.words(self._session, before) if self._command.words is not None else ()
        found = command_line.complete(self._command, text, words)
        if word is None:  # gdb asks how words end before it asks for words
            return gdb.COMPLETE_EXPRESSION if found.expression else gdb.COMPLETE_NONE
        if found.expression:
            return gdb.COMPLETE_EXPRESSION
        candidates = _paths(found.prefix) if found.file else found.words
        already = len(found.prefix) - len(word)  # gdb's word may begin behind our dashes
        return [candidate[already:] for candidate in candidates] if already >= 0 else []


def _paths(prefix: str) -> list[str]:
    """Files that begin with ``prefix``; gdb's own completer takes the whole line for one name."""
    expanded = os.path.expanduser(prefix)
    paths = sorted(glob.glob(f"{glob.escape(expanded)}*"))
    return [prefix + path[len(expanded) :] + ("/" if os.path.isdir(path) else "") for path in paths]


def run(command: registry.Command, text: str, session: Session, target: GdbTarget) -> None:
    """Parses, runs and prints; ends gdb where ``-exit-code`` says so."""
    with as_gdb_errors(command.name), language.of_program():
        request = command_line.parse(command, text)
        result = answer(command, request, session, target)
        if request.options.get("json"):
            output.write_texts(render.json_text.pieces({"schema": 1, "command": command.name, **result.document()}))
        else:
            output.write_rows(result.lines(output.style()))
    end_where_found(request, result)


def end_where_found(request: registry.Request, result: registry.Result) -> None:
    """Ends gdb with the status of ``-exit-code`` where the command has found what it looks for."""
    status = request.options.get("exit-code")
    if status is not None and result.found:
        gdb.flush()
        if "gdb.dap" in sys.modules:  # an editor's adapter: its threads wait for the editor, and `quit` for them
            os._exit(status)
        gdb.execute("set confirm off")
        gdb.execute(f"quit {status}")


def answer(
    command: registry.Command, request: registry.Request, session: Session, target: GdbTarget
) -> registry.Result:
    """The result of a command on the inferior as it stands now, with news of long work on the terminal."""
    _check_exit_code(command, request)
    target.require_readable()
    progress = output.TerminalProgress()
    session.progress = progress
    try:
        return command.run(session, request)
    finally:
        progress.finish()


def _check_exit_code(command: registry.Command, request: registry.Request) -> None:
    status = request.options.get("exit-code", 0)
    if not 0 <= status <= _EXIT_STATUS_MAX:
        raise UsageError(f"{command.name}: -exit-code needs a status from 0 to {_EXIT_STATUS_MAX}, not {status}")


def register(session: Session, target: GdbTarget) -> None:
    """Makes the gdb commands. Again is safe: a leaf command replaces the one of the same name."""
    for command in registry.COMMANDS.values():
        HeapCommand(f"ftmalloc {command.name}", command, session, target)
        if command.top_level:
            HeapCommand(command.name, command, session, target)
