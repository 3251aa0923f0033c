"""Configuration: connections, administration and settings, as they are, and the ways to change them."""

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounting import settings_store

from .. import access
from ..forms import AdministrationForm, SettingsForm
from ..frame import connecting, frame
from ..installation import (
    administrations,
    choose_administration,
    why_administration_is_fixed,
)
from ..redirects import back
from ..settings_change import look_up, propose, refuse
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
    if form.is_valid():
        return propose(request, integration, form.cleaned_data["settings"])
    refuse(request, [fault for found in form.errors.values() for fault in found])
    return back(request, "configuration", licence_key)


@require_POST
def check(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    look_up(request, integration)
    return back(request, "configuration", licence_key)
