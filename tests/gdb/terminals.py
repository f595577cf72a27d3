"""gdb on a real terminal."""

from __future__ import annotations

import os

import pexpect
from inferiors import GDB, PLUGIN

PROMPT = "\\(gdb\\) (?:\x1b\\[\\?2004h)?$"


class Terminal:
    """gdb on a terminal of 24 rows."""

    def __init__(self, *arguments: object, **environment: str):
        self.child = pexpect.spawn(
            GDB[0], [*GDB[1:], "-q", "-iex", "set height 24", "-x", str(PLUGIN), *map(str, arguments)],
            env={**os.environ, "TERM": "xterm", **environment}, dimensions=(24, 80), encoding="utf-8", timeout=20,
        )  # fmt: skip
        self.child.expect(PROMPT)

    def ask(self, line: str) -> str:
        """The command's output, up to the next prompt."""
        self.child.sendline(line)
        self.child.expect(PROMPT)
        return self.child.before

    def settle(self) -> str:
        """What is printed up to the prompt behind all that is under way."""
        self.child.sendline("echo settle\\d\\n")
        self.child.expect("settled")
        told = self.child.before
        self.child.expect(PROMPT)
        return told
