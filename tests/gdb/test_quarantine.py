"""What a thread has freed last waits in its buffer before it comes to the quarantine's queue: read on every target."""

from __future__ import annotations

import pytest
from inferiors import asked, compile_c

SOURCE = """
#include <stdlib.h>
int main(void)
{
    void *blocks[10];
    for (int i = 0; i < 10; i++)
        blocks[i] = malloc(40);
    for (int i = 0; i < 5; i++)
        free(blocks[i]);
    abort();
}
"""


@pytest.mark.parametrize("kind", ["core", "live", "remote"])
def test_blocks_on_their_way_into_the_queue(tmp_path, kind):
    (tmp_path / "waits.c").write_text(SOURCE)
    program = compile_c(tmp_path / "waits.c", tmp_path / "waits", "-O0")
    check, listed = asked(
        program, tmp_path, kind, "ftmalloc check -json", "show-alloc-mem -all -json", switches="FtMallocQuarantine=1M"
    ).documents()
    assert check["findings"] == [] and check["blocks_checked"] >= 10
    blocks = [block for zone in listed["zones"] for block in zone["blocks"] if block["size_bytes"] == 40]
    assert [block["state"] for block in blocks].count("quarantined") == 5
