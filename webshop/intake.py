"""From a delivery to a document: look at what it names, read it, and decide what becomes of it.

Nothing of a delivery is believed but that it is worth looking at one order or invoice. What the shop then answers is
kept as the document's source, and read under the settings of the moment.
"""

import secrets
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounting import connection, prechecks, settings_store
from accounting.leases import Lease
from integrations import money, sales
from integrations.failures import ConnectionLost, Gone, LeaseLost, Refused, Temporary
from integrations.models import Credential, Delivery, Document, Integration, State, User
from integrations.problems import Problem, Unreadable
from integrations.settings_file import Settings
from integrations.timeline import Timeline

from .ccvshop.client import Shop
from .ccvshop.mapping import order_to_document
from .doorbell import ring
from .webhooks import process_of

log = structlog.get_logger()

SHARE = 50
LONGEST_WAIT = timedelta(hours=1)
CANCELLED = 8


def due(integration: Integration) -> "QuerySet[Delivery]":
    """Deliveries that wait to be handled, oldest first."""
    return integration.deliveries.filter(
        Q(next_attempt_at=None) | Q(next_attempt_at__lte=timezone.now()),
        handled_at=None,
    ).order_by("id")


def take_in(integration: Integration, lease: Lease) -> None:
    """Handle a share of the deliveries that are due, each order once."""
    deliveries: dict[tuple[str, str], list[Delivery]] = {}
    for delivery in due(integration)[:SHARE]:
        deliveries.setdefault((delivery.kind, delivery.remote_id), []).append(delivery)
    _leave_out_other_mode(integration, deliveries)
    try:
        shop = open_shop(integration) if deliveries else None
        for (kind, remote_id), mine in deliveries.items():
            assert shop is not None
            _take_in_one(integration, kind, remote_id, mine, shop, lease)
    except ConnectionLost as failure:
        connection.lose(integration, "shop", failure.words)
        postpone(due(integration), "connection_lost", timedelta(minutes=15))
    except Temporary as failure:
        postpone(due(integration), failure.reason, failure.wait or timedelta(minutes=1))


def _leave_out_other_mode(integration: Integration, deliveries: dict[tuple[str, str], list[Delivery]]) -> None:
    """While paid orders are processed, messages about invoices (credit invoices too) lead to nothing."""
    if process_of(integration) != "orders":
        return
    for key in [key for key in deliveries if key[0] != "order"]:
        ids = [delivery.pk for delivery in deliveries.pop(key)]
        Delivery.objects.filter(pk__in=ids).update(handled_at=timezone.now(), reason="orders_mode")


def _take_in_one(
    integration: Integration, kind: str, remote_id: str, deliveries: list[Delivery], shop: Shop, lease: Lease
) -> None:
    """Handle the deliveries of one order; raises ``Temporary`` only when the shop refuses every call for now."""
    mine = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
    try:
        look_at(integration, kind, remote_id, deliveries, shop, lease)
    except Temporary as failure:
        attempts = max(delivery.attempts for delivery in deliveries)
        postpone(mine, failure.reason, failure.wait or min(timedelta(seconds=30) * 2 ** min(attempts, 7), LONGEST_WAIT))
        if failure.everything:
            raise
    except (ConnectionLost, LeaseLost):
        raise
    except Exception as error:
        log.exception("intake failed", integration=integration.pk, kind=kind, remote_id=remote_id)
        postpone(mine, f"internal: {type(error).__name__}", LONGEST_WAIT)
    else:
        if integration.shop_lost_at:
            connection.regain(integration, "shop")


def postpone(deliveries: "QuerySet[Delivery]", reason: str, wait: timedelta) -> None:
    deliveries.update(next_attempt_at=timezone.now() + wait, attempts=F("attempts") + 1, reason=reason[:200])


def open_shop(integration: Integration) -> Shop:
    credential = Credential.objects.filter(integration=integration, side=Credential.Side.SHOP).first()
    if credential is None:
        raise ConnectionLost("shop")
    return Shop(integration.api_root, credential.secret["public"], credential.secret["secret"])


def look_at(
    integration: Integration,
    kind: str,
    remote_id: str,
    deliveries: list[Delivery],
    shop: Shop,
    lease: Lease,
) -> None:
    """Fetch one order and store what it is now; a document that is posted stays as it is."""
    document = Document.objects.filter(integration=integration, kind=kind, remote_id=remote_id).first()
    timeline = Timeline(integration, document)
    for delivery in deliveries:
        timeline.add("delivery", event=delivery.event, signed=delivery.is_signed)
    if document and document.state == State.PROCESSED:
        timeline.add("already_posted")
        fields: dict[str, Any] = {}
    else:
        shop.record = timeline.call
        fields = _fetched(integration, kind, remote_id, shop, lease, timeline)
    with lease.writing():
        if fields:
            timeline.document = _store(integration, kind, remote_id, document, fields)
        timeline.store()
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).update(handled_at=timezone.now())


