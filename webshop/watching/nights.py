"""Every night: when it begins for an integration, and which open documents are read again in it.

A night is a day on the calendar, not a moment: it is done when ``Integration.night`` says so. One that was missed is
made good as soon as somebody is there to do it, and the newest stands for all before it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from integrations.models import Delivery, Document, Integration, State

EVENT = "night"
BEGINS = time(3, 10)  # in the Netherlands: every day has that time once, also when the clocks change
SPREAD = timedelta(hours=1)  # over which the integrations begin, so that not all do at once


def begins_at(integration_id: int, night: date) -> datetime:
    begin = datetime.combine(night, BEGINS, timezone.get_default_timezone()).astimezone(UTC)
    return begin + timedelta(seconds=integration_id * 61 % SPREAD.seconds)


def to_do() -> Iterator[tuple[int, date]]:
    """The integrations whose newest night has begun and is not done, with that night. What was made on the day of the
    installation was heard of in the ordinary way."""
    now = timezone.now()
    today = timezone.localdate(now)
    behind = working().filter(Q(night=None) | Q(night__lt=today)).order_by("id")
    for integration_id, done, created_at in behind.values_list("pk", "night", "created_at"):
        night = today if begins_at(integration_id, today) <= now else today - timedelta(days=1)
        if (done or timezone.localdate(created_at)) < night:
            yield integration_id, night


def working() -> "QuerySet[Integration]":
    """The integrations that are installed and not stopped."""
    return Integration.objects.filter(
        status=Integration.Status.ACTIVE, administration__isnull=False, settings__isnull=False
    ).select_related("settings")


def done(integration: Integration, night: date) -> None:
    mine = Integration.objects.filter(Q(night=None) | Q(night__lt=night), pk=integration.pk)
    mine.update(night=night)


def review(integration: Integration, night: date, begun: datetime) -> int:
    """Have the open documents of an integration read that the shop's list did not settle since ``begun``: they are not
    in it, too old, or paid, cancelled or changed there; how many there are. A night that is run twice asks once."""
    looks = [_look(integration, document, night) for document in _unsettled(integration, begun)]
    Delivery.objects.bulk_create(looks, ignore_conflicts=True)
    return len(looks)


def _unsettled(integration: Integration, begun: datetime) -> "QuerySet[Document]":
    asked = Delivery.objects.filter(
        integration=integration, kind=OuterRef("kind"), remote_id=OuterRef("remote_id"), handled_at=None
    )
    waiting = Document.objects.filter(
        Q(looked_at=None) | Q(looked_at__lt=begun), ~Exists(asked), integration=integration, state=State.OPEN
    ).exclude(reason="reading")
    return waiting.only("kind", "remote_id").order_by("id")


def _look(integration: Integration, document: Document, night: date) -> Delivery:
    name = f"{EVENT} {night} {document.kind} {document.remote_id}"
    return Delivery.of_our_own(integration, EVENT, document.kind, document.remote_id, name)
