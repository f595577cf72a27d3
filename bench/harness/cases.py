"""The cases of the table: micro cases, which the case programs list themselves, and real programs."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.allocators import Allocator
from harness.build import build_program, case_sources, launcher
from harness.launch import Launch, Sample

TIMEOUT_SECONDS = 60.0
TOOL_TIMEOUT_SECONDS = 600.0  # valgrind takes fifty times as long


@dataclass(frozen=True)
class Case:
    """One row of the table. `clock` is "cpu" or "wall"; `group` is "micro", "threads" or "real".

    `source` is the C or C++ file of a micro case, None for a real program. `program_at` is the program's place in
    `command`.
    """

    name: str
    group: str
    clock: str
    what: str
    command: list[str]
    settings: dict[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    source: Path | None = None
    program_at: int = 0

    def with_program(self, program: Path) -> Case:
        """The same with another build of the program."""
        before, after = self.command[: self.program_at], self.command[self.program_at + 1 :]
        return replace(self, command=[*before, str(program), *after])

    def for_tools(self) -> Case:
        """The same with less to do where a tool such as valgrind would take many minutes."""
        return self

    def run(self, allocator: Allocator, settings: dict[str, str], tool: tuple[str, ...] = ()) -> Sample:
        """Runs it once. `tool` is a command to run it under, such as valgrind with its options."""
        launch = Launch(launcher(), allocator, [*tool, *self.command], cwd=self.cwd,
                        settings={**self.settings, **settings})
        return launch.finish(TOOL_TIMEOUT_SECONDS if tool else TIMEOUT_SECONDS)


def micro_cases() -> tuple[list[Case], list[str]]:
    """All cases of bench/cases, and a sentence for each program that cannot be built here."""
    cases, missing = [], []
    for source in case_sources():
        program = build_program(source)
        if not program:
            missing.append(f"cases of {source.name}: no compiler for {source.suffix}")
            continue
        listing = subprocess.run([str(program), "--list"], check=True, capture_output=True, text=True).stdout
        for line in listing.splitlines():
            name, clock, what = line.split(" ", 2)
            group = "threads" if clock == "wall" else "micro"
            cases.append(Case(name, group, clock, what, [str(program), name], source=source))
    order = ("micro", "threads")
    return sorted(cases, key=lambda case: order.index(case.group)), missing