def _fetched(
    integration: Integration,
    kind: str,
    remote_id: str,
    shop: Shop,
    lease: Lease,
    timeline: Timeline,
) -> dict[str, Any]:
    """What the shop says now, as fields of the document; empty when there is nothing to keep."""
    try:
        lease.cover_a_call()
        order = shop.order(remote_id)
        lease.cover_a_call()
        source = {"order": order, "orderrows": shop.order_rows(remote_id)}
    except Gone:
        timeline.add("not_in_shop")
        return _skipped("not_in_shop")
    except Refused as failure:
        return _stuck(*failure.problems)
    if order.get("is_completed") is False:
        timeline.add("not_completed")
        return {}
    source = storable(source)
    return {"source": source, **read(integration, source, timeline)}


def storable(found: Any) -> Any:
    """JSON of the shop without what PostgreSQL can't store in a text: NUL, and halves of surrogate pairs."""
    if isinstance(found, str):
        return found.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(found, dict):
        return {storable(name): storable(value) for name, value in found.items()}
    return [storable(value) for value in found] if isinstance(found, list) else found


def read(integration: Integration, source: dict[str, Any], timeline: Timeline) -> dict[str, Any]:
    """Map a source under the settings of now and decide its state: the fields of the document."""
    version = integration.settings
    assert version is not None
    settings = settings_store.load(version.pk)
    base = {"settings_version": version, "looked_at": timezone.now()}
    try:
        sold = order_to_document(source["order"], source["orderrows"], settings)
    except Unreadable as error:
        return {
            **base,
            "mapped": None,
            **_stuck(Problem("unreadable", reason=str(error))),
        }
    timeline.add("mapped", version=version.number, notes=list(sold.notes), moved=len(sold.moved))
    return {
        **base,
        "mapped": sales.dump(sold),
        **_columns(sold),
        **_decided(sold, settings, integration),
    }


def _columns(sold: sales.SalesDocument) -> dict[str, Any]:
    """What lists show and search, taken from the document."""
    billing = sold.customer.billing
    return {
        "order_remote_id": sold.order_id,
        "number": sold.number,
        "date": sold.date,
        "currency": sold.currency,
        "total_cents": money.to_cents(sold.total_incl),
        "is_credit": sold.is_credit,
        "customer_email": sold.customer.email,
        "customer_name": (sold.customer.company or billing.name)[:200],
        "country": sold.delivery_country,
    }


def _decided(sold: sales.SalesDocument, settings: Settings, integration: Integration) -> dict[str, Any]:
    """The state of a document that was read: posted when paid, unless there is a reason to leave it out."""
    if sold.order_status == str(CANCELLED) and not sold.is_paid:
        return _skipped("cancelled")
    reason = prechecks.skip_reason(sold, settings.shop.start_date or integration.installed_on)
    if reason:
        return _skipped(reason)
    if not sold.is_paid:
        return {
            "state": State.OPEN,
            "reason": "not_paid",
            "problems": [],
            "next_attempt_at": None,
        }
    return {
        "state": State.QUEUED,
        "reason": "",
        "problems": [],
        "next_attempt_at": timezone.now(),
        "attempts": 0,
    }


def _skipped(reason: str) -> dict[str, Any]:
    return {
        "state": State.SKIPPED,
        "reason": reason,
        "problems": [],
        "next_attempt_at": None,
    }


def _stuck(*problems: Problem) -> dict[str, Any]:
    dumped = [problem.as_json() for problem in problems]
    return {
        "state": State.ERROR,
        "reason": problems[0].code,
        "problems": dumped,
        "next_attempt_at": None,
    }


def _store(
    integration: Integration,
    kind: str,
    remote_id: str,
    document: Document | None,
    fields: dict[str, Any],
) -> Document | None:
    if document is None and fields["reason"] == "not_in_shop":
        return None
    if document is None:
        document = Document(integration=integration, kind=kind, remote_id=remote_id)
    if fields["state"] != document.state or document.changed_at is None:
        document.changed_at = timezone.now()
    for name, value in fields.items():
        setattr(document, name, value)
    document.save()
    return document


def read_again(integration: Integration, lease: Lease) -> None:
    """Read queued documents again whose settings have changed since they were read."""
    stale = Document.objects.filter(integration=integration, state=State.QUEUED, mapped__isnull=False).exclude(
        settings_version=integration.settings_id
    )
    for document in stale.order_by("id")[:SHARE]:
        timeline = Timeline(integration, document)
        fields = read(integration, document.source, timeline)
        with lease.writing():
            _store(integration, document.kind, document.remote_id, document, fields)
            timeline.store()


def process(document: Document, user: User) -> bool:
    """Look at a document again because a person asked for it; False when it is posted already."""
    open_again = Document.objects.filter(pk=document.pk).exclude(state=State.PROCESSED)
    with transaction.atomic():
        now = timezone.now()
        if not open_again.update(state=State.OPEN, reason="reading", next_attempt_at=None, changed_at=now):
            return False
        timeline = Timeline(document.integration, document)
        timeline.add("processed_by", user=user)
        timeline.store()
        Delivery.objects.create(
            integration=document.integration,
            event="process",
            kind=document.kind,
            remote_id=document.remote_id,
            digest=secrets.token_hex(32),
            body="",
            is_signed=False,
        )
        if document.integration.administration_id:
            ring(document.integration.administration_id)
    return True
