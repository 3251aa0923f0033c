"""A worker that ends itself, or freezes, at a chosen call to the ledger. It is the product's own worker around HTTP
sessions that count.

``CHAOS_AT`` is ``WHAT:MOMENT:NUMBER:SIGNAL``. WHAT is counted: ``write`` (POST, PATCH and DELETE, the renewal of a
token included) or ``call`` (those, and what is read). MOMENT is ``before`` the NUMBERth is sent, ``during`` it (a
little later, when the server has it), or ``after`` the server has answered and before our code sees the answer.
``CHAOS_QUEUE`` is the queue that this worker listens to.
"""

import os
import signal
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

WRITES = ("POST", "PATCH", "DELETE")
LEDGER = (f"{settings.ROMPSLOMP_URL}/api/v1/", f"{settings.ROMPSLOMP_URL}/oauth/token")
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
        if not str(request.url).startswith(LEDGER) or (self.what == "write" and request.method not in WRITES):
            return False
        with self.lock:
            self.counted += 1
            return self.counted == self.number

    def strike(self) -> None:
        os.kill(os.getpid(), self.signal)
        time.sleep(0.1)  # a signal that stops the process takes effect between two instructions of any thread


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


def main() -> None:
    fate = Fate(os.environ["CHAOS_AT"])
    http.session = fated(http.session, fate)
    oauth.session = fated(oauth.session, fate)
    queue = os.environ["CHAOS_QUEUE"]
    app.worker_main(["worker", "-P", "threads", "-c", "2", "-l", "info", "-Q", queue, "-n", f"{queue}@test"])


if __name__ == "__main__":
    main()
