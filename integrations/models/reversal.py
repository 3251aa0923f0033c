"""Postings that were taken back."""

from django.db import models
from django.db.models import Q

from .document import Document, State
from .integration import User


class Reversal(models.Model):
    """A posting that somebody took back, or asked to: what it was, and the counter-entry, if it could not be deleted.

    ``edition`` is that of the posting. ``returns_to`` is the state of the document afterwards: stuck or skipped.
    """

    class Outcome(models.TextChoices):
        PENDING = "pending"
        DELETED = "deleted"
        COUNTERED = "countered"
        REFUSED = "refused"

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="reversals")
    edition = models.PositiveSmallIntegerField()
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    returns_to = models.CharField(max_length=10, choices=[(State.ERROR, "error"), (State.SKIPPED, "skipped")])
    words = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    problems = models.JSONField(default=list)
    reason = models.CharField(max_length=40, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    ledger_id = models.CharField(max_length=64)
    ledger_number = models.CharField(max_length=100, blank=True)
    ledger_url = models.URLField(max_length=500, blank=True)
    ledger_total_cents = models.BigIntegerField(null=True, blank=True)
    counter_id = models.CharField(max_length=64, blank=True)
    counter_number = models.CharField(max_length=100, blank=True)
    counter_url = models.URLField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("document", "edition"),
                name="one_reversal_per_posting",
                condition=~Q(outcome="refused"),
            ),
        ]
        indexes = [
            models.Index(fields=("next_attempt_at", "id"), name="reversals_ready", condition=Q(outcome="pending"))
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.outcome}"
