"""Suppression files in LeakSanitizer's form: ``leak:pattern`` on a line, ``#`` for comments.

A leak is suppressed when the function, source file or module of any frame of its allocation stack holds the pattern.
``*`` stands for any text, ``^`` and ``$`` tie the pattern to the begin and the end.
"""

from __future__ import annotations

import re

from ..errors import UsageError
from ..typed import Iterable


def load(path: str) -> list[re.Pattern[str]]:
    """The patterns of a file. Raises UsageError when it can't be read or a line is malformed."""
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read suppressions from {path}: {getattr(error, 'strerror', None) or error}") from None
    patterns = []
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        kind, colon, pattern = line.partition(":")
        if not colon or not pattern:
            raise UsageError(f"{path}:{number}: expected leak:PATTERN, got {line!r}")
        if kind == "leak":
            patterns.append(compile_pattern(pattern))
    return patterns


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """LeakSanitizer's template as a regular expression that ``search`` applies anywhere."""
    start = "^" if pattern.startswith("^") else ""
    end = "$" if pattern.endswith("$") else ""
    middle = pattern[len(start) : len(pattern) - len(end)]
    return re.compile(start + ".*".join(re.escape(part) for part in middle.split("*")) + end)


def matches(patterns: Iterable[re.Pattern[str]], names: Iterable[str]) -> bool:
    """True when any pattern is found in any of ``names``."""
    names = list(names)
    return any(pattern.search(name) for pattern in patterns for name in names)
