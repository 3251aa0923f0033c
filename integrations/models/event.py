"""The timeline: what happened to a document, a payment or an integration. Rows are only ever added."""

from django.db import models

from .document import Document
from .integration import Integration, User
from .payment import Payment


class Event(models.Model):
    """One thing that happened. ``kind`` names it, ``data`` tells it without secrets or personal data."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="events")
    document = models.ForeignKey(Document, null=True, on_delete=models.CASCADE, related_name="events")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.CASCADE, related_name="events")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=30)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=("document", "id"), name="timeline_of_a_document"),
            models.Index(fields=("integration", "id"), name="timeline_of_an_integration"),
            models.Index(
                fields=("integration", "kind", "id"),
                name="events_of_an_integration",
                condition=models.Q(document=None, payment=None),
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class VatCheck(models.Model):
    """The answer of VIES to a VAT number, kept as evidence: when it was asked, and the consultation number."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="vat_checks")
    number = models.CharField(max_length=20)
    is_valid = models.BooleanField()
    consultation_number = models.CharField(max_length=40, blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("integration", "number"), name="one_vat_check_per_number")]

    def __str__(self) -> str:
        return self.number
