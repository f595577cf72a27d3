"""A threaded server under load: redis with I/O threads, on the loopback, bounded in requests."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path
from typing import Iterator

import preload
import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(port: int, *words: str) -> bytes:
    """One command to the server, over a connection of its own; its raw answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(" ".join(words).encode() + b"\r\n")
        return connection.recv(65536)


class Redis:
    """A redis-server on our allocator, and the folder it works in."""

    def __init__(self, folder: Path, mode: str):
        self.folder = folder
        self.port = free_port()
        self.report = folder / "allocator.report"
        # redis-tools brings the server's binary under another name; no package starts a service for us.
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "",
             "--io-threads", "2", "--io-threads-do-reads", "yes", "--logfile", "log"],
            executable="/usr/bin/redis-check-rdb",
            cwd=folder,
            env=preload.environment(mode, self.report),
        )  # fmt: skip
        self.wait_until_it_answers()

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 20
        while True:
            try:
                assert command(self.port, "PING") == b"+PONG\r\n"
                return
            except OSError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.02)

    def benchmark(self, tests: str, requests: int, *more: str) -> str:
        finished = subprocess.run(
            ["redis-benchmark", "-p", str(self.port), "-t", tests, "-n", str(requests), "-c", "25", "--csv", *more],
            capture_output=True, text=True, timeout=150,
        )  # fmt: skip
        assert finished.returncode == 0, finished.stderr
        return finished.stdout


@pytest.fixture
def redis(tmp_path, mode) -> Iterator[Redis]:
    server = Redis(tmp_path, mode)
    yield server
    server.process.kill()
    server.process.wait()


@pytest.mark.limit(300)
def test_redis_serves_under_load(redis):
    assert str(preload.LIBRARY) in Path(f"/proc/{redis.process.pid}/maps").read_text()
    rows = redis.benchmark("set,get,incr,lpush,rpop,sadd,hset,spop,zadd,mset", 3000, "-r", "5000", "-d", "300")
    assert rows.count("\n") >= 11
    rows = redis.benchmark("set,get", 20000, "-P", "16", "-r", "100000", "--threads", "2")
    assert rows.count("\n") >= 3

    assert command(redis.port, "SET", "greeting", "hello") == b"+OK\r\n"
    assert command(redis.port, "APPEND", "greeting", "-" * 5000) == b":5005\r\n"
    count = command(redis.port, "DBSIZE")
    assert command(redis.port, "SAVE") == b"+OK\r\n"
    assert command(redis.port, "BGSAVE") == b"+Background saving started\r\n"
    assert command(redis.port, "DEBUG", "SLEEP", "0").startswith((b"+OK", b"-ERR"))
    assert command(redis.port, "DBSIZE") == count
    assert command(redis.port, "STRLEN", "greeting") == b":5005\r\n"
    assert command(redis.port, "FLUSHALL") == b"+OK\r\n"

    command(redis.port, "SHUTDOWN", "NOSAVE")
    assert redis.process.wait(timeout=20) == 0, (redis.folder / "log").read_text()[-2000:]
    assert not redis.report.exists() or redis.report.read_text() == ""
