"""Named tuples and patterns of our own: they stand in for typing's and re's, and must do as those do."""

from __future__ import annotations

import copy
import re
import typing

import pytest
from ftheap.patterns import pattern
from ftheap.typed import NamedTuple, tuple_of


class Ours(NamedTuple):
    """Made by us."""

    first: int
    second: str = "two"
    third: tuple = ()

    @property
    def both(self):
        return self.first, self.second


class Theirs(typing.NamedTuple):
    """Made by Python."""

    first: int
    second: str = "two"
    third: tuple = ()


def test_a_named_tuple_is_like_that_of_python():
    for values, named in (((1,), {}), ((1, "b", (3,)), {}), ((), {"first": 1, "third": (2,)}), ((1,), {"second": "b"})):
        ours, theirs = Ours(*values, **named), Theirs(*values, **named)
        assert ours == theirs and ours._fields == theirs._fields and ours._asdict() == theirs._asdict()
        assert repr(ours) == repr(theirs).replace("Theirs", "Ours") and hash(ours) == hash(theirs)
        assert (ours.first, ours.second, ours.third) == tuple(theirs) and ours.both == tuple(theirs)[:2]
        assert ours._replace(first=9) == theirs._replace(first=9) and type(ours._replace(first=9)) is Ours
        assert copy.deepcopy(ours) == ours and not hasattr(ours, "__dict__")
    assert Ours._make([1, "b", ()]) == Theirs._make([1, "b", ()])


@pytest.mark.parametrize("kind", [Ours, Theirs])
def test_what_does_not_fit_is_refused(kind):
    for make in (kind, lambda: kind(1, 2, 3, 4), lambda: kind(fourth=4), lambda: kind._make([1])):
        with pytest.raises(TypeError):
            make()
    with pytest.raises((TypeError, ValueError)):
        kind(1)._replace(fourth=4)


def test_a_tuple_of_names():
    pair = tuple_of("pair", ["left", "right"])
    assert pair._make([1, 2]).right == 2 and repr(pair(1, right=2)) == "pair(left=1, right=2)"


def test_a_pattern_is_compiled_when_it_is_used():
    word = pattern(r"(\w+)!", re.IGNORECASE)
    assert word.search("so Hallo!")[1] == "Hallo" and word.sub("x", "a! b!") == "x x" and word.pattern == r"(\w+)!"
    broken = pattern("(")
    with pytest.raises(re.error):
        broken.match("")
