"""From bytes to a Snapshot. Everything read is untrusted: loops are bounded, faults become findings."""

from ..lazy import modules_of

__getattr__ = modules_of(__name__)
