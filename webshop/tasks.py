"""What Celery is rung for. The rows in the database say what is to be done; a lost message costs a minute."""

import structlog
from celery import shared_task
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounting import connection, posting, reversing
from accounting.leases import Lease, taking
from integrations import tallies
from integrations.failures import LONGEST_WAIT, ConnectionLost, Failure, LeaseLost
from integrations.models import Delivery, Integration

from . import intake, nights, polling, runs, webhooks
from .doorbell import answer, ring

log = structlog.get_logger()


@shared_task
def work(administration_id: int) -> None:
    """Take in what the shops of an administration sent, take postings back that a person asked for, and post what is
    ready."""
    answer(administration_id)
    with taking(administration_id) as lease:
        if lease is None:
            return
        for integration in working(administration_id):
            take_in(integration, lease)
        reversing.reverse_ready(lease)
        posting.post_ready(lease)
    mine = {"integration__administration": administration_id}
    is_more = _deliveries().filter(**mine).exists() or runs.waiting().filter(**mine).exists()
    if is_more or reversing.ready(administration_id).exists() or posting.ready(administration_id).exists():
        ring(administration_id)


def take_in(integration: Integration, lease: Lease) -> None:
    """Take in what one shop sent; what goes wrong with one must not keep the others of the same books waiting."""
    try:
        intake.take_in(integration, lease)
        intake.read_again(integration, lease)
        runs.take_up(integration, lease)
    except LeaseLost:
        raise
    except Exception:
        log.exception("intake failed", integration=integration.pk)
        intake.postpone(intake.due(integration), "internal", LONGEST_WAIT)


@shared_task
def sweep() -> None:
    """Every minute: ring for whatever is due and was not rung for, or whose worker died."""
    for administration_id in with_work():
        ring(administration_id)
    connection.tell_what_was_not_told()
    tallies.fold()


@shared_task
def poll_invoices() -> None:
    """Every quarter of an hour: ask the shops that do not announce their invoices for new ones."""
    active = webhooks.unannounced().filter(status=Integration.Status.ACTIVE, administration__isnull=False)
    for integration in active:
        if poll(integration) and integration.administration_id:
            ring(integration.administration_id)


@shared_task
def night() -> None:
    """Every night: have what is open looked at again. The sweep rings once it is due."""
    active = Integration.objects.filter(status=Integration.Status.ACTIVE, administration__isnull=False)
    for integration in active.order_by("id"):
        nights.review(integration, timezone.localdate())


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


def working(administration_id: int) -> "list[Integration]":
    """The integrations of an administration that are installed and not stopped."""
    return list(
        Integration.objects.filter(
            administration=administration_id, status=Integration.Status.ACTIVE, settings__isnull=False
        ).select_related("settings")
    )


def with_work() -> set[int]:
    """Administrations with a delivery, a run, a posting to take back or a document that is due."""
    of_deliveries = _deliveries().values_list("integration__administration", flat=True).distinct()
    of_runs = runs.waiting().values_list("integration__administration", flat=True).distinct()
    of_the_books = reversing.administrations_with_work() | posting.administrations_with_work()
    return set(of_deliveries) | set(of_runs) | of_the_books


def _deliveries() -> "QuerySet[Delivery]":
    """Deliveries that are due, of integrations that can take them in."""
    return Delivery.objects.filter(
        Q(next_attempt_at=None) | Q(next_attempt_at__lte=timezone.now()),
        handled_at=None,
        integration__status=Integration.Status.ACTIVE,
        integration__settings__isnull=False,
        integration__administration__isnull=False,
    )
