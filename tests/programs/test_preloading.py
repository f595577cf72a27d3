"""Before anything else is believed: the allocator really is in the program."""

import preload


def test_library_is_mapped(tmp_path, mode):
    outcome = preload.run(["cat", "/proc/self/maps"], tmp_path, mode)
    assert outcome.status == 0
    assert str(preload.LIBRARY).encode() in outcome.output


def test_blocks_of_a_program_are_ours(tmp_path, mode):
    """python3's objects live in our zones: show_alloc_mem, called inside it, lists them."""
    program = 'import ctypes; x = ["*" * n for n in range(100)]; ctypes.CDLL(None).show_alloc_mem()'
    outcome = preload.run(["/usr/bin/python3", "-c", program], tmp_path, mode, PYTHONMALLOC="malloc")
    assert outcome.status == 0, outcome.errors
    lines = outcome.output.decode().splitlines()
    assert lines[0].startswith("TINY : 0x")
    assert lines[-1].startswith("Total : ")
    assert sum(line.endswith(" bytes") for line in lines) > 1000
