"""Real programs, as Debian ships them, with inputs that are generated once into build/bench/work."""

from __future__ import annotations

import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from harness.allocators import Allocator
from harness.build import BENCH, BUILD, launcher
from harness.cases import TIMEOUT_SECONDS, TOOL_TIMEOUT_SECONDS, Case
from harness.launch import Launch, Sample, clean_environment

WORK = BUILD / "work"
SCRIPTS = BENCH / "workloads"


def python_case() -> Case | None:
    """CPython, all of whose memory comes from malloc."""
    program = "/usr/bin/python3"
    if not Path(program).exists():
        return None
    return Case("python3", "real", "cpu", "objects, dictionaries, JSON and regular expressions, PYTHONMALLOC=malloc",
                [program, "-S", "-B", str(SCRIPTS / "objects.py")], {"PYTHONMALLOC": "malloc"})


def script_case(name: str, script: str, what: str) -> Case | None:
    """An interpreter that runs one script of bench/workloads."""
    program = shutil.which(name)
    return Case(name, "real", "cpu", what, [program, str(SCRIPTS / script)]) if program else None


def sqlite_case() -> Case | None:
    """The sqlite3 shell with a database in memory."""
    program = shutil.which("sqlite3")
    if not program:
        return None
    return Case("sqlite3", "real", "cpu", "inserts, indices, joins and grouping in memory",
                [program, "-batch", ":memory:", f".read {SCRIPTS / 'queries.sql'}"])


def compiler_case() -> Case | None:
    """gcc's own C++ compiler, on a file that has been through the preprocessor."""
    compiler = shutil.which("g++")
    if not compiler:
        return None
    source = WORK / "containers.ii"
    if not source.exists():
        subprocess.run([compiler, "-E", str(SCRIPTS / "containers.cpp"), "-o", str(source)], check=True)
    cc1plus = subprocess.run([compiler, "-print-prog-name=cc1plus"], check=True, capture_output=True,
                             text=True).stdout.strip()
    return Case("gcc", "real", "cpu", "cc1plus -O1 on a file full of standard containers",
                [cc1plus, "-quiet", "-fpreprocessed", "-O1", "-std=c++17", str(source), "-o", "/dev/null"])


def write_history(stream, commits: int) -> None:
    """A history of text files for git fast-import: the same one at each call."""
    chance = random.Random(61)
    words = ["".join(chance.choices("abcdefghijklmnop", k=chance.randint(2, 9))) for _ in range(500)]
    files = {f"folder{i % 12}/file{i}.txt": [" ".join(chance.choices(words, k=8)) for _ in range(120)]
             for i in range(150)}
    for commit in range(commits):
        stamp = 1600000000 + commit * 3600
        stream.write(f"commit refs/heads/main\ncommitter Bench <bench@example.org> {stamp} +0000\n".encode())
        message = f"change {commit}\n".encode()
        stream.write(b"data %d\n%s\n" % (len(message), message))
        for name in chance.sample(sorted(files), 150 if commit == 0 else 4):
            lines = files[name]
            lines[chance.randrange(len(lines))] = " ".join(chance.choices(words, k=8))
            content = "\n".join(lines).encode()
            stream.write(b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(content), content))


def git_case() -> Case | None:
    """git log with diffs, fsck and packing on a generated repository, which stays as it is."""
    program = shutil.which("git")
    if not program:
        return None
    repository = WORK / "repository.git"
    if not (repository / "done").exists():
        shutil.rmtree(repository, ignore_errors=True)
        repository.mkdir(parents=True)
        subprocess.run([program, "init", "--quiet", "--bare", "."], cwd=repository, check=True)
        importer = subprocess.Popen([program, "fast-import", "--quiet"], cwd=repository, stdin=subprocess.PIPE)
        write_history(importer.stdin, 600)
        importer.stdin.close()
        if importer.wait():
            raise SystemExit("bench: git fast-import failed")
        subprocess.run([program, "repack", "-adfq"], cwd=repository, check=True)
        (repository / "done").touch()
    script = ('"$0" log --stat main >/dev/null && "$0" -c pack.threads=1 fsck --full --no-progress >/dev/null'
              ' && "$0" -c pack.threads=1 pack-objects --all --no-reuse-delta --stdout -q </dev/null >/dev/null')
    settings = {"HOME": str(WORK), "GIT_CONFIG_NOSYSTEM": "1", "GIT_DIR": str(repository)}
    return Case("git", "real", "cpu", "log --stat, fsck and packing of a generated repository",
                ["sh", "-c", script, program], settings, repository, program_at=3)


