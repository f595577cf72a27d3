"""The command lines of our commands: options first, then one argument that may be any expression of the debugger.

    [-flag] [-option VALUE] [--] [ARGUMENT] [-flag] [-option VALUE]

An option starts with ``-`` or ``--`` and a letter, and may be abbreviated as long as it is unambiguous;
``-option=VALUE`` is taken too. The argument starts at the first word that is no option, so it may begin with ``(``,
``$``, ``&``, ``*``, ``"`` or ``-1``. Behind the argument, only whole names of options count; everything behind ``--``
is the argument.
"""

from __future__ import annotations

import os
import re
import sys
import textwrap

from .errors import UsageError
from .patterns import pattern
from .registry import Command, Option, Request
from .typed import Iterable, NamedTuple, Sequence

_OPTION_START = pattern(r"--?[A-Za-z]")
_OPTION_NAME = pattern(r"--?([A-Za-z][A-Za-z0-9-]*)")
_TRAILING_OPTION = pattern(r"\s(--?)([A-Za-z][A-Za-z0-9-]*)(?=[\s=]|$)")
_COUNT = pattern(r"0[xX][0-9a-fA-F]+|[0-9]+")
_BYTES = pattern(rf"({_COUNT.pattern})([kKmMgG]?)(?:[iI]?[bB])?")
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_NEEDS = {
    "count": "a number, 0 or more",
    "limit": "a number, 0 or more, or unlimited",
    "bytes": "a size such as 4096, 64k or 1G",
    "text": "a text",
    "file": "a file",
    "address": "an address or expression",
    "type": "a type, such as node, \"struct node\" or char[16]",
}
_TYPE = pattern(r"(?:(?:const|volatile|struct|union|class|enum)\s+)*"
                   r"(?:(?:(?:unsigned|signed|long|short|int|char|double|float)\b\s*)+|[A-Za-z_][\w:]*)(?=[<*\[\s]|$)")


def parse(command: Command, text: str) -> Request:
    """Splits ``text`` by ``command``'s options. Raises UsageError, one line that names what would be valid."""
    options: dict[str, object] = {}
    rest = text.strip()
    while _OPTION_START.match(rest):
        rest = _take_option(command, rest, options)
    if rest == "--" or rest.startswith(("-- ", "--\t")):
        return _checked(command, options, rest[2:].strip())
    start = _trailing_options_start(command, rest)
    trailing, rest = rest[start:].strip(), rest[:start].strip()
    while trailing:
        trailing = _take_option(command, trailing, options)
        if trailing and not _OPTION_START.match(trailing):
            raise UsageError(f"{command.name}: put {trailing!r} in front of the options, or behind --")
    return _checked(command, options, rest)


def joined(command: Command, words: Iterable[str]) -> str:
    """The line whose words, as gdb/mi splits it, are these: one with spaces stood in quotes, unless it is the whole
    argument."""
    line, argument_begun = "", False
    for word in words:
        is_value = _pending_option(command, line) is not None
        quoted = (is_value or argument_begun) and '"' not in word and (not word or any(map(str.isspace, word)))
        line += (" " if line else "") + (f'"{word}"' if quoted else word)
        argument_begun = argument_begun or not (is_value or _OPTION_START.match(word))
    return line


def _checked(command: Command, options: dict[str, object], argument: str) -> Request:
    if argument and not command.argument:
        raise UsageError(f"{command.name} takes no argument, but got {argument!r}; options: {_option_names(command)}")
    if not argument and command.argument and not command.argument.startswith("["):
        raise UsageError(f"{command.name} needs an argument: {usage(command)}")
    return Request(options, argument)


def _take_option(command: Command, text: str, options: dict[str, object]) -> str:
    """Parses the option that ``text`` begins with into ``options``; returns what follows it."""
    match = _OPTION_NAME.match(text)
    assert match is not None
    option = _find(command, match.group(1))
    rest = text[match.end() :]
    if not option.value:
        if rest and not rest[0].isspace():
            raise UsageError(f"{command.name}: -{option.name} takes no value")
        options[option.name] = True
        return rest.lstrip()
    rest = rest[1:] if rest.startswith("=") else rest.lstrip()
    end = _type_end(rest) if option.kind == "type" else _word_end(rest)
    if end == 0:
        raise UsageError(f"{command.name}: -{option.name} needs {option.value}: {_needs(option)}")
    options[option.name] = _value(command, option, rest[:end])
    return rest[end:].lstrip()


