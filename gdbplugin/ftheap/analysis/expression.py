"""The filter language of ``find``, parsed into a tree of tests. The tests are the table of find_language.

    expression = term {"or" term}          term = factor {"and" factor}
    factor     = "not" factor | "(" expression ")" | test
    test       = NAME comparison VALUE | NAME ["="] VALUE

Comparisons are = == != < <= > >=; && || ! stand for and, or, not.
"""

from __future__ import annotations

import fnmatch
import operator
import re

from ..errors import UsageError
from ..patterns import pattern
from ..typed import Any, Callable, NamedTuple
from .find_language import FIELDS, Field

_TOKEN = pattern(
    r"""\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\(|\)|&&|\|\||==|!=|<=|>=|[=<>!]|[^\s()=<>!&|"']+|[&|])"""
)
_NUMBER = pattern(r"(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20})")
_BYTES = pattern(r"(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20})([kKmMgG]?)(?:[iI]?[bB])?")
_TIME = pattern(r"([0-9]{1,20}(?:\.[0-9]{1,9})?)(ns|us|ms|s|m|h|)")
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_NANOSECONDS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_WORDS = {"&&": "and", "||": "or", "!": "not"}
_TAG = pattern(r"\b(struct|union|class|enum) ")
Compare = Callable[[Any, Any], bool]
_COMPARE: dict[str, Compare] = {
    "=": operator.eq, "==": operator.eq, "!=": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
DEPTH_MAX = 50


class Test(NamedTuple):
    """A leaf. ``value``: a number, a member of the field's enumeration, bytes, or a compiled pattern."""

    field: Field
    compare: Compare
    value: Any


class Junction(NamedTuple):
    """``kind``: and, or (two parts or more), not (one)."""

    kind: str
    parts: tuple[Test | Junction, ...]


Expression = Test | Junction


def parse(text: str, evaluate: Callable[[str], int]) -> Expression:
    """The tree of ``text``; ``evaluate`` turns an ADDR into a number. Raises UsageError, one line."""
    return _Parser(text, evaluate).whole()


def going_on(text: str) -> list[str]:
    """Words that may follow ``text``, the beginning of an expression; [] where a value of its own may."""
    before, last = ["", "", *(_WORDS.get(token, token) for token in _TOKEN.findall(text))][-2:]
    if last in _COMPARE:
        members = FIELDS[before].members if before in FIELDS else None
        return [member.name.lower() for member in members or ()]
    if last in ("", "and", "or", "not", "("):
        return [*FIELDS, "not"]
    if last in FIELDS:
        equals = ["=", "!="] if FIELDS[last].compares or FIELDS[last].members else []
        return equals + ["<", "<=", ">", ">="] if FIELDS[last].compares else equals
    return ["and", "or"]


def tests_of(expression: Expression) -> list[Test]:
    """All leaves."""
    if isinstance(expression, Test):
        return [expression]
    return [test for part in expression.parts for test in tests_of(part)]


def plain_type(name: str) -> str:
    """A type's name without its tag and blanks, as names are compared."""
    return _TAG.sub("", " ".join(name.split())).replace(" *", "*")


class _Parser:
    def __init__(self, text: str, evaluate: Callable[[str], int]):
        self.text, self.evaluate = text, evaluate
        self.tokens: list[str] = []
        self.spans: list[tuple[int, int]] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                start = len(text) - len(text[position:].lstrip())
                raise UsageError(f"find: a quote is not closed in {text[start:]!r}, column {start + 1}")
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

    def column(self) -> int:
        """Where the next token begins; counted from 1."""
        return (self.spans[self.index][0] if self.index < len(self.spans) else len(self.text.rstrip())) + 1

    def fail(self, wanted: str) -> UsageError:
        found = f"{self.tokens[self.index]!r}" if self.index < len(self.tokens) else "the end"
        return UsageError(f"find: expected {wanted}, found {found} at column {self.column()}")

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
            raise UsageError(f"find: more than {DEPTH_MAX} levels of 'not' and parentheses at column {self.column()}")
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
        field = FIELDS.get(self.peek())
        if field is None:
            raise self.fail(f"one of {', '.join(FIELDS)}")
        self.take()
        if not field.compares and field.members is None:
            if self.peek() in ("=", "=="):
                self.take()
            return Test(field, operator.eq, self.value(field))
        if self.peek() not in _COMPARE:
            raise self.fail(f"a comparison behind {field.name}: {'= != < <= > >=' if field.compares else '= or !='}")
        if not field.compares and self.peek() not in ("=", "==", "!="):
            raise UsageError(f"find: {field.name} can be = or !=, not {self.peek()}, at column {self.column()}")
        return Test(field, _COMPARE[self.take()], self.value(field))

    def value(self, field: Field) -> object:
        """The next tokens as a value of the field's kind."""
        if field.kind == "address":
            return self.address()
        if field.kind == "member" or field.kind == "type" and self.peek()[:1] not in "\"'":
            return self.member(field)
        if field.kind in ("count", "bytes", "time"):
            return self.number(field)
        token = self.peek()
        if not token or token in ("(", ")"):
            raise self.fail(f"a text in quotes behind {field.name}")
        text = token[1:-1] if token[0] in "\"'" else token
        if not text:
            raise UsageError(f"find: the {field.name} is empty at column {self.column()}")
        value = self.content(field, text)
        self.take()
        return value

    def content(self, field: Field, text: str) -> object:
        if field.kind == "text":
            return re.sub(rb"\\(.)", rb"\1", text.encode("utf-8", "surrogateescape"))
        if field.kind == "type":
            return re.compile(fnmatch.translate(plain_type(text).replace("[", "[[]")))
        if field.kind == "hex":
            digits = text.replace(" ", "").removeprefix("0x")
            if len(digits) % 2 or not re.fullmatch("[0-9a-fA-F]+", digits):
                raise self.fail('pairs of hexadecimal digits behind bytes, such as "de ad be ef"')
            return bytes.fromhex(digits)
        try:
            return re.compile(text)
        except re.error as error:
            column = self.column()
            raise UsageError(f"find: {text!r} at column {column} is no regular expression: {error}") from None

    def member(self, field: Field) -> int:
        assert field.members is not None
        members = {member.name.lower(): member for member in field.members}
        value = members.get(self.peek().lower())
        if value is None:
            also = " (or a C type's name in quotes)" if field.kind == "type" else ""
            raise self.fail(f"a {field.name}: {', '.join(members)}{also}")
        self.take()
        return value

    def number(self, field: Field) -> int:
        token = self.peek()
        if field.kind == "time":
            match = _TIME.fullmatch(token)
            value = round(float(match.group(1)) * _NANOSECONDS[match.group(2)]) if match else None
        else:
            match = (_BYTES if field.kind == "bytes" else _NUMBER).fullmatch(token)
            unit = _UNITS[match.group(2).lower()] if match and field.kind == "bytes" else 1
            value = int(match.group(1), 0 if match.group(1)[:2] in ("0x", "0X") else 10) * unit if match else None
        if value is None:
            such = {"time": "a time behind age, such as 10ms, 5s", "bytes": "a number behind size, such as 64 or 4k"}
            raise self.fail(such.get(field.kind, f"a number behind {field.name}"))
        self.take()
        return value

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
