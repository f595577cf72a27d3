"""What ``typing`` gives to annotations, and named tuples that are made ten times as fast as its own: gdb starts with
all of our classes, and the import of ``typing`` alone takes as long as that of ten modules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableSequence, Sequence

__all__ = [
    "TYPE_CHECKING", "Any", "AnyStr", "BinaryIO", "Callable", "Collection", "Iterable", "Iterator", "Mapping",
    "MutableSequence", "NamedTuple", "Protocol", "Sequence", "TypeVar", "tuple_of",
]  # fmt: skip
TYPE_CHECKING = False  # whoever checks types takes it for True

if TYPE_CHECKING:
    from typing import Any, AnyStr, BinaryIO, NamedTuple, Protocol, TypeVar
else:
    from _collections import _tuplegetter as getter

    Any = AnyStr = BinaryIO = Protocol = object

    def TypeVar(name: str, *_: object) -> str:
        """Nothing asks for it while the program runs."""
        return name

    class _Maker(type):
        """Makes tuples of the classes that inherit from NamedTuple."""

        def __new__(cls, name: str, bases: tuple[type, ...], scope: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, scope)
            fields = tuple(scope["__annotations__"])
            scope["_field_defaults"] = {field: scope[field] for field in fields if field in scope}
            scope.update((field, getter(index, field)) for index, field in enumerate(fields))
            return type(name, (_Tuple,), {**scope, "__slots__": (), "_fields": fields, "__match_args__": fields})

    class NamedTuple(metaclass=_Maker):
        """As ``typing.NamedTuple``."""

    class _Tuple(tuple):
        __slots__ = ()

        def __new__(cls, *values: object, **named: object) -> Any:
            """Makes way for a constructor that Python compiles, when the first one of a kind is made."""
            parameters = ", ".join(
                f"{field}=_defaults[{field!r}]" if field in cls._field_defaults else field for field in cls._fields
            )
            scope = {"_defaults": cls._field_defaults, "_new": tuple.__new__}
            text = f"lambda _cls, {parameters}: _new(_cls, ({''.join(f'{field}, ' for field in cls._fields)}))"
            cls.__new__ = constructor = eval(text, scope)
            return constructor(cls, *values, **named)

        @classmethod
        def _make(cls, values: Iterable[object], _new: Any = tuple.__new__) -> Any:
            made = _new(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"{cls.__name__} has {len(cls._fields)} fields, not {len(made)}")
            return made

        def _replace(self, **changed: object) -> Any:
            made = self._make(map(changed.pop, self._fields, self))
            if changed:
                raise ValueError(f"{type(self).__name__} has no {', '.join(changed)}")
            return made

        def _asdict(self) -> dict[str, object]:
            return dict(zip(self._fields, self))

        def __repr__(self) -> str:
            values = (f"{field}={value!r}" for field, value in zip(self._fields, self))
            return f"{type(self).__name__}({', '.join(values)})"

        def __getnewargs__(self) -> tuple[object, ...]:
            return tuple(self)


def tuple_of(name: str, fields: Iterable[str]) -> Any:
    """As ``collections.namedtuple``."""
    maker: Any = type(NamedTuple)
    return maker(name, (NamedTuple,), {"__annotations__": dict.fromkeys(fields, "int")})
