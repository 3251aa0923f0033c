"""New invoices of shops that do not announce them: asked for now and then, and stored as deliveries."""

from datetime import UTC, date, timedelta

from accounting import settings_store
from integrations.models import Delivery, Document, Integration

from ..ccvshop.fields import identifier
from ..sources import open_shop
from ..webhooks import mode_since

EVENT, KIND = "polled", "invoice"
OVERLAP = timedelta(days=1)


def poll(integration: Integration) -> bool:
    """Store a delivery for each invoice that was made since the last look and is not known yet; whether there was one.

    Looking twice stores nothing twice. All is read before anything is stored, since the newest of these deliveries
    says when the last look was. Raises the failures of the shop's client.
    """
    found = open_shop(integration).invoices_since(since(integration))
    numbers = [identifier(invoice.get("id"), "id") for invoice in found]
    held = Document.objects.filter(integration=integration, kind=KIND).values_list("remote_id", flat=True)
    polled = integration.deliveries.filter(event=EVENT).values_list("remote_id", flat=True)
    known = {*held.filter(remote_id__in=numbers), *polled.filter(remote_id__in=numbers)}
    fresh = [number for number in numbers if number not in known]
    looks = [Delivery.of_our_own(integration, EVENT, KIND, number, f"{EVENT} {KIND} {number}") for number in fresh]
    Delivery.objects.bulk_create(looks, ignore_conflicts=True)
    return bool(fresh)


def since(integration: Integration) -> date:
    """The day from which on invoices are asked for: that of the last look that found something, with a day of overlap.
    Before any, the start date, but not what was made while paid orders were processed."""
    last = integration.deliveries.filter(event=EVENT).order_by("id").last()
    # The shop counts days in UTC, so the first hours of a day here are of the day before there.
    day = (last.received_at.astimezone(UTC).date() if last else _start_date(integration)) - OVERLAP
    changed = mode_since(integration)
    return max(day, changed.astimezone(UTC).date()) if changed else day


def _start_date(integration: Integration) -> date:
    assert integration.settings is not None
    return settings_store.load(integration.settings).shop.start_date or integration.installed_on
