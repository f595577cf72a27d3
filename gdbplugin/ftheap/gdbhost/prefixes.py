"""The prefixes ``ftmalloc``, ``set ftmalloc``, ``show ftmalloc`` and the parameter: made once in gdb's life.

gdb crashes when a prefix is registered anew (see FACTS), so these hold no reference to the code that is reloaded.
"""

from __future__ import annotations

import gdb


class Prefix(gdb.Command):
    """A prefix that lists its subcommands when it stands alone."""

    def __init__(self, name: str, doc: str):
        self.__doc__ = doc
        super().__init__(name, gdb.COMMAND_DATA, gdb.COMPLETE_COMMAND, True)
        self._name = name

    def invoke(self, argument: str, _from_tty: bool) -> None:
        self.dont_repeat()
        if argument:
            raise gdb.GdbError(f'no command "{self._name} {argument.split()[0]}"; `help {self._name}` lists them')
        gdb.execute(f"help {self._name}")


class Color(gdb.Parameter):
    """Whether the commands of ftmalloc colour their output.

    auto: where gdb's styling is on, standard output is a terminal, and NO_COLOR
    is unset. on, off: always, never. JSON is never coloured."""

    set_doc = "Set whether ftmalloc colours its output: auto, on, off."
    show_doc = "Show whether ftmalloc colours its output."

    def __init__(self) -> None:
        super().__init__("ftmalloc color", gdb.COMMAND_DATA, gdb.PARAM_ENUM, ["auto", "on", "off"])
        self.value = "auto"

    def get_set_string(self) -> str:
        return ""

    def get_show_string(self, value: str) -> str:
        return f"The commands of ftmalloc colour their output: {value}."


def register() -> None:
    """Makes them all. Call it once in gdb's life."""
    summary = "Read, check and explain the heap of a program that runs on ftmalloc."
    Prefix("ftmalloc", f"{summary}\n\nUsage: ftmalloc COMMAND")
    Prefix("set ftmalloc", "Set how the commands of ftmalloc behave.")
    Prefix("show ftmalloc", "Show how the commands of ftmalloc behave.")
    Color()
