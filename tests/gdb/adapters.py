"""A client of gdb's debug adapter (`gdb -i=dap`, gdb 14 and later), as an editor is one."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from inferiors import GDB, PLUGIN, preloaded


def has_adapter() -> bool:
    """Whether the gdb under test is new enough."""
    told = subprocess.run([GDB[0], "-nx", "-batch", "-ex", "python print(gdb.VERSION)"], capture_output=True, text=True)
    match = re.search(r"\d+", told.stdout)  # some distributions put their name in front
    return match is not None and int(match[0]) >= 14


class Adapter:
    """gdb as a debug adapter. ``said``: what the program and gdb printed by themselves."""

    def __init__(self, errors: Path):
        with errors.open("w") as log:
            self._process = subprocess.Popen(
                [*GDB, "-q", "-x", PLUGIN, "-i=dap"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        self._sent = 0
        self.said = ""
        self.request("initialize", adapterID="tests")

    def launch(self, program: Path, *arguments: str, **switches: str) -> None:
        """Runs the program on ftmalloc until it stops."""
        self._send("launch", program=str(program), args=arguments, env=preloaded(**switches))
        self.request("configurationDone")
        while self._receive().get("event") != "stopped":
            pass

    def request(self, command: str, **arguments: Any) -> dict[str, Any]:
        """The answer to a request."""
        number = self._send(command, **arguments)
        while True:
            message = self._receive()
            if message["type"] == "response" and message["request_seq"] == number:
                return message

    def ask(self, line: str) -> str:
        """What a command of gdb prints, typed at the editor's prompt."""
        answer = self.request("evaluate", expression=line, context="repl")
        assert answer["success"], answer
        return answer["body"]["result"]

    def wait(self) -> int:
        """gdb's exit status, when it has ended by itself."""
        return self._process.wait(timeout=10)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _send(self, command: str, **arguments: Any) -> int:
        self._sent += 1
        message = {"seq": self._sent, "type": "request", "command": command, "arguments": arguments}
        body = json.dumps(message).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()
        return self._sent

    def _receive(self) -> dict[str, Any]:
        size_bytes = 0
        while (row := self._process.stdout.readline()).strip():
            name, value = row.split(b":")
            size_bytes = int(value) if name.lower() == b"content-length" else size_bytes
        assert row, "gdb has ended; before version 14 it is no debug adapter"
        message = json.loads(self._process.stdout.read(size_bytes))
        if message.get("event") == "output":
            self.said += message["body"]["output"]
        return message
