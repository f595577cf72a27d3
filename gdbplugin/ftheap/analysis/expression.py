"""The filter language of ``find``, parsed into a tree of tests.

    expression = term {"or" term}          term = factor {"and" factor}
    factor     = "not" factor | "(" expression ")" | test
    test       = ("size" | "address" | "zone" | "thread") comparison VALUE
               | ("state" | "type" | "class") ("=" | "!=") NAME
               | ("string" | "bytes" | "stack") "TEXT" | "pointer" ADDR

Comparisons are = == != < <= > >=; && || ! stand for and, or, not. Sizes take k, M, G. ADDR is any expression of the
debugger without spaces, or one in parentheses. bytes takes hexadecimal digits, stack a regular expression.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import Callable

from ..errors import UsageError
from ..model.heap import State, ZoneType
from .mark import LeakClass

_TOKEN = re.compile(
    r"""\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\(|\)|&&|\|\||==|!=|<=|>=|[=<>!]|[^\s()=<>!&|"']+|[&|])"""
)
_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+|[0-9]+)([kKmMgG]?)(?:[iI]?[bB])?")
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_WORDS = {"&&": "and", "||": "or", "!": "not"}
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq, "==": operator.eq, "!=": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
NUMBERS = ("size", "address", "zone", "thread")
NAMES = {"state": State, "type": ZoneType, "class": LeakClass}
CONTENTS = ("string", "bytes", "stack", "pointer")
_FIELDS = (*NUMBERS, *NAMES, *CONTENTS)
DEPTH_MAX = 50


@dataclass(frozen=True)
class Test:
    """A leaf. ``value``: a number, a member of the field's enumeration, bytes, or a compiled pattern."""

    field: str
    compare: Callable[[int, int], bool]
    value: object


@dataclass(frozen=True)
class Junction:
    """``kind``: and, or (two parts or more), not (one)."""

    kind: str
    parts: tuple[Test | Junction, ...]


Expression = Test | Junction


def parse(text: str, evaluate: Callable[[str], int]) -> Expression:
    """The tree of ``text``; ``evaluate`` turns an ADDR into a number. Raises UsageError, one line."""
    return _Parser(text, evaluate).whole()


def fields_of(expression: Expression) -> set[str]:
    """The fields that the expression looks at."""
    if isinstance(expression, Test):
        return {expression.field}
    return set().union(*(fields_of(part) for part in expression.parts))


class _Parser:
    def __init__(self, text: str, evaluate: Callable[[str], int]):
        self.text, self.evaluate = text, evaluate
        self.tokens: list[str] = []
        self.spans: list[tuple[int, int]] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                raise UsageError(f"find: a quote is not closed in {text[position:].strip()!r}")
            self.tokens.append(match.group(1))
            self.spans.append(match.span(1))
            position = match.end()
        self.index = self.depth = 0

    def peek(self) -> str:
        token = self.tokens[self.index] if self.index < len(self.tokens) else ""
        return _WORDS.get(token, token)

    def take(self) -> str:
        token = self.peek()
        self.index += 1
        return token

    def fail(self, wanted: str) -> UsageError:
        found = f"{self.tokens[self.index]!r}" if self.index < len(self.tokens) else "the end"
        return UsageError(f"find: expected {wanted}, found {found}")

    def whole(self) -> Expression:
        if not self.tokens:
            raise UsageError("find needs an expression, such as: size >= 1k and state = freed")
        expression = self.junction("or")
        if self.index < len(self.tokens):
            raise self.fail("'and', 'or' or the end")
        return expression

    def junction(self, kind: str) -> Expression:
        parts = [self.junction("and") if kind == "or" else self.factor()]
        while self.peek() == kind:
            self.take()
            parts.append(self.junction("and") if kind == "or" else self.factor())
        return parts[0] if len(parts) == 1 else Junction(kind, tuple(parts))

    def factor(self) -> Expression:
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise UsageError(f"find: more than {DEPTH_MAX} levels of 'not' and parentheses")
        try:
            if self.peek() == "not":
                self.take()
                return Junction("not", (self.factor(),))
            if self.peek() == "(":
                self.take()
                inner = self.junction("or")
                if self.peek() != ")":
                    raise self.fail("')'")
                self.take()
                return inner
            return self.test()
        finally:
            self.depth -= 1

    def test(self) -> Test:
        name = self.peek()
        if name not in _FIELDS:
            raise self.fail(f"one of {', '.join(_FIELDS)}")
        self.take()
        if name in CONTENTS:
            if self.peek() in ("=", "=="):
                self.take()
            return Test(name, operator.eq, self.content(name))
        if self.peek() not in _COMPARE:
            raise self.fail(f"a comparison behind {name}: = != < <= > >=")
        sign = self.take()
        if name in NAMES and sign not in ("=", "==", "!="):
            raise UsageError(f"find: {name} can be = or !=, not {sign}")
        return Test(name, _COMPARE[sign], self.number(name) if name in NUMBERS else self.member(name))

    def member(self, name: str) -> int:
        members = {member.name.lower(): member for member in NAMES[name]}
        value = members.get(self.peek().lower())
        if value is None:
            raise self.fail(f"a {name}: {', '.join(members)}")
        self.take()
        return value

    def number(self, name: str) -> int:
        if name in ("address", "zone"):
            return self.address()
        match = _NUMBER.fullmatch(self.peek())
        if match is None:
            raise self.fail(f"a number behind {name}, such as 64 or 4k")
        self.take()
        return int(match.group(1), 0 if match.group(1)[:2] in ("0x", "0X") else 10) * _UNITS[match.group(2).lower()]

    def address(self) -> int:
        """The text of one word, or of a whole parenthesis, given to the debugger."""
        if self.index >= len(self.tokens):
            raise self.fail("an address")
        start, end = self.spans[self.index]
        depth = 0
        while self.index < len(self.tokens):
            token_start, token_end = self.spans[self.index]
            token = self.tokens[self.index]
            if depth == 0 and token_start > end or depth == 0 and token == ")":
                break
            depth += (token == "(") - (token == ")")
            end = token_end
            self.index += 1
        return self.evaluate(self.text[start:end])

    def content(self, name: str) -> object:
        if name == "pointer":
            return self.address()
        token = self.peek()
        if not token or token in ("(", ")"):
            raise self.fail(f"a text in quotes behind {name}")
        text = token[1:-1] if token[0] in "\"'" else token
        if name == "string":
            self.take()
            if not text:
                raise UsageError("find: the string is empty")
            return _unescape(text)
        if name == "bytes":
            digits = text.replace(" ", "").removeprefix("0x")
            if not digits or len(digits) % 2 or not re.fullmatch("[0-9a-fA-F]+", digits):
                raise self.fail("pairs of hexadecimal digits behind bytes, such as \"de ad be ef\"")
            self.take()
            return bytes.fromhex(digits)
        self.take()
        try:
            return re.compile(text)
        except re.error as error:
            raise UsageError(f"find: {text!r} is no regular expression: {error}") from None


def _unescape(text: str) -> bytes:
    return re.sub(rb"\\(.)", rb"\1", text.encode("utf-8", "surrogateescape"))
