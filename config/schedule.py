"""Beat's schedule: what settings list, and what support staff added in the admin."""

from typing import Any

from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from config.settings_guard import exit_with_demo_secrets

OURS = "From CELERY_BEAT_SCHEDULE; changes made here are lost at the next start."


class Schedule(DatabaseScheduler):
    """``DatabaseScheduler``, which on its own never removes an entry that has left the settings."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        exit_with_demo_secrets()
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        listed = self.app.conf.beat_schedule
        for entry in listed.values():
            entry["description"] = OURS
        PeriodicTask.objects.filter(description=OURS).exclude(name__in=listed).delete()
        super().setup_schedule()
