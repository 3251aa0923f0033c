"""From a delivery to a document: look at what it names, and store what it is now.

Nothing of a delivery is believed but that it is worth looking at one order or invoice. What the shop then answers is
kept as the document's source.
"""

import json
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounting import connection
from accounting.attempts import UNTIL_CONNECTED
from accounting.leases import Lease
from accounting.posting import is_under_way
from integrations.failures import ConnectionLost, Gone, LeaseLost, Refused, Temporary, growing_wait
from integrations.models import Delivery, Document, Integration, State
from integrations.problems import Problem, stuck
from integrations.timeline import Timeline, store_together

from . import one_posting
from .ccvshop.client import Shop
from .gate import KINDS
from .past import history
from .reading import Fields, read, ready, skipped, storable
from .sources import open_shop, source_of
from .watching import nights, rhythm
from .webhooks import mode_since, process_of

log = structlog.get_logger()

SHARE = 50
TOGETHER = 10  # documents in one transaction

Key = tuple[str, str]  # kind and remote id


@dataclass(frozen=True)
class Look:
    """What is to be stored of an order or invoice that was looked at, and the deliveries that asked for it."""

    deliveries: list[Delivery]
    document: Document
    timeline: Timeline
    fields: Fields


def due(**whose: Any) -> "QuerySet[Delivery]":
    """Deliveries that are due, of integrations that can take them in."""
    return Delivery.objects.filter(
        Q(next_attempt_at=None) | Q(next_attempt_at__lte=timezone.now()),
        handled_at=None,
        integration__status=Integration.Status.ACTIVE,
        integration__settings__isnull=False,
        integration__administration__isnull=False,
    ).filter(**whose)


def take_in(integration: Integration, lease: Lease) -> None:
    """Handle a share of the deliveries that are due, each order or invoice once."""
    deliveries: dict[Key, list[Delivery]] = {}
    for delivery in due(integration=integration).order_by("id")[:SHARE]:
        deliveries.setdefault((delivery.kind, delivery.remote_id), []).append(delivery)
    _leave_out_the_other_kind(integration, deliveries)
    if not deliveries:
        return
    try:
        shop, waiting = open_shop(integration), list(deliveries.values())
        for start in range(0, len(waiting), TOGETHER):
            _take_in_together(integration, waiting[start : start + TOGETHER], shop, lease)
    except ConnectionLost as failure:
        connection.lose(integration, "shop", failure.words)
        postpone(due(integration=integration), "connection_lost", UNTIL_CONNECTED)
    except Temporary as failure:
        postpone(due(integration=integration), failure.reason, failure.wait or timedelta(minutes=1))


def _leave_out_the_other_kind(integration: Integration, deliveries: dict[Key, list[Delivery]]) -> None:
    """While paid orders are processed, messages about invoices (credit invoices too) lead to nothing, and the other way
    round. What came before the mode was chosen, is on its way to the books, or was asked for by a person goes on."""
    mode = process_of(integration)
    others = {key: mine for key, mine in deliveries.items() if key[0] != KINDS[mode]}
    if not others:
        return
    since, on_their_way = mode_since(integration), _on_their_way(integration, others)
    for key, mine in others.items():
        is_older = since is not None and any(delivery.received_at < since for delivery in mine)
        is_asked_for = any(delivery.event in ("process", nights.EVENT, history.EVENT) for delivery in mine)
        if not (is_older or is_asked_for or key in on_their_way):
            ids = [delivery.pk for delivery in deliveries.pop(key)]
            Delivery.objects.filter(pk__in=ids).update(handled_at=timezone.now(), reason=f"{mode}_mode")


def _on_their_way(integration: Integration, keys: Iterable[Key]) -> set[Key]:
    """Which of these are queued, or may be in the books without having been recorded yet."""
    named = Document.objects.filter(integration=integration, remote_id__in=[remote_id for _, remote_id in keys])
    unposted = named.exclude(state=State.PROCESSED).defer("source", "mapped")
    going = (document for document in unposted if document.state == State.QUEUED or is_under_way(document))
    return {(document.kind, document.remote_id) for document in going}


def _take_in_together(integration: Integration, waiting: list[list[Delivery]], shop: Shop, lease: Lease) -> None:
    """Look at some documents, then store them in one transaction. Raises ``Temporary`` only when the shop refuses every
    call for now; what was read before that is stored."""
    looks: list[Look] = []
    held = _held(integration, waiting)
    try:
        for deliveries in waiting:
            if look := _looked(integration, deliveries, held, shop, lease):
                looks.append(look)
    finally:
        if looks:
            _store_together(looks, lease)
    if looks and integration.shop_lost_at:
        connection.regain(integration, "shop")


def _held(integration: Integration, waiting: list[list[Delivery]]) -> dict[Key, Document]:
    """The documents that these deliveries are about, as far as there are any."""
    named = Document.objects.filter(integration=integration, remote_id__in=[mine[0].remote_id for mine in waiting])
    return {(document.kind, document.remote_id): document for document in named}


def _looked(
    integration: Integration, deliveries: list[Delivery], held: dict[Key, Document], shop: Shop, lease: Lease
) -> "Look | None":
    """What came of a look; None when it has to be repeated later."""
    try:
        return look_at(integration, deliveries, held, shop, lease)
    except Temporary as failure:
        wait = failure.wait or growing_wait(max(delivery.attempts for delivery in deliveries))
        mine = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
        postpone(mine, failure.reason, wait)
        if failure.everything:
            raise
        return None


