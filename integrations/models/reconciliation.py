"""The shop, our documents and the books laid side by side."""

from django.db import models
from django.db.models import Q

from .document import Document
from .integration import Integration, User


class Reconciliation(models.Model):
    """One comparison of a period, by the dates of the documents. ``figures`` are rows by day, country and rate; what
    does not agree are its findings. ``cursor`` is how far it is, ``claimed_until`` is held by the worker on it."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="reconciliations")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=40, blank=True)
    problems = models.JSONField(default=list)
    claimed_until = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    cursor = models.JSONField(default=dict)
    figures = models.JSONField(default=list)
    asked_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("integration",),
                name="one_reconciliation_at_a_time",
                condition=Q(state__in=("queued", "running")),
            )
        ]
        indexes = [
            models.Index(
                fields=("next_attempt_at", "id"),
                name="reconciliations_to_do",
                condition=Q(state__in=("queued", "running")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.since} - {self.until}"


class Finding(models.Model):
    """One thing that does not agree: missing or double in the books, changed, deleted or moved there, changed in the
    shop, or unknown to us. Amounts are incl. VAT."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=20)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.CASCADE, related_name="findings")
    number = models.CharField(max_length=100, blank=True)
    date = models.DateField(null=True, blank=True)
    shop_cents = models.BigIntegerField(null=True, blank=True)
    ours_cents = models.BigIntegerField(null=True, blank=True)
    books_cents = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=("reconciliation", "kind", "id"), name="findings_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
