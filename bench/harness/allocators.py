"""The allocators that are compared: ours, glibc, and the peers that this machine has."""

from __future__ import annotations

import ctypes.util
import glob
from dataclasses import dataclass
from pathlib import Path

OURS = "ftmalloc"
BASELINE = "glibc"

# Name → where Debian, Fedora and Arch keep the library, and Debian's package.
PEERS = {
    "jemalloc": (("libjemalloc.so.2",), "libjemalloc2"),
    "mimalloc": (("libmimalloc.so.2.0", "libmimalloc.so.2", "libmimalloc.so.3"), "libmimalloc2.0"),
    "tcmalloc": (("libtcmalloc_minimal.so.4",), "libtcmalloc-minimal4"),
}
LIBRARY_FOLDERS = ("/usr/lib/*-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib")


@dataclass(frozen=True)
class Allocator:
    """One allocator. `library` is the path for LD_PRELOAD; None for the C library's own."""

    name: str
    library: str | None


def library_path(file_names: tuple[str, ...]) -> str | None:
    """Path of the first of these libraries that is installed, or None."""
    for name in file_names:
        for folder in LIBRARY_FOLDERS:
            for path in sorted(glob.glob(f"{folder}/{name}")):
                return path
    return None


def libc_path() -> str:
    """Path or name of the C library, for programs that link another malloc and are to run on the C library's."""
    return library_path(("libc.so.6",)) or ctypes.util.find_library("c") or "libc.so.6"


def find_allocators(ours: Path, extra: list[str], only: list[str]) -> tuple[list[Allocator], list[str]]:
    """What to compare, the baseline first, and a sentence for each peer that is missing.

    `extra` holds NAME=PATH of further libraries; `only` restricts the choice, and is empty for all of them.
    """
    found = [Allocator(BASELINE, None)]
    missing = []
    if ours.exists():
        found.append(Allocator(OURS, str(ours)))
    else:
        missing.append(f"{OURS}: {ours} is not built; run make")
    for name, (file_names, package) in PEERS.items():
        path = library_path(file_names)
        if path:
            found.append(Allocator(name, path))
        else:
            missing.append(f"{name}: not installed (Debian: apt install {package})")
    for pair in extra:
        name, _, path = pair.partition("=")
        if path and Path(path).exists():
            found.append(Allocator(name, str(Path(path).resolve())))
        else:
            missing.append(f"{name}: no library at {path or '(give NAME=PATH)'}")
    given = {pair.partition("=")[0] for pair in extra}
    missing += [f"{name}: not in Debian; give it by --allocator {name}=PATH"
                for name in ("snmalloc", "rpmalloc") if name not in given]
    if only:
        found = [one for one in found if one.name in only or one.name == BASELINE]
    return found, missing