def postpone(deliveries: "QuerySet[Delivery]", reason: str, wait: timedelta) -> None:
    deliveries.update(next_attempt_at=timezone.now() + wait, attempts=F("attempts") + 1, reason=reason[:200])


def look_at(
    integration: Integration, deliveries: list[Delivery], held: dict[Key, Document], shop: Shop, lease: Lease
) -> Look:
    """Fetch the order or invoice that these deliveries name.

    What is posted, or may be in the books already, stays as it is; so does what a person decided about, until a person
    presses Process: from then on it is not held any more, whereas an older press counts for nothing.
    """
    kind, remote_id = deliveries[0].kind, deliveries[0].remote_id
    document = held.get((kind, remote_id)) or Document(integration=integration, kind=kind, remote_id=remote_id)
    timeline = Timeline(integration, document if document.pk else None)
    shop.record = timeline.call
    for delivery in deliveries:
        timeline.add("delivery", event=delivery.event, signed=delivery.is_signed)
    if one_posting.is_held(document):
        timeline.add("held")
        return Look(deliveries, document, timeline, {})
    document.history_id = history.history_of(deliveries) or document.history_id
    fields = _fields_of(document, shop, lease, timeline)
    if fields:
        fields["history_id"] = document.history_id
    if all(delivery.event == nights.EVENT for delivery in deliveries) and not _is_news(document, fields):
        timeline.events.clear()  # sixty nights of the same would bury what happened
    return Look(deliveries, document, timeline, fields)


def _is_news(document: Document, fields: Fields) -> bool:
    """Whether the shop says something else than when it was looked at before."""
    return (fields.get("state"), fields.get("reason")) != (document.state, document.reason)


def _store_together(looks: list[Look], lease: Lease) -> None:
    handled = [delivery.pk for look in looks for delivery in look.deliveries]
    read_now = [look for look in looks if look.fields]
    with lease.writing():
        if read_now:
            one_posting.lock(read_now[0].timeline.integration, [(look.document, look.fields) for look in read_now])
        for look in read_now:
            look.timeline.document = _store(look.document, look.fields, look.timeline)
        store_together([look.timeline for look in looks])
        rhythm.hear(looks[0].timeline.integration, [delivery for look in looks for delivery in look.deliveries])
        Delivery.objects.filter(pk__in=handled).update(handled_at=timezone.now())


def _fields_of(document: Document, shop: Shop, lease: Lease, timeline: Timeline) -> Fields:
    """What is to be stored of the order or invoice now; empty when nothing is."""
    if document.state == State.PROCESSED:
        timeline.add("already_posted")
        return {}
    is_new = document.pk is None
    fields = _decided(document, shop, lease, timeline)
    if not is_new and is_under_way(document):
        timeline.add("under_way")
        return {**ready(), "is_stale": document.is_stale or not _is_as_read(document, fields)}
    if is_new and fields.get("reason") == "not_in_shop":
        return {}
    return fields


def _is_as_read(document: Document, fields: Fields) -> bool:
    """Whether a document says what it said when the books were told of it: the same source, the same settings."""
    source = json.loads(json.dumps(fields.get("source"), cls=DjangoJSONEncoder))
    version = fields.get("settings_version")
    return source == document.source and version is not None and version.pk == document.settings_version_id


def _decided(document: Document, shop: Shop, lease: Lease, timeline: Timeline) -> Fields:
    """What the shop says of an order or invoice now, and what is to become of it."""
    try:
        source = source_of(document, shop, lease, timeline)
        return read(timeline.integration, storable(source), timeline, document.history_id) if source else {}
    except Gone:
        timeline.add("not_in_shop")
        return skipped("not_in_shop")
    except Refused as failure:
        return stuck(failure.problems)
    except (Temporary, ConnectionLost, LeaseLost):
        raise
    except Exception:
        log.exception("intake failed", integration=document.integration_id, remote_id=document.remote_id)
        timeline.add("internal", traceback=traceback.format_exc()[-4000:])
        return stuck([Problem("internal")])


def _store(document: Document, fields: Fields, timeline: Timeline) -> Document:
    """Store what was read, in a transaction under the lease that has locked the document. What was decided about it
    while the shop was asked stays as it is."""
    now = _as_it_is(document)
    if one_posting.is_held(now) or now.state == State.PROCESSED:
        timeline.add("already_posted" if now.state == State.PROCESSED else "held")
        return document
    is_asked_for = (now.state, now.reason) == (State.OPEN, "reading")
    fields = one_posting.decided(document, fields, asked_at=now.changed_at if is_asked_for else None)
    if fields["state"] != now.state:
        fields["changed_at"] = timezone.now()
    for name, value in fields.items():
        setattr(document, name, value)
    document.save(update_fields=list(fields) if document.pk else None)
    return document


def _as_it_is(document: Document) -> Document:
    """What became of a document since it was loaded; itself when it is new."""
    if document.pk is None:
        return document
    return Document.objects.only("state", "reason", "changed_at").get(pk=document.pk)


def read_again(integration: Integration, lease: Lease) -> None:
    """Read queued documents again whose settings have changed since; not those that may be in the books already."""
    stale = Document.objects.filter(
        integration=integration, state=State.QUEUED, mapped__isnull=False, ledger_id="", intents=None
    ).exclude(settings_version=integration.settings_id)
    for document in stale.order_by("id")[:SHARE]:
        timeline = Timeline(integration, document)
        fields = read(integration, document.source, timeline, document.history_id)
        with lease.writing():
            one_posting.lock(integration, [(document, fields)])
            _store(document, fields, timeline)
            timeline.store()
