"""The command table: one file in ``commands/`` declares one command with ``@command``; nothing else registers it.

``gdbhost`` makes a gdb command of each; tests run the same functions on images without gdb.
"""

from __future__ import annotations

from .records import dataclass, field
from .typed import Any, Callable, Iterable, NamedTuple


class Option(NamedTuple):
    """An option of a command. ``value``: the name of its value in the usage line, "" for a plain flag.

    ``kind`` parses the value: "count" (an integer >= 0), "limit" (the same, or unlimited), "bytes" (with k, M, G),
    "text", "choice" (one of ``choices``, in any case, or what only one of them begins with), "address" (an
    expression), "file" (a path; ~ is expanded), "type" (a C or C++ type; several words where it is tagged).
    """

    name: str
    help: str
    value: str = ""
    kind: str = "text"
    choices: tuple[str, ...] = ()


JSON = Option("json", "print one JSON document")
EXIT_CODE = Option("exit-code", "end gdb with status N if it finds what it looks for", "N", "count")


def limit_option(rows: str, default: int | str, in_json: int | str = "all") -> Option:
    """``-limit N`` of a command. ``rows``: what it counts; ``default``, ``in_json``: how many are shown without it."""
    otherwise = f"{default}" if default == in_json else f"{default}, in JSON {in_json}"
    return Option("limit", f"show at most N {rows}; without it {otherwise}", "N", "limit")


@dataclass
class Request:
    """A parsed command line: ``options`` by name without dash (flags are True), ``argument`` the rest, stripped."""

    options: dict[str, Any] = field(default_factory=dict)
    argument: str = ""


@dataclass
class Result:
    """What a command answers. ``found``: it found what it looks for; for commands with EXIT_CODE, which acts on it.

    ``document``: the JSON body without "schema" and "command". ``lines``: called with a Style, yields rows of at
    most 79 columns of ASCII. Both are called at most once, and only the one that is needed.
    """

    document: Callable[[], dict[str, Any]]
    lines: Callable[[Any], Iterable[str]]
    found: bool = False


class Command(NamedTuple):
    """A row of the command table. ``argument``: "" when it takes none, else its name in the usage line
    ("ADDR", "[ADDR]", "EXPR"). ``top_level``: stands also without the ``ftmalloc`` prefix. ``writes``: it writes a
    file or keeps something, so that Enter must not repeat it. ``notes``: what the help says behind the description, in
    rows of its own. ``words``: of a session and what stands in front, what the argument may go on with, for
    completion."""

    name: str
    summary: str
    run: Callable[[Any, Request], Result]
    description: str
    options: tuple[Option, ...]
    argument: str = ""
    example: str = ""
    top_level: bool = False
    writes: bool = False
    notes: str = ""
    words: Callable[[Any, str], Iterable[str]] | None = None


COMMANDS: dict[str, Command] = {}


def _text(docstring: str) -> str:
    """Without the indent of its lines."""
    return "\n".join(line.strip() for line in docstring.strip().splitlines())


def command(
    name: str, summary: str, *, options: tuple[Option, ...] = (), **rest: Any
) -> Callable[[Callable[[Any, Request], Result]], Callable[[Any, Request], Result]]:
    """Registers ``function(session, request) -> Result``; its docstring is the description. ``rest``: of Command."""

    def register(function: Callable[[Any, Request], Result]) -> Callable[[Any, Request], Result]:
        COMMANDS[name] = Command(name, summary, function, _text(function.__doc__ or ""), (*options, JSON), **rest)
        return function

    return register
