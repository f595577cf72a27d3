"""Where text is born: functions that take model data and yield rows of at most 79 columns of ASCII."""
