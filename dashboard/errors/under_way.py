"""The run that is under way, which the Errors tab shows above its documents."""

from datetime import timedelta
from typing import NamedTuple

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from integrations.models import Integration, ProcessRun
from webshop import runs
from webshop.runs import Progress

LONGEST_SHOWN = timedelta(days=1)


class Run(NamedTuple):
    """A run as its bar shows it."""

    pk: int
    progress: Progress


def newest_run() -> Subquery:
    """The newest run of an integration, if it is of today: its documents are counted, which nobody should wait for
    ever after."""
    of_today = ProcessRun.objects.filter(integration=OuterRef("pk"), started_at__gte=timezone.now() - LONGEST_SHOWN)
    return Subquery(of_today.order_by("-id").values("pk")[:1])


def under_way(integration: Integration, run_id: int | None) -> Run | None:
    """The run, unless it is at its end."""
    progress = runs.progress_of(integration, run_id) if run_id else None
    return None if progress is None or progress.is_finished or run_id is None else Run(run_id, progress)
