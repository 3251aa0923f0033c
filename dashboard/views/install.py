"""The installation, from the shop's App Store to the first posting. It can be left at any step and taken up again."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from accounting import connection
from integrations.failures import ConnectionLost, Failure, Refused
from integrations.models import Integration
from integrations.trial import trial_ends
from webshop import registration

from .. import access, self_test
from ..forms import FinishForm, SettingsForm
from ..frame import connecting, frame
from ..installation import Step, administrations, missing, start_from, steps_of
from ..settings_page import settings_page


def words_of(failure: Failure) -> str:
    """What went wrong with the shop, and what to do."""
    if isinstance(failure, Refused):
        return failure.words
    if isinstance(failure, ConnectionLost):
        return gettext(
            "The shop does not accept the keys that it gave us. Remove the app in its App Store and install it again."
        )
    return gettext("The shop could not be reached just now. Nothing is lost: try again in a minute.")


def steps(request: HttpRequest, licence_key: str) -> HttpResponse:
    """All steps on one page: the current one is open, or a done one that the reader wants to see again."""
    integration = access.integration_for(request.user, licence_key)
    if integration.status == Integration.Status.STOPPED:
        return redirect("profile-of", licence_key)
    companies: list[dict[str, Any]] = []
    trouble = ""
    opened = opened_step(steps_of(integration), request.GET.get("step", ""))
    if opened == "administration":
        companies, trouble = administrations(integration)
    shown = steps_of(integration)  # once more: the books may just have refused us
    context = frame(request.user, integration, "install") | {
        "steps": shown,
        "opened": opened_step(shown, request.GET.get("step", "")),
        "current": next((step.name for step in shown if step.state == "current"), ""),
        "missing": missing(integration),
        "companies": companies,
        "trouble": trouble,
        "tested": self_test.last(integration),
        "settings_form": SettingsForm(),
        "finish_form": FinishForm(initial={"start_date": start_date(integration) or timezone.localdate()}),
    }
    context |= settings_page(integration) | connecting(integration)
    return render(request, "dashboard/install_steps.html", context)


def opened_step(shown: list[Step], wanted: str) -> str:
    """The wanted step where it may be opened, else the current one; "" when there is none."""
    openable = [step.name for step in shown if step.state != "later"]
    current = next((step.name for step in shown if step.state == "current"), "")
    return wanted if wanted in openable else current


@require_POST
def finish(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Keep the start date, register at the shop, and start."""
    integration = access.integration_for(request.user, licence_key)
    form = FinishForm(request.POST)
    lacking = missing(integration)
    if lacking or not form.is_valid():
        text = gettext("Not started, since something is still missing: %(missing)s")
        faults = [str(fault) for found in form.errors.values() for fault in found]
        messages.error(request, text % {"missing": " ".join([*lacking, *faults])})
        return redirect("steps", licence_key)
    start_from(integration, form.cleaned_data["start_date"], request.user)
    try:
        registration.finish(integration)
    except Failure as failure:
        if isinstance(failure, ConnectionLost):
            connection.lose(integration, "shop", failure.words)
        messages.error(request, words_of(failure))
        return redirect("steps", licence_key)
    return redirect("done", licence_key)


@require_GET
def done(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    if integration.status != Integration.Status.ACTIVE:
        return redirect("steps", licence_key)
    context = frame(request.user, integration, "install") | {
        "return_url": return_url(integration),
        "start_date": start_date(integration),
        "trial_ends": trial_ends(integration.created_at),
        "address": settings.PUBLIC_URL + reverse("home"),
    }
    return render(request, "dashboard/install_done.html", context)


@require_GET
def back_to_shop(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Back to the page of the shop's back office that the App Store named."""
    integration = access.integration_for(request.user, licence_key)
    return redirect(return_url(integration) or "home")


def start_date(integration: Integration) -> date | None:
    chosen = integration.settings.general["shop"].get("start_date") if integration.settings else None
    return date.fromisoformat(chosen) if chosen else None


def return_url(integration: Integration) -> str:
    """Only an address of the web, as the App Store gave it at the handshake."""
    newest = integration.handshakes.order_by("-received_at").first()
    url = newest.return_url if newest else ""
    return url if url.startswith(("https://", "http://")) else ""
