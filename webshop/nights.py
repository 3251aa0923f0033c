"""Every night what is not paid yet is looked at again: until it is posted, cancelled in the shop or too old."""

import hashlib
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from integrations.models import Delivery, Document, Integration, State

EVENT = "night"
SPREAD = timedelta(hours=1)  # over which the integrations start, so that not all do at once


def review(integration: Integration, night: date) -> int:
    """Have the open documents of an integration looked at; how many there are. A night that is run twice asks once, one
    that was missed is made good by the next."""
    start = timezone.now() + timedelta(seconds=integration.pk * 61 % SPREAD.seconds)
    looks = [_look(integration, document, night, start) for document in _open(integration)]
    Delivery.objects.bulk_create(looks, ignore_conflicts=True)
    return len(looks)


def _open(integration: Integration) -> "QuerySet[Document]":
    waiting = Document.objects.filter(integration=integration, state=State.OPEN).exclude(reason="reading")
    return waiting.only("kind", "remote_id").order_by("id")


def _look(integration: Integration, document: Document, night: date, start: datetime) -> Delivery:
    name = f"{EVENT} {night} {document.kind} {document.remote_id}"
    return Delivery(
        integration=integration,
        event=EVENT,
        kind=document.kind,
        remote_id=document.remote_id,
        digest=hashlib.sha256(name.encode()).hexdigest(),
        body="",
        is_signed=False,
        next_attempt_at=start,
    )
