"""What scripts and front ends use: convenience functions, and MI commands with structured results."""

from __future__ import annotations

import re
import subprocess

from inferiors import GDB, PLUGIN, Crashed, gdb


def test_convenience_functions(crashed: Crashed) -> None:
    block, freed = crashed.told.only("thread"), next(iter(crashed.told.freed))
    answer = gdb(
        f"output/x (long)$ft_block({block + 700})", "echo \\n", f"output $ft_size({block})", "echo \\n",
        f"output $ft_state((char *){block:#x} + 3)", "echo \\n", f"output $ft_state({freed})", "echo \\n",
        "output $ft_state($sp)", "echo \\n", "output (long)$ft_block(main)", "echo \\n",
        "output $ft_size(interior) == 320 && $_streq($ft_state(interior), \"live\")",
        arguments=(crashed.program, crashed.core),
    )  # fmt: skip
    assert "ft_" not in answer.errors, answer.errors
    assert answer.output.splitlines()[-7:] == [hex(block), "777", '"live"', '"freed"', '"none"', "0", "1"]


def test_function_fails_in_one_line(crashed: Crashed) -> None:
    answer = gdb("print $ft_size(1, 2)", "print $ft_size(1)", arguments=(crashed.program,))
    assert "$ft_size takes ADDR" in answer.errors
    assert answer.status == 1


def mi(crashed: Crashed, *lines: str) -> list[str]:
    done = subprocess.run(
        [*GDB, "-q", "--interpreter=mi3", "-x", str(PLUGIN), str(crashed.program), str(crashed.core)],
        input="\n".join((*lines, "-gdb-exit", "")), capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    return [line for line in done.stdout.splitlines() if re.match(r"\d+\^", line)]


def test_mi_commands_answer_with_structures(crashed: Crashed) -> None:
    block = crashed.told.only("thread")
    listed, explained, wrong, unknown = mi(
        crashed, "1-ftmalloc-show-alloc-mem", f'2-ftmalloc-explain "(char *){block:#x} + 5"',
        "3-ftmalloc-leak-check --nothing", "4-ftmalloc-explain no_such_symbol",
    )  # fmt: skip
    assert listed.startswith("1^done,") and ',zones=[{address="0x' in listed
    assert f'{{address="{block:#x}",size_bytes="777",state="live"' in listed
    assert explained.startswith("2^done,") and 'kind="payload"' in explained and 'offset_bytes="5"' in explained
    assert wrong.startswith('3^error,msg="leak-check has no option -nothing')
    assert unknown.startswith('4^error,msg="no_such_symbol: No symbol')
