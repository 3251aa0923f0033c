"""Invoices that were not paid yet when they were posted: the shop is asked every four hours whether they are now, and
then their payment is on its way to the books."""

from datetime import timedelta
from typing import Any

import structlog
from django.db.models import F, QuerySet
from django.utils import timezone

from accounting import connection, payments, settings_store
from accounting.attempts import UNTIL_CONNECTED
from accounting.leases import Lease
from integrations.failures import ConnectionLost, Gone, LeaseLost, Temporary
from integrations.models import Integration, Payment, State
from integrations.settings_file import Settings
from integrations.timeline import Timeline

from ..ccvshop.client import Shop
from ..ccvshop.mapping import is_paid
from ..preview import document_of
from ..reading import skipped, storable
from ..sources import invoice_source, open_shop

log = structlog.get_logger()

SHARE = 50


def due() -> "QuerySet[Payment]":
    """Payments of which the shop has to be asked now, of integrations that post payments."""
    return Payment.objects.filter(
        state=State.OPEN,
        reason=payments.NOT_PAID,
        next_attempt_at__lte=timezone.now(),
        document__state=State.PROCESSED,
        integration__status=Integration.Status.ACTIVE,
        integration__administration__isnull=False,
        integration__settings__general__payments=True,
    )


def ready(administration_id: int) -> "QuerySet[Payment]":
    return due().filter(integration__administration=administration_id).order_by("next_attempt_at", "id")


def administrations_with_work() -> set[int]:
    return set(due().values_list("integration__administration", flat=True).distinct())


def ask(integration: Integration, lease: Lease) -> None:
    """Ask the shop about a share of the payments that are due."""
    assert integration.settings is not None
    mine = ready(lease.administration_id).filter(integration=integration).select_related("document")
    share = list(mine.defer("document__source", "document__mapped")[:SHARE])
    if not share:
        return
    settings = settings_store.load(integration.settings)
    try:
        shop = open_shop(integration)
        for payment in share:
            _ask_about(payment, integration, settings, shop, lease)
    except ConnectionLost as failure:
        connection.lose(integration, "shop", failure.words)
        mine.update(next_attempt_at=timezone.now() + UNTIL_CONNECTED)
    except Temporary as failure:
        mine.update(next_attempt_at=timezone.now() + (failure.wait or timedelta(minutes=1)))


def _ask_about(payment: Payment, integration: Integration, settings: Settings, shop: Shop, lease: Lease) -> None:
    """Ask about one payment, and write down what came of it. Raises ``Temporary`` when the shop refuses every call."""
    timeline = Timeline(integration, payment.document)
    timeline.payment = payment
    shop.record = timeline.call
    fields = _asked(payment, settings, shop, lease, timeline)
    if fields.get("state", State.OPEN) == State.OPEN:
        timeline.events.clear()  # sixty days of the same would bury what happened
    else:
        fields["changed_at"] = timezone.now()
    with lease.writing():
        if Payment.objects.filter(pk=payment.pk, state=State.OPEN).update(**fields):
            timeline.store()


def _asked(payment: Payment, settings: Settings, shop: Shop, lease: Lease, timeline: Timeline) -> dict[str, Any]:
    """What is to be stored of a payment; what can't be told now is asked again in four hours."""
    try:
        return _fields_of(payment, settings, shop, lease, timeline)
    except (ConnectionLost, LeaseLost):
        raise
    except Gone:
        return _left_out(timeline, "not_in_shop")
    except Temporary as failure:
        if failure.everything:
            raise
    except Exception:
        log.exception("payment not asked for", payment=payment.pk)
    return _later()


def _fields_of(payment: Payment, settings: Settings, shop: Shop, lease: Lease, timeline: Timeline) -> dict[str, Any]:
    lease.cover_a_call()
    remote_id = payment.document.remote_id
    invoice = shop.invoice(remote_id)
    paid = None
    if is_paid(invoice) or not settings.payments_only_when_paid:
        paid = document_of(storable(invoice_source(remote_id, invoice, shop, lease)), settings).payment
    if paid:
        timeline.add("paid_in_shop")
        now = timezone.now()
        return {**payments.fields_of(paid), "state": State.QUEUED, "reason": "", "next_attempt_at": now, "attempts": 0}
    date = payment.document.date
    if date and (timezone.localdate() - date).days > settings.shop.open_days:
        return _left_out(timeline, "expired")
    return _later()


def _left_out(timeline: Timeline, reason: str) -> dict[str, Any]:
    timeline.add("payment_left_out", reason=reason)
    return skipped(reason)


def _later() -> dict[str, Any]:
    return {"next_attempt_at": timezone.now() + payments.EVERY, "attempts": F("attempts") + 1}
