"""The ftmalloc heap reader: finds, reads, checks and explains an ftmalloc heap in another process's memory.

Layers, low to high, are listed in gdbplugin/README.md; a module imports only from those that stand before its own.
Only ``gdbhost`` imports gdb.
"""
