"""The bench's parts, low to high: allocators, build, launch; cases, workloads; bench, rounds, table; the sections, one
module each; run.py."""
