"""gdb's values as plain addresses."""

from __future__ import annotations

import gdb

_ADDRESS_MASK = (1 << 64) - 1
_REFERENCES = (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF)
_PLACES = (gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION, gdb.TYPE_CODE_FUNC)


def address_of(value: gdb.Value) -> int:
    """A number or pointer as an unsigned address; of an array, structure or function, where it stands.

    Raises gdb.error, or ValueError when the value is neither.
    """
    if value.type.strip_typedefs().code == gdb.TYPE_CODE_VOID:
        raise ValueError("it has no value: a convenience variable that was never set, or what a void function returns")
    if value.type.strip_typedefs().code in _REFERENCES:
        value = value.referenced_value()
    if value.type.strip_typedefs().code in _PLACES:
        if value.address is None:
            raise ValueError("the value stands nowhere in memory; give a pointer")
        value = value.address
    return int(value) & _ADDRESS_MASK
