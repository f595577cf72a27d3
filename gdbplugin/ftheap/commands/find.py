"""``find``: blocks that satisfy an expression."""

from __future__ import annotations

import sys

from ..analysis.expression import parse
from ..analysis.find import Finder
from ..registry import EXIT_CODE, LIMIT, Request, Result, command
from ..render import search as render
from ..session import Session

BLOCKS_SHOWN = 100


@command(
    "find",
    "Find the blocks that satisfy an expression.",
    argument="EXPR",
    options=(LIMIT, EXIT_CODE),
    example='ftmalloc find size >= 1k and string "timeout"',
)
def find(session: Session, request: Request) -> Result:
    """EXPR is made of tests, joined by and, or, not and parentheses:
    size, address, zone, thread with = != < <= > >= and a number; sizes take k, M, G; zone takes the zone's address;
    thread is the kernel's id of the thread that allocated (where stacks were recorded).
    state = live, freed, quarantined, changing, corrupted; type = tiny, small, large;
    class = definite, indirect, possible, reachable.
    string "TEXT" and bytes "de ad be ef": the payload holds them; pointer ADDR: an aligned word has this value;
    stack "REGEX": a function, file or module of the allocation stack matches.
    ADDR is any expression of gdb without spaces, or in parentheses. Without a test of the state, live blocks only."""
    expression = parse(request.argument, session.target.evaluate)
    snapshot = session.snapshot()
    limit = request.options.get("limit", sys.maxsize if request.options.get("json") else BLOCKS_SHOWN)
    found = Finder(session.target, snapshot, expression, session.progress).find(limit)
    return Result(
        lambda: render.document(request.argument, found, snapshot.findings),
        lambda style: render.lines(found, style),
        found=bool(found.total.count),
    )
