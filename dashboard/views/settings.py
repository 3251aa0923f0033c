"""The ways to change the settings: the form, a file, those of another shop; and the page that says what changes."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounting import book_lists, settings_store
from accounting.connectors import SYSTEMS, read_settings
from accounting.own_settings import OwnSettingsForm
from integrations.models import Integration, Role
from integrations.money import parse_json
from integrations.settings_file import SettingsError

from .. import access
from ..forms import SettingsForm
from ..frame import frame
from ..settings.settings_change import confirm, number_in_use, propose
from ..settings.shop_settings_form import ShopSettingsForm
from .configuration import page


def edit(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Everything beside the two tables. With ``back`` what was filled in is shown again."""
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER)
    context = frame(request.user, integration, "configuration")
    if integration.administration is None:
        return render(request, "dashboard/settings_edit.html", context)
    file = settings_store.current_file(integration)
    settings, (kept, faults) = read_settings(file), book_lists.offered(integration)
    given = request.POST or None
    shop = ShopSettingsForm(given, settings=settings)
    own = SYSTEMS[integration.accounting_system].settings_form(given, settings=settings, kept=kept)
    changed = filled_in(integration, file, shop, own) if given else None
    if changed and "back" not in request.POST:
        return propose(request, integration, changed)
    context |= {"shop": shop, "own": own, "faults": dict.fromkeys(faults)}
    context["version"] = request.POST.get("version") or number_in_use(integration)
    return render(request, "dashboard/settings_edit.html", context)


def filled_in(
    integration: Integration, file: dict[str, Any], shop: ShopSettingsForm, own: OwnSettingsForm
) -> dict[str, Any] | None:
    """The settings file with what was filled in; None when the forms say what is wrong with it."""
    if not (shop.is_valid() & own.is_valid()):
        return None
    file = shop.changes(file)
    file = {**file, "accounting": {**file["accounting"], **own.part()}}
    try:
        settings_store.read(integration, file)
    except SettingsError as error:
        shop.add_error(None, error.faults)
        return None
    return file


def download(request: HttpRequest, licence_key: str) -> HttpResponse:
    """The settings in use as a file that can be changed and uploaded again; before there are any, one to begin with."""
    integration = access.integration_for(request.user, licence_key)
    return as_download(settings_store.current_file(integration), f"settings-{licence_key}.json")


def as_download(file: dict[str, Any], name: str) -> HttpResponse:
    text = json.dumps(file, ensure_ascii=False, indent=2)
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(text, content_type="application/json", headers={"Content-Disposition": disposition})


@require_POST
def upload(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER)
    if "back" in request.POST:
        return page(request, integration, SettingsForm(initial={"text": request.POST.get("proposed", "")}))
    form = SettingsForm(request.POST, request.FILES)
    if form.is_valid():
        return propose(request, integration, form.cleaned_data["settings"])
    return page(request, integration, form)


@require_POST
def copy(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Take over the settings of another shop. What is a fact of this shop stays: the administration, the home country
    and the start date; and, with another administration, the debtors and accounts of payment methods, whose numbers
    may be those of others here."""
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER)
    other = access.integration_for(request.user, request.POST.get("from", ""))
    if other.accounting_system != integration.accounting_system or other.settings is None:
        messages.error(request, gettext("Only settings for the same accounting system can be copied."))
        return redirect("configuration", licence_key)
    own, file = settings_store.current_file(integration), settings_store.as_file(other.settings)
    kept = {name: own["shop"].get(name) for name in ("home_country", "start_date")}
    file["shop"] = {**file["shop"], **kept}
    if "administration" in own["accounting"]:
        file["accounting"] = {**file["accounting"], "administration": own["accounting"]["administration"]}
    if other.administration_id != integration.administration_id and file["payment_methods"] != own["payment_methods"]:
        file["payment_methods"] = own["payment_methods"]
        text = gettext("The payment methods are not copied: their debtors and accounts are those of the other books.")
        messages.warning(request, text)
    return propose(request, integration, file, always_ask=True)


@require_POST
def review(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Save what was shown."""
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER)
    try:
        file = parse_json(request.POST.get("proposed", ""))
    except ValueError:
        messages.error(request, gettext("Nothing was saved: the settings did not come through whole. Save once more."))
        return redirect("configuration", licence_key)
    return confirm(request, integration, file)
