"""Which runs have slots in a range of addresses."""

from __future__ import annotations

import pytest
from ftheap.model.runs import Run, Runs

RUNS = Runs([Run(start, start + 0x1000, start + 0x40, 64, 60, 60, 0) for start in (0x1000, 0x2000, 0x4000)])


@pytest.mark.parametrize("start, end, expected", [
    (0x1800, 0x1900, [0x1000]), (0x1000, 0x1040, []), (0x1FFF, 0x2041, [0x1000, 0x2000]), (0x3000, 0x4000, []),
    (0, 0x10000, [0x1000, 0x2000, 0x4000]), (0x5000, 0x6000, []), (0, 0x1000, []),
])
def test_runs_between(start, end, expected):
    assert [run.start for run in RUNS.between(start, end)] == expected
