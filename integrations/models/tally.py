"""The counts of documents, as triggers of the database write them down."""

from django.db import models

from .integration import Integration


class DocumentTally(models.Model):
    """A change in how many documents there are of a state, a cause and a month (of the document's date, ``2026-11``).

    Triggers of the database add a row for every change, which takes no lock; added up they are the counts, and
    ``integrations.tallies`` folds them together now and then. ``cents`` counts documents in euro alone.
    """

    # Without a constraint, since the triggers also write while an integration is deleted with its documents.
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, db_constraint=False, related_name="tallies")
    state = models.CharField(max_length=10)
    cause = models.CharField(max_length=200)
    month = models.CharField(max_length=7)
    documents = models.IntegerField()
    cents = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "document tallies"
        indexes = [models.Index(fields=("integration", "id"), name="tallies_of_an_integration")]

    def __str__(self) -> str:
        return f"{self.documents:+} {self.state}"
