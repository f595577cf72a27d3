"""Faults at the same instant: one block freed by two threads (cases/races.c), reports beside each other
(cases/reporters.c)."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import fault_program
import ft_report
import pytest

CASES = Path(__file__).parent / "cases"
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
    fault_program.build(CASES / "races.c", target, library, "shared", [])
    return target


@pytest.fixture(scope="module")
def reporters(library, tmp_path_factory):
    target = tmp_path_factory.mktemp("reporters") / "reporters"
    fault_program.build(CASES / "reporters.c", target, library, "shared", [])
    return target


@pytest.mark.parametrize("options", OPTION_SETS, ids=lambda options: "+".join(options) or "plain")
@pytest.mark.parametrize("case", ["free_by_two_threads_at_once", "realloc_by_two_threads_at_once"])
def test_it_is_a_double_free_and_nothing_else(program, case, options):
    done = subprocess.run([program, case], env=options, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr
    reports, rest = ft_report.read_reports(done.stderr)
    assert rest == [] and {report.kind for report in reports} <= {"double-free"}, done.stderr
    assert reports or options in ({}, {"FtMallocGuard": "1000"}), "with a switch on, every one is seen"


@pytest.mark.parametrize("options", OPTION_SETS, ids=lambda options: "+".join(options) or "plain")
@pytest.mark.parametrize("case", ["threads_report_and_fork", "signal_handlers_report"])
def test_reports_beside_each_other_are_whole(reporters, case, options):
    done = subprocess.run([reporters, case], env=options, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr
    reports, rest = ft_report.read_reports(done.stderr)
    assert rest == [] and {report.kind for report in reports} == {"double-free"}, done.stderr


def test_threads_that_crash_at_once_are_told_whole(reporters):
    options = {"FtMallocDebug": "1", "FtMallocErrorAbort": "0"}
    done = subprocess.run(
        [reporters, "threads_crash_while_others_report"], env=options, capture_output=True, text=True, timeout=50
    )
    assert done.returncode == -signal.SIGSEGV, done.stderr
    reports, rest = ft_report.read_reports(done.stderr)
    kinds = {report.kind for report in reports}
    assert rest == [] and "null-dereference" in kinds <= {"null-dereference", "double-free"}, done.stderr
