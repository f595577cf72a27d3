"""The annotations of the extension tell the truth: mypy checks them."""

from __future__ import annotations

import subprocess
import sys

from sources import PACKAGE, ROOT


def test_annotations_are_true(tmp_path) -> None:
    # attr-defined: mypy of Debian 12 does not see the modules of the packages that import them when asked (lazy.py).
    # gdb's own module has no annotations.
    command = [
        sys.executable, "-m", "mypy", "--python-version", "3.10", "--cache-dir", str(tmp_path), "--no-error-summary",
        "--ignore-missing-imports", "--disable-error-code", "attr-defined", str(PACKAGE),
    ]  # fmt: skip
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (found.stdout + found.stderr, found.returncode) == ("", 0)
