"""Does memory return to the system, does a long-running server creep, and do many zones slow a block down?"""

from __future__ import annotations

from pathlib import Path

from harness.allocators import Allocator
from harness.bench import Bench
from harness.build import BENCH, BUILD, build_program, launcher
from harness.launch import Launch
from harness.rounds import progress
from harness.table import rows_of

PEAKS = [("small blocks, 16 to 1,000 B", "peak-small"), ("medium blocks, 2 to 60 KB", "peak-medium"),
         ("large blocks, 64 KiB to 4 MiB", "peak-large")]
CREEPS = [("saw-tooth of changing sizes", "creep-sawtooth"), ("4,000 short threads", "creep-threads"),
          ("200 consumer threads", "creep-parcels")]
SCALES = (10, 20_000, 100_000)
TIMEOUT_SECONDS = 120.0


def phases(program: Path, allocator: Allocator, name: str, number: int) -> dict[str, int] | str:
    """What programs/returns.c printed, by phase; a text when it failed."""
    output = BUILD / "returns.out"
    sample = Launch(launcher(), allocator, [str(program), name, str(number)], output_path=output).finish(
        TIMEOUT_SECONDS)
    if sample.failure:
        return sample.failure
    return {phase: int(value) for phase, value in (line.split() for line in output.read_text().splitlines())}


def peak_megabytes(quick: bool) -> int:
    """1 GB, or a quarter of what the machine has free where that is less."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return min(256 if quick else 1024, int(line.split()[1]) // 4096)
    return 256


def cell(values: dict[str, int] | str, names: tuple[str, ...]) -> str:
    """Megabytes of the phases, with arrows; a failure as it is."""
    return values if isinstance(values, str) else " > ".join(f"{values[name] / 1024:.0f}" for name in names)


def scale_cell(values: dict[str, int] | str) -> str:
    """Nanoseconds of a pair and, where there is one, of a block's share of a walk; or the failure."""
    if isinstance(values, str):
        return values
    return f"{values['pair_ns']}" + (f", {values['walk_ns']}" if values["walk_ns"] else "")


def section(bench: Bench) -> list[str]:
    """Three small tables."""
    program = build_program(BENCH / "programs" / "returns.c")
    allocators = bench.allocators
    megabytes = peak_megabytes(bench.quick)

    def row(heading: str, name: str, number: int, text) -> list[str]:
        cells = []
        for one in allocators:
            progress(f"returns: {heading} on {one.name}")
            values = phases(program, one, name, number)
            bench.record({"section": "returns", "test": name, "number": number, "column": one.name,
                          "values": values})
            cells.append(text(values))
        return [heading, *cells]

    names = [one.name for one in allocators]
    peaks = [row(heading, name, megabytes, lambda values: cell(values, ("before", "peak", "after", "settled")))
             for heading, name in PEAKS]
    creeps = [row(heading, name, 64, lambda values: cell(values, ("early", "late"))) for heading, name in CREEPS]
    scales = [row(f"{live:,} live blocks of 40 KB", "scale", live, scale_cell) for live in SCALES]
    progress("")
    lines = ["Resident MB: before > at the peak > after all is freed > after 1.5 s of little work", ""]
    lines += rows_of([[f"peak of {megabytes} MB", *names], *peaks])
    lines += ["", "Resident MB of a server: early > late (its live set stays the same)", ""]
    lines += rows_of([["server", *names], *creeps])
    lines += ["", "Nanoseconds of a malloc and a free, and of a walk for each block, by the number of live zones", ""]
    return lines + rows_of([["zones", *names], *scales])