def wait_for_socket(path: Path, seconds: float) -> bool:
    """True once something listens at the Unix socket."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(path))
                return True
            except OSError:
                time.sleep(0.01)
    return False


@dataclass(frozen=True)
class RedisCase(Case):
    """redis-server under redis-benchmark, by a Unix socket: what the server takes counts, the load doesn't.
    `requests`: of each kind."""

    requests: int = 60000

    def for_tools(self) -> Case:
        return replace(self, requests=self.requests // 4)

    def run(self, allocator: Allocator, settings: dict[str, str], tool: tuple[str, ...] = ()) -> Sample:
        # Not in the work folder: a socket's path may not be longer than 107 bytes.
        with tempfile.TemporaryDirectory(prefix="ftmalloc-bench-") as folder:
            path = Path(folder) / "redis.sock"
            # Debian's server is linked with jemalloc: the C library's malloc must be put in front of that.
            launch = Launch(launcher(), allocator, [*tool, *self.command, "--unixsocket", str(path)],
                            settings=settings, cwd=WORK, foreign_malloc=self.command[0] == redis_server())
            load = ["redis-benchmark", "-s", str(path), "-q", "-n", str(self.requests), "-r", "20000", "-d", "100",
                    "-c", "20", "-P", "16", "-t", "set,get,lpush,lpop,sadd,hset,spop,zadd,lrange_100"]
            patience = TOOL_TIMEOUT_SECONDS if tool else TIMEOUT_SECONDS
            loaded = wait_for_socket(path, patience / 3) and run_load(load, patience)
            stop_redis(path)
            sample = launch.finish(patience / 3)
        return sample if loaded or sample.failure else replace(sample, failure="no answer")


def run_load(command: list[str], seconds: float) -> bool:
    """True when redis-benchmark got all its answers in that time."""
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
                              env=clean_environment(), timeout=seconds).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def stop_redis(path: Path) -> None:
    """Asks the server to end, in its own protocol; one that is gone already is fine."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
            client.sendall(b"SHUTDOWN NOSAVE\r\n")
        except OSError:
            return


def redis_server() -> str | None:
    """Path of the server, or None. Debian's package redis-tools has its program, under the name of one of the
    tools; the package with the right name would start a service."""
    server, tool = shutil.which("redis-server"), shutil.which("redis-check-rdb")
    if server or not tool:
        return server
    link = WORK / "redis-server"
    if not link.exists():
        link.symlink_to(tool)
    return str(link)


def redis_case() -> Case | None:
    """The server and its load, where both are installed."""
    server = redis_server()
    if not server or not shutil.which("redis-benchmark"):
        return None
    return RedisCase("redis", "real", "cpu", "redis-server under redis-benchmark",
                     [server, "--port", "0", "--save", ""])


def real_cases() -> tuple[list[Case], list[str]]:
    """The real programs that are installed, and a sentence for each that is not."""
    WORK.mkdir(parents=True, exist_ok=True)
    candidates: dict[str, Callable[[], Case | None]] = {
        "redis": redis_case,
        "sqlite3": sqlite_case,
        "python3": python_case,
        "gcc": compiler_case,
        "git": git_case,
        "lua5.4": lambda: script_case("lua5.4", "tables.lua", "tables, closures and strings"),
        "perl": lambda: script_case("perl", "words.pl", "hashes, arrays, strings and regular expressions"),
    }
    cases, missing = [], []
    for name, make in candidates.items():
        case = make()
        if case:
            cases.append(case)
        else:
            missing.append(f"{name}: not installed")
    return cases, missing
