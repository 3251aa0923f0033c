"""How the product speaks HTTP: with a total deadline, no redirects, and every call written down."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError, NewConnectionError

from .connections import Deadline, check_public, is_public, is_sandbox_host, session

__all__ = ["Answer", "Call", "NoAnswer", "NotSent", "Recorder", "check_public", "is_public", "is_sandbox_host", "send"]

LARGEST_ANSWER = 20 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Call:
    """One remote call as the timeline shows it: ``path`` holds no values of its query, ``status`` is 0 when no answer
    came, ``milliseconds`` is its duration."""

    method: str
    path: str
    status: int
    milliseconds: int


Recorder = Callable[[Call], None]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON with exact decimals; ``ValueError`` when it is no JSON."""
        return json.loads(self.body, parse_float=Decimal)

    def retry_after(self, *, otherwise: timedelta, longest: timedelta) -> timedelta:
        """How long the remote system asks us to stay away, at most ``longest``; ``otherwise`` when it names no
        seconds."""
        seconds = self.headers.get("Retry-After", "")
        if not (seconds.isascii() and seconds.isdigit()):
            return otherwise
        return min(timedelta(seconds=int(seconds[:9])), longest)


class NotSent(Exception):
    """No connection came about, so the remote system has seen nothing of the call."""


class NoAnswer(Exception):
    """The call was sent and no whole answer came in time."""


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    record: Recorder | None = None,
    public_only: bool = False,
    about: str = "",
    before_call: Callable[[], None] = lambda: None,
) -> Answer:
    """Make one call and return its answer, whatever its status. ``about`` is told with its path, where many different
    calls go to one. ``before_call`` is asked right before the first byte, and may forbid it by raising.

    Raises ``NotSent`` or ``NoAnswer``; the whole call takes at most ``CALL_DEADLINE_SECONDS``.
    """
    started = time.monotonic()
    status = 0
    request = _prepared(method, url, headers, body)
    try:
        answer = _exchange(request, before_call, is_guarded=public_only and not is_sandbox_host(url))
        status = answer.status
        return answer
    finally:
        if record:
            milliseconds = round((time.monotonic() - started) * 1000)
            path = f"{redacted(url)} {about}".strip()
            record(Call(method=method, path=path, status=status, milliseconds=milliseconds))


def _prepared(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> requests.PreparedRequest:
    """A request that goes over the wire exactly as it is given, since signatures are made of it: without what a
    session would add, and without parsing the address once more."""
    request = requests.PreparedRequest()
    request.method, request.url, request.body = method, url, body
    request.headers = CaseInsensitiveDict({"User-Agent": "Koppeling", **headers})
    if body is not None:
        request.headers["Content-Length"] = str(len(body))
    request.prepare_cookies({})
    return request


def _exchange(request: requests.PreparedRequest, before_call: Callable[[], None], *, is_guarded: bool) -> Answer:
    patience = settings.CALL_DEADLINE_SECONDS
    try:
        with Deadline(patience, before_call) as deadline:
            response = session(public_only=is_guarded).send(
                request, allow_redirects=False, stream=True, timeout=(min(10, patience), patience)
            )
            with response:
                answer = Answer(response.status_code, response.headers, _read(response))
        if deadline.is_over:
            raise NoAnswer("the answer was too slow")
        return answer
    except (requests.exceptions.ConnectTimeout, requests.exceptions.InvalidSchema) as error:
        raise NotSent(str(error)) from error
    except requests.exceptions.ConnectionError as error:
        if isinstance(getattr(error.args[0], "reason", None), NewConnectionError):
            raise NotSent(str(error)) from error
        raise NoAnswer(str(error)) from error
    except (requests.exceptions.RequestException, HTTPError) as error:
        raise NoAnswer(str(error)) from error


def _read(response: requests.Response) -> bytes:
    parts, size = [], 0
    while part := response.raw.read1(65536, decode_content=True):
        size += len(part)
        if size > LARGEST_ANSWER:
            raise requests.exceptions.ReadTimeout("the answer is too large")
        parts.append(part)
    return b"".join(parts)


def redacted(url: str) -> str:
    """The path of a URL with the values of its query left out: they may name a customer."""
    parts = urlsplit(url)
    query = re.sub(r"=[^&]*", "=…", parts.query)
    return f"{parts.path}?{query}" if query else parts.path
