"""The two connection dots: what turns one red, what turns it green again, and the one e-mail about it."""

from django.utils import timezone

from integrations.models import Delivery, Document, Event, Integration, State

from .tasks import tell_connection_lost

FIELD = {"shop": "shop_lost_at", "books": "books_lost_at"}


def lose(integration: Integration, side: str, words: str = "") -> None:
    """Turn the dot of a side red and tell the people of the integration, once."""
    field, now = FIELD[side], timezone.now()
    if Integration.objects.filter(pk=integration.pk, **{field: None}).update(**{field: now}):
        Event.objects.create(
            integration=integration, at=now, kind="connection_lost", data={"side": side, "words": words}
        )
        tell_connection_lost.delay(integration.pk, side)


def regain(integration: Integration, side: str) -> None:
    """Turn the dot of a side green again; what waited for it is due now."""
    field, now = FIELD[side], timezone.now()
    if Integration.objects.filter(pk=integration.pk, **{f"{field}__isnull": False}).update(**{field: None}):
        Event.objects.create(integration=integration, at=now, kind="connection_regained", data={"side": side})
        waiting = {"reason": "connection_lost", "next_attempt_at__gt": now}
        Document.objects.filter(integration=integration, state=State.QUEUED, **waiting).update(next_attempt_at=now)
        Delivery.objects.filter(integration=integration, handled_at=None, **waiting).update(next_attempt_at=now)
