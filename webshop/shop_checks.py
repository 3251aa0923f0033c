"""Whether the shop gives us what we need: its keys, what they may read, and its messages to us."""

from collections.abc import Iterator

from django.utils.translation import gettext

from accounting.described import Check, Question
from integrations.models import Integration

from . import registration, webhooks
from .ccvshop.client import Shop
from .sources import open_shop

NEEDED = ("orders", "invoices", "webhooks")


def questions(integration: Integration) -> Iterator[Question]:
    yield Question(gettext("Connection with the webshop"), lambda: [_accepted(open_shop(integration))], "connections")
    label = gettext("What the app may read in the shop")
    yield Question(label, lambda: [_readable(integration, open_shop(integration))], "connections")
    if integration.status == Integration.Status.ACTIVE:
        label = gettext("Messages from the shop")
        yield Question(label, lambda: [_announced(integration, open_shop(integration))], "connections")


def _accepted(shop: Shop) -> Check:
    label = gettext("Connected to webshop %(name)s") % {"name": shop.webshop().get("name") or shop.api_root}
    return Check(label=label, state="good", about="connections")


def _readable(integration: Integration, shop: Shop) -> Check:
    """Only what came from the App Store has an app to mark as installed."""
    label = gettext("The app may read what it needs: orders, invoices and notifications")
    offered = shop.resources()
    needed = NEEDED if registration.is_by_hand(integration) else (*NEEDED, "apps")
    missing = [name for name in needed if name not in offered]
    if not missing:
        return Check(label=label, state="good")
    remedy = gettext(
        "The shop gives our keys no access to: %(missing)s. Remove the app in the App Store of the shop, install it "
        "again and agree to everything that is asked."
    ) % {"missing": ", ".join(missing)}
    return Check(label=label, state="bad", remedy=remedy, about="connections")


def _announced(integration: Integration, shop: Shop) -> Check:
    """Whether the shop reports what we process. What it lacks is registered again at once."""
    if not webhooks.lacking(integration, shop):
        return Check(label=gettext("The shop reports its orders or invoices to us"), state="good")
    registration.repair_webhooks(integration)
    label = gettext("The shop did not report everything to us")
    remedy = gettext(
        "That was put right just now. Meanwhile an order or invoice may have been missed: look whether the newest ones "
        "of the shop are here."
    )
    return Check(label=label, state="unknown", remedy=remedy)
