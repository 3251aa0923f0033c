"""The round trip to Rompslomp's consent page."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounting.returning import after_connecting, mine
from integrations.failures import ConnectionLost, Temporary
from integrations.models import Integration

from . import oauth


def connect(request: HttpRequest, integration: Integration, _given: dict[str, Any]) -> HttpResponse:
    """Off to Rompslomp, remembering who asked and for which integration."""
    url, state = oauth.authorization_url()
    request.session["rompslomp"] = {"state": state, "integration": integration.pk}
    return redirect(url)


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the consent page: with a code when it was given, with an error when it was refused."""
    asked = request.session.pop("rompslomp", None)
    state = request.GET.get("state", "").encode()
    if not asked or not secrets.compare_digest(state, asked["state"].encode()):
        messages.error(request, _("This answer does not belong to a connection that you started. Press Connect again."))
        return redirect("home")
    integration = mine(request, pk=asked["integration"])
    if "code" not in request.GET:
        messages.error(
            request, _("Rompslomp was not connected, because access was refused. Press Connect to try again.")
        )
        return after_connecting(integration)
    try:
        oauth.connect(integration, oauth.fetch_tokens(request.GET["code"]))
    except (ConnectionLost, Temporary):
        messages.error(request, _("Rompslomp did not complete the connection. Press Connect to try again."))
    else:
        messages.success(request, _("Rompslomp is connected."))
    return after_connecting(integration)
