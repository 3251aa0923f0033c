"""Configuration: connections, administration and settings, as they are, and the ways to change them."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounting import checking, settings_store
from accounting.connectors import read_settings
from integrations.failures import Failure, Refused
from integrations.models import Integration
from integrations.settings_file import SettingsError
from webshop import registration, webhooks

from .. import access
from ..forms import AdministrationForm, SettingsForm
from ..frame import books_name, connecting, frame
from ..installation import (
    administrations,
    choose_administration,
    why_administration_is_fixed,
    why_not_administration,
)
from ..mode_change import changed_mode, consequences
from ..redirects import back
from ..settings_page import settings_page
from .install import start_date


def configuration(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    context = frame(request.user, integration, "configuration")
    fixed = why_administration_is_fixed(integration)
    context |= {"fixed": fixed, "settings_form": SettingsForm()}
    if not fixed and any(dot.side == "books" and dot.is_held for dot in context["dots"]):
        context["companies"], context["trouble"] = administrations(integration)
    context |= {"start_date": start_date(integration), **settings_page(integration), **connecting(integration)}
    return render(request, "dashboard/configuration.html", context)


@require_POST
def administration(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    companies, trouble = administrations(integration)
    trouble = why_administration_is_fixed(integration) or trouble
    form = AdministrationForm(request.POST, companies=companies)
    if not trouble and form.is_valid():
        remote_id = form.cleaned_data["administration"]
        name = dict(form.fields["administration"].choices)[remote_id]
        choose_administration(integration, remote_id, name)
        messages.success(request, gettext("Administration chosen: %(name)s.") % {"name": name})
    else:
        messages.error(request, trouble or gettext("Choose one of the administrations in the list."))
    return back(request, "configuration", licence_key)


def download(request: HttpRequest, licence_key: str) -> HttpResponse:
    """The settings in use as a file that can be changed and uploaded again."""
    integration = access.integration_for(request.user, licence_key)
    if integration.settings is None:
        raise Http404
    text = json.dumps(settings_store.as_file(integration.settings), ensure_ascii=False, indent=2)
    name = f'attachment; filename="settings-{licence_key}.json"'
    return HttpResponse(text, content_type="application/json", headers={"Content-Disposition": name})


@require_POST
def settings_file(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    form = SettingsForm(request.POST, request.FILES)
    faults = [fault for found in form.errors.values() for fault in found]
    if form.is_valid():
        file = form.cleaned_data["settings"]
        mode = changed_mode(integration, file)
        if mode and mode != request.POST.get("mode"):
            return ask_first(request, integration, file, mode)
        faults = save(request, integration, file)
    for fault in faults[:10]:
        messages.error(request, gettext("Not saved: %(fault)s") % {"fault": fault})
    return back(request, "configuration", licence_key)


def ask_first(request: HttpRequest, integration: Integration, file: Any, mode: str) -> HttpResponse:
    """Say what a change of what is posted leads to; the page holds the file, to be saved or not."""
    context = frame(request.user, integration, "configuration")
    context |= {"mode": mode, "consequences": list(consequences(integration, mode))}
    context["text"] = json.dumps(file, ensure_ascii=False, default=str)
    return render(request, "dashboard/mode_change.html", context)


def save(request: HttpRequest, integration: Integration, file: Any) -> list[str]:
    """Keep a settings file as a new version; gives what stands in the way, if anything does."""
    try:
        chosen = read_settings(file).accounting
        is_of_these_books = chosen.system == integration.accounting_system
        named = getattr(chosen, "administration", "") if is_of_these_books else ""
        refusal = why_not_administration(integration, named)
        if refusal:
            return [refusal]
        version = settings_store.save(integration, file, request.user)
    except SettingsError as error:
        return error.faults
    messages.success(request, gettext("Saved as version %(number)d.") % {"number": version.number})
    look_up(request, integration)
    return follow_mode(integration)


@require_POST
def check(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    look_up(request, integration)
    return back(request, "configuration", licence_key)


def look_up(request: HttpRequest, integration: Integration) -> None:
    """Ask the books for what the settings name, and say at once what they lack."""
    books = books_name(integration)
    try:
        checking.look_up(integration)
    except Refused as failure:
        messages.warning(request, failure.words)
    except Failure:
        text = gettext(
            "%(books)s can't be reached just now, so the settings were not checked there. Check again later."
        )
        messages.warning(request, text % {"books": books})
    bad = checking.checked(integration, checking.kept(integration)).bad
    if bad:
        text = gettext("Not everything is right in %(books)s yet: %(labels)s. The checks below say what to do.")
        messages.warning(request, text % {"books": books, "labels": "; ".join(one.label for one in bad)})


def follow_mode(integration: Integration) -> list[str]:
    """Ask the shop for the messages of the mode that is in use."""
    try:
        if integration.status == Integration.Status.ACTIVE and not webhooks.fit_the_mode(integration):
            registration.repair_webhooks(integration)
    except Failure:
        return [gettext("The shop could not be told which messages to send now. Save the settings once more later.")]
    return []
