"""Files that commands write are whole, or not there."""

from __future__ import annotations

import pytest
from ftheap.errors import UsageError
from ftheap.model.files import whole_file


def test_a_whole_file_stays(tmp_path):
    with whole_file(str(tmp_path / "file")) as file:
        file.write(b"all of it")
    assert (tmp_path / "file").read_bytes() == b"all of it"


@pytest.mark.parametrize("end", [KeyboardInterrupt, ValueError])
def test_a_part_of_a_file_goes(tmp_path, end):
    with pytest.raises(end), whole_file(str(tmp_path / "file")) as file:
        file.write(b"a part")
        raise end
    assert not (tmp_path / "file").exists()


def test_a_device_is_left_alone():
    with pytest.raises(KeyboardInterrupt), whole_file("/dev/null") as file:
        file.write(b"a part")
        raise KeyboardInterrupt


def test_what_cannot_be_written_is_one_line(tmp_path):
    with pytest.raises(UsageError, match=f"^cannot write {tmp_path}: Is a directory$"), whole_file(str(tmp_path)):
        pass
