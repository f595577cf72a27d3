"""What an allocation was made for, by the source text of the call: ``new T``, ``sizeof(T)``, a cast, the variable that
the result is assigned to; and by the name of a C++ allocator."""

from __future__ import annotations

import re

from ..debug_info import DataType, DebugInfo
from ..patterns import pattern
from ..target import Frame
from ..typed import Iterator, NamedTuple, Sequence

FRAMES_READ = 8
_LINES_AROUND = 4
_NAME = r"(?:(?:struct|union|class|enum|const|unsigned|signed)\s+)*[A-Za-z_]\w*(?:\s*::\s*[A-Za-z_]\w*)*"
_TYPE = rf"{_NAME}(?:\s*<[^;=]*>)?(?:\s*\*)*"
_NEW = pattern(rf"\bnew\b\s*(?:\(\s*std::nothrow\s*\)\s*)?(?P<type>{_TYPE})")
_SIZEOF = pattern(r"\bsizeof\s*(?:\(\s*(?P<inner>[^()]+?)\s*\)|(?P<bare>\*?\s*[A-Za-z_][\w.]*(?:->\w+|\[\w*\])*))")
_CAST = pattern(rf"\(\s*(?P<type>{_NAME}(?:\s*\*)*)\s*\*\s*\)\s*[A-Za-z_]\w*\s*\(")
_CPP_CAST = pattern(rf"_cast\s*<\s*(?P<type>{_NAME}(?:\s*\*)*)\s*\*\s*>")
_ASSIGNED = pattern(r"(?P<place>\*?\s*[A-Za-z_]\w*(?:\s*(?:->|\.)\s*\w+|\[[^]]*\])*)\s*=(?!=)")
_ALLOCATOR = pattern(r"(?:^|[ :])(?:__)?(?:new_)?allocator<(?P<type>.+)>::allocate\b")
_ALLOCATING = pattern(r"alloc|new|strdup|strndup", re.IGNORECASE)
_COMMENT = pattern(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_STRING = pattern(r'"(?:\\.|[^"\\])*"')


class Site(NamedTuple):
    """A type that a call asks memory for. ``how``: new, sizeof, cast, assignment, allocator; ``frame``: of the call."""

    type: DataType
    how: str
    frame: Frame


def sites(info: DebugInfo, frames: Sequence[Frame]) -> Iterator[Site]:
    """The candidates of an allocation stack, without the allocator's own frames, best first. A frame whose call tells
    nothing may be that of a wrapper: its caller is asked then."""
    for frame in frames[:FRAMES_READ]:
        match = _ALLOCATOR.search(frame.function or "")
        kind = info.type_in_scope(frame.address, match["type"]) if match is not None else None
        if kind is not None:
            yield Site(kind, "allocator", frame)
            return
    depth = 0
    for number, frame in enumerate(frames[:FRAMES_READ]):
        depth = depth + 1 if number and frames[number - 1].address == frame.address else 0
        text = statement(info.source_lines(frame.address, depth, _LINES_AROUND, _LINES_AROUND))
        if not text:
            return
        callee = _bare(frames[number - 1].function) if number else ""
        if number and (not callee or not re.search(rf"\b{re.escape(callee)}\s*\(", text)):
            return
        found = False
        for kind, how in _told_by(info, frame.address, text, bool(number)):
            found = True
            yield Site(kind, how, frame)
        if found:
            return


def statement(lines: Sequence[str]) -> str:
    """The statement that the middle one of ``lines`` is part of, on one line, without comments and strings."""
    if not lines:
        return ""
    middle = len(lines) // 2
    first = last = middle
    while first > 0 and _goes_on(lines[first - 1]):
        first -= 1
    while last + 1 < len(lines) and _goes_on(lines[last]):
        last += 1
    text = _STRING.sub('""', _COMMENT.sub(" ", "\n".join(lines[first : last + 1])))
    return " ".join(text.split())


def _goes_on(line: str) -> bool:
    """True when a statement does not end with this line."""
    text = _COMMENT.sub("", line).strip()
    return bool(text) and not text.startswith("#") and text[-1] not in ";{}:"


def _told_by(info: DebugInfo, address: int, text: str, allocates: bool) -> Iterator[tuple[DataType, str]]:
    """``allocates``: the statement is known to call what allocates, whatever its name is."""
    for match in _NEW.finditer(text):
        yield from _known(info.type_in_scope(address, match["type"].strip()), "new")
    if not allocates and not _ALLOCATING.search(text):
        return
    for match in _SIZEOF.finditer(text):
        yield from _known(_measured(info, address, match["inner"] or match["bare"]), "sizeof")
    for pattern in (_CAST, _CPP_CAST):
        for match in pattern.finditer(text):
            yield from _known(info.type_in_scope(address, match["type"].strip()), "cast")
    assigned = _ASSIGNED.search(text)
    if assigned is not None:
        name = info.declared_pointee(address, re.sub(r"\s+", "", assigned["place"]))
        yield from _known(info.data_type(name) if name is not None else None, "assignment")


def _measured(info: DebugInfo, address: int, operand: str) -> DataType | None:
    """The type in ``sizeof(T)``, ``sizeof *p``, ``sizeof p[0]``."""
    operand = operand.strip()
    indexed = operand.endswith("]") and operand[0] != "*"
    if operand.startswith("*") or indexed:
        pointer = operand.rsplit("[", 1)[0] if indexed else operand[1:]
        name = info.declared_pointee(address, pointer.strip())
        return info.data_type(name) if name is not None else None
    return info.type_in_scope(address, operand)


def _known(kind: DataType | None, how: str) -> Iterator[tuple[DataType, str]]:
    if kind is not None:
        yield kind, how


def _bare(function: str | None) -> str:
    """``make_node`` of ``list::make_node<int>(int)``."""
    return re.split(r"[<(]", function or "", maxsplit=1)[0].rsplit("::", 1)[-1].strip()
