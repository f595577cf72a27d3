"""The library built for aarch64, a program on it under qemu, and gdb-multiarch: live through qemu's stub, and its core.

A ring of its own, since it needs a cross compiler: `make test-aarch64`.
"""

from __future__ import annotations

import os
import resource
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from inferiors import HERE, ROOT, Answer, Told, gdb, live_blocks, told_by

COMPILER, QEMU, GDB = "aarch64-linux-gnu-gcc", "qemu-aarch64", "gdb-multiarch"
SYSROOT = "/usr/aarch64-linux-gnu"
QUESTIONS = ("show-alloc-mem -json", "leak-check -json", "ftmalloc check -json", "ftmalloc diagnose -json")


@dataclass(frozen=True)
class Built:
    """The library and the subject, for aarch64."""

    library: Path
    program: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("aarch64")
    subprocess.run(
        ["make", "-s", "-C", ROOT, f"BUILD={folder}", f"CC={COMPILER}", "AR=aarch64-linux-gnu-ar",
         folder / "libftmalloc.so"],
        check=True, timeout=110,
    )  # fmt: skip
    program = folder / "subject"
    subprocess.run(
        [COMPILER, "-O1", "-g", "-fno-builtin", "-Wno-unused-result", "-o", program, HERE / "subject.c", "-pthread"],
        check=True, timeout=50,
    )  # fmt: skip
    return Built(folder / "libftmalloc.so", program)


def qemu(built: Built, *arguments: str, switches: tuple[str, ...] = ()) -> list[str]:
    settings = [word for switch in (f"LD_PRELOAD={built.library}", *switches) for word in ("-E", switch)]
    return [QEMU, "-L", SYSROOT, *settings, *arguments]


def ask(built: Built, *commands: str, arguments: tuple[object, ...] = ()) -> Answer:
    return gdb(f"set sysroot {SYSROOT}", f"set solib-search-path {built.library.parent}", *commands,
               arguments=arguments or (built.program,), program=GDB)


def assert_true(told: Told, answer: Answer) -> None:
    documents = {document["command"]: document for document in answer.documents()}
    assert len(documents) == len(QUESTIONS), answer.errors
    blocks = live_blocks(documents["show-alloc-mem"])
    assert {address: blocks.get(address) for address in told.live} == told.live
    assert documents["check"]["findings"] == []
    leaks = {int(address, 16): group["class"] for group in documents["leak-check"]["groups"]
             for address in group["addresses"]}
    assert leaks.get(told.only("lost")) == "definite"  # what it leads to is still on main's stack here
    assert documents["diagnose"]["signal"] == "SIGSEGV"


@pytest.mark.limit(200)
def test_live_through_the_stub_of_qemu(built: Built) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = qemu(built, "-g", str(port), str(built.program), "crash")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        connect = f"python import time; [time.sleep(0.1) for _ in range(100) if not listening({port})]"
        helper = ("python def listening(port): return f':{port:04X} ' in open('/proc/net/tcp').read()")
        answer = ask(built, helper, connect, "set solib-search-path", f"target remote :{port}", "continue",
                     "show-alloc-mem", f"set solib-search-path {built.library.parent}", *QUESTIONS, "kill")
        told = told_by(process.communicate(timeout=20)[0])
    finally:
        process.kill()
        process.wait()
    assert f"the symbols of {built.library} were not found: use `set solib-search-path FOLDER`" in answer.errors
    assert_true(told, answer)
    diagnosis = answer.documents()[-1]
    assert (diagnosis["fault"], diagnosis["access"], diagnosis["certainty"]) == ("null-dereference", "write", "certain")


@pytest.mark.limit(200)
def test_core_file_of_qemu(built: Built, tmp_path: Path) -> None:
    done = subprocess.run(
        qemu(built, str(built.program), "crash"), cwd=tmp_path, capture_output=True, text=True, timeout=50,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2),
    )  # fmt: skip
    (core,) = tmp_path.glob("qemu_*.core")
    assert_true(told_by(done.stdout), ask(built, *QUESTIONS, arguments=(built.program, core)))
    for file in tmp_path.iterdir():  # hundreds of megabytes
        os.unlink(file)


def test_reports_have_stacks_and_end_the_program(built: Built, tmp_path: Path) -> None:
    source = tmp_path / "twice.c"
    source.write_text(
        "#include <stdlib.h>\n"
        "__attribute__((noinline)) static void drop(char *block) { free(block); }\n"
        "int main(void) { char *block = malloc(40); drop(block); drop(block); return 0; }\n"
    )
    program = tmp_path / "twice"
    subprocess.run([COMPILER, "-O1", "-fno-builtin", "-o", program, source], check=True, timeout=50)
    done = subprocess.run(
        qemu(built, str(program), switches=("FtMallocDebug=1",)), cwd=tmp_path, capture_output=True, text=True,
        timeout=50, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    )  # fmt: skip
    assert done.returncode < 0
    assert "double-free" in done.stderr and done.stderr.count(" in main+") == 3, done.stderr
