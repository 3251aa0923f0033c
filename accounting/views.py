"""The round trip to Rompslomp's consent page."""

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from integrations.failures import ConnectionLost, Temporary
from integrations.models import Integration, User

from .rompslomp import oauth


def _mine(request: HttpRequest, **which: object) -> Integration:
    assert isinstance(request.user, User)
    alive = Integration.objects.exclude(status=Integration.Status.STOPPED)
    return get_object_or_404(alive, members__user=request.user, **which)


@require_POST
def connect(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Red Connect: off to Rompslomp, remembering who asked and for which integration."""
    integration = _mine(request, licence_key=licence_key)
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
    integration = _mine(request, pk=asked["integration"])
    is_installing = integration.status == Integration.Status.INSTALLING
    back = redirect("steps" if is_installing else "configuration", integration.licence_key)
    if "code" not in request.GET:
        messages.error(
            request, _("Rompslomp was not connected, because access was refused. Press Connect to try again.")
        )
        return back
    try:
        oauth.connect(integration, oauth.fetch_tokens(request.GET["code"]))
    except (ConnectionLost, Temporary):
        messages.error(request, _("Rompslomp did not complete the connection. Press Connect to try again."))
    else:
        messages.success(request, _("Rompslomp is connected."))
    return back
