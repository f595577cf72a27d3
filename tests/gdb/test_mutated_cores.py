"""Core files broken at random, in real gdb: every command answers each, in one line or in whole, and gdb lives on.

One gdb opens core after core (ask_mutated.py), since its start would take most of the time. FT_MUTATED_CORES=1000
asks for more of them than a run of the suite has time for.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Iterator

import pytest
from inferiors import GDB, HERE, PLUGIN, crash

CORES = int(os.environ.get("FT_MUTATED_CORES", "24"))
PARTS = 2
PEAK_BYTES_MAX = 1 << 30
TEXT_CHARACTERS_MAX = 1 << 20
HANG_SECONDS = 30


@pytest.fixture(scope="module")
def whole(subject: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound core file with all that the debug layer records."""
    core, _ = crash(
        tmp_path_factory.mktemp("whole"), [subject, "crash", "threads"], FtMallocDebug="1", FtMallocHistory="1000"
    )
    return core


def reports(subject: Path, whole: Path, folder: Path, seeds: range) -> Iterator[dict[str, Any]]:
    """What gdb answered on each core; begins again behind one whose headers end gdb itself when it opens the file."""
    first = seeds.start
    while first < seeds.stop:
        done = subprocess.run(
            [*GDB, "-batch", "-ex", "set pagination off", "-ex", f"source {PLUGIN}",
             "-ex", f"source {HERE / 'ask_mutated.py'}", subject],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=HANG_SECONDS * len(seeds),
            env={**os.environ, "MUTATED_BASE": str(whole), "MUTATED_FOLDER": str(folder),
                 "MUTATED_FIRST": str(first), "MUTATED_END": str(seeds.stop)},
        )  # fmt: skip
        lines = [line for line in done.stdout.splitlines() if line.startswith(("SEED ", "OPENED", "REPORT "))]
        events = [line.partition(" ")[::2] for line in lines]
        assert events, done.stderr[-2000:]
        yield from (json.loads(text) for kind, text in events if kind == "REPORT")
        last = max(int(text) for kind, text in events if kind == "SEED")
        assert events[-1][0] != "OPENED", f"seed {last} ended gdb with {done.returncode}: {done.stderr[-2000:]}"
        first = last + 1


@pytest.mark.limit(60 + 10 * CORES)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_command_answers_on_every_broken_core(subject: Path, whole: Path, tmp_path: Path, part: int) -> None:
    share = CORES // PARTS
    opened = 0
    for report in reports(subject, whole, tmp_path, range(part * share, (part + 1) * share)):
        opened += 1
        assert report["peak_bytes"] < PEAK_BYTES_MAX, report["seed"]
        for answer in report["answers"]:
            where = report["seed"], answer["question"], answer["error"]
            assert "bug of the ftmalloc extension" not in answer["error"] and "Error:" not in answer["error"], where
            assert len(answer["error"].splitlines()) <= 1 and "no JSON" not in answer["error"], where
            assert answer["seconds"] < HANG_SECONDS, where
            assert answer["characters"] < TEXT_CHARACTERS_MAX and not answer["rows_too_wide"], where
            assert answer["has_findings"] is not False or answer["error"], where
    assert opened > share // 2, "most broken cores can still be opened"
