"""Switches: which values are on, malformed ones, where reports go, what FtLeaks and show_alloc_mem print."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import fault_program
import ft_report
import pytest

CASES = Path(__file__).parent / "cases" / "options.c"


@pytest.fixture(scope="session")
def program(library, tmp_path_factory):
    target = tmp_path_factory.mktemp("options") / "options"
    fault_program.build(CASES, target, library, "shared", [])
    return target


def run(program: Path, case: str, environment: dict[str, str] | None = None, **more) -> subprocess.CompletedProcess:
    return subprocess.run(
        [program, case], env=environment or {}, capture_output=True, text=True, timeout=20, **more
    )


@pytest.mark.parametrize("value, on", [
    ("1", True), ("yes", True), ("on", True), ("anything", True), ("2", True), ("00", True),
    ("", False), ("0", False), ("off", False), ("no", False), ("false", False), ("OFF", False), ("False", False),
])
def test_values_of_a_switch(program, value, on):
    done = run(program, "is_scribbled", {"FtMallocScribble": value})
    assert (done.stdout, done.stderr, done.returncode) == ("yes\n" if on else "no\n", "", 0)


def test_switches_are_read_when_the_loader_allocates_before_the_environment_is_set_up(program):
    done = run(program, "allocated_in_a_constructor", {"X": "y" * 5000, "FtMallocScribble": "1"})
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.parametrize("name, value, told", [
    ("FtMallocQuarantine", "much", "not a size (such as 64M) from 1 to 1099511627776; using 16777216"),
    ("FtMallocStackLogging", "99", "not a number from 1 to 32; using 16"),
    ("FtMallocGuard", "-1", "neither all nor a number from 1 to 1000000000; using 1"),
])
def test_a_malformed_value_is_one_line_and_the_default(program, name, value, told):
    done = run(program, "is_scribbled", {name: value})
    assert (done.stderr, done.returncode) == (f"ftmalloc: {name}={value}: {told}\n", 0)


def test_a_long_malformed_value_is_cut_and_told_all_the_same(program):
    done = run(program, "is_scribbled", {"FtMallocRedzone": "9" * 3000})
    assert done.stderr == f"ftmalloc: FtMallocRedzone={'9' * 64}: not a number from 1 to 65536; using 16\n"


@pytest.mark.parametrize("case", ["is_scribbled", "allocated_in_a_constructor"])
@pytest.mark.parametrize("length", [4095, 5000, 100000])
def test_a_switch_that_is_too_long_is_left_out_and_told(program, case, length):
    done = run(program, case, {"FtMallocReport": "y" * length, "FtMallocScribble": "1", "FtpServer": "z" * length})
    assert done.stderr == "ftmalloc: FtMallocReport: left out, the switches may have 4096 bytes in all\n"
    assert (done.stdout, done.returncode) == ("yes\n" if case == "is_scribbled" else "", 0)


def test_a_switch_that_is_spelled_wrong_is_said(program):
    done = run(program, "is_scribbled", {"FtMallocScribbel": "1", "FtMallocScribble": "1", "FtpServer": "elsewhere"})
    told = "ftmalloc: no switch has the name FtMallocScribbel; FtMallocHelp=1 lists them\n"
    assert (done.stdout, done.stderr) == ("yes\n", told)


def test_no_switch_no_word(program):
    done = run(program, "leak_some")
    assert (done.stdout, done.stderr) == ("stdio has a buffer of its own\n", "")


def test_leaks_are_listed_by_size(program):
    done = run(program, "leak_some", {"FtLeaks": "1"})
    lines = done.stderr.splitlines()
    assert re.fullmatch(r"==\d+==FtLeaks: 4 blocks, 2000242 bytes not freed", lines[0])
    assert [re.sub("0x[0-9a-f]+", "ADDRESS", line) for line in lines[1:]] == [
        "  1 block, 2000000 bytes: of size 2000000, at ADDRESS",
        "  2 blocks, 200 bytes: of size 100, the first at ADDRESS",
        "  1 block, 42 bytes: of size 42, at ADDRESS",
    ]
    assert done.returncode == 0


@pytest.mark.parametrize("lines, is_covered", [
    ("leak:leak_some", True), ("leak:^leak_s*e$", True), ("leak:*some", True), ("leak:ak_so", True),
    ("leak:/options$", True), ("# a comment\n\nleak:nobody\n  leak:main\r\n", True), ("leak:libftmalloc", False),
    ("leak:^some", False), ("leak:leak_som$", False), ("leak:LEAK", False), ("race:leak_some", False),
    ("#leak:leak_some", False), ("leak:", False), ("leak:l*x*e", False), ("", False),
])
def test_suppressions_have_the_form_of_leaksanitizer_s(program, tmp_path, lines, is_covered):
    rules = tmp_path / "rules"
    rules.write_text(lines)
    done = run(program, "leak_some", {"FtLeaks": "1", "FtLeaksSuppressions": str(rules), "FtMallocExitCode": "9"})
    amount = "0 blocks, 0 bytes" if is_covered else "4 blocks, 2000242 bytes"
    assert re.match(rf"==\d+==FtLeaks: {amount} not freed\n", done.stderr)
    assert done.returncode == (0 if is_covered else 9)


@pytest.fixture(scope="session")
def named(library, tmp_path_factory):
    target = tmp_path_factory.mktemp("named") / "named"
    fault_program.build(CASES.parent / "named_leaks.cpp", target, library, "shared", [])
    return target


def test_cplusplus_names_are_told_as_people_write_them(named):
    done = subprocess.run([named], env={"FtLeaks": "1", "FtMallocStackLogging": "1"}, capture_output=True, text=True)
    assert re.findall(r"#0 0x[0-9a-f]+ in (\S+)\+0x", done.stderr) == [
        "plain", "shop::(anonymous)::hidden::{lambda}::operator()", "shop::cart::add", "shop::cart::operator[]",
        "shop::cart::~cart", "shop::cart::cart",
    ]  # fmt: skip


@pytest.mark.parametrize("pattern, sizes", [
    ("shop::cart", {1, 2, 3, 4}), ("^shop::cart::cart$", {1}), ("cart::~", {2}), ("cart::operator[]", {3}),
    ("shop::*::add", {4}), ("hidden", {5}), ("^plain$", {6}), ("_ZN4shop4cartC", {1}), ("main", {1, 2, 3, 4, 5, 6}),
])  # fmt: skip
def test_suppressions_know_cplusplus_names(named, tmp_path, pattern, sizes):
    rules = tmp_path / "rules"
    rules.write_text(f"leak:{pattern}\n")
    options = {"FtLeaks": "1", "FtLeaksSuppressions": str(rules)}
    done = subprocess.run([named], env=options, capture_output=True, text=True)
    listed = {int(size) for size in re.findall(r"1 block, (\d) bytes? allocated at", done.stderr)}
    assert listed == {1, 2, 3, 4, 5, 6} - sizes


@pytest.mark.parametrize("count, is_covered", [(2000, True), (2000, False), (60000, True)])
def test_a_suppression_file_may_be_long(program, tmp_path, count, is_covered):
    rules = tmp_path / "rules"
    rules.write_text("".join(f"leak:nobody_{number}\n" for number in range(count)) + "leak:leak_some" * is_covered)
    done = run(program, "leak_some", {"FtLeaks": "1", "FtLeaksSuppressions": str(rules)})
    amount = "0 blocks, 0 bytes" if is_covered else "4 blocks, 2000242 bytes"
    assert re.match(rf"==\d+==FtLeaks: {amount} not freed\n", done.stderr)


@pytest.mark.parametrize("path", ["/dev/zero", "/etc"])
def test_suppressions_without_end_suppress_nothing(program, path):
    done = run(program, "nothing", {"FtLeaks": "1", "FtLeaksSuppressions": path})
    told = f"ftmalloc: FtLeaksSuppressions: cannot read {path}: no file, no memory, or more than 64 MB"
    assert done.stderr.startswith(told)


def test_suppressions_that_cannot_be_read_suppress_nothing(program):
    done = run(program, "nothing", {"FtLeaks": "1", "FtLeaksSuppressions": "/nonexistent"})
    assert done.stderr.startswith(
        "ftmalloc: FtLeaksSuppressions: cannot read /nonexistent; nothing is suppressed\n==")


def test_no_leak_is_said_too(program):
    done = run(program, "nothing", {"FtLeaks": "1"})
    assert re.fullmatch(r"==\d+==FtLeaks: 0 blocks, 0 bytes not freed\n", done.stderr)


def test_report_goes_to_a_file_with_the_process_id(program, tmp_path):
    done = run(program, "wrong_free", {"FtMallocReport": f"{tmp_path}/report.%p.txt"})
    assert done.stderr == ""
    (file,) = tmp_path.iterdir()
    assert re.fullmatch(r"report\.\d+\.txt", file.name)
    reports, rest = ft_report.read_reports(file.read_text())
    assert [report.kind for report in reports] == ["invalid-free"] and rest == []


def test_report_goes_to_a_descriptor(program):
    done = run(program, "wrong_free", {"FtMallocReport": "1"})
    reports, rest = ft_report.read_reports(done.stdout)
    assert [report.kind for report in reports] == ["invalid-free"] and rest == []
    assert done.stderr == ""


@pytest.mark.parametrize("target, name", [
    ("/nonexistent/report", "/nonexistent/report"), ("/", "/"), ("/dev/full", "/dev/full"), ("99", "descriptor 99"),
])
def test_report_that_cannot_go_to_its_target_goes_to_standard_error(program, target, name):
    done = run(program, "wrong_free", {"FtMallocReport": target})
    reports, rest = ft_report.read_reports(done.stderr)
    assert [report.kind for report in reports] == ["invalid-free"]
    assert rest == [
        f"ftmalloc: FtMallocReport: cannot write to {name}; reports go to standard error"
    ]


def test_report_to_a_file_that_may_not_grow_goes_to_standard_error(program, tmp_path):
    done = run(program, "wrong_free", {"FtMallocReport": f"{tmp_path}/report"},
               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)))  # fmt: skip
    reports, rest = ft_report.read_reports(done.stderr)
    assert ([report.kind for report in reports], len(rest), done.returncode) == (["invalid-free"], 1, 0)


@pytest.mark.parametrize("megabytes", [250, 150, 100, 60])
def test_a_small_address_space_gives_smaller_stores(program, megabytes):
    """Stacks and quarantine take an eighth each, and say so once; the program has the rest."""
    size_bytes = megabytes << 20
    done = run(program, "leak_some", {"FtMallocDebug": "1", "FtMallocQuarantine": "64M", "FtLeaks": "1"},
               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (size_bytes, size_bytes)))  # fmt: skip
    told, head, *rest = done.stderr.splitlines()
    assert told == (
        f"ftmalloc: the address space is limited to {size_bytes} bytes (ulimit -v): recorded stacks get "
        f"{size_bytes // 8} bytes, the quarantine {size_bytes // 8} bytes"
    )
    assert head.endswith("FtLeaks: 4 blocks, 2000242 bytes not freed") and any("leak_some" in line for line in rest)
    assert done.returncode == 0


@pytest.mark.parametrize("command", [["/bin/ls", "/"], ["/bin/sh", "-c", "ls /; true"], [sys.executable, "-SIc", ""]])
def test_programs_start_in_an_address_space_of_32_megabytes(library, command):
    done = subprocess.run(command, env={"LD_PRELOAD": str(library)}, capture_output=True, text=True, check=False,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (32 << 20, 32 << 20)))  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_closed_standard_error_does_no_harm(program):
    done = run(program, "wrong_free_with_standard_error_closed")
    assert (done.returncode, done.stderr) == (0, "")


def test_help_names_every_switch_and_the_program_runs_on(program):
    done = run(program, "is_scribbled", {"FtMallocHelp": "1"})
    names = re.findall(r"^  (Ft\w+) ", done.stderr, re.MULTILINE)
    assert {"FtLeaks", "FtMallocErrorAbort", "FtMallocScribble", "FtMallocReport", "FtMallocHelp"} <= set(names)
    assert done.stdout == "no\n"


def test_set_user_id_programs_ignore_all_switches(library, tmp_path):
    target = tmp_path / "program"
    fault_program.build(CASES, target, library, "static", [])
    assert run(target, "is_scribbled", {"FtMallocScribble": "1"}).stdout == "yes\n"
    if os.geteuid() != 0:
        return  # only root can give a program to another user
    os.chown(target, 65534, 65534)
    target.chmod(0o6755)
    assert run(target, "is_scribbled", {"FtMallocScribble": "1"}).stdout == "no\n"


def test_show_alloc_mem_prints_the_form_of_the_contract(program):
    before, plain, again, dump = run(program, "show").stdout.split("--\n")
    assert before == "" and plain == again, "in the order of what the program prints, also into a pipe"
    lines = plain.splitlines()
    heads = [line for line in lines if " - " not in line]
    assert [re.sub(r" : .*", "", line) for line in heads] == ["TINY", "SMALL", "LARGE", "Total"]
    for size in (42, 3725, 48847):
        (line,) = [line for line in lines if line.endswith(f" : {size} bytes") and " - " in line]
        start, end = re.fullmatch(r"(0x[0-9A-F]+) - (0x[0-9A-F]+) : \d+ bytes", line).groups()
        assert int(end, 16) - int(start, 16) == size
    blocks = [int(line.split()[-2]) for line in lines if " - " in line]
    assert heads[-1] == f"Total : {sum(blocks)} bytes"
    assert not any(line.endswith(" : 84 bytes") for line in lines)
    assert [line for line in dump.splitlines() if " - " in line or line in heads] == lines
    assert "|hexdump." in dump and "68 65 78 64 75 6d 70 00" in dump


@pytest.mark.parametrize("setting, told", [
    ("FtMallocStackLogging=abc", "not a number from 1 to 32; using 16"),
    ("FtMallocStackLogging=33", "not a number from 1 to 32; using 16"),
    ("FtMallocRedzone=-1", "not a number from 1 to 65536; using 16"),
    ("FtMallocCheckEach= 5", "not a number from 1 to 1000000000; using 1"),
    ("FtMallocHistory=1e6", "not a number from 1 to 16777216; using 4096"),
    ("FtMallocExitCode=256", "not a number from 1 to 255; using 1"),
    ("FtMallocQuarantine=1Q", "not a size (such as 64M) from 1 to 1099511627776; using 16777216"),
    ("FtMallocQuarantine=99999999999999999999G", "not a size (such as 64M) from 1 to 1099511627776; using 16777216"),
    ("FtMallocGuard=al", "neither all nor a number from 1 to 1000000000; using 1"),
])  # fmt: skip
def test_a_malformed_value_is_one_line(program, setting, told):
    name, value = setting.split("=")
    done = run(program, "is_scribbled", {name: value})
    assert (done.stderr, done.stdout, done.returncode) == (f"ftmalloc: {setting}: {told}\n", "no\n", 0)
