"""Every change of the settings comes through here: what it leads to is told first, then it is saved as a version."""

import json
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from accounting import checking, settings_store
from integrations.failures import Failure, Refused
from integrations.models import Integration, Role, SettingsVersion
from integrations.settings_file import Settings, SettingsError
from webshop import registration, webhooks

from .. import access
from ..frame import books_name, frame
from ..install.installation import why_not_administration
from ..payments.payments_switch import kept
from ..redirects import back
from .settings_review import Review, review

# Pages whose fields are held, so that one can go back to them with nothing lost. They show them again when ``back``
# is among what is posted.
EDITORS = ("settings-edit", "vat-edit", "methods-edit", "settings-file")
MOST_TITLES = 5
OUR_OWN = {"csrfmiddlewaretoken", "proposed", "version", "editor", "back", "text"}


class Overtaken(Exception):
    """Somebody else saved a version meanwhile."""


def propose(request: HttpRequest, integration: Integration, file: Any, *, always_ask: bool = False) -> HttpResponse:
    """Save a complete settings file, or first show what it leads to where people should know that. A form may carry
    the number of the ``version`` that it was made of, so that nothing of somebody else is overwritten unseen."""
    return _take(request, integration, file, is_asked=False, always_ask=always_ask)


def confirm(request: HttpRequest, integration: Integration, file: Any) -> HttpResponse:
    """Save a settings file of which was shown what it leads to."""
    return _take(request, integration, file, is_asked=True)


def _take(
    request: HttpRequest, integration: Integration, file: Any, *, is_asked: bool, always_ask: bool = False
) -> HttpResponse:
    file, payments_kept = kept(integration, file)
    try:
        settings = settings_store.read(integration, file)
        refuse_administration(integration, settings)
        found = replace(review(integration, settings), payments_kept=payments_kept)
        is_overtaken = request.POST.get("version", "") not in ("", number_in_use(integration))
        if is_overtaken or (not is_asked and (always_ask or found.has_question)):
            return ask_first(request, integration, file, found, is_overtaken=is_overtaken)
        version = save(request, integration, file)
    except SettingsError as error:
        refuse(request, error.faults)
        return back(request, "configuration", integration.licence_key)
    except Overtaken:
        integration.refresh_from_db()
        found = review(integration, settings)
        return ask_first(request, integration, file, found, is_overtaken=True)
    tell(request, version, found)
    look_up(request, integration)
    follow_mode(request, integration)
    is_installing = integration.status == Integration.Status.INSTALLING
    goes_on = is_installing and access.may(integration, Role.OWNER)
    return back(request, "steps" if goes_on else "configuration", integration.licence_key)


def number_in_use(integration: Integration) -> str:
    return str(integration.settings.number if integration.settings else 0)


def refuse(request: HttpRequest, faults: list[str]) -> None:
    for fault in faults[:10]:
        messages.error(request, gettext("Not saved: %(fault)s") % {"fault": fault})


def refuse_administration(integration: Integration, settings: Settings) -> None:
    """Nobody gets at the books of somebody else by naming them, and only an owner chooses others. Raises
    SettingsError."""
    named = getattr(settings.accounting, "administration", "")
    refusal = why_not_administration(integration, named)
    chosen = integration.administration.remote_id if integration.administration else ""
    if not refusal and named not in ("", chosen) and not access.may(integration, Role.OWNER):
        refusal = gettext("The file names another administration. Only an owner can choose that.")
    if refusal:
        raise SettingsError([refusal])


def ask_first(
    request: HttpRequest, integration: Integration, file: Any, found: Review, *, is_overtaken: bool
) -> HttpResponse:
    """Say what the change leads to; the page holds the file, to be saved or not, and what the editor was given."""
    context = frame(request.user, integration, "configuration")
    context |= {"review": found, "is_overtaken": is_overtaken, "version": number_in_use(integration)}
    context["here"] = reverse("configuration", args=[integration.licence_key])  # this address only takes forms
    context |= {"proposed": json.dumps(file, ensure_ascii=False, default=str), "editor": editor(request, integration)}
    context["fields"] = [
        (name, value) for name, values in request.POST.lists() if name not in OUR_OWN for value in values
    ]
    return render(request, "dashboard/settings_review.html", context)


def editor(request: HttpRequest, integration: Integration) -> str:
    """The address of the page that the change was made on; "" when nothing was filled in there."""
    addresses = [reverse(name, args=[integration.licence_key]) for name in EDITORS]
    asked = request.POST.get("editor", request.path)
    return asked if asked in addresses else ""


def save(request: HttpRequest, integration: Integration, file: Any) -> SettingsVersion:
    """Keep a settings file as the version after the one that the reader saw. Raises Overtaken and SettingsError."""
    with transaction.atomic():
        now = Integration.objects.select_for_update(no_key=True).get(pk=integration.pk)
        if now.settings_id != integration.settings_id:
            raise Overtaken
        return settings_store.save(integration, file, request.user)


def tell(request: HttpRequest, version: SettingsVersion, found: Review) -> None:
    text = gettext("Saved as version %(number)d.") % {"number": version.number}
    changed = list(dict.fromkeys(str(one.title) for one in found.differences))
    if version.number > 1 and changed:
        titles = ", ".join(changed[:MOST_TITLES]) + (", …" if len(changed) > MOST_TITLES else "")
        what = gettext("Changed: %(titles)s.") % {"titles": titles}
        text = f"{text} {what}"
    if found.looked_at and not found.affected:
        same = ngettext(
            "The last document would not be posted differently.",
            "None of the last %(count)s documents would be posted differently.",
            found.looked_at,
        )
        text = f"{text} {same % {'count': found.looked_at}}"
    messages.success(request, text)


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


def follow_mode(request: HttpRequest, integration: Integration) -> None:
    """Ask the shop for the messages of the mode that is in use."""
    try:
        if integration.status == Integration.Status.ACTIVE and not webhooks.fit_the_mode(integration):
            registration.repair_webhooks(integration)
    except Failure:
        text = gettext("The shop could not be told which messages to send now. Save the settings once more later.")
        messages.warning(request, text)
