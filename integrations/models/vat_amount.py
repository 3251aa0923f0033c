"""Turnover and VAT of what is in the books."""

from django.db import models

from .document import Document
from .integration import Integration


class VatAmount(models.Model):
    """What a posted document comes to at one VAT rate; there are rows only as long as its posting stands.

    ``treatment`` is that of the document (``Treatment``), or ``market`` for what a marketplace pays the VAT of and
    ``margin`` for the margin scheme. ``whose`` VAT it is on a sale to another EU country was decided as it was posted:
    ``home``, ``theirs``, or empty where nobody can tell. ``rate`` is a percentage as people write it. An
    intra-Community supply has the customer's ``vat_number`` and what VIES said of it at the time.
    """

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="vat_amounts")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="vat_amounts")
    date = models.DateField()
    country = models.CharField(max_length=2)
    treatment = models.CharField(max_length=10)
    whose = models.CharField(max_length=6, blank=True)
    rate = models.CharField(max_length=8)
    net_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()
    vat_number = models.CharField(max_length=20, blank=True)
    consultation_number = models.CharField(max_length=40, blank=True)
    vat_checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("document", "rate"), name="one_vat_amount_per_rate")]
        indexes = [
            models.Index(
                fields=("integration", "date"),
                name="vat_amounts_to_add_up",
                include=("country", "treatment", "whose", "rate", "net_cents", "vat_cents", "document"),
            ),
            models.Index(
                fields=("integration", "date", "vat_number"),
                name="intra_community_supplies",
                condition=models.Q(treatment="icp"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.rate}%"