def _find(command: Command, name: str) -> Option:
    candidates = [option for option in command.options if option.name == name]
    candidates = candidates or [option for option in command.options if option.name.startswith(name)]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        names = ", ".join(f"-{option.name}" for option in candidates)
        raise UsageError(f"{command.name}: -{name} may be {names}")
    hint = "; put -- in front of an expression that starts with -" if command.argument else ""
    raise UsageError(f"{command.name} has no option -{name}; options: {_option_names(command)}{hint}")


def _value(command: Command, option: Option, word: str) -> object:
    if option.kind in ("count", "limit") and _COUNT.fullmatch(word):
        return _number(word)
    if option.kind == "limit" and word == "unlimited":
        return sys.maxsize
    if option.kind == "bytes":
        match = _BYTES.fullmatch(word)
        if match:
            return _number(match.group(1)) * _UNITS[match.group(2).lower()]
    if option.kind == "address":
        return word
    if option.kind in ("text", "type", "file"):
        word = word.strip()
        word = word[1:-1] if len(word) >= 2 and word[0] in "\"'" and word[-1] == word[0] else word
        return os.path.expanduser(word) if option.kind == "file" else word
    if option.kind == "choice" and (choice := _choice(option, word)) is not None:
        return choice
    raise UsageError(f"{command.name}: -{option.name} needs {option.value}: {_needs(option)}, not {word!r}")


def _number(digits: str) -> int:
    return int(digits, 16 if digits[:2] in ("0x", "0X") else 10)


def _choice(option: Option, word: str) -> str | None:
    """As gdb takes the value of an enumeration, and TINY, as zones are shown."""
    fitting = [choice for choice in option.choices if choice.startswith(word.lower())]
    return word.lower() if word.lower() in fitting else fitting[0] if len(fitting) == 1 else None


def _needs(option: Option) -> str:
    return f"one of {', '.join(option.choices)}" if option.kind == "choice" else _NEEDS[option.kind]


def _word_end(text: str) -> int:
    """Length of the first word: white space inside quotes or brackets belongs to it."""
    for index, _, depth, quote in _scan(text):
        if text[index].isspace() and depth == 0 and not quote:
            return index
    return len(text)


def _type_end(text: str) -> int:
    """Length of the type that ``text`` begins with: tags and basic types are words of their own; what stands behind
    the name without a space belongs to it, as in ``node*``, ``char[16]``, ``vector<int>``; or all is in quotes."""
    match = _TYPE.match(text)
    if match is None:
        return _word_end(text)
    end = len(match.group().rstrip())
    depth = 0
    while end < len(text) and (depth or not text[end].isspace()):
        depth += (text[end] in "<[(") - (text[end] in ">])")
        end += 1
    return end


def _trailing_options_start(command: Command, text: str) -> int:
    """Where options that stand behind the argument begin; the length of ``text`` when there are none."""
    names = {option.name for option in command.options}
    starts = {match.start() for match in _TRAILING_OPTION.finditer(text) if match.group(2) in names}
    for index, _, depth, quote in _scan(text):
        if index in starts and depth == 0 and not quote:
            return index
    return len(text)


def _scan(text: str):
    """Yields (index, character, bracket depth, open quote or "") for each character, the state in front of it."""
    depth, quote, escaped = 0, "", False
    for index, character in enumerate(text):
        yield index, character, depth, quote
        if escaped:
            escaped = False
        elif quote:
            escaped = character == "\\"
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in _CLOSING:
            depth += 1
        elif character in ")]}" and depth:
            depth -= 1


def _option_names(command: Command) -> str:
    return ", ".join(f"-{option.name}" for option in command.options)


