"""The programs of the demo: started on our allocator, attached to while they wait, and left as core files."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "build" / "libftmalloc.so"
EXTENSION = ROOT / "gdbplugin" / "ftmalloc.py"
SWITCHES = {"FtMallocScribble": "1", "FtMallocErrorAbort": "1", "FtMallocStackLogging": "1"}
GDB = ["gdb", "-q", "-nx", "-batch", "-iex", "set debuginfod enabled off", "-iex", "set confirm off"]
PR_SET_PTRACER = 0x59616D61


def environment(**more: str) -> dict[str, str]:
    """Ours, without what would disturb gdb's Python, a debugger's downloads, or the allocator's switches."""
    unwanted = ("PYTHONHOME", "PYTHONPATH", "DEBUGINFOD_URLS", "LD_PRELOAD")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted and not name.startswith("Ft")}
    return {**kept, **more}


def prepare_child() -> None:
    """In the child: ask for a core file, and let gdb attach where the kernel limits that to parents."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    ctypes.CDLL(None).prctl(PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)


class Inferior:
    """A program on our allocator that reads its orders from standard input, in a folder of its own."""

    def __init__(self, command: list[str], folder: Path):
        self.command = command
        self.folder = folder
        self.orders: list[str] = []
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(LD_PRELOAD=str(LIBRARY), **SWITCHES),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=(folder / "stderr").open("wb"),
            text=True,
            preexec_fn=prepare_child,
        )
        self.program = os.path.realpath(f"/proc/{self.process.pid}/exe")

    def order(self, *lines: str) -> None:
        """Sends lines; a program that has died by an earlier one is no error here."""
        self.orders += lines
        try:
            self.process.stdin.write("".join(f"{line}\n" for line in lines))
            self.process.stdin.flush()
        except BrokenPipeError:
            pass

    def wait_for(self, path: Path) -> None:
        """Until the program has made this file: it has done all that was ordered before."""
        deadline = time.monotonic() + 30
        while not path.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"demo: {self.command[0]} did not get so far: {self.errors()}")
            time.sleep(0.02)

    def core_file(self) -> tuple[Path, str]:
        """Waits for the crash. Returns its core file, and whether the kernel or gdb wrote it."""
        self.process.stdin.close()
        status = self.process.wait(timeout=30)
        if status >= 0:
            raise SystemExit(f"demo: {self.command[0]} should have crashed, but ended with status {status}")
        cores = sorted(self.folder.glob("core*"))
        if cores:
            return cores[0], f"{signal.Signals(-status).name}, core file of the kernel"
        return self.core_file_by_gdb(), f"{signal.Signals(-status).name}, core file of gdb: the kernel leaves none here"

    def core_file_by_gdb(self) -> Path:
        """Where core files go to a pipe or are switched off: the same once more, under gdb."""
        core = self.folder / "core.gdb"
        script = self.folder / "orders"
        script.write_text("".join(f"{line}\n" for line in self.orders))
        preload = " ".join(f"{name}={value}" for name, value in {"LD_PRELOAD": LIBRARY, **SWITCHES}.items())
        run_gdb(
            ["-ex", f"set exec-wrapper env {preload}", "-ex", f"run < {script} > /dev/null 2>&1"],
            [f"generate-core-file {core}"],
            ["--args", *self.command],
            self.folder,
        )
        if not core.exists():
            raise SystemExit("demo: neither the kernel nor gdb could write a core file")
        return core

    def errors(self) -> str:
        return (self.folder / "stderr").read_text()


def run_gdb(before: list[str], commands: list[str], target: list[str], folder: Path) -> str:
    """gdb's standard output of these commands, each under a line with its prompt."""
    arguments = [*GDB, *before]
    for command in commands:
        arguments += ["-ex", f"echo \\n(gdb) {command}\\n", "-ex", command]
    finished = subprocess.run(
        [*arguments, *target], cwd=folder, env=environment(), capture_output=True, text=True, timeout=120
    )
    if "(gdb) " not in finished.stdout:
        raise SystemExit(f"demo: gdb failed: {finished.stderr.strip()}")
    return finished.stdout


def session(target: list[str], commands: list[str], folder: Path) -> str:
    """What a person at gdb sees of these commands, from the first prompt on."""
    output = run_gdb(["-x", str(EXTENSION)], commands, target, folder)
    shown = output[output.index("(gdb) ") :].splitlines()
    return "\n".join(line for line in shown if not line.startswith("[Inferior "))


def answers(target: list[str], commands: list[str], folder: Path) -> list[dict[str, Any]]:
    """The JSON documents that the same commands print for scripts."""
    output = run_gdb(["-x", str(EXTENSION)], commands, target, folder)
    return [json.loads(line) for line in output.splitlines() if line.startswith('{"schema"')]
