"""The self-test: its last result, a new one, and the result as a file for the accountant."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from integrations.models import Integration, Role

from .. import access
from ..frame import books_name, frame
from ..redirects import back
from ..settings import self_test as test
from ..settings.settings_page import settings_page


def self_test(request: HttpRequest, licence_key: str) -> HttpResponse:
    """GET shows the last result. POST tests again, or with ``go_on`` keeps that the reader goes on with what is not
    right."""
    integration = access.integration_for(request.user, licence_key)
    if request.method == "POST":
        access.demand(integration, Role.OWNER if "go_on" in request.POST else Role.BOOKKEEPER)
        return tested(request, integration)
    context = frame(request.user, integration, "configuration")
    context |= {"tested": test.last(integration), "why_not": why_not(integration)}
    return render(request, "dashboard/self_test.html", context)


def tested(request: HttpRequest, integration: Integration) -> HttpResponse:
    refusal = why_not(integration)
    if refusal:
        messages.error(request, refusal)
    elif "go_on" in request.POST:
        test.go_on(integration, request.user)
        return redirect("steps", integration.licence_key)
    else:
        test.run(integration, request.user)
    return back(request, "self-test", integration.licence_key)


def why_not(integration: Integration) -> str:
    """Why there is nothing to test; empty when there is."""
    if integration.status == Integration.Status.STOPPED:
        return gettext("This integration is stopped, so there is nothing to test.")
    if integration.settings is None:
        return gettext("There are no settings yet. Fill them in first.")
    return ""


def self_test_file(request: HttpRequest, licence_key: str) -> HttpResponse:
    """The last result with the settings, as one page that needs nothing else; without a result, the self-test."""
    integration = access.integration_for(request.user, licence_key)
    tested = test.last(integration)
    if tested is None:
        return redirect("self-test", licence_key)
    context = {"integration": integration, "books": books_name(integration), "tested": tested}
    answer = render(request, "dashboard/self_test_file.html", context | settings_page(integration))
    answer["Content-Disposition"] = f'attachment; filename="self-test-{licence_key}.html"'
    return answer
