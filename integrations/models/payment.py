"""Payments of the shop, on their way to a posted invoice."""

from django.db import models
from django.db.models import Q

from .document import Document, State
from .integration import Integration


class Payment(models.Model):
    """One payment of one document; at most one is ever posted."""

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

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=State.values), name="payment_state_known")]
        indexes = [
            models.Index(
                fields=("integration", "state", "changed_at", "id"),
                name="payments_by_state",
            )
        ]

    def __str__(self) -> str:
        return self.number
