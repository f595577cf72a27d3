"""How many rows are shown where ``-limit`` does not say it."""

GROUPS_SHOWN = 50  # leak-check
CHANGES_SHOWN = 30  # leak-diff
ROWS_SHOWN = 10  # each table of stats
FINDINGS_SHOWN = 20
