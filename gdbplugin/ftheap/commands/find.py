"""``find``: blocks that satisfy an expression."""

from __future__ import annotations

import sys
import textwrap

from .. import analysis, render
from ..analysis.find_language import RULES, help_rows
from ..registry import EXIT_CODE, Request, Result, command, limit_option
from ..session import Session

BLOCKS_SHOWN = 100


@command(
    "find",
    "Find the blocks that satisfy an expression.",
    argument="EXPR",
    options=(limit_option("blocks", BLOCKS_SHOWN), EXIT_CODE),
    words=lambda _session, before: analysis.expression.going_on(before),
    example='ftmalloc find size >= 1k and string "timeout"',
    notes="\n".join([*(row for rule in RULES for row in textwrap.wrap(rule, 79)), "", "Tests:", *help_rows()]),
)
def find(session: Session, request: Request) -> Result:
    """Lists address, size, state and zone type of each, and where in it the content that was looked for begins, or its
    likely type."""
    expression = analysis.expression.parse(request.argument, session.target.evaluate)
    snapshot = session.snapshot(wants_pointers=analysis.find.asks_for_classes(expression))
    limit = request.options.get("limit", sys.maxsize if request.options.get("json") else BLOCKS_SHOWN)
    found = analysis.find.Finder(session.target, snapshot, expression, session.progress).find(limit)
    return Result(
        lambda: render.search.document(request.argument, found, snapshot),
        lambda style: render.search.lines(found, snapshot, style),
        found=bool(found.total.count),
    )
