"""Every program of programs/, in every way to come to our allocator: exact faults, blocks, lines, and endings."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import fault_program
import ft_report
import pytest

SOURCES = sorted(path for path in (Path(__file__).parent / "programs").iterdir() if path.suffix in (".c", ".cpp"))


def has_stacks(source: Path) -> bool:
    """Not C++, whose exceptions need the tables."""
    promise = fault_program.read_promise(source)
    return source.suffix == ".c" and "preload" in promise.modes and bool(fault_program.marked_lines(source, "alloc"))


def cases():
    for source in SOURCES:
        promise = fault_program.read_promise(source)
        for mode in promise.modes:
            yield pytest.param(source, mode, id=f"{source.stem}-{mode}")


@pytest.mark.parametrize("source, mode", cases())
def test_program_is_judged_as_its_head_comment_says(source, mode, library, tmp_path):
    promise = fault_program.read_promise(source)
    program = tmp_path / source.stem
    fault_program.build(source, program, library, mode, promise.compile_flags)
    done = fault_program.run(program, library, mode, promise.options)
    fault_program.check_outcome(source, program, promise, done)


# How code may tell the way up its stack: by unwind tables alone, or by frame pointers alone.
FRAMES = {
    "tables": ["-fomit-frame-pointer"],
    "pointers": ["-fno-omit-frame-pointer", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables"],
}


@pytest.mark.parametrize("frames", FRAMES)
@pytest.mark.parametrize("source", [pytest.param(source, id=source.stem) for source in SOURCES if has_stacks(source)])
def test_stacks_are_whole_whatever_tells_the_way(source, frames, library, tmp_path):
    promise = fault_program.read_promise(source)
    program = tmp_path / source.stem
    fault_program.build(source, program, library, "preload", [*promise.compile_flags, *FRAMES[frames]])
    done = fault_program.run(program, library, "preload", promise.options)
    fault_program.check_outcome(source, program, promise, done)


DEPTH = ["innermost", "inner", "outer", "main"]
COMPILED = pytest.mark.parametrize(
    "flags", [["-O2", "-fomit-frame-pointer"], ["-O2", "-fno-omit-frame-pointer"], ["-O0"]], ids=" ".join
)


def stacks_of_deep(folder, library, mode, flags):
    program = folder / "deep"
    fault_program.build(Path(__file__).parent / "cases" / "deep.c", program, library, mode, flags)
    done = fault_program.run(program, library, mode, {"FtMallocDebug": "1", "FtMallocErrorAbort": "0"})
    (report,), rest = ft_report.read_reports(done.stderr)
    assert rest == []
    return {name: [frame.function for frame in frames][: len(DEPTH)] for name, frames in report.stacks.items()}


@pytest.mark.parametrize("mode", fault_program.MODES["static"])
@COMPILED
def test_stacks_go_up_to_main_however_the_program_is_built(mode, flags, library, tmp_path):
    stacks = stacks_of_deep(tmp_path, library, mode, flags)
    assert stacks == {"access": DEPTH, "allocated": DEPTH, "freed": DEPTH}


@pytest.mark.parametrize("mode", fault_program.MODES["static"])
@COMPILED
def test_the_stack_of_a_crash_goes_up_to_main_however_the_program_is_built(mode, flags, library, tmp_path):
    assert stacks_of_deep(tmp_path, library, mode, [*flags, "-DCRASHES"]) == {"access": DEPTH}


def test_stacks_are_whole_in_constructors_of_libraries_too(library, tmp_path):
    early = tmp_path / "libearly.so"
    flags = ["-O2", "-fomit-frame-pointer", "-shared", "-fPIC"]
    fault_program.build(Path(__file__).parent / "cases" / "early.c", early, library, "preload", flags)
    options = {"LD_PRELOAD": f"{library}:{early}", "FtLeaks": "1", "FtMallocStackLogging": "1"}
    done = subprocess.run(["/bin/true"], env=options, capture_output=True, text=True, timeout=20)
    assert re.findall(r"#\d 0x\w+ in (\w+)\+", done.stderr)[:3] == ["innermost", "inner", "outermost"], done.stderr


def test_there_are_programs():
    assert len(SOURCES) >= 150
