"""Words shared by all renderers: addresses, counts, states, wrapped sentences and tables."""

from __future__ import annotations

import textwrap

from ..analysis.sums import Sum
from ..model.heap import Finding, State
from ..typed import Callable, Iterable, Iterator, Sequence
from .limits import FINDINGS_SHOWN
from .style import Style

WIDTH = 79

STATE_NAMES = tuple(state.word for state in State)  # by number


def address(value: int) -> str:
    """``0x7f3a5c200060``: how all but show-alloc-mem write an address, in text and in JSON."""
    return f"{value:#x}"


def address_or_none(value: int | None) -> str | None:
    """An address for JSON; None stays None."""
    return None if value is None else address(value)


def plural(count: int, noun: str) -> str:
    """``1 block``, ``2 blocks``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def plural_signed(count: int, noun: str) -> str:
    """``+1 block``, ``-2 blocks``."""
    return f"{count:+} {noun}" if abs(count) == 1 else f"{count:+} {noun}s"


def size(size_bytes: int) -> str:
    """A size for people, four digits at most: ``512 B``, ``3.5 KiB``, ``64 MiB``."""
    amount = float(size_bytes)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if amount < 1024 or unit == "TiB":
            break
        amount /= 1024
    number = f"{amount:.1f}".removesuffix(".0") if amount < 100 else f"{amount:.0f}"
    return f"{number} {unit}"


def ascii_only(text: str) -> str:
    """``text`` with everything but printable ASCII escaped: names in a target are untrusted too."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if character.isascii() and character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def shorten(text: str, width: int) -> str:
    """``text`` in at most ``width`` columns, ending in ``...`` when it was cut."""
    text = ascii_only(text)
    return text if len(text) <= width else text[: max(width - 3, 0)] + "..."[:width]


def wrap(text: str, first_indent: str = "", indent: str = "  ") -> Iterator[str]:
    """A sentence in rows of at most 79 columns."""
    yield from textwrap.wrap(
        ascii_only(text), WIDTH, initial_indent=first_indent, subsequent_indent=indent, break_on_hyphens=False
    )


def table(
    style: Style,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    left: Sequence[int] = (),
    styles: dict[int, Callable[[str], str]] | None = None,
) -> Iterator[str]:
    """Rows under column heads, two spaces apart, right-aligned but for the columns in ``left``.

    ``styles``: column to a method of ``style``. The last column gives way where a row would be too wide.
    """
    rows = [[ascii_only(cell) for cell in row] for row in rows]
    widths = [max([len(head), *(len(row[column]) for row in rows)]) for column, head in enumerate(heads)]
    last = len(heads) - 1
    widths[last] = max(min(widths[last], WIDTH - sum(widths[:last]) - 2 * last), 0)

    def line(cells: Sequence[str], paint: Callable[[int, str], str]) -> str:
        padded = []
        for column, cell in enumerate(cells):
            cell = shorten(cell, widths[column])
            if column in left:
                cell = cell if column == last else cell.ljust(widths[column])
            else:
                cell = cell.rjust(widths[column])
            padded.append(paint(column, cell))
        return "  ".join(padded).rstrip()

    yield line(heads, lambda _column, cell: style.heading(cell))
    chosen = styles or {}
    for row in rows:
        yield line(row, lambda column, cell: chosen[column](cell) if column in chosen else cell)


def findings(
    style: Style, found: Sequence[Finding], limit: int | None = None, see: str = "ftmalloc check -json"
) -> Iterator[str]:
    """What was broken or unreadable, a paragraph each, and how many were left out. ``limit`` None: 20. ``see``: the
    command that shows them all."""
    limit = FINDINGS_SHOWN if limit is None else limit
    for finding in found[:limit]:
        where = "" if finding.address is None else f" at {address(finding.address)}"
        head = f"! {finding.rule}{where}: "
        rows = list(wrap(f"{head}{finding.message}"))
        if rows and rows[0].startswith(head.rstrip()):
            rows[0] = style.warning(head.rstrip()) + rows[0][len(head.rstrip()) :]
        yield from rows
    if len(found) > limit:
        yield style.dim(f"... and {plural(len(found) - limit, 'finding')} more, see {see}")


def remark(style: Style, found: Sequence[Finding]) -> Iterator[str]:
    """One line where something is broken or missing, for commands that have no room for all of it."""
    if found:
        yield style.warning(f"{plural(len(found), 'finding')}: see ftmalloc check")


def sum_document(total: Sum) -> dict[str, int]:
    """A count and its bytes in the JSON forms."""
    return {"count": total.count, "bytes": total.size_bytes}


def findings_document(found: Iterable[Finding]) -> list[dict[str, object]]:
    """``findings`` of the JSON forms."""
    return [
        {"rule": finding.rule, "address": address_or_none(finding.address), "message": finding.message}
        for finding in found
    ]
