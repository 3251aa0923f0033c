"""The control path under ``/_sandbox/``: what all stand-ins share, and the views that each makes its own of."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from .fault_playing import FAULTS, more_faults
from .memory import Memory, Row
from .planned_faults import Fault, faults

Control = Callable[..., Row | None]


def control_view(memory: Memory, /, *mistakes: type[Exception], **handlers: Control) -> Callable[..., HttpResponse]:
    """A view over JSON in and out: the function for the method gets the body and the keys in the path, has the memory
    to itself, and returns what is answered (None: 204). What a body that does not fit raises, or one of ``mistakes``,
    answers 400 ``{"error": …}``."""
    caught: tuple[type[Exception], ...] = (ValueError, TypeError, KeyError, AttributeError, *mistakes)

    @csrf_exempt
    def view(request: HttpRequest, **keys: Any) -> HttpResponse:
        handler = handlers.get(request.method or "")
        if handler is None:
            return JsonResponse({"error": "no such control call"}, status=404)
        try:
            body = json.loads(request.body) if request.body else {}
            with memory.lock:
                answer = handler(body, **keys)
                return HttpResponse(status=204) if answer is None else JsonResponse(answer)
        except caught as error:
            return JsonResponse({"error": str(error)}, status=400)

    return view


def only(asked: Row, *known: str) -> None:
    """Refuse what a control call does not know."""
    if unknown := sorted(asked.keys() - set(known)):
        raise ValueError(f"unknown: {', '.join(unknown)}")


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


urlpatterns = [
    path("_sandbox/faults", faults_view),
    path("_sandbox/delay", delay_view),
    path("_sandbox/counters", counters_view),
    path("_sandbox/reset", reset_view),
]
