"""What a program of the shop sends us: read with limits, answered with a status and a code.

The raw bytes are kept as they came, since every signature is made over them.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

log = structlog.get_logger(__name__)

LARGEST_BODY = 256 * 1024


class Rejected(Exception):
    """The request is answered with ``status``; ``code`` is for the program, ``message`` for who reads its log."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def answer(self) -> HttpResponse:
        return JsonResponse({"status": self.status, "code": self.code, "message": self.message}, status=self.status)


def for_programs(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view that takes POST from a program: without a log-in or a CSRF token, a signature stands in for both."""

    @wraps(view)
    def answered(request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        if request.method != "POST":
            refusal = Rejected(405, "method_not_allowed", "Only POST is answered here.").answer()
            refusal["Allow"] = "POST"
            return refusal
        try:
            return _with_a_live_connection(view, request, kwargs)
        except Rejected as rejected:
            return rejected.answer()
        except (OperationalError, InterfaceError):
            log.exception("the database is out of reach")
            return Rejected(503, "unavailable", "Nothing was stored; try again later.").answer()

    return csrf_exempt(login_not_required(answered))


def _with_a_live_connection(
    view: Callable[..., HttpResponseBase], request: HttpRequest, kwargs: dict[str, str]
) -> HttpResponseBase:
    """Call a view that may be repeated without asking the database first whether the kept connection still lives;
    when it turns out to be dead, a new one is tried."""
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return view(request, **kwargs)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return view(request, **kwargs)


def accepted() -> HttpResponse:
    """The answer that the shop waits for; anything else stops an installation."""
    return HttpResponse(b"OK", content_type="text/plain", headers={"Content-Length": "2"})


def read_body(request: HttpRequest) -> bytes:
    """The raw body. Raises ``Rejected`` (413) before more than the limit is read, whatever length was announced."""
    announced = str(request.META.get("CONTENT_LENGTH") or "")
    is_announced = announced.isascii() and announced.isdigit()
    if is_announced and (len(announced) > 9 or int(announced) > LARGEST_BODY):
        raise _too_large()
    try:
        body = request.body if is_announced else _unannounced(request)
    except (UnreadablePostError, RawPostDataException) as error:
        raise Rejected(400, "incomplete", "The body did not arrive in full.") from error
    if len(body) > LARGEST_BODY:
        raise _too_large()
    return body


def _unannounced(request: HttpRequest) -> bytes:
    """A body without a length (chunked), which Django leaves unread, from a server that marks where it ends."""
    if not request.META.get("wsgi.input_terminated"):
        return b""
    body: bytes = request.META["wsgi.input"].read(LARGEST_BODY + 1)
    return body


def _too_large() -> Rejected:
    return Rejected(413, "too_large", f"A body may have {LARGEST_BODY} bytes.")


def read_object(body: bytes) -> dict[str, Any]:
    """The body as a JSON object. Raises ``Rejected`` (400) for anything else, NaN and endless nesting included."""
    try:
        found = json.loads(body.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Rejected(400, "not_json", "The body is not JSON in UTF-8.") from error
    if not isinstance(found, dict):
        raise Rejected(400, "not_an_object", "The body is not a JSON object.")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
