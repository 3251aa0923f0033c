"""The program as it really runs: a web server and workers, each a process of its own that can be killed.

The stand-ins are those of the ``sandbox`` fixture, another process. Database and broker are what ``DATABASE_URL`` and
``CELERY_BROKER_URL`` name, or else the embedded ones in a folder of the test; of both, a part of the test's own.
"""

import logging
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import redis
import requests
from celery import Celery
from django.db import close_old_connections, connection
from django.db.models import F

from config import settings as configured
from integrations.models import Administration, Credential, Delivery, Document, Payment, Reversal, State
from tests.chaos import worker
from tests.chaos.processes import Forked, Process, prepare_to_fork, wait_for
from tests.linked import Linked

ROOT = Path(__file__).resolve().parents[2]
MINUTE = timedelta(minutes=1, seconds=1)


@dataclass
class Broker:
    """The broker of a test: a folder, or a Redis database that was empty."""

    url: str
    folder: Path

    @property
    def is_folder(self) -> bool:
        return self.url.startswith("file:")

    def empty(self) -> None:
        if self.is_folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            redis.Redis.from_url(self.url).flushdb()

    def client(self) -> Celery:
        """Sends what web and worker send; which messages it sends is no news."""
        logging.getLogger("django_structlog.celery").setLevel(logging.WARNING)
        options = {"folder": str(self.folder)} if self.is_folder else {}
        # As the one to write to: Celery itself takes ``CELERY_BROKER_URL`` from the environment for the other.
        return Celery("bell", broker_write_url=self.url, broker_transport_options=options, set_as_current=False)


def own_broker(folder: Path) -> Broker:
    url = configured.CELERY_BROKER_URL
    if url.startswith("redis"):
        url = empty_redis(url)
    return Broker(url, folder / "broker")


def empty_redis(url: str) -> str:
    """The same Redis with the number of an empty database."""
    parts = urlsplit(url)
    for number in range(15, 0, -1):
        other = urlunsplit(parts._replace(path=f"/{number}"))
        if parts.path != f"/{number}" and not redis.Redis.from_url(other).dbsize():
            return other
    raise AssertionError("no Redis database is empty")


