"""Runs inside gdb: opens core after core, each broken by its seed, and asks all questions of each.

Sourced by test_mutated_cores.py, which sets the variables of the environment that are read at the end. Prints one
JSON document a core; the parent judges them.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

import gdb

sys.path.insert(0, str(Path(__file__).resolve().parent))
from core_mutations import Core, Place  # noqa: E402

PLUGIN = "ftheap"
BLOCKS_OF_BOOKS = 400
FORMATS = ("json", "csv", "dot", "folded", "massif", "heaptrack", "pprof")


def questions(addresses: list[int], folder: Path) -> list[str]:
    """Every command, in text and in JSON."""
    words = [
        "show-alloc-mem", "zone-map", "leak-check", "ftmalloc check", "ftmalloc stats -retained", "ftmalloc info",
        "ftmalloc history -stacks", "diagnose", "ftmalloc find state != live or string \"x\"",
        "ftmalloc find class = definite", "ftmalloc find type = '*'", "ftmalloc find stack main or age > 1s",
        "ftmalloc snapshot now", "leak-diff whole -all",
        *(f"explain {address:#x}" for address in addresses),
        *(f"explain -as long[2] {address:#x}" for address in addresses[:2]),
        *(f"leak-refs -retained {address:#x}" for address in addresses[:2]),
    ]
    words = [word if word.split()[0] in gdb_names() else f"ftmalloc {word}" for word in words]
    exports = [f"ftmalloc export {form} {folder / 'exported'}" for form in FORMATS]
    functions = [f"output $ft_state({addresses[0]:#x})", f"output (long)$ft_block({addresses[0]:#x})",
                 f"output $ft_type({addresses[0]:#x})", "output $ft_live_bytes()", "print ftmalloc_heap"]
    return [*words, *(_as_json(word) for word in words), *exports, *functions]


def _as_json(word: str) -> str:
    first = 2 if word.startswith("ftmalloc ") else 1
    parts = word.split(" ", first)
    return " ".join([*parts[:first], "-json", *parts[first:]])


def gdb_names() -> set[str]:
    """What stands without the prefix."""
    commands = sys.modules[f"{PLUGIN}.registry"].COMMANDS
    return {"ftmalloc", *(name for name, command in commands.items() if command.top_level)}


def books_of_core() -> list[Place]:
    """Where the reader finds its way, in the core that is open: the layout table, roots, books and headers."""
    target_module, movement = sys.modules[f"{PLUGIN}.gdbhost.target"], sys.modules[f"{PLUGIN}.gdbhost.movement"]
    layout_module, session_module = sys.modules[f"{PLUGIN}.layout"], sys.modules[f"{PLUGIN}.session"]
    session = session_module.Session(target_module.GdbTarget(movement.Movement()))
    layout, snapshot = session.layout(), session.snapshot()
    roots = [layout.root(name) for name in layout.names(layout_module.ROOT, "")]
    found = [(layout.address, 64), (layout.address, layout.size_bytes), *roots]
    found += [(start, end - start) for start, end in snapshot.own_ranges if end - start < 64 << 20]
    zones = [(zone.address, 4096 if len(zone.runs) > 1 else 128) for zone in snapshot.zones]
    blocks = snapshot.blocks.addresses
    step = max(len(blocks) // BLOCKS_OF_BOOKS, 1)
    headers = [(address - snapshot.header_bytes - snapshot.prefix_bytes, 64) for address in blocks[::step]]
    weighted = [*found, *zones * 4, *headers]
    return [Place(address, size_bytes) for address, size_bytes in weighted if size_bytes > 0]


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def ask(question: str) -> dict[str, object]:
    """What gdb answered: ``text``, or ``error`` with the kind of exception."""
    begin = time.monotonic()
    try:
        text, error = gdb.execute(question, to_string=True), ""
    except gdb.error as failure:  # gdb.GdbError arrives as one, too
        text, error = "", str(failure)
    except Exception as failure:
        text, error = "", f"{type(failure).__name__}: {failure}"
    seconds = time.monotonic() - begin
    document = None
    if " -json" in question and not error:
        try:
            document = json.loads(text)
        except ValueError:
            error = f"no JSON: {text[:200]!r}"
    return {
        "question": question, "error": error, "characters": len(text), "seconds": round(seconds, 3),
        "rows_too_wide": sum(len(row) > 79 for row in text.splitlines())
        if " -json" not in question and not question.startswith("print ") else 0,
        "has_findings": isinstance(document, dict) and "findings" in document if " -json" in question else None,
        "rules": sorted({found["rule"] for found in document.get("findings", ())}) if document else [],
    }  # fmt: skip


def main() -> None:
    base, folder = Path(os.environ["MUTATED_BASE"]), Path(os.environ["MUTATED_FOLDER"])
    gdb.execute(f"core-file {base}", to_string=True)
    core, books = Core(base), books_of_core()
    gdb.execute("ftmalloc snapshot whole", to_string=True)
    target = folder / "mutated"
    for seed in range(int(os.environ["MUTATED_FIRST"]), int(os.environ["MUTATED_END"])):
        # On the descriptor, not on Python's stream: gdb must not page it, and a crash must not lose it.
        os.write(1, f"SEED {seed}\n".encode())
        core.break_copy(target, seed, books)
        try:
            gdb.execute(f"core-file {target}", to_string=True)
        except (gdb.error, MemoryError) as failure:
            os.write(1, f"REFUSED {str(failure)[:200]!r}\n".encode())
            continue
        except UnicodeDecodeError:  # gdb opened it, and said what Python can't read
            pass
        os.write(1, b"OPENED\n")
        addresses = [books[seed * 7 % len(books)].address, books[seed * 13 % len(books)].address + 16, seed * 8]
        answers = [ask(question) for question in questions(addresses, folder)]
        report = {"seed": seed, "peak_bytes": peak_bytes(), "answers": answers}
        os.write(1, f"REPORT {json.dumps(report)}\n".encode())
    gdb.execute("core-file", to_string=True)


main()
