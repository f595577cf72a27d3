"""Programs of compared/: they print what the functions answer; the C library and we must print the same."""

from __future__ import annotations

import subprocess
from pathlib import Path

import fault_program
import pytest

SOURCES = sorted((Path(__file__).parent / "compared").iterdir())
SWITCHES = {
    "plain": {},
    "leaks": {"FtLeaks": "1", "FtMallocReport": "/dev/null"},
    "scribble": {"FtMallocScribble": "1", "FtMallocErrorAbort": "1"},
    "stacks": {"FtMallocStackLogging": "1", "FtMallocHistory": "1"},
    "debug": {"FtMallocDebug": "1"},
    "guard": {"FtMallocGuard": "all", "FtMallocErrorAbort": "1"},
}


@pytest.mark.parametrize("switches", SWITCHES)
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_answers_are_the_c_library_s(source, switches, library, tmp_path):
    program = tmp_path / source.stem
    fault_program.build(source, program, library, "preload", ["-std=c++17"] if source.suffix == ".cpp" else [])
    expected = subprocess.run([program], capture_output=True, text=True, timeout=30, env={})
    assert expected.returncode == 0 and expected.stdout, expected.stderr
    environment = {"LD_PRELOAD": str(library), **SWITCHES[switches]}
    done = subprocess.run([program], capture_output=True, text=True, timeout=30, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, expected.stdout, "")
