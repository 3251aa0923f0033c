"""The first look at the past: the shop's own list of a period, a page at a time, and what of it is left out at once."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from accounting.leases import Lease
from integrations import money
from integrations.failures import Temporary
from integrations.models import Document, History, HistoryItem, State
from integrations.money import ZERO
from integrations.problems import Unreadable

from .. import one_posting
from ..ccvshop.client import Json, Shop
from ..ccvshop.fields import flag, identifier, local_date, number, text
from ..reading import CANCELLED
from .history import Outcome
from .history_matching import BETWEEN

ONE_DAY = timedelta(days=1)
OF_STATE = {State.PROCESSED: "posted", State.QUEUED: "on_its_way", State.ERROR: "stuck"}
GAVE_WAY = ("posted_as_order", "posted_as_invoice", "skipped_as_order", "skipped_as_invoice")


def list_page(history: History, shop: Shop, lease: Lease) -> None:
    """Read the next page of the shop's list. Its days are those of UTC, so a day more is asked for than is kept."""
    lease.cover_a_call()
    days = {"min_create_date": f"{history.since - ONE_DAY}", "max_create_date": f"{history.until}"}
    found, is_more = shop.page(f"{history.kind}s", {**days, "orderby": "create_date"}, history.listed_until)
    if is_more and not found:
        raise Temporary("shop_no_sense")
    items = [item for one in found if (item := _item(history, one))]
    _leave_out_what_we_have(history, items)
    history.listed_until += len(found)
    history.listed_at = None if is_more else timezone.now()
    with lease.writing():
        _store(items)
        history.save(update_fields=["listed_until", "listed_at"])


def _store(items: list[HistoryItem]) -> None:
    """What was ready before stays so, unless it is to be left out now."""
    left_out = [item for item in items if item.outcome == Outcome.LEFT_OUT]
    HistoryItem.objects.bulk_create(
        left_out,
        update_conflicts=True,
        unique_fields=["history", "remote_id"],
        update_fields=["outcome", "reason", "document"],
    )
    others = [item for item in items if item.outcome != Outcome.LEFT_OUT]
    HistoryItem.objects.bulk_create(others, ignore_conflicts=True)


def _item(history: History, one: Json) -> HistoryItem | None:
    """None for what is of another day. What can't be read from the list is looked at in full later."""
    item = HistoryItem(history=history, remote_id=_remote_id(one), number=_numbers(history.kind, one))
    try:
        item.date = local_date(one, "create_date")
        item.total_cents = money.to_cents(_total(one))
        reason = _reason(history.kind, one)
    except Unreadable:
        reason = ""
    if item.date and not history.since <= item.date <= history.until:
        return None
    if reason:
        item.outcome, item.reason = Outcome.LEFT_OUT, reason
    return item


def _remote_id(one: Json) -> str:
    try:
        return identifier(one.get("id"), "id")
    except Unreadable:
        raise Temporary("shop_no_sense") from None


def _numbers(kind: str, one: Json) -> str:
    """The number as the shop shows it, of an invoice with that of its order: it may be booked by either."""
    own = text(one, f"{kind}number_full") or text(one, f"{kind}number")
    of_order = text(one, "ordernumber_full") if kind == Document.Kind.INVOICE else ""
    return BETWEEN.join(filter(None, (own, of_order)))[:100]


def _total(one: Json) -> Decimal:
    """Incl. VAT, negative for a credit, as far as the list tells."""
    total = number(one, "total_price")
    if not flag(one, "taxes_included"):
        total += number(one, "total_tax", ZERO)
    return -abs(total) if text(one, "type").lower() == "credit" else total


def _reason(kind: str, one: Json) -> str:
    """Why it is not to be posted, whatever the settings say."""
    if number(one, "total_price") == 0:
        return "zero_total"
    if kind == Document.Kind.INVOICE or flag(one, "paid"):
        return ""
    return "cancelled" if text(one, "status") == CANCELLED else "not_paid"


def _leave_out_what_we_have(history: History, items: Iterable[HistoryItem]) -> None:
    """What was posted, is on its way, is stuck or was decided about by a person needs no carrying over; nor does an
    order of which the invoice does that."""
    mine = {item.remote_id: item for item in items}
    named = Q(kind=history.kind, remote_id__in=mine)
    if history.kind == Document.Kind.ORDER:
        named |= Q(kind=Document.Kind.INVOICE, sale__in=mine)
    for document in Document.objects.filter(named, integration=history.integration).defer("source", "mapped"):
        is_same = document.kind == history.kind
        reason = why_not(document) if is_same else _as_invoice(document)
        if reason:
            item = mine[document.remote_id if is_same else document.sale]
            item.outcome, item.reason, item.document = Outcome.LEFT_OUT, reason, document


def why_not(document: Document) -> str:
    """Why a document that we have is not carried over; "" when it may be."""
    if one_posting.is_held(document) or document.reason in GAVE_WAY:
        return document.reason
    return OF_STATE.get(State(document.state), "")


def _as_invoice(invoice: Document) -> str:
    return "posted_as_invoice" if State(invoice.state) in OF_STATE else ""
