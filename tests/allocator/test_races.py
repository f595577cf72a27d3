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
UNSEEING = ({}, {"FtMallocGuard": "1000"})  # of which a thread may take what another one is at


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


def told(program, case, options, status=0):
    """The kinds of the reports of a run that ends with ``status``, and its standard error, which holds whole reports
    and nothing else."""
    done = subprocess.run([program, case], env=options, capture_output=True, text=True, timeout=50)
    assert done.returncode == status, done.stderr
    reports, rest = ft_report.read_reports(done.stderr)
    assert rest == [], done.stderr
    return {report.kind for report in reports}, done.stderr


@pytest.mark.parametrize("options", OPTION_SETS, ids=lambda options: "+".join(options) or "plain")
@pytest.mark.parametrize("case", ["free_by_two_threads_at_once", "realloc_by_two_threads_at_once"])
def test_it_is_a_double_free_and_nothing_else(program, case, options):
    kinds, text = told(program, case, options)
    assert kinds <= {"double-free"}, text
    assert kinds or options in UNSEEING, "with a switch on, every one is seen"


@pytest.mark.parametrize(
    "options", [options for options in OPTION_SETS if options not in UNSEEING], ids=lambda options: "+".join(options)
)
def test_each_is_told(program, options):
    assert told(program, "each_realloc_of_what_another_thread_has_is_told", options) == (set(), "")


@pytest.mark.parametrize("options", OPTION_SETS, ids=lambda options: "+".join(options) or "plain")
@pytest.mark.parametrize("case", ["threads_report_and_fork", "signal_handlers_report"])
def test_reports_beside_each_other_are_whole(reporters, case, options):
    kinds, text = told(reporters, case, options)
    assert kinds == {"double-free"}, text


def test_threads_that_crash_at_once_are_told_whole(reporters):
    options = {"FtMallocDebug": "1", "FtMallocErrorAbort": "0"}
    kinds, text = told(reporters, "threads_crash_while_others_report", options, status=-signal.SIGSEGV)
    assert "null-dereference" in kinds <= {"null-dereference", "double-free"}, text
