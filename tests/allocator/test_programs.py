"""Every program of programs/, in every way to come to our allocator: exact faults, blocks, lines, and endings."""

from __future__ import annotations

from pathlib import Path

import fault_program
import pytest

SOURCES = sorted(path for path in (Path(__file__).parent / "programs").iterdir() if path.suffix in (".c", ".cpp"))


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


def test_there_are_programs():
    assert len(SOURCES) >= 60
