"""The two connection dots: what turns one red, what turns it green again, and the one e-mail about it."""

import structlog
from celery import signature
from django.db.models import Exists, OuterRef
from django.utils import timezone

from integrations.models import Delivery, Document, Event, Integration, Payment, Reconciliation, Reversal, State

log = structlog.get_logger()

# The task that writes the e-mail, which is the dashboard's: rung by name, since imports point the other way.
TELL = "dashboard.tasks.tell_connection_lost"
FIELD = {"shop": "shop_lost_at", "books": "books_lost_at"}


def lose(integration: Integration, side: str, words: str = "") -> None:
    """Turn the dot of a side red and tell the people of the integration, once."""
    field, now = FIELD[side], timezone.now()
    if Integration.objects.filter(pk=integration.pk, **{field: None}).update(**{field: now}):
        Event.objects.create(
            integration=integration, at=now, kind="connection_lost", data={"side": side, "words": words}
        )
        tell(integration.pk, side)


def tell(integration_id: int, side: str) -> None:
    """Have the e-mail sent; without a broker now, the next sweep does."""
    try:
        signature(TELL, (integration_id, side)).delay()
    except Exception:  # noqa: BLE001 whatever the broker's client raises: the sweep tries again
        log.warning("the broker is out of reach", integration=integration_id)


def tell_what_was_not_told() -> None:
    """Have the e-mails sent about connections that were lost and of which nobody was told."""
    for side, field in FIELD.items():
        told = Event.objects.filter(
            integration=OuterRef("pk"), kind="connection_lost_told", data__side=side, at__gte=OuterRef(field)
        )
        alive = Integration.objects.filter(archived_at=None).exclude(status=Integration.Status.STOPPED)
        lost = alive.filter(~Exists(told), **{f"{field}__isnull": False})
        for integration_id in lost.values_list("pk", flat=True):
            tell(integration_id, side)


def regain(integration: Integration, side: str) -> None:
    """Turn the dot of a side green again; what waited for it is due now."""
    field, now = FIELD[side], timezone.now()
    if Integration.objects.filter(pk=integration.pk, **{f"{field}__isnull": False}).update(**{field: None}):
        Event.objects.create(integration=integration, at=now, kind="connection_regained", data={"side": side})
        waiting = {"reason": "connection_lost", "next_attempt_at__gt": now}
        Document.objects.filter(integration=integration, state=State.QUEUED, **waiting).update(next_attempt_at=now)
        Delivery.objects.filter(integration=integration, handled_at=None, **waiting).update(next_attempt_at=now)
        Payment.objects.filter(integration=integration, state=State.QUEUED, **waiting).update(next_attempt_at=now)
        Reconciliation.objects.filter(integration=integration, **waiting).update(next_attempt_at=now)
        pending = Reversal.objects.filter(document__integration=integration, outcome=Reversal.Outcome.PENDING)
        pending.filter(**waiting).update(next_attempt_at=now)
