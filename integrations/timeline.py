"""Writing the timeline: events are collected while work is done and stored together with its outcome."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from .http import Call
from .models import Document, Event, Integration, Payment, User


class Timeline:
    """The events of one piece of work for one integration, in their order."""

    def __init__(self, integration: Integration, document: Document | None = None) -> None:
        self.integration = integration
        self.document = document
        self.payment: Payment | None = None
        self.events: list[Event] = []

    def add(self, kind: str, *, user: User | None = None, **data: Any) -> None:
        """``data`` is shown to people and must hold no secrets."""
        self.events.append(Event(at=timezone.now(), kind=kind, data=data, user=user))

    def call(self, call: Call) -> None:
        """Write a remote call down; this is the recorder that clients take."""
        self.add(
            "call",
            method=call.method,
            path=call.path,
            status=call.status,
            milliseconds=call.milliseconds,
        )

    def store(self) -> None:
        """Store what was collected; inside the transaction of the outcome."""
        store_together([self])

    def _taken(self) -> list[Event]:
        """What was collected, addressed."""
        for event in self.events:
            event.integration = self.integration
            event.document = self.document
            event.payment = self.payment
        taken, self.events = self.events, []
        return taken


def store_together(timelines: Iterable[Timeline]) -> None:
    """Store what several have collected, in one statement."""
    Event.objects.bulk_create([event for timeline in timelines for event in timeline._taken()])
