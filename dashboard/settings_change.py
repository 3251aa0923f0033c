"""Every change of the settings comes through here: what it leads to is told first, then it is saved as a version."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from accounting import checking, settings_store
from accounting.connectors import read_settings
from integrations.failures import Failure, Refused
from integrations.models import Integration
from integrations.settings_file import SettingsError
from webshop import registration, webhooks

from .frame import books_name, frame
from .installation import why_not_administration
from .mode_change import changed_mode, consequences
from .redirects import back


def propose(request: HttpRequest, integration: Integration, file: Any) -> HttpResponse:
    """Save a settings file, or ask first where people should know what the change leads to."""
    mode = changed_mode(integration, file)
    if mode and mode != request.POST.get("mode"):
        return ask_first(request, integration, file, mode)
    refuse(request, save(request, integration, file))
    return back(request, "configuration", integration.licence_key)


def refuse(request: HttpRequest, faults: list[str]) -> None:
    for fault in faults[:10]:
        messages.error(request, gettext("Not saved: %(fault)s") % {"fault": fault})


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
