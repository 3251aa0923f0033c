"""The short way in for programs, and a log of requests that holds no secrets."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve
from django_structlog.middlewares import RequestMiddleware

from .logging import without_tokens

Answer = Callable[[HttpRequest], HttpResponseBase]


def short_way_for_webhooks(get_response: Answer) -> Answer:
    """Webhooks need no session, language, log-in or policy for browsers, and their address holds a secret that no
    log should see: they go straight to their view."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/hooks/"):
            return get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return get_response(request)
        response = match.func(request, *match.args, **match.kwargs)
        response._has_been_logged = True  # by nobody: Django would write the address down
        return response

    return middleware


class RequestLog(RequestMiddleware):
    """Requests without their query: it may hold the code of a consent or the proof of an install link. Nor do the
    addresses get into the log that are links out of an e-mail, which let in whoever opens them."""

    def format_request(self, request: HttpRequest) -> str:
        return without_tokens(f"{request.method} {request.path}")
