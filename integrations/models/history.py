"""Past orders and invoices that are carried over once, at the owner's request."""

from django.db import models
from django.db.models import Q

from .document import Document
from .integration import Integration, User


class History(models.Model):
    """The orders or invoices (``kind``) of a period of the past: first counted, then carried over.

    The row is the queue: what is to be done goes by ``state`` and the states of the items. ``listed_until`` is how far
    the shop's list was read, ``books_listed_at`` when the books' own was; ``data`` holds how far that
    is, and what only the preview shows.
    """

    class State(models.TextChoices):
        COUNTING = "counting"
        COUNTED = "counted"
        RUNNING = "running"
        PAUSED = "paused"
        STOPPED = "stopped"
        DONE = "done"

    ENDED = (State.STOPPED, State.DONE)

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="histories")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=10, choices=Document.Kind.choices)
    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.COUNTING)
    reason = models.CharField(max_length=40, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    listed_until = models.PositiveIntegerField(default=0)
    listed_at = models.DateTimeField(null=True, blank=True)
    books_listed_at = models.DateTimeField(null=True, blank=True)
    price_cents = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict)
    asked_at = models.DateTimeField(auto_now_add=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "histories"
        constraints = [
            models.UniqueConstraint(
                fields=("integration",), name="one_history_at_a_time", condition=~Q(state__in=("stopped", "done"))
            )
        ]
        indexes = [
            models.Index(
                fields=("next_attempt_at", "id"),
                name="histories_to_go_on_with",
                condition=Q(state__in=("counting", "running")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.since} - {self.until}"


class HistoryItem(models.Model):
    """One order or invoice of a history: ``listed``, then looked at (``ready``, ``blocked`` on a ``cause``, already
    ``in_books``, or ``left_out`` for a ``reason``), then ``asked`` to be carried over like any other."""

    class Outcome(models.TextChoices):
        LISTED = "listed"
        READY = "ready"
        BLOCKED = "blocked"
        IN_BOOKS = "in_books"
        LEFT_OUT = "left_out"
        ASKED = "asked"

    history = models.ForeignKey(History, on_delete=models.CASCADE, related_name="items")
    remote_id = models.CharField(max_length=64)
    number = models.CharField(max_length=100, blank=True)
    date = models.DateField(null=True, blank=True)
    total_cents = models.BigIntegerField(default=0)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.LISTED)
    cause = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    ledger_id = models.CharField(max_length=64, blank=True)
    ledger_number = models.CharField(max_length=100, blank=True)
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="history_items"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=("history", "remote_id"), name="one_history_item_per_source")]
        indexes = [models.Index(fields=("history", "outcome", "id"), name="history_items_by_outcome")]

    def __str__(self) -> str:
        return self.number or self.remote_id
