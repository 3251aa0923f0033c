"""The doorbell: asks a Celery worker to work for an administration. The database says what is to be done."""

from datetime import timedelta

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integrations.models import Administration

log = structlog.get_logger()

# A ring that nobody answered for this long is taken for lost.
PENDING = timedelta(minutes=1)


def ring(administration_id: int) -> None:
    """Ask for a worker, unless one was asked for already and has not come yet."""
    now = timezone.now()
    free = Administration.objects.filter(Q(rung_at=None) | Q(rung_at__lt=now - PENDING), pk=administration_id)
    if free.update(rung_at=now):
        send("webshop.tasks.work", administration_id)


def send(task: str, row_id: int) -> None:
    """Have a worker do what a row asks for, once that row is there; without a broker now, the sweep finds it."""
    transaction.on_commit(lambda: _send(task, row_id))


def _send(task: str, row_id: int) -> None:
    try:
        current_app.send_task(task, [row_id])
    except Exception:  # noqa: BLE001 whatever the broker's client raises
        log.warning("the broker is out of reach", task=task, row=row_id)


def answer(administration_id: int) -> None:
    """The worker has come: what arrives from now on rings again."""
    Administration.objects.filter(pk=administration_id).update(rung_at=None)