def usage(command: Command) -> str:
    """The usage line, without "Usage:": ``ftmalloc explain [-json] ADDR``."""
    words = [command.name if command.top_level else f"ftmalloc {command.name}"]
    words += [f"[-{option.name}{' ' + option.value if option.value else ''}]" for option in command.options]
    if command.argument:
        words.append(command.argument)
    return " ".join(words)


def help_text(command: Command) -> str:
    """What ``help`` prints: a summary sentence, ``Usage:``, description, options and an example."""
    paragraphs = [command.summary.rstrip(".") + ".", f"Usage: {_folded(usage(command), 'Usage: ')}"]
    if command.description:
        paragraphs += [textwrap.fill(part, 79) for part in command.description.split("\n\n")]
    if command.notes:
        paragraphs.append(command.notes)
    rows = [(f"  -{option.name} {option.value}".rstrip(), option) for option in command.options]
    width = max(len(left) for left, _ in rows) + 2
    lines = [row for left, option in rows for row in _described(left.ljust(width), option)]
    paragraphs.append("\n".join(["Options:", *lines]))
    if command.example:
        paragraphs.append(f"Example: {command.example}")
    return "\n\n".join(paragraphs)


def _described(left: str, option: Option) -> list[str]:
    """The row of an option; its choices behind it, or below where they have no room."""
    row = left + option.help
    if option.kind != "choice":
        return [row]
    choices = f"({', '.join(option.choices)})"
    return [f"{row} {choices}"] if len(row) + 1 + len(choices) <= 79 else [row, " " * len(left) + choices]


def _folded(text: str, indent: str) -> str:
    """``text`` in lines of at most 79 columns, broken between option groups."""
    lines = [""]
    for word in re.findall(r"(?:\[[^]]*\]|\S)+", text):
        if lines[-1] and len(indent) + len(lines[-1]) + 1 + len(word) > 79:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return ("\n" + " " * len(indent)).join(lines)


class Completion(NamedTuple):
    """What may stand at the end of a line. ``words``: whole candidates for ``prefix``, the last word so far.
    ``expression``: let the debugger complete one instead; ``file``: a path may stand here."""

    prefix: str = ""
    words: Sequence[str] = ()
    expression: bool = False
    file: bool = False


def complete(command: Command, text: str, words: Iterable[str] = ()) -> Completion:
    """Candidates for the last word of ``text``, which may be empty. ``words``: what the argument may go on with; what
    begins with none of them is an expression, or a file, as the command takes it."""
    spaces = (index for index, character, depth, _ in _scan(text) if character.isspace() and not depth)
    end = max(spaces, default=-1)
    before, prefix = text[: end + 1].rstrip(), text[end + 1 :]
    option = _pending_option(command, before)
    if option is not None:
        if option.kind == "choice":
            return Completion(prefix, [choice for choice in option.choices if choice.startswith(prefix.lower())])
        return Completion(prefix, expression=option.kind in ("address", "type"), file=option.kind == "file")
    if before == "--" or before.endswith((" --", "\t--")):
        return Completion(prefix, expression=bool(command.argument))
    if prefix.startswith("-"):
        dashes = "--" if prefix.startswith("--") else "-"
        names = [f"{dashes}{option.name}" for option in command.options]
        return Completion(prefix, [name for name in names if name.startswith(prefix)])
    if command.argument:
        fitting = [word for word in words if word.startswith(prefix)]
        if not fitting:
            takes_expression = "ADDR" in command.argument or "EXPR" in command.argument
            return Completion(prefix, expression=takes_expression, file="FILE" in command.argument)
        return Completion(prefix, fitting)
    return Completion(prefix, [f"-{option.name}" for option in command.options] if not prefix else [])


def _pending_option(command: Command, before: str) -> Option | None:
    """The option at the end of ``before`` that still waits for its value."""
    match = re.search(r"(?:^|\s)--?([A-Za-z][A-Za-z0-9-]*)$", before)
    if match is None:
        return None
    try:
        option = _find(command, match.group(1))
    except UsageError:
        return None
    return option if option.value else None
