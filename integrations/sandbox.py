"""What the stand-ins of the outside systems share: memory, faults on demand, counters, a control path.

A stand-in is a set of Django views. Its data lives in ``Memory`` tables; ``Memory.save_to`` keeps them in one JSON
file, so that a demo can be stopped and started again. ``FaultMiddleware`` plays the faults that a test asked for
at ``/_sandbox/faults`` and counts every call.
"""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

FAULTS = (
    "timeout",
    "timeout_after_write",
    "500",
    "503",
    "429",
    "422",
    "empty",
    "html",
    "slow",
    "expired_token",
)

Row = dict[str, Any]


class Memory:
    """Named tables of JSON objects, each under a text key; every change happens under ``lock``."""

    registered: ClassVar[list["Memory"]] = []

    def __init__(self, name: str, *tables: str) -> None:
        self.name = name
        self.lock = threading.RLock()
        self.writing = threading.Lock()
        self.written = ""
        self.tables: dict[str, dict[str, Row]] = {table: {} for table in tables}
        self.registered.append(self)

    def __getitem__(self, table: str) -> dict[str, Row]:
        return self.tables[table]

    def clear(self) -> None:
        with self.lock:
            for rows in self.tables.values():
                rows.clear()

    def dump(self) -> str:
        with self.lock:
            return json.dumps(self.tables)

    def load(self, text: str) -> None:
        with self.lock:
            for table, rows in json.loads(text).items():
                self.tables[table] = rows

    def save_to(self, folder: Path, *, every: float = 0.5) -> None:
        """Read what an earlier run left in ``folder`` and write every change there, about ``every`` seconds late."""
        file = folder / f"{self.name}.json"
        if file.exists():
            self.load(file.read_text())

        def keep_writing() -> None:
            while True:
                started = time.monotonic()
                self.write(folder)
                # A large memory takes long to write: never spend more than a twentieth of the time on it.
                time.sleep(max(every, 20 * (time.monotonic() - started)))

        threading.Thread(target=keep_writing, daemon=True).start()

    def write(self, folder: Path) -> None:
        """Write the tables now, unless they are as they were written last."""
        with self.writing:
            text = self.dump()
            if text != self.written:
                file = folder / f"{self.name}.json"
                part = file.with_suffix(".part")
                part.write_text(text)
                part.replace(file)
                self.written = text


@dataclass
class Fault:
    """One fault on demand. ``path`` is a regular expression searched in the path with its query, ``body`` one searched
    in the body as a form decodes it; ``skip`` calls pass before the first is hit, then ``times`` calls are hit.
    ``seconds`` is how long a time-out or a slow answer lasts."""

    kind: str
    path: str = ""
    method: str = ""
    body: str = ""
    times: int = 1
    skip: int = 0
    seconds: float = 5.0
    hits: int = field(default=0)

    def strikes(self, request: HttpRequest) -> bool:
        if self.times <= 0 or (self.method and self.method != request.method):
            return False
        if not re.search(self.path, request.get_full_path()):
            return False
        if self.body and not re.search(self.body, unquote_plus(request.body.decode(errors="replace"))):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        self.hits += 1
        return True


class Faults:
    """The faults that wait to be played and the calls that were counted."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: list[Fault] = []
        self.calls: Counter[str] = Counter()
        self.delay = 0.0

    def take(self, request: HttpRequest) -> Fault | None:
        name = counted_as(request)
        with self.lock:
            self.calls[name] += 1
            return next((fault for fault in self.waiting if fault.strikes(request)), None)

    def clear(self) -> None:
        with self.lock:
            self.waiting.clear()
            self.calls.clear()
            self.delay = 0.0


faults = Faults()

# What tells calls apart where one path serves all: path prefix -> function(request) -> a word. A stand-in adds its own.
call_words: dict[str, Callable[[HttpRequest], str]] = {}


def counted_as(request: HttpRequest) -> str:
    """The method, the path with long numbers as ``*`` and, where calls share a path, the call's own word."""
    words = [word_of(request) for prefix, word_of in call_words.items() if request.path.startswith(prefix)]
    return " ".join(filter(None, [request.method, re.sub(r"[0-9]{3,}", "*", request.path), *words]))


