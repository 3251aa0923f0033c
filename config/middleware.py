"""The short way in for programs."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

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
        return match.func(request, *match.args, **match.kwargs)

    return middleware
