"""Two pages for whatever watches over the program: is the process up, and can it do its work."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

BEAT_MAY_BE_SILENT_FOR = timedelta(minutes=2)


@login_not_required
def alive(_request: HttpRequest) -> JsonResponse:
    """200 while the process answers; touches nothing else."""
    return JsonResponse({"status": "ok"})


@login_not_required
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers, is migrated, and beat has rung in the last two minutes; else 503."""
    parts = {"database": False, "migrations": False, "beat": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        parts["database"] = True
        parts["migrations"] = is_migrated()
        parts["beat"] = parts["migrations"] and is_beat_alive()
    except DatabaseError:
        pass  # said by the part that stayed false
    is_ready = all(parts.values())
    return JsonResponse({"status": "ok" if is_ready else "unavailable"} | parts, status=200 if is_ready else 503)


def is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def is_beat_alive() -> bool:
    since = timezone.now() - BEAT_MAY_BE_SILENT_FOR
    return PeriodicTask.objects.filter(name="sweep", last_run_at__gte=since).exists()
