"""The program frees one block twice at the same instant: cases/races.c."""

from __future__ import annotations

import subprocess
from pathlib import Path

import fault_program
import ft_report
import pytest

SOURCE = Path(__file__).parent / "cases" / "races.c"
OPTION_SETS = [
    {},
    {"FtMallocScribble": "1"},
    {"FtMallocStackLogging": "1"},
    {"FtMallocRedzone": "1"},
    {"FtMallocQuarantine": "1M"},
    {"FtMallocGuard": "all"},
    {"FtMallocGuard": "1000"},
    {"FtMallocDebug": "1", "FtMallocErrorAbort": "0"},
    {"FtMallocDebug": "1", "FtMallocErrorAbort": "0", "FtMallocGuard": "all"},
]


@pytest.fixture(scope="module")
def program(library, tmp_path_factory):
    target = tmp_path_factory.mktemp("races") / "races"
    fault_program.build(SOURCE, target, library, "shared", [])
    return target


@pytest.mark.parametrize("options", OPTION_SETS, ids=lambda options: "+".join(options) or "plain")
@pytest.mark.parametrize("case", ["free_by_two_threads_at_once", "realloc_by_two_threads_at_once"])
def test_it_is_a_double_free_and_nothing_else(program, case, options):
    done = subprocess.run([program, case], env=options, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr
    reports, rest = ft_report.read_reports(done.stderr)
    assert rest == [] and {report.kind for report in reports} <= {"double-free"}, done.stderr
    assert reports or options in ({}, {"FtMallocGuard": "1000"}), "with a switch on, every one is seen"
