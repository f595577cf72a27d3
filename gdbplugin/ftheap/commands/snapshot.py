"""``snapshot``: keeps the present heap for ``leak-diff``."""

from __future__ import annotations

from .. import analysis, model, render
from ..errors import UsageError
from ..registry import Option, Request, Result, command
from ..session import Session


@command(
    "snapshot",
    "Keep the live blocks of this moment, to compare later.",
    argument="[NAME]",
    options=(Option("file", "write them to a file, for another session", "FILE", "file"),),
    example="ftmalloc snapshot before",
    writes=True,
)
def snapshot(session: Session, request: Request) -> Result:
    """Kept in memory under NAME until gdb ends, in FILE, or both. The file is JSON, and can be compared with another
    process or core file of the same program."""
    name, path = request.argument, request.options.get("file", "")
    if not name and not path:
        raise UsageError("snapshot needs a name: ftmalloc snapshot NAME, or -file FILE")
    heap = session.snapshot()
    saved = analysis.difference.save(session.target, heap)
    if path:
        model.saved.write_file(saved, path)
    if name:
        session.saved[name] = saved
    return Result(
        lambda: render.difference.saved_document(name, saved, path, heap.findings),
        lambda style: render.difference.saved_lines(name, saved, path, heap.findings, style),
    )
