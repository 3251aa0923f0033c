"""Many shops with open orders, payments whose invoice is nowhere, and a past; and a night for all of them."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.db import connection, connections
from django.utils import timezone

from integrations import sales
from integrations.models import Delivery, Document, Event, Integration, Payment, State
from tests.dashboard.world import an_order
from tests.linked import Linked, control, link
from tests.paying import post_payments
from webshop import tasks
from webshop.ccvshop import listed
from webshop.sources import open_shop

from .orders import UNLIMITED

THREADS = 4
MOST_TURNS = 60

# Posted long ago, with the message that brought it and with its payment.
DOCUMENTS = """
INSERT INTO integrations_document (
    integration_id, kind, remote_id, order_remote_id, sale, number, date, currency, total_cents, is_credit,
    customer_email, customer_name, country, treatment, state, reason, problems, cause, source, mapped,
    settings_version_id, arrived_at, changed_at, looked_at, attempts, is_stale, edition, target, ledger_id,
    ledger_number, ledger_url, ledger_total_cents, rounding_cents, shop_digest, shop_changes)
SELECT one.id, 'order', i::text, '', i::text, '2025-' || i, (now() - interval '1 year')::date, 'EUR', 12100, false,
    'klant' || i || '@example.nl', 'Jansen', 'NL', 'home', 'processed', '', '[]', '', '{}', %(mapped)s::jsonb,
    one.settings_id, moment, moment, moment, 0, false, 1, 'invoice', 'P' || i, 'VF-' || i, '', 12100, 0, 'as listed',
    '[]'
FROM integrations_integration AS one, generate_series(%(first)s, %(last)s) AS i,
    LATERAL (SELECT now() - interval '1 year' AS moment) AS dated
"""
DELIVERIES = """
INSERT INTO integrations_delivery (
    integration_id, event, kind, remote_id, digest, body, is_signed, received_at, handled_at, attempts, reason)
SELECT one.id, 'orders.updated.ispaid', 'order', i::text, i::text, '{}', true, now() - interval '1 year',
    now() - interval '1 year', 0, ''
FROM integrations_integration AS one, generate_series(%(first)s, %(last)s) AS i
"""
PAYMENTS = """
INSERT INTO integrations_payment (
    integration_id, document_id, number, method, date, amount_cents, transaction_id, state, reason, problems,
    changed_at, attempts, nights, ledger_id, ledger_number)
