"""Reads the allocator's reports back, strictly: a line that is in no known form is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

RULE = "=" * 65
HEAD = re.compile(r"==(\d+)==ERROR: ftmalloc: ([a-z-]+) on (0x[0-9a-f]+): (.*)")
BY = r"by (?:an unknown thread|thread (\d+).*):"
CALL = re.compile(rf"(found at|(?:read|write|execute|free|realloc) of) (0x[0-9a-f]+)(, found later)? {BY}")
CALLED = ("free of", "realloc of")
FRAME = re.compile(r"    #(\d+) (0x[0-9a-f]+) in (?:\?|(?:(\S+\+0x[0-9a-f]+) )?\((\S+)\+(0x[0-9a-f]+)\))")
PLACE = re.compile(
    r"(0x[0-9a-f]+) is (\d+ bytes? (?:inside|after|before) a .*\d+-byte block) \[0x[0-9a-f]+,0x[0-9a-f]+\)"
)
HISTORY = re.compile(rf"(freed|allocated) {BY}")


@dataclass(frozen=True)
class Frame:
    """``offset`` is in the module's file, as addr2line takes it: of the instruction that failed, or of the last byte
    of the call, which is in front of a return address. ``address``: as printed."""

    place: str | None  # function + offset
    module: str | None
    offset: int
    address: int

    @property
    def function(self) -> str | None:
        """Without the offset."""
        return self.place and self.place.rsplit("+", 1)[0]


@dataclass
class Report:
    """One report; stacks innermost first."""

    kind: str
    address: int
    evidence: str
    access: str = ""
    place: str | None = None
    stacks: dict[str, list[Frame]] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)


def _read_frame(line: str, is_exact: bool) -> Frame:
    match = FRAME.fullmatch(line)
    assert match, line
    return Frame(match[3], match[4], int(match[5], 16) - (not is_exact) if match[5] else 0, int(match[2], 16))


def _read_one(lines: list[str]) -> Report:
    head = HEAD.fullmatch(lines[0])
    assert head, lines[0]
    report = Report(head[2], int(head[3], 16), head[4])
    stack: list[Frame] = []
    trapped = False  # the access stack begins with the instruction that failed
    for line in lines[1:-1]:
        if line.startswith("    #"):
            stack.append(_read_frame(line, is_exact=trapped and stack is report.stacks["access"] and not stack))
        elif match := CALL.fullmatch(line):
            report.access = match[1]
            stack = report.stacks["access"] = []
            report.threads["access"] = int(match[4] or 0)
            trapped = not match[3] and match[1] not in CALLED
        elif match := PLACE.fullmatch(line):
            report.place = match[2]
        elif match := HISTORY.fullmatch(line):
            stack = report.stacks[match[1]] = []
            report.threads[match[1]] = int(match[2] or 0)
        else:
            raise AssertionError(f"unknown line in a report: {line}")
    assert lines[-1].startswith(f"SUMMARY: ftmalloc: {report.kind}"), lines[-1]
    return report


def read_reports(text: str) -> tuple[list[Report], list[str]]:
    """All reports of ``text``, and the lines that belong to none."""
    reports: list[Report] = []
    rest: list[str] = []
    inside: list[str] | None = None
    for line in text.splitlines():
        if line == RULE:
            if inside is not None:
                reports.append(_read_one(inside))
            inside = [] if inside is None else None
        elif inside is not None:
            inside.append(line)
        else:
            rest.append(line)
    assert inside is None, "a report has no end"
    return reports, rest
