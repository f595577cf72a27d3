"""The ftmalloc heap reader: finds, reads, checks and explains an ftmalloc heap in another process's memory.

Layers, low to high; a module imports only from layers that stand before its own:
errors, memory, target, layout, structs, model, reader, analysis, render, registry, commands, gdbhost.
Only ``gdbhost`` imports gdb.
"""
