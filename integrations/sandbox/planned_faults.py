"""The faults on demand that wait for their call, and how often each call came."""

import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from django.http import HttpRequest


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
