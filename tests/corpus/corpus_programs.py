"""The programs of the corpus, what their head comments promise, and how they are built and run.

A head comment: one or two sentences, then rows ``key: value`` behind `` * ``:

    compile: FLAGS             further flags for the compiler, which has -O0 -g -fno-builtin
    link: static               with our archive and all else static; otherwise the library is preloaded
    process: child             it is a child process that crashes
    fault: NAME                the truth, one of the contract's names
    signal, access: NAME       of the crash, or of the wrong access
    block_bytes, offset_bytes: N   the block concerned, as it was asked for, and where the access meets it
    evidence: TEXT             stands somewhere in diagnose's sentences
    plain|abort|debug|guard:   what comes out in that mode where it is not all of the above: ``silent``, or a fault's
                               name, with `` without KEY, KEY`` or `` with KEY=VALUE`` where only that part differs
    definite|indirect|possible|reachable: N blocks, N bytes    of a leak program; a lost class without a row is empty
    groups: N                  groups of definite leaks, where stacks are recorded

In the code, ``/* alloc */``, ``/* free */`` and ``/* access */`` end the lines that allocate the block, free it, and
do wrong; ``/* found */`` ends one where a wrong access of earlier is found at last.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LIBRARY = ROOT / "build" / "libftmalloc.so"
KINDS = ("heap", "crash", "leak", "clean")
MODES = {
    "plain": {},
    "abort": {"FtMallocErrorAbort": "1", "FtMallocScribble": "1"},
    "debug": {"FtMallocDebug": "1"},
    "guard": {"FtMallocDebug": "1", "FtMallocGuard": "all"},
}
TEXTS = {"compile", "link", "process", "fault", "signal", "access", *MODES}
NUMBERS = {"block_bytes", "offset_bytes", "groups"}
CLASSES = ("definite", "indirect", "possible", "reachable")
FLAGS = ["-O0", "-g", "-fno-builtin", "-w", "-pthread", "-std=gnu11"]
_ROW = re.compile(r"^ \* (\w+): (.*)$", re.MULTILINE)
_SUM = re.compile(r"(\d+) blocks?, (\d+) bytes?$")


@dataclass(frozen=True, eq=False)
class Program:
    """One program. ``promise``: what diagnose says in the best case; ``classes``: sums of leak-check by class."""

    source: Path
    promise: dict[str, str | int]
    evidence: tuple[str, ...]
    classes: dict[str, dict[str, int]]

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.source.stem}"

    @property
    def kind(self) -> str:
        return self.source.parent.name

    @property
    def is_static(self) -> bool:
        return self.promise.get("link") == "static"

    def expected(self, mode: str) -> dict[str, str | int]:
        """What diagnose says in that mode, by key; its ``fault`` is "silent" where the program just ends."""
        truth = {key: self.promise[key] for key in ("fault", "signal", "access", "block_bytes", "offset_bytes")
                 if key in self.promise}  # fmt: skip
        row = str(self.promise.get(mode, ""))
        if not row:
            return truth
        fault, _, rest = row.partition(" ")
        if not rest:
            return {"fault": fault}
        assert fault == truth["fault"], f"{self.name}: {mode}: {row}"
        how, _, names = rest.partition(" ")
        for part in names.replace(",", " ").split():
            key, _, value = part.partition("=")
            if how == "without":
                truth.pop(key)
            else:
                truth[key] = int(value) if key in NUMBERS else value
        return truth

    def marked_lines(self, *markers: str) -> set[int]:
        """Numbers of the lines with one of the markers."""
        lines = enumerate(self.source.read_text().splitlines(), 1)
        return {number for number, line in lines if any(f"/* {marker} */" in line for marker in markers)}


def load(source: Path) -> Program:
    """Reads a head comment; an unknown key is an error, so that a typing mistake can't switch a check off."""
    promise: dict[str, str | int] = {}
    classes: dict[str, dict[str, int]] = {}
    evidence = []
    for key, value in _ROW.findall(source.read_text().split("*/")[0]):
        if key == "evidence":
            evidence.append(value)
        elif key in CLASSES:
            match = _SUM.match(value)
            assert match, f"{source}: {key}: {value}"
            classes[key] = {"count": int(match[1]), "bytes": int(match[2])}
        else:
            assert key in TEXTS | NUMBERS, f"{source}: unknown key {key}"
            promise[key] = int(value) if key in NUMBERS else value
    if classes:
        classes = {name: {"count": 0, "bytes": 0} for name in CLASSES[:3]} | classes
    kind = source.parent.name
    assert kind == "clean" or (classes if kind == "leak" else "fault" in promise), f"{source} promises nothing"
    return Program(source, promise, tuple(evidence), classes)


def programs(*kinds: str) -> list[Program]:
    """All programs of these kinds, by name."""
    found = [path for kind in kinds for path in (HERE / kind).iterdir() if path.suffix in (".c", ".cpp")]
    return [load(path) for path in sorted(found)]


def build(program: Program, target: Path, *more: str) -> Path:
    """Compiles and links; ``more`` flags come last."""
    is_cpp = program.source.suffix == ".cpp"
    flags = [flag.replace("gnu11", "gnu++17") if is_cpp else flag for flag in FLAGS]
    command = ["g++" if is_cpp else "gcc", *flags, *str(program.promise.get("compile", "")).split(), *more]
    command += ["-o", str(target), str(program.source)]
    if program.is_static and not more:
        command += [str(LIBRARY.with_suffix(".a")), "-static"]
    subprocess.run(command, check=True, timeout=60)
    return target
