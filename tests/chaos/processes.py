"""Processes that can be killed and frozen, and what it takes to wait for them."""

import multiprocessing
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from unittest.mock import patch


def wait_for(what: Callable[[], Any], seconds: float, words: str, every: float = 0.1) -> Any:
    """The first true answer of ``what``."""
    until = time.monotonic() + seconds
    while not (found := what()):
        if time.monotonic() > until:
            raise TimeoutError(f"after {seconds} s still not: {words}")
        time.sleep(every)
    return found


class Forked:
    """A process that came out of another one in which everything was imported: most of the time that a worker takes
    to start. What ``Process`` uses of ``Popen``."""

    context = multiprocessing.get_context("forkserver")
    lock = threading.Lock()  # each start looks for processes that have ended

    def __init__(self, target: Callable[..., None], *given: str) -> None:
        self.process: BaseProcess = self.context.Process(target=target, args=given)
        with self.lock:
            self.process.start()
        assert self.process.pid
        self.pid = self.process.pid

    def poll(self) -> int | None:
        with self.lock:
            return self.process.exitcode

    def wait(self) -> None:
        wait_for(lambda: self.poll() is not None, 10, f"process {self.pid} ends")


@dataclass
class Process:
    """One process with all its children; what it prints goes to ``log``."""

    popen: subprocess.Popen[bytes] | Forked
    log: Path

    def signal(self, number: int) -> None:
        try:
            os.killpg(self.popen.pid, number)
        except ProcessLookupError:
            return

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.popen.wait()

    def is_alive(self) -> bool:
        return self.popen.poll() is None

    def was_killed(self) -> bool:
        return self.popen.poll() == -signal.SIGKILL

    def is_frozen(self) -> bool:
        asked = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(self.popen.pid)], capture_output=True, text=True, check=False
        )
        return asked.stdout.startswith("T")

    def has_said(self, words: str) -> int:
        return self.log.read_text().count(words)


def prepare_to_fork(module: str, environment: dict[str, str]) -> None:
    """Start the process that forked ones come out of; it has imported ``module``."""
    Forked.context.set_forkserver_preload([module])
    with patch.dict(os.environ, environment):
        forkserver.ensure_running()


def at_once(*acts: Callable[[], Any], most: int = 50) -> None:
    """Do these things in a thread each, ``most`` of them at a time; what the first of them raises is raised."""
    with ThreadPoolExecutor(most) as pool:
        for future in [pool.submit(act) for act in acts]:
            future.result()
