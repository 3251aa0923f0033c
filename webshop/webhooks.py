"""Our webhooks at the shop: registered for what the settings ask, repaired when the shop has lost or paused them.

Each registration has a token and a key of its own. One that is made again gets a new address, so a message under an
old key is never mistaken for a forged one.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from integrations.failures import Refused
from integrations.models import Integration, SettingsVersion, Webhook

from .ccvshop.client import Shop
from .gate import address

EVENTS = {
    "orders": ("orders.created", "orders.updated.ispaid", "orders.updated.status", "orders.deleted"),
    "invoices": ("invoices.created", "invoices.updated.status"),
}
# The name is inferred from the others, so a shop may not know it.
MAY_BE_REFUSED = "invoices.created"

Json = dict[str, Any]


def process_of(integration: Integration) -> str:
    """``orders`` or ``invoices``, as the settings in use say; orders until there are any."""
    return _process(integration.settings) if integration.settings else "orders"


def mode_since(integration: Integration) -> datetime | None:
    """When the mode in use was chosen; None if there never was another."""
    mode, since = process_of(integration), None
    for version in integration.settings_versions.order_by("-number"):
        if _process(version) != mode:
            return since
        since = version.saved_at
    return None


def _process(version: SettingsVersion) -> str:
    return "invoices" if version.general.get("shop", {}).get("process") == "invoices" else "orders"


def fit_the_mode(integration: Integration) -> bool:
    """Whether the webhooks that are registered are those of the mode in use, as far as we know."""
    wanted = set(EVENTS[process_of(integration)])
    return set(integration.webhooks.values_list("event", flat=True)) in (wanted, wanted - {MAY_BE_REFUSED})


def lacking(integration: Integration, shop: Shop) -> list[str]:
    """The events of the mode in use that the shop does not report now: not registered, or paused there. One that it
    refused to report is left out, since we ask for that ourselves."""
    active = {str(found.get("address")) for found in shop.webhooks() if found.get("is_active")}
    held = {row.event: _address(row) for row in integration.webhooks.all()}
    wanted = [event for event in EVENTS[process_of(integration)] if event in held or event != MAY_BE_REFUSED]
    return [event for event in wanted if held.get(event) not in active]


def unannounced() -> "QuerySet[Integration]":
    """The integrations whose new invoices have to be asked for, since the shop refused to announce them."""
    invoices = Integration.objects.filter(settings__general__shop__process="invoices")
    return invoices.exclude(webhooks__event=MAY_BE_REFUSED).select_related("settings")


def register(integration: Integration, shop: Shop) -> None:
    """Make the shop's webhooks what the settings ask, and no more: also after a change of mode, and as a repair.

    Only addresses of our own are touched: the list belongs to the keys, which somebody else may use too.
    """
    wanted = EVENTS[process_of(integration)]
    integration.webhooks.exclude(event__in=wanted).delete()
    listed = [found for found in shop.webhooks() if _is_ours(found)]
    at_shop = {found["address"]: found for found in listed}
    for event in wanted:
        row = integration.webhooks.filter(event=event).first()
        found = at_shop.get(_address(row)) if row else None
        if not (row and found and _is_kept(row, found, shop)):
            _make(integration, event, shop)
    _clear(integration, shop, listed)


def remove(integration: Integration, shop: Shop) -> None:
    """Remove all of this integration's webhooks, at the shop and here."""
    integration.webhooks.all().delete()
    _clear(integration, shop, [found for found in shop.webhooks() if _is_ours(found)])


def _address(row: Webhook) -> str:
    return address(row.integration_id, row.event, row.token)


def _is_ours(found: Json) -> bool:
    return bool(found.get("id")) and str(found.get("address")).startswith(f"{settings.PUBLIC_URL}/hooks/ccvshop/")


def _is_kept(row: Webhook, found: Json, shop: Shop) -> bool:
    """Whether a registration at the shop is this row's, made active where it was paused."""
    if row.remote_id != str(found["id"]) and not found.get("key"):
        return False  # made by a call whose answer was lost, and with it the key
    _keep(row, found)
    if not found.get("is_active"):
        shop.activate_webhook(found["id"])
    return True


def _make(integration: Integration, event: str, shop: Shop) -> None:
    """Register an event under a new token. The row comes first: a message may arrive before the shop's answer does."""
    integration.webhooks.filter(event=event).delete()
    row = integration.webhooks.create(event=event)
    try:
        _keep(row, shop.create_webhook(event, _address(row)))
    except Refused:
        row.delete()
        if event != MAY_BE_REFUSED:
            raise


def _keep(row: Webhook, made: Json) -> None:
    """Write the shop's id and key down. Where this shop is known to sign, the new registration demands it too."""
    row.remote_id = str(made["id"])
    row.key = made.get("key") or row.key
    row.is_signed = bool(row.key) and row.integration.webhooks.filter(is_signed=True).exists()
    row.save(update_fields=["remote_id", "key", "is_signed"])


def _clear(integration: Integration, shop: Shop, listed: list[Json]) -> None:
    """Delete what is registered at the shop under an address of ours that belongs to no webhook (any more), or a
    second time under one that does."""
    for found in listed:
        token = str(found.get("address")).rpartition("/")[2]
        row = Webhook.objects.filter(token=token).first()
        if row is None or (row.integration_id == integration.pk and row.remote_id != str(found["id"])):
            shop.delete_webhook(found["id"])
