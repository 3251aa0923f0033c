"""Settings versions: a settings file in the database, one row a version, and two tables beneath it."""

from copy import deepcopy
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from integrations.models import (
    Integration,
    PaymentMethodSetting,
    SettingsVersion,
    User,
    VatSetting,
)
from integrations.settings_file import Settings, SettingsError

from .administrations import administration, holds_documents
from .connectors import read_settings

TABLES = ("vat", "payment_methods")
VAT_COLUMNS = ("country", "rate", "vat_code", "revenue", "shipping", "payment_costs")
METHOD_COLUMNS = ("method", "debtor", "clearing_account")


@transaction.atomic
def save(integration: Integration, data: dict[str, Any], author: User | None = None) -> SettingsVersion:
    """Store a settings file as a new version and put it in use. Raises ``SettingsError`` when it can't be read."""
    settings = read(integration, data)
    Integration.objects.select_for_update(no_key=True).get(pk=integration.pk)
    newest = integration.settings_versions.aggregate(newest=Max("number"))["newest"] or 0
    whole = settings.as_file()
    version = SettingsVersion.objects.create(
        integration=integration,
        number=newest + 1,
        author=author,
        general={key: value for key, value in whole.items() if key not in TABLES},
    )
    VatSetting.objects.bulk_create(VatSetting(version=version, **row) for row in whole["vat"])
    PaymentMethodSetting.objects.bulk_create(
        PaymentMethodSetting(version=version, **row) for row in whole["payment_methods"]
    )
    integration.settings = version
    integration.accounting_system = settings.accounting.system
    chosen = whole["accounting"].get("administration")
    if chosen:
        integration.administration = administration(settings.accounting.system, chosen)
    integration.save(update_fields=["settings", "accounting_system", "administration"])
    return version


def read(integration: Integration, data: Any) -> Settings:
    """The settings that ``save`` would store. Raises ``SettingsError`` as it does."""
    settings = read_settings(_at_home(integration, data))
    _refuse_what_cannot_change(integration, settings)
    return settings


def _at_home(integration: Integration, data: Any) -> Any:
    """A settings file with the home country that the shop gave, where it names none itself."""
    shop = data.get("shop", {}) if isinstance(data, dict) else None
    if not isinstance(shop, dict) or "home_country" in shop or not integration.country:
        return data
    return {**data, "shop": {**shop, "home_country": integration.country}}


def _refuse_what_cannot_change(integration: Integration, settings: Settings) -> None:
    """The accounting system is chosen at the installation; the administration stays once the books hold something."""
    system = settings.accounting.system
    if integration.accounting_system not in ("", system):
        linked = {"system": integration.accounting_system}
        raise SettingsError([gettext("accounting.system: this integration is linked to %(system)s") % linked])
    named = getattr(settings.accounting, "administration", "")
    chosen = integration.administration.remote_id if integration.administration else ""
    if named and chosen and named != chosen and holds_documents(integration):
        text = gettext("accounting.administration: documents were posted to %(chosen)s, so it can't be changed")
        raise SettingsError([text % {"chosen": chosen}])


def as_file(version: SettingsVersion) -> dict[str, Any]:
    """The settings file that a version holds, for whoever asks to change as they like."""
    return {
        **deepcopy(version.general),
        "vat": list(version.vat_settings.order_by("id").values(*VAT_COLUMNS)),
        "payment_methods": list(version.payment_method_settings.order_by("id").values(*METHOD_COLUMNS)),
    }


def current_file(integration: Integration) -> dict[str, Any]:
    """The settings file in use; before there is one, that of an integration in which nothing was chosen yet. It names
    the administration that is linked, where files of this system name one."""
    if integration.settings:
        file = as_file(integration.settings)
    else:
        accounting = {"system": integration.accounting_system}
        file = read_settings(_at_home(integration, {"accounting": accounting})).as_file()
    if integration.administration and "administration" in file["accounting"]:
        named = {"administration": integration.administration.remote_id}
        file = {**file, "accounting": {**file["accounting"], **named}}
    return file


def current(integration: Integration) -> Settings:
    """The settings of ``current_file``. Those of a version are read once per process, so they are asked for only when
    they name another administration than the one that is linked."""
    if integration.settings and integration.administration:
        settings = load(integration.settings)
        named = getattr(settings.accounting, "administration", None)
        if named in (None, integration.administration.remote_id):
            return settings
    return read_settings(current_file(integration))


def load(version: SettingsVersion) -> Settings:
    """The settings of a version. A version never changes, so it is read once per process; the moment of saving tells
    it from one with the same id in another life of the database."""
    return _read(version.pk, version.saved_at)


@lru_cache(maxsize=256)
def _read(version_id: int, _saved_at: datetime) -> Settings:
    return read_settings(as_file(SettingsVersion.objects.get(pk=version_id)))
