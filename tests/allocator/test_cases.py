"""The cases of cases/*.c, each in a process of its own, preloaded and linked, with and without switches."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import fault_program
import pytest

CASES = Path(__file__).parent / "cases"
OPTION_SETS = {
    "plain": {},
    "scribble": {"FtMallocScribble": "1", "FtMallocErrorAbort": "1"},
    "leaks": {"FtLeaks": "1", "FtMallocReport": "/dev/null"},
}


def case_names(program: str) -> list[str]:
    return re.findall(r"^CASE\((\w+)\)", (CASES / f"{program}.c").read_text(), re.MULTILINE)


@pytest.fixture(scope="session")
def built(library, tmp_path_factory):
    """Builds a program of cases once for each mode."""
    folder = tmp_path_factory.mktemp("cases")
    done: dict[tuple[str, str], Path] = {}

    def build(program: str, mode: str) -> Path:
        if (program, mode) not in done:
            target = folder / f"{program}_{mode}"
            fault_program.build(CASES / f"{program}.c", target, library, mode, [])
            done[program, mode] = target
        return done[program, mode]

    return build


def check(program: Path, library: Path, mode: str, case: str, options: dict[str, str]) -> None:
    environment = {"PATH": "/usr/bin:/bin", **options}
    if mode == "preload":
        environment["LD_PRELOAD"] = str(library)
    done = subprocess.run([program, case], env=environment, capture_output=True, text=True, timeout=50)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


@pytest.mark.parametrize("mode, options", [("shared", "plain"), ("static", "plain"), ("shared", "scribble")])
@pytest.mark.parametrize("case", case_names("api"))
def test_api(built, library, case, mode, options):
    check(built("api", mode), library, mode, case, OPTION_SETS[options])


def test_malloc_info_is_well_formed(built, library):
    done = subprocess.run([built("api", "shared"), "show_malloc_info"], capture_output=True, text=True, timeout=20)
    heaps = ElementTree.fromstring(done.stdout).findall("heap")
    assert [heap.get("type") for heap in heaps] == ["TINY", "SMALL", "LARGE"]
    for heap in heaps:
        assert int(heap.find("aspace[@type='total']").get("size")) >= int(heap.find("total[@type='live']").get("size"))


@pytest.mark.parametrize("mode", ["preload", "static"])
@pytest.mark.parametrize("case", case_names("reuse"))
def test_reuse(built, library, case, mode):
    check(built("reuse", mode), library, mode, case, {})


@pytest.mark.parametrize("options", [{}, {"FtMallocStackLogging": "1"}, {"FtMallocGuard": "all"}], ids=str)
@pytest.mark.parametrize("case", case_names("written_over"))
def test_written_over(built, library, case, options):
    options = {"FtMallocReport": "/dev/null", **options}
    check(built("written_over", "shared"), library, "shared", case, options)


@pytest.mark.parametrize(
    "mode, options", [("preload", "plain"), ("archive", "plain"), ("preload", "scribble"), ("preload", "leaks")]
)
@pytest.mark.parametrize("case", case_names("concurrency"))
def test_concurrency(built, library, case, mode, options):
    check(built("concurrency", mode), library, mode, case, OPTION_SETS[options])