# How each vendor words an error: path prefix -> function(status) -> response. A stand-in adds its own at import.
error_wording: dict[str, Callable[[int], HttpResponse]] = {}

Answer = Callable[[HttpRequest], HttpResponseBase]

# Faults that only one system has: kind -> function(request, get_response) -> response. A stand-in adds its own.
more_faults: dict[str, Callable[[HttpRequest, Answer], HttpResponseBase]] = {}


def worded_error(request: HttpRequest, status: int) -> HttpResponse:
    for prefix, answer in error_wording.items():
        if request.path.startswith(prefix):
            return answer(status)
    return HttpResponse(status=status)


class FaultMiddleware:
    """Plays the fault that strikes this call, if any, and delays every call by the set number of seconds."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/_sandbox/"):
            return self.get_response(request)
        fault = faults.take(request)
        if faults.delay:
            time.sleep(faults.delay)
        return self.play(fault, request) if fault else self.get_response(request)

    def play(self, fault: Fault, request: HttpRequest) -> HttpResponseBase:
        match fault.kind:
            case "timeout":
                time.sleep(fault.seconds)
                return HttpResponse(status=504)
            case "timeout_after_write":
                self.get_response(request)
                time.sleep(fault.seconds)
                return HttpResponse(status=504)
            case "slow":
                time.sleep(fault.seconds)
                return self.get_response(request)
            case "empty":
                return HttpResponse(b"", content_type="application/json")
            case "html":
                return HttpResponse(
                    b"<html><body>Bad gateway</body></html>",
                    content_type="text/html",
                    status=200,
                )
            case "expired_token":
                return worded_error(request, 401)
            case kind if kind in more_faults:
                return more_faults[kind](request, self.get_response)
            case status:
                return worded_error(request, int(status))


@csrf_exempt
def faults_view(request: HttpRequest) -> HttpResponse:
    """POST one fault as JSON (fields of ``Fault``) to plan it; GET lists those that wait; DELETE forgets them."""
    if request.method == "POST":
        asked = json.loads(request.body)
        if asked.get("kind") not in (known := (*FAULTS, *more_faults)):
            return JsonResponse({"error": f"kind must be one of {', '.join(known)}"}, status=400)
        with faults.lock:
            faults.waiting.append(Fault(**asked))
    elif request.method == "DELETE":
        with faults.lock:
            faults.waiting.clear()
    return JsonResponse({"faults": [asdict(fault) for fault in faults.waiting]})


@csrf_exempt
def delay_view(request: HttpRequest) -> HttpResponse:
    """POST ``{"seconds": 0.1}``: every answer of every stand-in comes that much later."""
    faults.delay = float(json.loads(request.body)["seconds"])
    return JsonResponse({"seconds": faults.delay})


@csrf_exempt
def counters_view(request: HttpRequest) -> HttpResponse:
    """GET the number of calls by method, path and word (``counted_as``); DELETE starts from zero."""
    with faults.lock:
        if request.method == "DELETE":
            faults.calls.clear()
        return JsonResponse({"calls": dict(faults.calls)})


@csrf_exempt
def reset_view(_request: HttpRequest) -> HttpResponse:
    """POST: every stand-in forgets everything."""
    faults.clear()
    for memory in Memory.registered:
        memory.clear()
    return HttpResponse(status=204)


def sequence(start: int, step: int) -> Iterator[int]:
    """Identifiers that are unique and do not follow each other closely, as the vendors give them out."""
    while True:
        yield start
        start += step


urlpatterns = [
    path("_sandbox/faults", faults_view),
    path("_sandbox/delay", delay_view),
    path("_sandbox/counters", counters_view),
    path("_sandbox/reset", reset_view),
]
