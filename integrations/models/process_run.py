"""Process for many documents at once."""

from django.db import models
from django.db.models import Q

from .integration import Integration, User


class ProcessRun(models.Model):
    """One press on Process for a group of stuck documents: they are taken up in shares, ``taken_until`` is the id of
    the last one that was, ``last_id`` that of the last one that was stuck when the button was pressed."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="runs")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    cause = models.CharField(max_length=200, blank=True)
    total = models.PositiveIntegerField()
    taken_until = models.BigIntegerField(default=0)
    last_id = models.BigIntegerField()
    started_at = models.DateTimeField(auto_now_add=True)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=("id",), name="runs_to_take_up", condition=Q(taken_at=None))]

    def __str__(self) -> str:
        return f"{self.total} of {self.cause}"
