"""Expected failures. Each carries one line that says what to do; gdbhost turns them into ``gdb.GdbError``."""


class ExpectedError(Exception):
    """A failure that the user can understand and act on; its text is one line without a final period."""


class UsageError(ExpectedError):
    """The command line of a command is wrong."""


class TargetError(ExpectedError):
    """The inferior can't serve the question: no process, no ftmalloc in it, no layout table."""


class NotStarted(TargetError):
    """The library is there, but the loader has not come to it."""


class MemoryUnreadable(ExpectedError):
    """A range of the inferior's memory can't be read.

    Attributes: ``address`` first byte asked for, ``size_bytes`` how many.
    """

    def __init__(self, address: int, size_bytes: int):
        super().__init__(f"cannot read {size_bytes} bytes at {address:#x}")
        self.address = address
        self.size_bytes = size_bytes