def database_url() -> str:
    """The test's own database, for other processes."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Program:
    """Web and workers on one database, one broker, and the stand-ins at ``sandbox_url``."""

    sandbox_url: str
    folder: Path
    broker: Broker
    port: int
    environment: dict[str, str]
    web: Process | None = None
    started: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bell = self.broker.client()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str, *command: str, **environment: str) -> Process:
        log = self.folder / f"{len(self.started):03}-{name}.log"
        with log.open("wb") as output:
            popen = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env={**os.environ, **self.environment, **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started = Process(popen, log)
        self.started.append(started)
        return started

    def start_web(self) -> Process:
        bind = ("-b", f"127.0.0.1:{self.port}", "-w", "2", "-k", "gthread", "--threads", "4", "--no-control-socket")
        self.web = self.start("web", "-m", "gunicorn", "config.wsgi", *bind, "--log-level", "warning")
        wait_for(self.answers, 30, "the web server answers")
        return self.web

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=1).ok
        except requests.RequestException:
            return False

    def start_worker(self, *, concurrency: int = 2) -> Process:
        return self.fork("celery", concurrency=concurrency)

    @contextmanager
    def workers(self, count: int, concurrency: int = 2) -> Iterator[list[Process]]:
        started = [self.start_worker(concurrency=concurrency) for _ in range(count)]
        try:
            yield started
        finally:
            for worker in started:
                worker.kill()

    def kill_at_random(self, times: int, seed: int) -> None:
        """Start two workers so many times, and kill them a moment after they began."""
        rng = random.Random(seed)
        for _ in range(times):
            with self.workers(2) as workers:
                wait_for(lambda workers=workers: all(one.has_said("ready.") for one in workers), 30, "workers start")
                self.a_minute_passes()
                self.sweep()
                time.sleep(rng.uniform(0.1, 0.8))
            Administration.objects.update(leased_until=None)

    def start_doomed(self, at: str, administration_id: int) -> Process:
        """A worker for one administration that ends itself at a point; see ``worker.py``. It has a queue of its own,
        since a ring goes to whoever comes first."""
        queue = f"doomed-{administration_id}"
        started = self.fork(queue, at)
        self.send_work(administration_id, queue)
        return started

    def fork(self, queue: str, at: str = "", concurrency: int = 2) -> Process:
        log = self.folder / f"{len(self.started):03}-{queue}.log"
        log.touch()
        started = Process(Forked(worker.run, at, queue, str(log), str(concurrency)), log)
        self.started.append(started)
        return started

    def kill_at(self, at: str, linked: Linked) -> None:
        """Let a worker for the books of this shop die where ``worker.py`` says; see ``start_doomed``."""
        assert linked.integration.administration_id
        doomed = self.start_doomed(f"{at}:SIGKILL", linked.integration.administration_id)
        wait_for(lambda: not doomed.is_alive(), 60, f"the worker dies at {at}")
        assert doomed.was_killed(), doomed.log.read_text()[-3000:]

    def send_work(self, administration_id: int, queue: str = "celery") -> None:
        self.bell.send_task("webshop.tasks.work", [administration_id], queue=queue)

    def sweep(self) -> None:
        self.bell.send_task("webshop.tasks.sweep")

    def a_minute_passes(self) -> None:
        """What is only believed for a minute is no longer: rings that nobody answered, a renewal that never ended."""
        Administration.objects.filter(rung_at__isnull=False).update(rung_at=F("rung_at") - MINUTE)
        Credential.objects.filter(renewing_until__isnull=False).update(renewing_until=F("renewing_until") - MINUTE)

    def lose_everything_but_the_database(self) -> None:
        """Kill every process with the signal that nobody can catch, and empty the broker; then start the web again."""
        for process in self.started:
            process.kill()
        self.started.clear()
        self.broker.empty()
        self.a_minute_passes()
        self.start_web()

    def finish(self, *shops: Linked, seconds: float = 60) -> None:
        """Let the sweep ring, more often than once a minute, until nothing is left to do for these shops."""

        def is_finished() -> bool:
            self.sweep()
            self.raise_what_failed()
            return not unfinished(shops)

        try:
            wait_for(is_finished, seconds, "everything has been handled", every=0.4)
        except TimeoutError as error:
            raise AssertionError(f"{error}: {unfinished(shops)[:20]}") from error

    def raise_what_failed(self) -> None:
        """A task may wait, stand aside or lose its lease; it never fails."""
        for process in self.started:
            failed = [line for line in process.log.read_text().splitlines() if '"task_failed"' in line]
            assert not failed, failed[0]

    def stop(self) -> None:
        for process in self.started:
            process.kill()
        self.started.clear()
        self.bell.close()
        self.broker.empty()


def unfinished(shops: Sequence[Linked]) -> list[str]:
    """What still waits, and why."""
    ours = [linked.integration.pk for linked in shops]
    deliveries = Delivery.objects.filter(handled_at=None, integration__in=ours)
    documents = Document.objects.filter(state=State.QUEUED, integration__in=ours)
    payments = Payment.objects.filter(state=State.QUEUED, integration__in=ours)
    reversals = Reversal.objects.filter(outcome=Reversal.Outcome.PENDING, document__integration__in=ours)
    return [
        *(f"delivery {row.remote_id}: {row.reason or 'new'}" for row in deliveries),
        *(f"document {row.remote_id}: {row.reason or 'ready'}" for row in documents),
        *(f"payment {row.number}: {row.reason or 'ready'}" for row in payments),
        *(f"reversal of {row.document_id}: {row.reason or 'ready'}" for row in reversals),
    ]


@contextmanager
def running(sandbox_url: str, folder: Path, **environment: Any) -> Iterator[Program]:
    """The web server, started; workers are for the caller to start. Everything ends with the block."""
    broker, port = own_broker(folder), free_port()
    broker.empty()
    program = Program(
        sandbox_url,
        folder,
        broker,
        port,
        {
            "DEMO": "1",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database_url(),
            "CELERY_BROKER_URL": broker.url,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "SANDBOX_HOSTS": urlsplit(sandbox_url).netloc,
            "ROMPSLOMP_URL": sandbox_url,
            "IMUIS_URL": sandbox_url,
            "IMUIS_PARTNER_KEY": "pk-demo-123",
            "VIES_URL": f"{sandbox_url}/vies/rest-api",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore",
            **{name: str(value) for name, value in environment.items()},
        },
    )
    prepare_to_fork(worker.__name__, program.environment)
    try:
        program.start_web()
        yield program
    finally:
        program.stop()
        close_old_connections()
