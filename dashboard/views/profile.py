"""Profile: the reader's e-mail address, language and log-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .. import access
from ..frame import frame


def profile(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboard/profile.html")


def profile_of(request: HttpRequest, licence_key: str) -> HttpResponse:
    """The same under the tabs of an integration."""
    integration = access.integration_for(request.user, licence_key)
    return render(request, "dashboard/profile.html", frame(request.user, integration, "profile"))
