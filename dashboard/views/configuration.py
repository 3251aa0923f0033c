"""Configuration: connections, administration and settings, as they are, and the ways to change them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounting import book_lists, settings_store
from integrations.models import Integration, Role

from .. import access
from ..forms import AdministrationForm, SettingsForm
from ..frame import books_name, connecting, frame
from ..install.installation import administrations, choose_administration, why_administration_is_fixed
from ..people import licences
from ..redirects import back
from ..settings.settings_page import settings_page

LISTS = {
    "vat_codes": _("VAT codes"),
    "revenue_accounts": _("ledger accounts"),
    "payment_accounts": _("accounts of payment methods"),
    "layouts": _("invoice layouts"),
    "journals": _("journals"),
    "item_groups": _("item groups"),
    "order_types": _("order types"),
}


def configuration(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    return page(request, integration, SettingsForm())


def page(request: HttpRequest, integration: Integration, upload: SettingsForm) -> HttpResponse:
    """The tab, with what stands in the form for a settings file."""
    context = frame(request.user, integration, "configuration")
    context["here"] = reverse("configuration", args=[integration.licence_key])  # also where a file is refused
    fixed = why_administration_is_fixed(integration)
    listed, copies = licences.and_copies(request.user, integration)
    context |= {"fixed": fixed, "settings_form": upload, "licences": listed, "copies": copies}
    asks = not fixed and (integration.administration is None or "choose" in request.GET)
    if asks and "books" in access.held(integration):
        context["companies"], context["trouble"] = administrations(integration)
    context |= settings_page(integration) | connecting(integration)
    return render(request, "dashboard/configuration.html", context)


@require_POST
def administration(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    companies, trouble = administrations(integration)
    trouble = why_administration_is_fixed(integration) or trouble
    form = AdministrationForm(request.POST, companies=companies)
    if not trouble and form.is_valid():
        remote_id = form.cleaned_data["administration"]
        name = dict(form.fields["administration"].choices)[remote_id]
        choose_administration(integration, remote_id, name)
        keep_in_settings(request, integration)
        messages.success(request, gettext("Administration chosen: %(name)s") % {"name": name})
        read_lists(request, integration)
    else:
        messages.error(request, trouble or gettext("Choose one of the administrations in the list."))
    return back(request, "configuration", licence_key)


def keep_in_settings(request: HttpRequest, integration: Integration) -> None:
    """Settings that name another administration are saved with the one that was chosen, so that the next change of them
    does not take it back."""
    file = settings_store.current_file(integration)
    if integration.settings and file != settings_store.as_file(integration.settings):
        settings_store.save(integration, file, request.user)


@require_POST
def refresh_lists(request: HttpRequest, licence_key: str) -> HttpResponse:
    """The refresh arrows: read everything of the administration again that can be chosen."""
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER)
    read_lists(request, integration)
    return back(request, "configuration", licence_key)


def read_lists(request: HttpRequest, integration: Integration) -> None:
    """Read the lists of the books, and tell what was read and what was refused."""
    reading = book_lists.reload(integration)
    if reading.read:
        told = ", ".join(f"{LISTS[kind]} ({count})" for kind, count in reading.read.items())
        text = gettext("Read again from %(books)s: %(lists)s.") % {"books": books_name(integration), "lists": told}
        messages.success(request, text)
    for fault in dict.fromkeys(reading.faults):
        text = gettext("Not everything was read from %(books)s: %(fault)s")
        messages.error(request, text % {"books": books_name(integration), "fault": fault})
