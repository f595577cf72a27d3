"""Where text is born: functions that take model data and yield rows of at most 79 columns of ASCII."""

from ..lazy import modules_of

__getattr__ = modules_of(__name__)
