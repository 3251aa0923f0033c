"""Plays a fault on demand in the place of the answer, in each vendor's own words."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from .planned_faults import Fault, faults

# The faults that every stand-in can play.
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
