"""Questions answered on a Snapshot: integrity, reachability, explanation."""

from ..lazy import modules_of

__getattr__ = modules_of(__name__)
