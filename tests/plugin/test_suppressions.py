"""Patterns of suppression files mean what they mean to LeakSanitizer."""

from __future__ import annotations

import pytest
from ftheap.analysis.suppressions import compile_pattern, matches


@pytest.mark.parametrize("pattern, name, expected", [
    ("node", "make_node_of", True), ("a*z", "xabcdzx", True), ("a*z", "za", False), ("^make", "make_node", True),
    ("^node", "make_node", False), ("node$", "make_node", True), ("make$", "make_node", False), ("a.c", "abc", False),
    ("^a*b*c$", "a1b2c", True), ("^a*b*c$", "a1c2b", False), ("*", "", True),
])
def test_a_pattern(pattern, name, expected):
    assert matches([compile_pattern(pattern)], [name]) == expected
