"""The same programs under the peers: gcc's AddressSanitizer with LeakSanitizer, and valgrind. Their words for a fault
are turned into the contract's; the first thing that a tool says counts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as xml
from dataclasses import dataclass, field
from pathlib import Path

from corpus_programs import Program, build

Sums = dict[str, dict[str, int]]
NULL_PAGE_BYTES = 64 << 10
LIMIT_SECONDS = 120
_ASAN_WORDS = {
    "heap-buffer-overflow": "heap-buffer-overflow", "heap-use-after-free": "heap-use-after-free",
    "attempting double-free": "double-free", "attempting free": "invalid-free", "bad-free": "invalid-free",
    "alloc-dealloc-mismatch": "alloc-dealloc-mismatch", "stack-overflow": "stack-overflow", "FPE": "non-heap",
    "ILL": "non-heap", "BUS": "non-heap", "stack-buffer-overflow": "non-heap", "global-buffer-overflow": "non-heap",
    "allocation-size-too-big": "out-of-memory", "requested allocation size": "out-of-memory",
    "out-of-memory": "out-of-memory", "new-delete-type-mismatch": "alloc-dealloc-mismatch",
    "attempting to call malloc_usable_size": "invalid-free", "negative-size-param": "heap-buffer-overflow",
}  # fmt: skip
_SIGNALS = {3: "non-heap", 4: "non-heap", 5: "non-heap", 6: "abort", 7: "non-heap", 8: "non-heap", 11: "wild-pointer"}


@dataclass
class Verdict:
    """``fault``: the contract's word for what the tool said first, "silent" for nothing. ``sums``: leaks by class."""

    fault: str = "silent"
    sums: Sums = field(default_factory=dict)


def asan(program: Program, folder: Path) -> Verdict | None:
    """None where the program can't be built so."""
    if program.is_static:
        return None
    executable = build(program, folder / "sanitized", "-fsanitize=address", "-U_FORTIFY_SOURCE")
    leaks = int(program.kind in ("leak", "clean"))
    settings = {"ASAN_OPTIONS": f"detect_leaks={leaks}:allocator_may_return_null=1"}
    done = _run([str(executable)], folder, settings)
    verdict = Verdict(_asan_fault(done))
    for name, word in (("definite", "Direct"), ("indirect", "Indirect")):
        found = re.findall(rf"{word} leak of (\d+) byte\(s\) in (\d+) object", done.stderr)
        verdict.sums[name] = {"count": sum(int(row[1]) for row in found), "bytes": sum(int(row[0]) for row in found)}
    return verdict


def _asan_fault(done: subprocess.CompletedProcess[str]) -> str:
    match = re.search(r"ERROR: AddressSanitizer: (.*)", done.stderr)
    if match is None:
        return _SIGNALS.get(-done.returncode, "silent")
    text = match[1]
    if text.startswith("SEGV"):
        address = re.search(r"unknown address (0x[0-9a-f]+)", text)
        near_null = "zero page" in done.stderr or address is not None and int(address[1], 16) < NULL_PAGE_BYTES
        return "null-dereference" if near_null else "wild-pointer"
    return next((fault for word, fault in _ASAN_WORDS.items() if text.startswith(word)), "unknown")


def valgrind(program: Program, folder: Path) -> Verdict | None:
    """None where valgrind sees nothing: its malloc does not replace the one of a static program."""
    if program.is_static:
        return None
    executable = build(program, folder / "plain")
    command = ["valgrind", "-q", "--leak-check=full", "--show-leak-kinds=definite,indirect,possible"]
    command += ["--trace-children=yes", "--xml=yes", "--xml-file=said.%p"]
    done = _run([*command, "--child-silent-after-fork=no", str(executable)], folder, {})
    said = [_read(path) for path in sorted(folder.glob("said.*"), key=lambda path: -int(path.suffix[1:]))]
    faults = [fault for root in said for fault in _valgrind_faults(root)]
    verdict = Verdict(faults[0] if faults else _SIGNALS.get(-done.returncode, "silent"))
    for name, kind in (("definite", "DefinitelyLost"), ("indirect", "IndirectlyLost"), ("possible", "PossiblyLost")):
        lost = [error for root in said[:1] for error in root.iter("error") if error.findtext("kind") == f"Leak_{kind}"]
        verdict.sums[name] = {
            "count": sum(int(error.findtext("xwhat/leakedblocks") or 0) for error in lost),
            "bytes": sum(map(_lost_bytes, lost)),
        }
    return verdict


def _lost_bytes(error: xml.Element) -> int:
    """Of the blocks themselves: valgrind adds what hangs on them."""
    direct = re.search(r"\(([\d,]+) direct", error.findtext("xwhat/text") or "")
    return int(direct[1].replace(",", "")) if direct else int(error.findtext("xwhat/leakedbytes") or 0)


def _read(path: Path) -> xml.Element:
    text = path.read_text(errors="replace")
    try:
        return xml.fromstring(text)
    except xml.ParseError:  # the program was killed in the middle
        end = text.rfind("</error>")
        return xml.fromstring(text[: end + 8] + "</valgrindoutput>" if end > 0 else "<valgrindoutput/>")


def _valgrind_faults(root: xml.Element) -> list[str]:
    faults = [fault for error in root.iter("error") if (fault := _valgrind_fault(error))]
    signal = root.findtext("fatal_signal/signo")
    if signal is not None:
        event = root.findtext("fatal_signal/event") or ""
        overflows = "stack overflow" in event.lower() or "grow stack" in event.lower()
        faults.append("stack-overflow" if overflows else _SIGNALS.get(int(signal), "non-heap"))
        if overflows:
            faults.insert(0, "stack-overflow")
    return faults


def _valgrind_fault(error: xml.Element) -> str | None:
    kind, place = error.findtext("kind") or "", " ".join(item.text or "" for item in error.iter("auxwhat"))
    if kind.startswith("Leak_"):
        return None
    if kind == "InvalidFree":
        return "double-free" if "free'd" in place else "invalid-free"
    if kind == "MismatchedFree":
        return "alloc-dealloc-mismatch"
    if kind.startswith("Uninit"):
        return "uninitialized-read"
    if re.search(r"a block of size [\d,]+ free'd", place):
        return "heap-use-after-free"
    if re.search(r"bytes? (after|before|inside) a block", place):
        return "heap-buffer-underflow" if " before " in place else "heap-buffer-overflow"
    address = re.search(r"Address (0x[0-9a-f]+)", place, re.IGNORECASE)
    if kind.startswith("Invalid") and address is not None:
        return "null-dereference" if int(address[1], 16) < NULL_PAGE_BYTES else "wild-pointer"
    return "unknown"


def _run(command: list[str], folder: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", **settings}
    try:
        return subprocess.run(
            ["prlimit", "--core=0", *command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, errors="replace", timeout=LIMIT_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 0, "", "")


def is_installed(name: str) -> bool:
    if name == "valgrind":
        return shutil.which("valgrind") is not None
    probe = ["gcc", "-fsanitize=address", "-x", "c", "-", "-o", os.devnull]
    return subprocess.run(probe, input="int main(void) { return 0; }", text=True, capture_output=True).returncode == 0


PEERS = {"ASan/LSan": asan, "valgrind": valgrind}
