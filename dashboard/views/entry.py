"""The way in: a merchant comes from the App Store, agrees to the terms and links the shop to an account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounting.connectors import SYSTEMS
from integrations.failures import Failure
from integrations.models import Handshake, Integration, TermsAcceptance
from webshop import registration

from .. import access
from ..forms import StartForm
from .install import words_of

TERMS = "2026-11"


def start(request: HttpRequest) -> HttpResponse:
    """The first step, for who comes from the App Store; others read how to get there."""
    handshake = Handshake.objects.filter(pk=request.session.get("handshake")).first()
    if handshake is None:
        unfinished = access.integrations_of(request.user).filter(status=Integration.Status.INSTALLING)
        return render(request, "dashboard/install_how.html", {"unfinished": unfinished})
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        integration = attach(request, handshake, form.cleaned_data["system"])
        if integration:
            return redirect("steps", integration.licence_key)
    return render(request, "dashboard/install_start.html", {"handshake": handshake, "form": form, "systems": SYSTEMS})


def attach(request: HttpRequest, handshake: Handshake, system: str) -> Integration | None:
    """Link the shop to the reader and keep their agreement to the terms; None when the shop can't be linked now."""
    try:
        integration = registration.attach(handshake, request.user, system)
    except Failure as failure:
        messages.error(request, words_of(failure))
        return None
    agreed(integration, request)
    request.session.pop("handshake", None)
    return integration


def agreed(integration: Integration, request: HttpRequest) -> None:
    """Keep who agreed to which version of the terms, when, and from where."""
    TermsAcceptance.objects.create(
        integration=integration, user=request.user, version=TERMS, address=request.META.get("REMOTE_ADDR") or None
    )
