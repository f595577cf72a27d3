"""Every test of this ring runs once per mode of the allocator."""

from __future__ import annotations

import preload
import pytest


@pytest.fixture(params=list(preload.MODES))
def mode(request: pytest.FixtureRequest, library) -> str:
    """A set of switches, by name."""
    return request.param