SELECT integration_id, id, number, 'ideal', date, 12100, '', 'processed', '', '[]', changed_at, 0, 0, ledger_id, ''
FROM integrations_document WHERE kind = 'order' AND state = 'processed' AND sale::bigint BETWEEN %(first)s AND %(last)s
"""


@dataclass
class Shops:
    """``stored`` is how many documents of the past each has."""

    url: str
    linked: list[Linked]
    stored: int = 0

    @classmethod
    def make(cls, url: str, *, count: int, opened: int, unmatched: int, listed: int) -> "Shops":
        shops = cls(url, [post_payments(link(url, shop=UNLIMITED)) for _ in range(count)])
        for one in shops.linked:
            _open(one, opened)
            _post(one, listed)
            _lose(one, unmatched)
        long_ago = timezone.now() - timedelta(days=400)
        Integration.objects.update(created_at=long_ago)
        return shops

    def store(self, count: int) -> None:
        """Make so many documents of the past more for each shop, by the database itself and without its counts."""
        values = {"first": self.stored + 1, "last": self.stored + count, "mapped": "{}"}
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE integrations_document DISABLE TRIGGER USER")
            for statement in (DOCUMENTS, DELIVERIES, PAYMENTS):
                cursor.execute(statement, values)
            cursor.execute("ALTER TABLE integrations_document ENABLE TRIGGER USER")
            cursor.execute("VACUUM ANALYZE")  # as autovacuum does in its own time
        self.stored += count

    def words(self) -> str:
        opened = Document.objects.filter(state=State.OPEN).count()
        lost = Payment.objects.exclude(state=State.PROCESSED).count()
        held = Document.objects.filter(state=State.PROCESSED).count()
        return f"{len(self.linked)} shops, {opened} open orders, {lost} unmatched payments, {held} posted documents"

    def forget_nights(self) -> None:
        """All payments are looked for again in the next night."""
        Payment.objects.exclude(state=State.PROCESSED).update(nights=0, night=None)


@dataclass(frozen=True, kw_only=True)
class Spent:
    """``changes`` counts the rows that a night added or altered."""

    seconds: float
    calls: int
    writes: int
    changes: int

    def line(self, words: str) -> str:
        return f"{words:34}{self.seconds:9.1f}{self.calls:9}{self.writes:16}"


def spend(shops: Shops, later: int) -> Spent:
    """A night for every shop, ``later`` days from now, with all the work that it brings."""
    day = (timezone.localdate() + timedelta(days=later)).isoformat()
    control(shops.url, "DELETE", "counters")
    cache.clear()
    Integration.objects.update(night=None)  # as after a kill: what is written down as done is not done again
    before, started = _rows(), time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda one: _one(one, day), shops.linked))
        seconds = time.perf_counter() - started
        list(threads.map(lambda _number: connections.close_all(), range(THREADS)))
    calls = control(shops.url, "GET", "counters")["calls"]
    writes = sum(count for call, count in calls.items() if not call.startswith("GET"))
    return Spent(
        seconds=seconds,
        calls=sum(calls.values()),
        writes=writes,
        changes=len(set(before.items()) ^ set(_rows().items())),
    )


def _one(one: Linked, day: str) -> None:
    """The night of a shop, and then its worker until there is nothing left to do."""
    tasks.night(one.integration.pk, day)
    for _turn in range(MOST_TURNS):
        one.work()
        if one.integration.administration_id not in tasks.with_work():
            return
    raise TimeoutError(f"the night of {one.integration} does not end")


def _rows() -> dict[tuple[str, int], tuple[object, ...]]:
    """The rows that a night may change, but for the moment at which the shop was asked last. The past is left out."""
    found: dict[tuple[str, int], tuple[object, ...]] = {}
    asked = {
        Document: ("state", "reason", "changed_at", "shop_digest", "shop_changed_at"),
        Payment: ("state", "reason", "nights", "night"),
        Delivery: ("handled_at",),
        Event: ("kind",),
    }
    past = {Document: {"shop_digest": "as listed"}, Payment: {"state": State.PROCESSED}, Delivery: {"body": "{}"}}
    for model, fields in asked.items():
        for pk, *values in model.objects.exclude(**past.get(model, {"pk": 0})).values_list("pk", *fields).iterator():
            found[model.__name__, pk] = tuple(values)
    return found


def _open(one: Linked, count: int) -> None:
    """Orders that are not paid."""
    one.place_random(count, unbookable=0, paid=0)
    _keep(one, lambda order: {"state": State.OPEN, "reason": "not_paid"})


def _post(one: Linked, count: int) -> None:
    """Orders of these days that are posted, and that the shop lists."""
    one.place_random(count, seed=2, unbookable=0, paid=1)
    _keep(one, lambda order: {"state": State.PROCESSED, "ledger_id": f"L{order['id']}"})


def _keep(one: Linked, fields: object) -> None:
    """A document for each order of the shop that has none."""
    known = set(one.integration.documents.values_list("remote_id", flat=True))
    listed_now = open_shop(one.integration).pages("/orders/")
    made = [order for order in listed_now if str(order["id"]) not in known]
    Document.objects.bulk_create(
        _document(one, str(order["id"]), **fields(order), **_as_listed(order)) for order in made
    )


def _as_listed(order: dict[str, object]) -> dict[str, object]:
    return {"number": order["ordernumber_full"], "shop_digest": listed.digest("order", order)}


def _lose(one: Linked, count: int) -> None:
    """Payments whose invoice is nowhere in the books."""
    lost = [
        _document(one, f"9{number:05}", number=f"W{number}", state=State.PROCESSED, ledger_id=f"9{number:05}")
        for number in range(count)
    ]
    for document in lost:
        document.mapped = sales.dump(an_order(document.number))
    Document.objects.bulk_create(lost)
    unmatched = {"state": State.ERROR, "reason": "invoice_not_found", "amount_cents": 12100, "method": "ideal"}
    Payment.objects.bulk_create(
        Payment(
            integration=one.integration,
            document=document,
            number=document.number,
            date=timezone.localdate(),
            changed_at=timezone.now(),
            **unmatched,
        )
        for document in lost
    )


def _document(one: Linked, remote_id: str, **fields: object) -> Document:
    values = {"kind": "order", "date": timezone.localdate(), "settings_version": one.integration.settings}
    return Document(
        integration=one.integration, remote_id=remote_id, sale=remote_id, changed_at=timezone.now(), **values, **fields
    )
