"""What Celery is rung for. The rows in the database say what is to be done; a lost message costs a minute."""

from datetime import date, timedelta
from itertools import islice
from typing import Any

import structlog
from celery import shared_task
from django.utils import timezone

from accounting import connection, paying, payments, posting, reversals, reversing
from accounting.leases import Lease, taking
from integrations import tallies
from integrations.failures import LONGEST_WAIT, ConnectionLost, Failure, LeaseLost
from integrations.models import Integration

from . import intake, runs, webhooks
from .doorbell import answer, ring
from .past import history, history_running
from .reconciliation import reconciling
from .watching import nightly, nights, paid, polling, silence

log = structlog.get_logger()

QUEUES = (reversals, posting, payments, paid, history)
CAUGHT_UP = timedelta(days=2)  # what was posted before has had its payment expected


@shared_task
def work(administration_id: int) -> None:
    """Take in what the shops of an administration sent, take postings back that a person asked for, and post what is
    ready: documents, then payments. What is left of the time goes to the past."""
    answer(administration_id)
    with taking(administration_id) as lease:
        if lease is None:
            return
        for integration in nights.working().filter(administration=administration_id):
            take_in(integration, lease)
        reversing.reverse_ready(lease)
        posting.post_ready(lease)
        paying.post_ready(lease)
        history_running.go_on(administration_id, lease)
    mine = {"integration__administration": administration_id}
    is_more = intake.due(**mine).exists() or runs.waiting().filter(**mine).exists()
    if is_more or any(queue.ready(administration_id).exists() for queue in QUEUES):
        ring(administration_id)


def take_in(integration: Integration, lease: Lease) -> None:
    """Take in what one shop sent; what goes wrong with one must not keep the others of the same books waiting."""
    try:
        intake.take_in(integration, lease)
        intake.read_again(integration, lease)
        runs.take_up(integration, lease)
        paid.ask(integration, lease)
    except LeaseLost:
        raise
    except Exception:
        log.exception("intake failed", integration=integration.pk)
        intake.postpone(intake.due(integration=integration), "internal", LONGEST_WAIT)


@shared_task
def sweep() -> None:
    """Every minute: ring for whatever is due and was not rung for, or whose worker died."""
    for administration_id in with_work():
        ring(administration_id)
    for integration_id, day in nightly.claimed():
        hand_out(night, integration_id, day.isoformat())
    for reconciliation_id in reconciling.due().values_list("pk", flat=True):
        hand_out(reconcile, reconciliation_id)
    connection.tell_what_was_not_told()
    tallies.fold()


@shared_task
def reconcile(reconciliation_id: int) -> None:
    """Compare some more days of a period that a person asked about."""
    if reconciling.work(reconciliation_id):
        reconciling.ring(reconciliation_id)


@shared_task
def poll_invoices() -> None:
    """Every quarter of an hour: ask the shops that do not announce their invoices for new ones."""
    active = webhooks.unannounced().filter(status=Integration.Status.ACTIVE, administration__isnull=False)
    for integration in active:
        if poll(integration) and integration.administration_id:
            ring(integration.administration_id)


@shared_task
def night(integration_id: int, day: str) -> None:
    """The night of one integration, which the sweep rings for once it has begun."""
    integration = nights.working().filter(pk=integration_id).first()
    if not (integration and integration.administration_id):
        return
    with taking(integration.administration_id) as lease:
        if lease is None:
            nightly.hand_back(integration, date.fromisoformat(day))
            return
        nightly.spend(integration, date.fromisoformat(day), lease)
    ring(integration.administration_id)


@shared_task
def listen() -> None:
    """Every hour: ask the shops that are silent for longer than usual."""
    for integration_id in list(islice(silence.silent(), silence.AT_ONCE)):
        hand_out(ask_the_silent, integration_id)


@shared_task
def ask_the_silent(integration_id: int) -> None:
    integration = nights.working().filter(pk=integration_id).first()
    if integration and integration.administration_id:
        silence.ask(integration)
        ring(integration.administration_id)


@shared_task
def catch_up_payments() -> None:
    """Every four hours: expect the payments of what was posted while the switch was turned."""
    for integration in nights.working().filter(settings__general__payments=True):
        switched_on_at = payments.switched_on_at(integration)
        if switched_on_at:
            payments.catch_up(integration, max(switched_on_at, timezone.now() - CAUGHT_UP))


def hand_out(task: Any, *args: Any) -> None:
    """Have a worker do a task. Without a broker now, whoever hands it out does so again."""
    try:
        task.delay(*args)
    except Exception:  # noqa: BLE001 whatever the broker's client raises
        log.warning("the broker is out of reach", task=task.name)


def poll(integration: Integration) -> bool:
    """Whether a shop has new invoices. What goes wrong with one shop, the next look makes good."""
    try:
        is_new = polling.poll(integration)
    except ConnectionLost as failure:
        connection.lose(integration, "shop", failure.words)
    except Failure as failure:
        log.warning("invoices not polled", integration=integration.pk, reason=str(failure))
    except Exception:
        log.exception("polling failed", integration=integration.pk)
    else:
        if integration.shop_lost_at:
            connection.regain(integration, "shop")
        return is_new
    return False


def with_work() -> set[int]:
    """Administrations with a delivery, a run, a posting to take back, a document or a payment that is due."""
    of_deliveries = intake.due().values_list("integration__administration", flat=True).distinct()
    of_runs = runs.waiting().values_list("integration__administration", flat=True).distinct()
    of_the_books = (queue.administrations_with_work() for queue in QUEUES)
    return set(of_deliveries).union(of_runs, *of_the_books)
