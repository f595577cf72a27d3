"""Programs for gdb to look at, and gdb itself, as the tests of this ring use them."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "gdbplugin" / "ftmalloc.py"
LIBRARY = ROOT / "build" / "libftmalloc.so"
HERE = Path(__file__).resolve().parent
# Printed for our own `set debuginfod enabled off`, by gdbs 12 to 14 that were built without it.
WITHOUT_DEBUGINFOD = "Support for debuginfod is not compiled into GDB.\n"
GDB = [os.environ.get("FT_GDB", "gdb"), "-nx", "-iex", "set debuginfod enabled off", "-iex", "set confirm off"]


@dataclass
class Told:
    """What the subject printed: address to size, by reach, and the freed ones."""

    blocks: dict[str, dict[int, int]] = field(default_factory=dict)
    freed: dict[int, int] = field(default_factory=dict)

    @property
    def live(self) -> dict[int, int]:
        return {address: size for group in self.blocks.values() for address, size in group.items()}

    def only(self, reach: str) -> int:
        """The one block of this reach."""
        (address,) = self.blocks[reach]
        return address


def told_by(text: str) -> Told:
    told = Told()
    for kind, address, size, reach in re.findall(r"(block|freed) (0x[0-9a-f]+) (\d+) ?(\w*)", text):
        group = told.freed if kind == "freed" else told.blocks.setdefault(reach, {})
        group[int(address, 16)] = int(size)
    assert told.live, f"the subject told nothing: {text!r}"
    return told


@dataclass(frozen=True)
class Crashed:
    """A crashed subject: program, kernel core file, and what it said of its heap."""

    program: Path
    core: Path
    told: Told


@dataclass
class Answer:
    """What gdb printed, and its exit status."""

    output: str
    errors: str
    status: int

    def documents(self) -> list[dict[str, Any]]:
        """The JSON documents in the output, in order."""
        return [json.loads(line) for line in self.output.splitlines() if line.startswith('{"schema"')]

    def document(self) -> dict[str, Any]:
        """The one JSON document in the output."""
        documents = self.documents()
        assert len(documents) == 1, f"{self.output}\n{self.errors}"
        return documents[0]

    @property
    def told(self) -> Told:
        """What the subject said while gdb ran it; gdbserver sends that to standard error."""
        return told_by(self.output + self.errors)


def gdb(
    *commands: str, arguments: tuple[object, ...] = (), load: bool = True, program: str = GDB[0], **environment: str
) -> Answer:
    """Runs gdb in batch mode; our extension is sourced first. No run may leave a Python trace."""
    line = [program, *GDB[1:], "-batch"]
    for command in ((f"source {PLUGIN}",) if load else ()) + commands:
        line += ["-ex", command]
    done = subprocess.run(
        [*line, *map(str, arguments)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=50,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert "Traceback" not in done.stderr and "Python Exception" not in done.stderr, done.stderr
    return Answer(done.stdout, done.stderr.replace(WITHOUT_DEBUGINFOD, ""), done.returncode)


def compile_c(source: Path, program: Path, *flags: str) -> Path:
    subprocess.run(
        ["cc", "-O1", "-g", "-fno-builtin", "-Wno-unused-result", "-o", program, source, "-pthread", *flags],
        check=True, timeout=50,
    )  # fmt: skip
    return program


def preloaded(library: Path = LIBRARY, **switches: str) -> dict[str, str]:
    """An environment in which programs run on ftmalloc."""
    return {**os.environ, "LD_PRELOAD": str(library), **switches}


def start_on(library: Path = LIBRARY) -> str:
    """The gdb command that lets the program, not gdb's shell, run on ftmalloc."""
    return f"set exec-wrapper env LD_PRELOAD={library}"


# Lets the extension take a process behind a stub for one on another machine, which only packets reach.
ELSEWHERE = "python __import__('sys').modules['ftheap.gdbhost.remote'].process_here = lambda inferior: None"


def served(program: Path, *arguments: str, switches: str = "") -> str:
    """The gdb command that has gdbserver start the program on ftmalloc."""
    words = " ".join(arguments)
    return f"target remote | gdbserver --once --wrapper env LD_PRELOAD={LIBRARY} {switches} -- - {program} {words}"


def crash(
    folder: Path, command: list[object], library: Path | None = LIBRARY, before: str = "", **switches: str
) -> tuple[Path, str]:
    """Runs a program that crashes; its kernel core file and what it printed. ``before``: a shell command."""
    environment = preloaded(library, **switches) if library else {**os.environ, **switches}
    quoted = " ".join(f"'{word}'" for word in command)
    script = f"ulimit -c unlimited; {before or ':'}; LD_PRELOAD={environment.pop('LD_PRELOAD', '')} exec {quoted}"
    done = subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=30,
    )  # fmt: skip
    assert "cannot be preloaded" not in done.stderr, f"{done.stderr}: build the library first"
    assert done.returncode < 0, f"no crash: {done.returncode} {done.stderr}"
    cores = list(folder.glob("core*"))
    assert len(cores) == 1, (
        f"{len(cores)} core files in {folder}: core_pattern is {Path('/proc/sys/kernel/core_pattern').read_text()!r}, "
        f"limit {resource.getrlimit(resource.RLIMIT_CORE)}"
    )
    return cores[0], done.stdout


def asked(program: Path, folder: Path, kind: str, *lines: str, switches: str = "") -> Answer:
    """Asks gdb about the program where it crashes. ``kind``: core, live or remote; ``switches``: NAME=VALUE ..."""
    if kind == "core":
        core, _ = crash(folder, [program], before=f"export {switches}" if switches else "")
        return gdb(*lines, arguments=(program, core))
    if kind == "live":
        return gdb(f"set exec-wrapper env LD_PRELOAD={LIBRARY} {switches}", "run", *lines, arguments=(program,))
    return gdb(served(program, switches=switches), "continue", *lines, arguments=(program,))


def live_blocks(document: dict[str, Any]) -> dict[int, int]:
    """Address to size of the live blocks of a show-alloc-mem document."""
    return {
        int(block["address"], 16): block["size_bytes"]
        for zone in document["zones"]
        for block in zone["blocks"]
        if block["state"] == "live"
    }
