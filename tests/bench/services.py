"""The services and processes that are measured: a database of our own in the given PostgreSQL, an empty database of
the given Redis, and processes that end with the block they were started in."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

ROOT = Path(__file__).resolve().parents[2]
MARK = "bench"  # a key that shows others that this Redis database is taken


class Missing(Exception):
    """A service that there is no measuring without does not answer."""


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextmanager
def own_database() -> Iterator[str]:
    """The URL of a new, empty database that is dropped afterwards."""
    given = os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
    parts = urlsplit(given)
    if not parts.scheme.startswith("postgres"):
        raise Missing(f"Only PostgreSQL is measured; DATABASE_URL names {parts.scheme}.")
    name = f"bench_{os.getpid()}"
    try:
        server = psycopg.connect(given, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        where = f"{parts.hostname}:{parts.port or 5432}"
        raise Missing(f"PostgreSQL does not answer at {where}; set DATABASE_URL. {error}") from error
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def own_redis() -> Iterator[str]:
    """The URL of a Redis database that was empty, and is again afterwards."""
    given = os.environ.get("CELERY_BROKER_URL", "")
    parts = urlsplit(given if given.startswith("redis") else "redis://127.0.0.1:6379/0")
    for number in range(14, 0, -1):
        url = urlunsplit(parts._replace(path=f"/{number}"))
        client = redis.Redis.from_url(url)
        try:
            is_mine = not client.dbsize() and client.set(MARK, os.getpid(), nx=True)
        except redis.ConnectionError as error:
            raise Missing(f"Redis does not answer at {parts.netloc}; set CELERY_BROKER_URL. {error}") from error
        if is_mine:
            try:
                yield url
            finally:
                client.flushdb()
            return
    raise Missing(f"No database of the Redis at {parts.netloc} is empty.")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def process(*command: str, **options: Any) -> "Iterator[subprocess.Popen[str]]":
    """A Python process of the project, ended with the block."""
    with subprocess.Popen([sys.executable, *command], cwd=ROOT, text=True, **options) as started:
        try:
            yield started
        finally:
            started.terminate()
            try:
                started.wait(10)
            except subprocess.TimeoutExpired:
                started.kill()


@contextmanager
def sandbox() -> Iterator[str]:
    """The URL of the stand-ins."""
    with process("manage.py", "sandbox", "--port", "0", stdout=subprocess.PIPE) as started:
        line = next((line for line in started.stdout or () if line.startswith("sandbox on ")), "")
        if not line:
            raise Missing("The stand-ins did not start.")
        yield line.removeprefix("sandbox on ").strip()


@contextmanager
def gunicorn(application: str, *, threads: int = 8) -> Iterator[int]:
    """The port of a web server with the README's settings: 2 processes of some threads."""
    port = free_port()
    options = ("--worker-class", "gthread", "--workers", "2", "--threads", str(threads), "--no-control-socket")
    command = ("-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", *options)
    with process(*command, stderr=subprocess.DEVNULL):
        wait_for(lambda: _answers(port), 30, f"{application} answers")
        yield port


@contextmanager
def workers(count: int, threads: int) -> "Iterator[list[subprocess.Popen[str]]]":
    """Celery workers as the README starts them, given time to come up."""
    if count == 0:
        yield []
        return
    options = ("--pool", "threads", "--concurrency", str(threads), "--without-gossip", "--without-mingle")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with (
        process("-m", "celery", "-A", "config", "worker", *options, "-n", f"bench{count}@%h", **quiet) as started,
        workers(count - 1, threads) as others,
    ):
        yield [started, *others]


def _answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def peak_memory(pid: int | str) -> int:
    """The most memory that a process has held so far, in bytes; ``self`` is the one that asks."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def wait_for(what: Callable[[], object], seconds: float, words: str, every: float = 0.1) -> None:
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            raise TimeoutError(f"after {seconds:.0f} s still not: {words}")
        time.sleep(every)
