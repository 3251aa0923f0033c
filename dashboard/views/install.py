"""The installation, from the shop's App Store to the first posting. It can be left at any step and taken up again."""

from datetime import date
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from accounting import connection, settings_store
from integrations.failures import ConnectionLost, Failure, Refused
from integrations.models import Integration, Role, TermsAcceptance
from integrations.settings_file import SettingsError
from integrations.trial import trial_ahead
from webshop import registration

from .. import access
from ..forms import FinishForm, SettingsForm, TermsForm
from ..frame import connecting, frame
from ..install.installation import Step, administrations, missing, steps_of
from ..settings import self_test, settings_change
from ..settings.settings_page import settings_page

TERMS = "2026-11"


def agreement(request: HttpRequest) -> TermsAcceptance:
    """The reader's agreement to the terms, not kept yet."""
    return TermsAcceptance(user=request.user, version=TERMS, address=get_adapter().get_client_ip(request))


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
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    if integration.status == Integration.Status.STOPPED:
        return redirect("profile-of", licence_key)
    companies: list[dict[str, Any]] = []
    trouble = ""
    shown = steps_of(integration)
    if opened_step(shown, request.GET.get("step", "")) == "administration":
        companies, trouble = administrations(integration)
        shown = steps_of(integration) if trouble else shown  # the books may just have refused us
    context = frame(request.user, integration, "install") | {
        "steps": shown,
        "opened": opened_step(shown, request.GET.get("step", "")),
        "current": next((step.name for step in shown if step.state == "current"), ""),
        "missing": missing(shown),
        "companies": companies,
        "trouble": trouble,
        "tested": self_test.last(integration),
        "settings_form": SettingsForm(),
        "terms_form": TermsForm(),
        "has_agreed": integration.terms.exists(),
        "is_by_hand": registration.is_by_hand(integration),
        "finish_form": FinishForm(initial={"start_date": start_date(integration) or timezone.localdate()}),
    }
    context |= settings_page(integration) | connecting(integration)
    return render(request, "dashboard/install_steps.html", context)


def opened_step(shown: list[Step], wanted: str) -> str:
    """The wanted step where it may be opened, else the current one; "" when there is none. The start date of what has
    started is one of the settings."""
    openable = [step.name for step in shown if step.state != "later" and (step.name, step.state) != ("finish", "done")]
    current = next((step.name for step in shown if step.state == "current"), "")
    return wanted if wanted in openable else current


@require_POST
def agree(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Keep the agreement to the terms of an installation that was begun without it."""
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    form = TermsForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["terms"][0])
    elif integration.status == Integration.Status.INSTALLING:
        agreed = agreement(request)
        agreed.integration = integration
        agreed.save()
    return redirect("steps", licence_key)


@require_POST
def finish(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Keep the start date, register at the shop, and start."""
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    if integration.status != Integration.Status.INSTALLING:
        text = gettext("Nothing was changed: the installation was finished before. The start date is under Settings.")
        messages.warning(request, text)
        return redirect("done", licence_key)
    form = FinishForm(request.POST)
    lacking = missing(steps_of(integration))
    if lacking or not form.is_valid():
        text = gettext("Not started, since something is still missing: %(missing)s")
        faults = [str(fault) for found in form.errors.values() for fault in found]
        messages.error(request, text % {"missing": " ".join([*lacking, *faults])})
        return redirect("steps", licence_key)
    refusal = start(request, integration, form.cleaned_data["start_date"])
    if refusal:
        messages.error(request, refusal)
    return redirect("steps" if refusal else "done", licence_key)


def start(request: HttpRequest, integration: Integration, day: date) -> str:
    """Start from a day; gives what kept it from starting, "" when nothing did."""
    try:
        keep_start_date(request, integration, day)
        registration.finish(integration)
    except settings_change.Overtaken:
        return gettext("Somebody else changed the settings just now. Look at the start date again, and then start.")
    except SettingsError as error:
        return gettext("Not saved: %(fault)s") % {"fault": error.faults[0]}
    except Failure as failure:
        if isinstance(failure, ConnectionLost):
            connection.lose(integration, "shop", failure.words)
        return words_of(failure)
    return ""


def keep_start_date(request: HttpRequest, integration: Integration, day: date) -> None:
    """A new version of the settings, if the day differs from the one in use. Raises SettingsError, and Overtaken when
    there are other settings by now than those that the reader saw."""
    if start_date(integration) == day:
        return
    if request.POST.get("version", "") not in ("", settings_change.number_in_use(integration)):
        raise settings_change.Overtaken
    assert integration.settings is not None
    file = settings_store.as_file(integration.settings)
    file["shop"]["start_date"] = day.isoformat()
    settings_change.save(request, integration, file)


@require_GET
def done(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    if integration.status != Integration.Status.ACTIVE:
        return redirect("steps", licence_key)
    context = frame(request.user, integration, "install") | {
        "return_url": return_url(integration),
        "start_date": start_date(integration),
        "trial_ends": trial_ahead(integration.created_at),
        "address": settings.PUBLIC_URL + reverse("home"),
    }
    return render(request, "dashboard/install_done.html", context)


@require_GET
def back_to_shop(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Back to the page of the shop's back office that the App Store named."""
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    return redirect(return_url(integration) or "home")


def start_date(integration: Integration) -> date | None:
    chosen = integration.settings.general["shop"].get("start_date") if integration.settings else None
    return date.fromisoformat(chosen) if chosen else None


def return_url(integration: Integration) -> str:
    """Only an address of the web, as the App Store gave it at the handshake."""
    newest = integration.handshakes.order_by("-received_at").first()
    url = newest.return_url if newest else ""
    return url if url.startswith(("https://", "http://")) else ""
