"""When the shop was heard of its own accord, and how often that usually is."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from integrations.models import Delivery, Integration

from ..webhooks import EVENTS

FEWEST, NEWEST, WITHIN = 10, 50, timedelta(days=30)  # messages by which a rhythm is known
OF_THE_SHOP = {event for events in EVENTS.values() for event in events}


def hear(integration: Integration, deliveries: Iterable[Delivery]) -> None:
    """Write down when the shop called last, in the transaction that stores what came of it."""
    moments = [delivery.received_at for delivery in deliveries if delivery.event in OF_THE_SHOP]
    if moments:
        is_later = Q(heard_at=None) | Q(heard_at__lt=max(moments))
        Integration.objects.filter(is_later, pk=integration.pk).update(heard_at=max(moments))


def usual_gap(integration: Integration) -> timedelta | None:
    """The mean time between the newest messages of the shop; None when there are too few to tell."""
    newest = integration.deliveries.filter(event__in=OF_THE_SHOP, received_at__gte=timezone.now() - WITHIN)
    moments: list[datetime] = list(newest.order_by("-id").values_list("received_at", flat=True)[:NEWEST])
    return (moments[0] - moments[-1]) / (len(moments) - 1) if len(moments) >= FEWEST else None
