"""The bench's parts. allocators, build, launch → cases, workloads → the sections (one module each) → run.py."""
