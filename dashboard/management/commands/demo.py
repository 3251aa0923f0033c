"""``manage.py demo``: the whole product on one machine, with stand-ins for the shop and the books.

It makes what is missing, starts web, worker, beat and the stand-ins, and ends them all on Ctrl-C. What was done in it
is kept in ``DATA_DIR``; ``--reset`` starts over.
"""

import contextlib
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import requests
from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import connections

from ...demo import demo_data

PATIENCE = 60
GRACE = 15


class Part:
    """One process of the demo, in a session of its own, so that Ctrl-C reaches it only through us."""

    def __init__(self, name: str, command: list[str], is_ready: Callable[[str], bool]) -> None:
        self.name = name
        self.log = settings.DATA_DIR / f"{name.replace(' ', '-')}.log"
        self.is_ready = is_ready
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(  # noqa: S603 our own commands
                command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def wait_until_ready(self) -> None:
        patience = time.monotonic() + PATIENCE
        while time.monotonic() < patience and self.process.poll() is None:
            if self.is_ready(self.log.read_text(errors="replace")):
                return
            time.sleep(0.1)
        raise CommandError(f"{self.name} did not start:\n{self.last_words()}")

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])

    def stop(self) -> None:
        """Ask the leader to end; what is left of its group after the grace is killed."""
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(GRACE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Command(BaseCommand):
    help = "Start everything on this machine, with stand-ins for CCV Shop, Rompslomp, King / iMUIS and VIES."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=port_number, default=os.environ.get("PORT") or "8000")
        parser.add_argument("--reset", action="store_true", help="forget everything of earlier runs first")

    def handle(self, *_args: Any, port: int, reset: bool, **_options: Any) -> None:
        if not settings.DEMO:
            start_again_as_demo(port)
        for wanted in (port, port + 1):
            refuse_if_taken(wanted)
        if reset:
            forget()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, interrupt)
        parts: list[Part] = []
        try:
            self.prepare()
            self.start(parts, port)
            self.stdout.write(welcome())
            Thread(target=demo_data.give_a_past, daemon=True).start()
            watch(parts)
        except KeyboardInterrupt:
            self.stdout.write("\nEnding …")
        finally:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            for part in reversed(parts):
                part.stop()
        self.stdout.write("Ended. `make demo` goes on where this stopped; `make demo-reset` starts over.")

    def prepare(self) -> None:
        logging.disable(logging.INFO)
        self.progress("static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        self.progress("database")
        call_command("migrate", interactive=False, verbosity=0)

    def start(self, parts: list[Part], port: int) -> None:
        python, here = sys.executable, str(settings.BASE_DIR / "manage.py")
        celery = [python, "-m", "celery", "-A", "config"]
        web = f"http://127.0.0.1:{port}"
        self.part(
            parts,
            "stand-in shop and ledger",
            [python, here, "sandbox", "--port", str(port + 1), "--state", str(settings.DATA_DIR)],
            lambda log: "sandbox on" in log,
        )
        self.progress("demo data")
        demo_data.make()
        connections.close_all()
        gunicorn = ["--bind", f"127.0.0.1:{port}", "--threads", "8", "--no-control-socket"]
        self.part(
            parts, "web", [python, "-m", "gunicorn", "config.wsgi", *gunicorn], lambda _log: answers(f"{web}/healthz")
        )
        worker = ["worker", "--pool", "threads", "--concurrency", "4", "--loglevel", "INFO"]
        self.part(parts, "worker", [*celery, *worker], lambda log: "ready." in log)
        beat = ["beat", "--loglevel", "INFO", "--pidfile", ""]
        self.part(parts, "beat", [*celery, *beat], lambda log: "beat: Starting" in log)
        demo_data.register_webhooks()
        connections.close_all()

    def part(self, parts: list[Part], name: str, command: list[str], is_ready: Callable[[str], bool]) -> None:
        self.progress(name)
        parts.append(Part(name, command, is_ready))
        parts[-1].wait_until_ready()

    def progress(self, name: str) -> None:
        self.stdout.write(f"  {name}")
        self.stdout.flush()


def start_again_as_demo(port: int) -> None:
    """Replace this process by one whose settings are those of the demo; settings are read once, at the start."""
    # Both sides remember each other's address, so what a demo leaves behind belongs to its port.
    folder = os.environ.get("DATA_DIR") or str(settings.BASE_DIR / "var" / f"demo-{port}")
    sandbox = f"http://localhost:{port + 1}"
    Path(folder).mkdir(parents=True, exist_ok=True)
    environment = {
        "DEMO": "1",
        "DATA_DIR": folder,
        "PUBLIC_URL": f"http://localhost:{port}",
        "SANDBOX_URL": sandbox,
        "SANDBOX_HOSTS": f"localhost:{port + 1}",
        "ROMPSLOMP_URL": sandbox,
        "ROMPSLOMP_CLIENT_ID": "demo",
        "ROMPSLOMP_CLIENT_SECRET": "demo",
        "ROMPSLOMP_INVOICE_PAGE": f"{sandbox}/ledger/{{company}}/invoices/{{invoice}}",
        "IMUIS_URL": sandbox,
        "IMUIS_PARTNER_KEY": "pk-demo-123",
        "IMUIS_DOCUMENT_PAGE": f"{sandbox}/imuis/named/{{administration}}/{{kind}}/{{number}}",
        "VIES_URL": f"{sandbox}/vies/rest-api",
        "EMAIL_URL": "consolemail://",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
    }
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **environment})  # noqa: S606 ourselves again


def port_number(text: str) -> int:
    if text.isascii() and text.isdigit() and 1024 <= int(text) <= 65534:
        return int(text)
    raise ArgumentTypeError("PORT must be a number from 1024 to 65534; the one after it is used too")


def refuse_if_taken(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise CommandError(
                f"Port {port} is in use. If an earlier demo still runs, end it with Ctrl-C; "
                f"else choose another pair of ports, for instance: PORT=8010 make demo"
            )


def forget() -> None:
    """Remove what earlier runs left; only what the demo made itself."""
    if os.environ.get("DATABASE_URL"):
        raise CommandError("DATABASE_URL is set: empty that database yourself, or unset it for the embedded one.")
    shutil.rmtree(settings.DATA_DIR)
    settings.DATA_DIR.mkdir(parents=True)


def interrupt(*_signal: Any) -> None:
    raise KeyboardInterrupt


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def watch(parts: list[Part]) -> None:
    while True:
        for part in parts:
            if part.process.poll() is not None:
                raise CommandError(f"{part.name} ended by itself:\n{part.last_words()}")
        time.sleep(0.5)


def welcome() -> str:
    return (
        f"\nOpen    {settings.PUBLIC_URL}\n"
        f"Log in  {settings.DEMO_EMAIL} / {settings.DEMO_PASSWORD}\n"
        f"Shops   {settings.SANDBOX_URL}/shop/\n"
        f"Books   {settings.SANDBOX_URL}/ledger/ (Rompslomp), {settings.SANDBOX_URL}/imuis/ (King / iMUIS)\n"
        f"Mail    is written to {settings.DATA_DIR}/web.log and worker.log\n"
        "Ctrl-C ends it.\n"
    )
