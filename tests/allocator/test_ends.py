"""FtLeaks and FtMallocExitCode, whichever way a process ends: cases/ends.c."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import fault_program
import pytest

SOURCE = Path(__file__).parent / "cases" / "ends.c"
HEAD = re.compile(r"==(\d+)==FtLeaks: (\d+) blocks?, (\d+) bytes? not freed( at exec)?")
# Status, and the lists that must come, by their last words. Whatever is not here ends with status 0 and one list.
ENDS = {
    "exit_at_once": (3, [""]),
    "exit_at_once_by_its_c_name": (3, [""]),
    "exit_quickly": (3, [""]),
    "exit_at_once_in_an_exit_handler": (3, [""]),
    "exit_at_once_in_a_signal_handler": (3, [""]),
    "child_of_fork_exits": (0, ["", ""]),
    "nobody_reads_standard_error": (0, []),
}
ERRONEOUS = "become_another_after_a_reported_error"
NOTHING = "exit_with_nothing_kept"
THREADED = {"exit_at_once_while_threads_allocate", "exit_at_once_from_a_signal_inside_malloc"}
NAMES = re.findall(r"^CASE\((\w+)\)", SOURCE.read_text(), re.MULTILINE)


@pytest.fixture(scope="module", params=["preload", "static"])
def program(request, library, tmp_path_factory):
    """The program, and the environment that brings it our allocator."""
    target = tmp_path_factory.mktemp("ends") / "ends"
    fault_program.build(SOURCE, target, library, request.param, [])
    return target, {"LD_PRELOAD": str(library)} if request.param == "preload" else {}


def run(program, case: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    target, environment = program
    return subprocess.run(
        [target, case], env={"PATH": "/usr/bin:/bin", **environment, **variables}, cwd=folder, capture_output=True,
        text=True, timeout=20,
    )


def heads(done: subprocess.CompletedProcess[str]) -> list[re.Match[str]]:
    return [HEAD.fullmatch(line) for line in done.stderr.splitlines() if "FtLeaks" in line]


@pytest.fixture(scope="module")
def kept_by_the_runtime(program, tmp_path_factory) -> tuple[int, int, int]:
    """Blocks, bytes and groups that are listed for a program that has kept nothing: libgcc 13 and later registers the
    unwind tables of a static program in two blocks, and that after us."""
    done = run(program, NOTHING, tmp_path_factory.mktemp("nothing"), FtLeaks="1")
    if not (listed := heads(done)):
        return 0, 0, 0
    return int(listed[0][2]), int(listed[0][3]), len(done.stderr.splitlines()) - 1


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {*THREADED, ERRONEOUS, NOTHING}])
def test_leaks_are_listed_once_at_the_end(program, kept_by_the_runtime, tmp_path, name):
    becomes = [" at exec"] if name.startswith("become_") and name != "become_nothing" else [""]
    status, lists = ENDS.get(name, (0, becomes))
    done = run(program, name, tmp_path, FtLeaks="1")
    assert done.returncode == status, done.stderr
    blocks, size_bytes, groups = kept_by_the_runtime
    expected = [(str(2 + blocks), str(142 + size_bytes), end) for end in lists]
    assert [(match[2], match[3], match[4] or "") for match in heads(done)] == expected
    assert len(done.stderr.splitlines()) == (3 + groups) * len(lists), done.stderr


@pytest.mark.parametrize("name", sorted(THREADED))
@pytest.mark.parametrize("options", [{}, {"FtMallocDebug": "1"}, {"FtMallocStackLogging": "1"}], ids=" ".join)
def test_end_amid_allocations_is_quick_and_said_once(program, tmp_path, name, options):
    done = run(program, name, tmp_path, FtLeaks="1", **options)
    assert done.returncode == 3, done.stderr
    assert done.stderr.count("FtLeaks:") == 1 and "ERROR" not in done.stderr


@pytest.mark.parametrize("name", ["exit_at_once", "exit_quickly", "child_of_fork_exits_at_once"])
def test_exit_code_tells_of_leaks(program, tmp_path, name):
    assert run(program, name, tmp_path, FtLeaks="1", FtMallocExitCode="77").returncode == 77
    assert run(program, name, tmp_path, FtMallocExitCode="77").returncode == ENDS.get(name, (0, []))[0]


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("become_") and name != "become_nothing"])
def test_exec_comes_about_whatever_was_found_before(program, kept_by_the_runtime, tmp_path, name):
    """The exit status is the new program's: of the old one only the list and the reports tell."""
    done = run(program, name, tmp_path, FtLeaks="1", FtMallocExitCode="77", FtMallocRedzone="1")
    assert done.returncode == 0, done.stderr
    blocks, size_bytes, _ = kept_by_the_runtime
    head = f"FtLeaks: {2 + blocks} blocks, {142 + size_bytes} bytes not freed at exec"
    assert done.stderr.count(head) == 1
    assert done.stderr.count("ERROR") == (name == ERRONEOUS)


@pytest.mark.parametrize("script, lists", [
    ("/bin/true; /bin/true | /bin/true; x=$(/bin/true); (/bin/true); true", ["sh", *5 * ["true"]]),
    ("exec nice env /bin/true", ["sh at exec", "nice at exec", "env at exec", "true"]),
])
def test_each_program_of_a_script_lists_its_own_once(library, tmp_path, script, lists):
    """A fork that becomes another program tells nothing of its parent's blocks."""
    variables = {"PATH": "/usr/bin:/bin", "LD_PRELOAD": str(library), "FtLeaks": "1", "FtMallocExitCode": "77"}
    done = subprocess.run(["sh", "-c", script], env=variables, cwd=tmp_path, capture_output=True, text=True, timeout=20)
    heads = [match[4] or "" for match in map(HEAD.match, done.stderr.splitlines()) if match]
    assert sorted(heads) == sorted(name.partition(" ")[2] and " at exec" for name in lists), done.stderr
    assert done.returncode == (0 if script.startswith("exec") else 77)
