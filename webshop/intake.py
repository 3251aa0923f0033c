"""From a delivery to a document: look at what it names, and store what it is now.

Nothing of a delivery is believed but that it is worth looking at one order or invoice. What the shop then answers is
kept as the document's source.
"""

import json
import traceback
from datetime import timedelta

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounting import connection
from accounting.leases import Lease
from accounting.posting import is_under_way
from integrations.failures import ConnectionLost, Gone, LeaseLost, Refused, Temporary, growing_wait
from integrations.models import Credential, Delivery, Document, Integration, State, User
from integrations.problems import Problem
from integrations.timeline import Timeline

from .ccvshop.client import Shop
from .doorbell import ring
from .reading import Fields, read, ready, skipped, storable, stuck
from .webhooks import process_of

log = structlog.get_logger()

SHARE = 50
UNTIL_CONNECTED = timedelta(minutes=15)

Key = tuple[str, str]  # kind and remote id


def due(integration: Integration) -> "QuerySet[Delivery]":
    """Deliveries that wait to be handled, oldest first."""
    now = timezone.now()
    return integration.deliveries.filter(
        Q(next_attempt_at=None) | Q(next_attempt_at__lte=now), handled_at=None
    ).order_by("id")


def take_in(integration: Integration, lease: Lease) -> None:
    """Handle a share of the deliveries that are due, each order once. While invoices are chosen everything waits:
    only orders can be processed yet."""
    if process_of(integration) != "orders":
        return
    deliveries: dict[Key, list[Delivery]] = {}
    for delivery in due(integration)[:SHARE]:
        deliveries.setdefault((delivery.kind, delivery.remote_id), []).append(delivery)
    _leave_out_invoices(deliveries)
    if not deliveries:
        return
    try:
        shop = open_shop(integration)
        for mine in deliveries.values():
            _take_in_one(integration, mine, shop, lease)
    except ConnectionLost as failure:
        connection.lose(integration, "shop", failure.words)
        postpone(due(integration), "connection_lost", UNTIL_CONNECTED)
    except Temporary as failure:
        postpone(due(integration), failure.reason, failure.wait or timedelta(minutes=1))


def _leave_out_invoices(deliveries: dict[Key, list[Delivery]]) -> None:
    """While paid orders are processed, messages about invoices (credit invoices too) lead to nothing."""
    for key in [key for key in deliveries if key[0] != "order"]:
        ids = [delivery.pk for delivery in deliveries.pop(key)]
        Delivery.objects.filter(pk__in=ids).update(handled_at=timezone.now(), reason="orders_mode")


def _take_in_one(integration: Integration, deliveries: list[Delivery], shop: Shop, lease: Lease) -> None:
    """Handle the deliveries of one order; raises ``Temporary`` only when the shop refuses every call for now."""
    mine = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
    try:
        look_at(integration, deliveries, shop, lease)
    except Temporary as failure:
        attempts = max(delivery.attempts for delivery in deliveries)
        wait = failure.wait or growing_wait(attempts)
        postpone(mine, failure.reason, wait)
        if failure.everything:
            raise
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


def look_at(integration: Integration, deliveries: list[Delivery], shop: Shop, lease: Lease) -> None:
    """Fetch the order that these deliveries name and store what it is now.

    What is posted, or may be in the books already, stays as it is.
    """
    kind, remote_id = deliveries[0].kind, deliveries[0].remote_id
    document = Document.objects.filter(integration=integration, kind=kind, remote_id=remote_id).first()
    timeline = Timeline(integration, document)
    shop.record = timeline.call
    for delivery in deliveries:
        timeline.add("delivery", event=delivery.event, signed=delivery.is_signed)
    fields = _fields_of(document, integration, remote_id, shop, lease, timeline)
    with lease.writing():
        if fields:
            document = document or Document(integration=integration, kind=kind, remote_id=remote_id)
            timeline.document = _store(document, fields)
        timeline.store()
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).update(handled_at=timezone.now())


def _fields_of(
    document: Document | None, integration: Integration, remote_id: str, shop: Shop, lease: Lease, timeline: Timeline
) -> Fields:
    """What is to be stored of the order now; empty when nothing is."""
    if document and document.state == State.PROCESSED:
        timeline.add("already_posted")
        return {}
    fields = _decided(integration, remote_id, shop, lease, timeline)
    if document and is_under_way(document):
        timeline.add("under_way")
        return {**ready(), "is_stale": document.is_stale or not _is_as_read(document, fields)}
    if document is None and fields.get("reason") == "not_in_shop":
        return {}
    return fields


def _is_as_read(document: Document, fields: Fields) -> bool:
    """Whether a document says what it said when the books were told of it: the same source, the same settings."""
    source = json.loads(json.dumps(fields.get("source"), cls=DjangoJSONEncoder))
    version = fields.get("settings_version")
    return source == document.source and version is not None and version.pk == document.settings_version_id


def _decided(integration: Integration, remote_id: str, shop: Shop, lease: Lease, timeline: Timeline) -> Fields:
    """What the shop says of an order now, and what is to become of it."""
    try:
        return _fetched(integration, remote_id, shop, lease, timeline)
    except Gone:
        timeline.add("not_in_shop")
        return skipped("not_in_shop")
    except Refused as failure:
        return stuck(*failure.problems)
    except (Temporary, ConnectionLost, LeaseLost):
        raise
    except Exception:
        log.exception("intake failed", integration=integration.pk, order=remote_id)
        timeline.add("internal", traceback=traceback.format_exc()[-4000:])
        return stuck(Problem("internal"))


def _fetched(integration: Integration, remote_id: str, shop: Shop, lease: Lease, timeline: Timeline) -> Fields:
    lease.cover_a_call()
    order = shop.order(remote_id)
    if order.get("is_completed") is False:
        timeline.add("not_completed")
        return {}
    lease.cover_a_call()
    source = {"order": order, "orderrows": shop.order_rows(remote_id)}
    return read(integration, storable(source), timeline)


def _store(document: Document, fields: Fields) -> Document:
    if fields["state"] != document.state:
        document.changed_at = timezone.now()
    for name, value in fields.items():
        setattr(document, name, value)
    document.save()
    return document


def read_again(integration: Integration, lease: Lease) -> None:
    """Read queued documents again whose settings have changed since; not those that may be in the books already."""
    stale = Document.objects.filter(
        integration=integration, state=State.QUEUED, mapped__isnull=False, ledger_id="", intents=None
    ).exclude(settings_version=integration.settings_id)
    for document in stale.order_by("id")[:SHARE]:
        timeline = Timeline(integration, document)
        fields = read(integration, document.source, timeline)
        with lease.writing():
            _store(document, fields)
            timeline.store()


def process(document: Document, user: User) -> bool:
    """Look at a document again because a person asked for it; False when it is posted already."""
    unposted = Document.objects.filter(pk=document.pk).exclude(state=State.PROCESSED)
    with transaction.atomic():
        now = timezone.now()
        if not unposted.update(state=State.OPEN, reason="reading", next_attempt_at=None, changed_at=now):
            return False
        timeline = Timeline(document.integration, document)
        timeline.add("processed_by", user=user)
        timeline.store()
        Delivery.look_again(document)
    # Not inside: a worker locks the administration before its documents.
    if document.integration.administration_id:
        ring(document.integration.administration_id)
    return True
