"""Payments of the shop, on their way to a posted invoice."""

from django.db import models
from django.db.models import Q

from .document import Document, State
from .integration import Integration


class Payment(models.Model):
    """One payment of one document; at most one is ever posted.

    While it is ``open`` the shop has not been paid yet, and ``next_attempt_at`` is when the shop is asked again.
    ``open_before_cents`` is what was still owed just before it was sent: after an answer that never came, it tells
    whether it arrived. ``nights`` counts the nights on which its invoice was looked for again, ``night`` is the last of
    them. ``ledger_id`` and ``ledger_number`` are the invoice that it was added to.
    """

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="payments")
    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="payment")
    number = models.CharField(max_length=100)
    method = models.CharField(max_length=100)
    date = models.DateField()
    amount_cents = models.BigIntegerField()
    transaction_id = models.CharField(max_length=200, blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=40, blank=True)
    problems = models.JSONField(default=list)
    changed_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)

    nights = models.PositiveSmallIntegerField(default=0)
    night = models.DateField(null=True, blank=True)
    open_before_cents = models.BigIntegerField(null=True, blank=True)
    ledger_id = models.CharField(max_length=64, blank=True)
    ledger_number = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=State.values), name="payment_state_known")]
        indexes = [
            models.Index(
                fields=("integration", "state", "changed_at", "id"),
                name="payments_by_state",
            ),
            models.Index(
                fields=("next_attempt_at", "id"),
                name="payments_ready",
                condition=Q(state__in=("open", "queued")),
            ),
        ]

    def __str__(self) -> str:
        return self.number
