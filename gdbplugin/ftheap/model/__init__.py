"""Plain data about a heap: no reader, no layout, no gdb. A snapshot is read, loaded from a file, or built by hand."""

from ..lazy import modules_of

__getattr__ = modules_of(__name__)
