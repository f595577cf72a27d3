"""Classes of named values that may change. As dataclasses, which take gdb eight times as long to make, and it starts
with ours; values that never change are named tuples."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

_Kind = TypeVar("_Kind", bound=type)


class _Made:
    """A default that each object gets anew."""

    def __init__(self, factory: Callable[[], Any]):
        self.factory = factory


def made(factory: Callable[[], Any]) -> Any:
    """The default of an attribute: what ``factory`` gives to each object."""
    return _Made(factory)


def record(kind: _Kind) -> _Kind:
    """A constructor that takes the annotated attributes in order or by name, then calls ``_begin`` where the class has
    one; equality; and a text for tests. No object of it is a key."""
    names, scope = tuple(kind.__annotations__), {"_made": object()}
    parameters, rows = ["self"], []
    for name in names:
        value = name
        if name in vars(kind):
            default = vars(kind)[name]
            scope[f"_{name}"] = default.factory if isinstance(default, _Made) else default
            if isinstance(default, _Made):
                delattr(kind, name)
                value = f"_{name}() if {name} is _made else {name}"
            parameters.append(f"{name}=_made" if isinstance(default, _Made) else f"{name}=_{name}")
        else:
            parameters.append(name)
        rows.append(f" self.{name} = {value}")
    rows += [" self._begin()"] if hasattr(kind, "_begin") else []
    exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(rows), scope)

    def values(one: Any) -> list[Any]:
        return [getattr(one, name) for name in names]

    kind.__init__ = scope["__init__"]  # type: ignore[misc]
    kind.__eq__ = lambda self, other: values(self) == values(other) if type(self) is type(other) else NotImplemented
    kind.__hash__ = None
    kind.__repr__ = lambda self: f"{kind.__name__}({', '.join(map(repr, values(self)))})"
    return kind
