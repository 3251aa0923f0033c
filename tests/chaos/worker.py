"""A worker that ends itself, or freezes, at a chosen call to the ledger. It is the product's own worker around HTTP
sessions that count.

Where that is, is said by ``WHAT:MOMENT:NUMBER:SIGNAL``. WHAT is counted: ``write`` (what makes, changes or deletes
something there, the renewal of a token or session included) or ``call`` (those, and what is read). MOMENT is
``before`` the NUMBERth is sent, ``during`` it (a little later, when the server has it), or ``after`` the server has
answered and before our code sees the answer.
"""

import os
import re
import signal
import sys
import threading
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import requests  # noqa: E402
from django.conf import settings  # noqa: E402

from accounting.rompslomp import oauth  # noqa: E402
from config.celery import app  # noqa: E402
from integrations import http  # noqa: E402

app.loader.import_default_modules()  # what each worker would have to do for itself

WRITES = ("POST", "PATCH", "DELETE")
LEDGER = (
    f"{settings.ROMPSLOMP_URL}/api/v1/",
    f"{settings.ROMPSLOMP_URL}/oauth/token",
    f"{settings.IMUIS_URL}/ws1_api.aspx",
)
READS = re.compile(r"(^|&)ACTIE=GET")  # where everything is a POST
DURING = 0.4  # seconds


class Fate:
    """Counts the calls to the ledger, and strikes at one of them."""

    def __init__(self, at: str) -> None:
        self.what, self.moment, number, name = at.split(":")
        self.number = int(number)
        self.signal = signal.Signals[name]
        self.counted = 0
        self.lock = threading.Lock()

    def is_met_by(self, request: requests.PreparedRequest) -> bool:
        if not str(request.url).startswith(LEDGER) or (self.what == "write" and not is_write(request)):
            return False
        with self.lock:
            self.counted += 1
            return self.counted == self.number

    def strike(self) -> None:
        os.kill(os.getpid(), self.signal)
        time.sleep(0.1)  # a signal that stops the process takes effect between two instructions of any thread


def is_write(request: requests.PreparedRequest) -> bool:
    body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
    return request.method in WRITES and not READS.search(body)


def fated(make, fate):
    """``make`` gives sessions; those that come out of this one meet their fate."""

    def made(*args, **kwargs):
        session = make(*args, **kwargs)
        if not hasattr(session, "fated"):
            session.fated = session.send
            session.send = lambda request, **options: sent(session.fated, fate, request, options)
        return session

    return made


def sent(send, fate, request, options):
    if not fate.is_met_by(request):
        return send(request, **options)
    if fate.moment == "before":
        fate.strike()
    if fate.moment == "during":
        threading.Timer(DURING, fate.strike).start()
    answer = send(request, **options)
    if fate.moment == "after":
        fate.strike()
    return answer


def run(at: str, queue: str, log: str, concurrency: str = "2") -> None:
    """Listen to ``queue`` until fate strikes, if there is any. To be called in a process of its own."""
    os.setsid()
    with open(log, "wb", buffering=0) as output:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(output.fileno(), stream.fileno())
    if at:
        fate = Fate(at)
        http.session = fated(http.session, fate)
        oauth.session = fated(oauth.session, fate)
    alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    name = f"{queue}-{os.getpid()}@test"
    app.worker_main(["worker", "-P", "threads", "-c", concurrency, "-l", "info", "-Q", queue, "-n", name, *alone])
