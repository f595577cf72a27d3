"""What `make demo`, `make test` and `make bench` do before anything else, as someone who is not root."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from sources import ROOT

NOBODY = 65534


@pytest.fixture
def install(tmp_path):
    """Runs a copy of setup/install as an ordinary user with a package list of our own."""
    folder = tmp_path / "setup"
    folder.mkdir()
    script = shutil.copy(ROOT / "setup" / "install", folder)
    for directory in (tmp_path.parent.parent, tmp_path.parent, tmp_path, folder):
        directory.chmod(0o755)

    def run(packages: str) -> subprocess.CompletedProcess:
        (folder / "demo.packages").write_text(packages)
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        return subprocess.run([script, "demo"], capture_output=True, text=True, timeout=50, **user)

    return run


def test_nothing_is_said_when_all_is_there(install):
    finished = install("# comment\n\ndpkg\nno-such-package-1|dpkg # the second name is installed\n")
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


def test_one_line_to_run_when_something_is_missing(install):
    finished = install("dpkg\nno-such-package-2\nno-such-package-3|no-such-package-4\n")
    assert finished.returncode == 2
    lines = finished.stderr.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("sudo sh -c 'apt-get update && apt-get install -y")
    assert lines[1].endswith(" no-such-package-2 no-such-package-3'")


@pytest.mark.parametrize("target", ["demo", "test", "bench"])
def test_make_target_sets_up_first(target):
    recipe = (ROOT / "Makefile").read_text().split(f"\n{target}: ")[1].split("\n\n")[0].splitlines()
    assert recipe[1].strip() == f"@setup/install {target}"
    assert (ROOT / "setup" / f"{target}.packages").read_text().strip()


def test_no_package_starts_a_server():
    """redis-tools brings the server's binary without the service, which redis-server would start at once."""
    lines = "".join(path.read_text() for path in (ROOT / "setup").glob("*.packages")).splitlines()
    names = {line.split("#")[0].strip() for line in lines}
    assert "gdb" in names
    assert names.isdisjoint({"redis-server", "redis", "nginx", "nginx-light", "apache2"})
