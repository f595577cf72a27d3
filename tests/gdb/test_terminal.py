"""On a real terminal: pager, colours, completion by Tab, Ctrl-C, Enter."""

from __future__ import annotations

import re
from pathlib import Path

import pexpect
from inferiors import PLUGIN, Crashed
from terminals import PROMPT

COLOUR = re.compile("\x1b\\[[0-9;]*m")


def test_colours_on_a_terminal_as_gdb_styles(open_terminal, crashed: Crashed) -> None:
    terminal = open_terminal("-iex", "set pagination off", crashed.program, crashed.core)
    assert COLOUR.search(terminal.ask("zone-map"))
    assert not COLOUR.search(terminal.ask("show-alloc-mem -json").replace("\x1b[m", ""))
    terminal.ask("set style enabled off")
    assert not COLOUR.search(terminal.ask("zone-map"))
    terminal.ask("set style enabled on")
    terminal.ask("set ftmalloc color off")
    assert not COLOUR.search(terminal.ask("zone-map"))


def test_no_color_is_obeyed(open_terminal, crashed: Crashed) -> None:
    terminal = open_terminal("-iex", "set pagination off", crashed.program, crashed.core, NO_COLOR="1")
    assert not COLOUR.search(terminal.ask("zone-map"))


def test_pager_stops_long_output_and_q_leaves_the_session_usable(open_terminal, crashed: Crashed) -> None:
    terminal = open_terminal(crashed.program, crashed.core)
    terminal.child.sendline("zone-map")
    terminal.child.expect("--Type <RET> for more")
    terminal.child.sendline("q")
    terminal.child.expect(PROMPT)
    assert "Traceback" not in terminal.child.before and "Python" not in terminal.child.before
    terminal.ask("set pagination off")
    assert "definite" in terminal.ask("leak-check -limit 1")


def test_tab_completes_options(open_terminal, crashed: Crashed) -> None:
    terminal = open_terminal(crashed.program, crashed.core)
    terminal.child.send("leak-check -exit-c\t")
    terminal.child.expect("leak-check -exit-code ")
    terminal.child.send("1\t\n")
    terminal.child.expect([pexpect.EOF, PROMPT])


def test_ctrl_c_stops_long_work_and_leaves_the_session_usable(open_terminal, crashed: Crashed, tmp_path: Path) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text(
        "import sys, time\n"
        "session = sys.modules['ftheap.session']\n"
        "plain = session.Session.snapshot\n"
        "def snapshot(self, **wanted):\n"
        "    for step in range(300):\n"
        "        self.progress.report('working', step, 300)\n"
        "        time.sleep(0.1)\n"
        "    return plain(self, **wanted)\n"
        "session.Session.snapshot = snapshot\n"
    )
    terminal = open_terminal("-iex", "set pagination off", crashed.program, crashed.core)
    terminal.ask(f"source {slow}")
    terminal.child.sendline("leak-check")
    terminal.child.expect(r"ftmalloc: working: \d+ % \(Ctrl-C stops\)")
    terminal.child.sendintr()
    terminal.child.expect(PROMPT)
    assert "Quit" in terminal.child.before
    assert "Traceback" not in terminal.child.before and "Python Exception" not in terminal.child.before
    terminal.ask(f"source {PLUGIN}")
    assert "definite" in terminal.ask("leak-check")
