"""Looking for an order or invoice in the shop itself, when it is not here. Nothing of the shop's answer is kept: what
is taken in is read again in the normal way, which decides what becomes of it."""

import re
import secrets
import time
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.core.cache import cache
from django.db import transaction

from accounting import settings_store
from integrations.failures import Gone, Temporary
from integrations.models import Delivery, Document, Integration, User
from integrations.money import to_cents
from integrations.problems import Unreadable
from integrations.timeline import Timeline

from .ccvshop.client import Json, Shop
from .ccvshop.fields import flag, identifier, local_date, number, text
from .doorbell import ring
from .gate import KINDS
from .reading import CANCELLED, order_of
from .sources import open_shop
from .webhooks import process_of

EVENT = "found"
MOST_A_MINUTE = 10  # searches in one shop: each is a few calls, and the work itself needs calls too
ENDS_IN_DIGITS = re.compile(r"[0-9]{1,9}$")
REMOTE_ID = re.compile(r"[1-9][0-9]{0,17}")

Why = Literal["known", "waits", "other_kind", "cancelled", "not_paid", "before_start_date", "zero_total", "missed"]


@dataclass(frozen=True, kw_only=True)
class Found:
    """An order or invoice as the shop has it now. ``cents`` is its total incl. VAT, where the shop tells that.
    ``document`` is what we have of it, ``reason`` why a message about it waits."""

    kind: str
    remote_id: str
    number: str
    order_id: str
    date: date | None
    cents: int | None
    is_credit: bool
    why: Why
    document: Document | None = None
    reason: str = ""

    @property
    def may_be_taken_in(self) -> bool:
        """Whether it is of any use to read it now."""
        return self.why in ("not_paid", "missed")


def search(integration: Integration, wanted: str) -> list[Found]:
    """Orders and invoices with this number, and the invoices of those orders, or the order of that invoice. The shop
    can be asked for numbers only. Raises the failures of the shop's client."""
    if not re.search("[0-9]", wanted):
        return []
    _count(integration)
    shop = open_shop(integration)
    orders, invoices = _orders(shop, wanted), _invoices(shop, wanted)
    ids = {str(order.get("id")) for order in orders}
    if orders:
        of_orders = shop.found("invoices", {"ordernumber": _digits(wanted)})
        invoices += [one for one in of_orders if order_of(one) in ids]
    else:
        orders = [
            order
            for order_id in sorted({order_of(one) for one in invoices} - {""})
            if (order := _order(shop, order_id))
        ]
    return _told(integration, orders, list({str(one.get("id")): one for one in invoices}.values()))


def _count(integration: Integration) -> None:
    """Count a search in this minute; ``Temporary`` when there were many."""
    key = f"finding:{integration.pk}:{int(time.time()) // 60}"
    cache.add(key, 0, timeout=120)
    try:
        asked = cache.incr(key)
    except ValueError:  # a small cache has dropped it meanwhile
        return
    if asked > MOST_A_MINUTE:
        raise Temporary("shop_throttle")


def _orders(shop: Shop, wanted: str) -> list[Json]:
    """The shop looks for the number without what stands before it, such as a year."""
    digits = _digits(wanted)
    found = shop.found("orders", {"ordernumber": digits}) if digits else []
    same = [order for order in found if text(order, "ordernumber_full").casefold() == wanted.casefold()]
    return same or (found if wanted == str(digits) else [])


def _invoices(shop: Shop, wanted: str) -> list[Json]:
    found = shop.found("invoices", {"invoicenumber_full": wanted})
    if not found and wanted == str(_digits(wanted)):
        found = shop.found("invoices", {"invoicenumber": wanted})
    return found


def _digits(wanted: str) -> int:
    """The number at the end; 0 when there is none that the shop would take."""
    found = ENDS_IN_DIGITS.search(wanted)
    return int(found.group()) if found else 0


def _order(shop: Shop, order_id: str) -> Json | None:
    try:
        return shop.order(order_id)
    except Gone:
        return None


def _told(integration: Integration, orders: list[Json], invoices: list[Json]) -> list[Found]:
    """What was found, with what we have of it. What can't be read is left out, since nothing can be said of it."""
    ids = [str(one.get("id")) for one in (*orders, *invoices)]
    documents = Document.objects.filter(integration=integration, remote_id__in=ids).defer("source", "mapped")
    held = {(document.kind, document.remote_id): document for document in documents}
    waiting = integration.deliveries.filter(handled_at=None, remote_id__in=ids)
    reasons = {(delivery.kind, delivery.remote_id): delivery.reason for delivery in waiting}
    told = []
    for kind, found in (("order", orders), ("invoice", invoices)):
        for one in found:
            try:
                told.append(_found(integration, kind, one, held, reasons))
            except Unreadable:
                continue
    return told


def _found(
    integration: Integration,
    kind: str,
    one: Json,
    held: dict[tuple[str, str], Document],
    reasons: dict[tuple[str, str], str],
) -> Found:
    key = kind, identifier(one.get("id"), "id")
    return Found(
        kind=kind,
        remote_id=key[1],
        number=text(one, f"{kind}number_full") or text(one, f"{kind}number") or key[1],
        order_id=order_of(one) if kind == "invoice" else key[1],
        date=local_date(one, "create_date"),
        cents=to_cents(number(one, "total_price")) if flag(one, "taxes_included") else None,
        is_credit=text(one, "type").lower() == "credit",
        why="known" if key in held else "waits" if key in reasons else _why(integration, kind, one),
        document=held.get(key),
        reason=reasons.get(key, ""),
    )


def _why(integration: Integration, kind: str, one: Json) -> Why:
    """Why it is not here, as far as the list of the shop tells; ``read`` decides when it is taken in."""
    if kind != KINDS[process_of(integration)]:
        return "other_kind"
    if local_date(one, "create_date") < start_date(integration):
        return "before_start_date"
    if number(one, "total_price") == 0:
        return "zero_total"
    if kind == "invoice" or flag(one, "paid"):
        return "missed"
    return "cancelled" if text(one, "status") == CANCELLED else "not_paid"


def start_date(integration: Integration) -> date:
    """What is dated before this is not posted."""
    settings = settings_store.load(integration.settings) if integration.settings else None
    return (settings and settings.shop.start_date) or integration.installed_on


def take_in(integration: Integration, kind: str, remote_id: str, user: User) -> bool:
    """Have an order or invoice that we do not know read from the shop, as if the shop had called; False when that is
    not possible: it is here already, or is of the kind that is not posted."""
    is_named = REMOTE_ID.fullmatch(remote_id) is not None and kind == KINDS[process_of(integration)]
    known = Document.objects.filter(integration=integration, kind=kind, remote_id=remote_id)
    if not is_named or integration.status != Integration.Status.ACTIVE or known.exists():
        return False
    with transaction.atomic():
        if not integration.deliveries.filter(kind=kind, remote_id=remote_id, handled_at=None).exists():
            _store(integration, kind, remote_id)
        timeline = Timeline(integration)
        timeline.add("taken_in", user=user, document=f"{kind} {remote_id}")
        timeline.store()
    if integration.administration_id:
        ring(integration.administration_id)
    return True


def _store(integration: Integration, kind: str, remote_id: str) -> None:
    Delivery.objects.create(
        integration=integration,
        event=EVENT,
        kind=kind,
        remote_id=remote_id,
        digest=secrets.token_hex(32),
        body="",
        is_signed=False,
    )
