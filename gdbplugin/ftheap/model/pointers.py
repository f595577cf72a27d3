"""What the payloads of a zone may point to, taken when its blocks were read."""

from __future__ import annotations

from ..typed import NamedTuple


class Pointers(NamedTuple):
    """Words of live blocks that lie between the heap's lowest and highest byte, row after row; kernel/pointers.h says
    in which form. ``counts``: how many each row of the zone has; ``heads``: the first word of each live block; ``low``:
    the address from which ``granules`` count."""

    low: int
    counts: memoryview
    heads: memoryview
    granules: memoryview
    odd: memoryview
