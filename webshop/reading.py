"""What an order or invoice of the shop is to us: read under the settings of the moment, as the fields of a document."""

from datetime import date
from typing import Any

from django.utils import timezone

from accounting import prechecks, settings_store
from integrations import money, sales
from integrations.models import Document, Integration, State, Treatment
from integrations.problems import Unreadable, stuck
from integrations.sales import SalesDocument
from integrations.settings_file import Settings
from integrations.timeline import Timeline
from integrations.vat import is_abroad_in_eu

from .ccvshop.fields import number, text
from .ccvshop.listed import digest
from .ccvshop.mapping import linked_order
from .preview import document_of

CANCELLED = "8"
LENGTHS = {field.name: field.max_length for field in Document._meta.fields}

Fields = dict[str, Any]


def read(integration: Integration, source: Fields, timeline: Timeline, history_id: int | None) -> Fields:
    """Map the shop's JSON and decide what becomes of the document. Of what is carried over from the past, with the
    history ``history_id``, the start date does not matter."""
    version = integration.settings
    assert version is not None
    settings = settings_store.load(version)
    base = {"source": source, "settings_version": version, "looked_at": timezone.now(), **_as_listed(source)}
    try:
        sold = document_of(source, settings)
    except Unreadable as error:
        return {**base, "mapped": None, **_legible(source), **stuck([error.problem])}
    timeline.add("mapped", version=version.number, notes=list(sold.notes), moved=len(sold.moved))
    start = None if history_id else settings.shop.start_date or integration.installed_on
    return {**base, "mapped": sales.dump(sold), **_columns(sold, settings), **_decided(sold, settings, start)}


def _as_listed(source: Fields) -> Fields:
    """By what it is told later that the shop has changed it; nothing has been yet."""
    kind = "invoice" if "invoice" in source else "order"
    return {"shop_digest": digest(kind, source.get(kind)), "shop_changes": [], "shop_changed_at": None}


def _columns(sold: SalesDocument, settings: Settings) -> Fields:
    """What lists show and search, taken from the document."""
    texts = {
        "order_remote_id": sold.order_id,
        "number": sold.number,
        "currency": sold.currency,
        "customer_email": sold.customer.email,
        "customer_name": sold.customer.company or sold.customer.billing.name,
        "country": sold.delivery_country,
    }
    return {
        **_fitting(texts),
        "date": sold.date,
        "total_cents": money.to_cents(sold.total_incl),
        "is_credit": sold.is_credit,
        "treatment": _treatment(sold, settings),
    }


def _treatment(sold: SalesDocument, settings: Settings) -> str:
    """Whose VAT is due, for people who look for it."""
    if sold.is_icp:
        return Treatment.ICP
    if sold.is_international:
        return Treatment.INTERNATIONAL
    return Treatment.EU if is_abroad_in_eu(sold.delivery_country, settings.shop.home_country) else Treatment.HOME


def _legible(source: Fields) -> Fields:
    """What can be told of an order or invoice that can't be read as a whole."""
    if "invoice" not in source:
        return _fitting({"number": text(source["order"], "ordernumber_full")})
    invoice = source["invoice"]
    texts = {"number": text(invoice, "invoicenumber_full"), "order_remote_id": order_of(invoice)}
    return {**_fitting(texts), "is_credit": _is_credit(invoice)}


def order_of(invoice: Fields) -> str:
    """The number of the order that an invoice is linked to; empty when it has none, or none that can be read."""
    try:
        return linked_order(invoice)
    except Unreadable:
        return ""


def _is_credit(invoice: Fields) -> bool:
    try:
        return text(invoice, "type").lower() == "credit" or number(invoice, "total_price") < 0
    except Unreadable:
        return False


def _fitting(texts: dict[str, str]) -> Fields:
    """Texts cut to the length of their columns."""
    return {name: text[: LENGTHS[name]] for name, text in texts.items()}


def _decided(sold: SalesDocument, settings: Settings, start: date | None) -> Fields:
    """The state of a document that was read: an order is posted when paid, an invoice always, unless there is a reason
    to leave it out. An order that stays unpaid for too long is left out, until the shop says that it is paid."""
    waits = sold.kind == "order" and not sold.is_paid
    if waits and sold.order_status == CANCELLED:
        return skipped("cancelled")
    reason = prechecks.skip_reason(sold, start)
    if reason:
        return skipped(reason)
    if waits and (timezone.localdate() - sold.date).days > settings.shop.open_days:
        return skipped("expired")
    if waits:
        return {"state": State.OPEN, "reason": "not_paid", "problems": [], "next_attempt_at": None}
    return ready()


def ready() -> Fields:
    return {"state": State.QUEUED, "reason": "", "problems": [], "next_attempt_at": timezone.now(), "attempts": 0}


def skipped(reason: str) -> Fields:
    return {"state": State.SKIPPED, "reason": reason, "problems": [], "next_attempt_at": None}


def storable(found: Any) -> Any:
    """JSON of the shop without what PostgreSQL can't store in a text: NUL, and halves of surrogate pairs."""
    if isinstance(found, str):
        return found.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(found, dict):
        return {storable(name): storable(value) for name, value in found.items()}
    return [storable(value) for value in found] if isinstance(found, list) else found
