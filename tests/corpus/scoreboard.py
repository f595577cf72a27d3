#!/usr/bin/python3
"""The corpus under ftmalloc in each mode, and under gcc's ASan with LSan and valgrind, where these are installed.

tests/corpus/scoreboard.py [NAME...]: a table of what each stops and calls by its right name, then what a peer finds
and we don't, program by program. NAMEs choose programs that hold them in their path.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "gdb"))  # inferiors.py; pytest has it by conftest.py
from corpus_peers import PEERS, Verdict, is_installed
from corpus_programs import CLASSES, MODES, Program, programs
from corpus_runs import Run, in_parallel, run_all

QUESTIONS = {"heap": ("ftmalloc diagnose -json",), "crash": ("ftmalloc diagnose -json",), "leak": ("leak-check -json",)}
KINDS = {
    "heap": ("heap bugs", "stopped", "right name"),
    "crash": ("other crashes", "stopped", "right name"),
    "leak": ("leaks", "classes exact", ""),
    "clean": ("clean", "silent", ""),
}
_NAMED_ALIKE = {("heap-buffer-underflow", "heap-buffer-overflow")}  # peers have one name for both
Verdicts = dict[tuple[str, str], Verdict]  # by tool and program


def ours(chosen: list[Program], folder: Path) -> Verdicts:
    modes = {program: ["plain", "debug"] if program.kind == "leak" else list(MODES) for program in chosen}
    return {(run.mode, run.program.name): _verdict(run) for run in run_all(modes, folder, QUESTIONS)}


def _verdict(run: Run) -> Verdict:
    assert not run.failure, run.failure
    if run.program.kind == "leak":
        return Verdict("silent", {name: run.answers[0][name] for name in CLASSES[:3]} if run.answers else {})
    return Verdict(run.fault)


def theirs(chosen: list[Program], folder: Path) -> Verdicts:
    tools = [name for name in PEERS if is_installed(name)]

    def judge(case: tuple[str, Program]) -> Verdict | None:
        tool, program = case
        place = folder / tool.replace("/", "-") / program.name
        place.mkdir(parents=True)
        return PEERS[tool](program, place)

    cases = [(tool, program) for tool in tools for program in chosen]
    verdicts = in_parallel(judge, cases)
    return {(tool, program.name): said for (tool, program), said in zip(cases, verdicts) if said is not None}


def is_right(program: Program, said: Verdict, by_peer: bool) -> bool:
    """True for the right name of a fault, or exact sums of what is lost; peers without a class are not asked for it."""
    if program.kind == "leak":
        return all(said.sums[name] == program.classes[name] for name in CLASSES[:3] if name in said.sums)
    truth = str(program.promise.get("fault", "silent"))
    return said.fault == truth or by_peer and (truth, said.fault) in _NAMED_ALIKE


def table(chosen: list[Program], said: Verdicts) -> list[str]:
    tools = list(dict.fromkeys(tool for tool, _ in said))
    rows = [f"{'':28}" + "".join(f"{tool:>11}" for tool in tools)]
    for kind, (title, *columns) in KINDS.items():
        members = [program for program in chosen if program.kind == kind]
        for column in filter(None, columns):
            counts = [_count(members, said, tool, column) for tool in tools]
            label = f"{len(members)} {title}, {column}"
            rows.append(f"{label:28}" + "".join(f"{count:>11}" for count in counts))
    return rows


def _count(members: list[Program], said: Verdicts, tool: str, column: str) -> str:
    verdicts = [(program, said.get((tool, program.name))) for program in members]
    known = [(program, verdict) for program, verdict in verdicts if verdict is not None]
    if not known:
        return "-"
    if column == "stopped":
        return str(sum(verdict.fault != "silent" for _, verdict in known))
    return str(sum(is_right(program, verdict, tool in PEERS) for program, verdict in known))


def missed(chosen: list[Program], said: Verdicts) -> list[str]:
    """What a peer is right about and our best mode is not."""
    by_program: defaultdict[str, list[str]] = defaultdict(list)
    for program in chosen:
        best = [said.get((mode, program.name)) for mode in MODES]
        if any(verdict is not None and is_right(program, verdict, False) for verdict in best):
            continue
        for tool in PEERS:
            verdict = said.get((tool, program.name))
            if verdict is not None and is_right(program, verdict, True):
                by_program[program.name].append(tool)
    return [f"  {name}: {', '.join(tools)}" for name, tools in by_program.items()] or ["  nothing"]


def differences(chosen: list[Program], said: Verdicts) -> list[str]:
    """Each wrong or missing answer of a peer, and of our debug mode."""
    rows = []
    for program in chosen:
        for tool in (*PEERS, "debug"):
            verdict = said.get((tool, program.name))
            if verdict is not None and not is_right(program, verdict, tool in PEERS):
                what = verdict.sums if program.kind == "leak" else verdict.fault
                truth = program.classes if program.kind == "leak" else program.promise.get("fault", "silent")
                rows.append(f"  {program.name}: {tool} says {what}, it is {truth}")
    return rows


def main(names: list[str]) -> None:
    verbose = "-v" in names
    names = [name for name in names if name != "-v"]
    chosen = [one for one in programs(*KINDS) if not names or any(name in one.name for name in names)]
    folder = Path(tempfile.mkdtemp(prefix="scoreboard"))
    try:
        said = {**ours(chosen, folder / "ours"), **theirs(chosen, folder / "theirs")}
    finally:
        shutil.rmtree(folder)
    print("\n".join(table(chosen, said)))
    print("a peer is right, and none of our modes:", *missed(chosen, said), sep="\n")
    if verbose:
        print("wrong or missing:", *differences(chosen, said), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
