"""An order and its first debit invoice are one sale: of the two only one is posted, whichever mode brought it.

The one that is posted, queued, or may be in the books already has the sale; else it goes to the one that is read now.
What a person decided about one of them, by skipping it or by having its posting taken back, holds for the sale: the
other is not posted either, until a person presses Process on one of the two, which then has the sale. Credit invoices
and further invoices stand for themselves, and so does an invoice of nothing.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from accounting.posting import is_under_way
from accounting.reversals import UNDONE
from integrations.models import Delivery, Document, Integration, State
from integrations.timeline import Timeline

from .reading import Fields, skipped
from .skipping import BY_HAND

WITHOUT_SALE = ("zero_total", "not_in_shop")
BY_A_PERSON = (UNDONE, BY_HAND)


def is_held(document: Document) -> bool:
    """Whether a person decided about it, so that nothing but a person's Process changes what becomes of it."""
    return document.state in (State.ERROR, State.SKIPPED) and document.reason in BY_A_PERSON


def lock(integration: Integration, mine: Iterable[tuple[Document, Fields]]) -> None:
    """Hold documents that are to be stored with these fields, and the others of their sales, until the transaction
    ends: in the order of their ids, as everybody who changes several, so that nobody waits for each other."""
    ids, sales = set(), set()
    for document, fields in mine:
        ids.add(document.pk)
        is_order = document.kind == Document.Kind.ORDER
        sales |= {document.sale, document.remote_id if is_order else fields.get("order_remote_id", "")}
    of_sales = Q(integration=integration, kind__in=Document.Kind.values, sale__in=sales - {""}) & ~Q(sale="")
    rows = Document.objects.filter(Q(pk__in=ids - {None}) | of_sales).order_by("id")
    list(rows.select_for_update().values_list("pk", flat=True))


def decided(document: Document, fields: Fields, asked_at: datetime | None = None) -> Fields:
    """What is to be stored of a document that was just read, its sale included; the other one of the sale gives way
    at once. ``asked_at``: when a person pressed Process on it, if that is why it was read. To be called in the
    transaction that stores it, under the lease, when it was locked."""
    if document.pk and is_under_way(document):
        return fields  # it has the sale
    sale = _sale(document, fields)
    other = _other(document, sale or document.sale)
    if other and fields["state"] == State.SKIPPED and other.reason in _gave_way_to(document):
        Delivery.look_again(other)  # it gave way to what is now left out
    elif other and sale and fields["state"] != State.SKIPPED:
        if other.state == State.QUEUED or is_under_way(other):
            fields = {**fields, **skipped(f"posted_as_{other.kind}")}
        elif is_held(other) and not (asked_at and asked_at >= other.changed_at):
            fields = {**fields, **skipped(f"skipped_as_{other.kind}")}  # a person keeps this sale out of the books
        elif fields["state"] != State.OPEN:
            _give_way(other, document, fields)
    return {**fields, "sale": sale}


def _sale(document: Document, fields: Fields) -> str:
    """The number of the order, on the order itself and on the first of its debit invoices that arrived."""
    if document.kind == Document.Kind.ORDER:
        return document.remote_id
    order_id: str = fields.get("order_remote_id", document.order_remote_id)
    is_credit = fields.get("is_credit", document.is_credit)
    if is_credit or not order_id or fields["reason"] in WITHOUT_SALE:
        return ""
    first = Document.objects.filter(integration=document.integration, kind=document.kind, sale=order_id)
    return "" if first.exclude(pk=document.pk).exists() else order_id


def _other(document: Document, sale: str) -> Document | None:
    """The order of this invoice, or the first invoice of this order."""
    if not sale:
        return None
    of_sale = Document.objects.filter(integration=document.integration_id, sale=sale).exclude(kind=document.kind)
    return of_sale.defer("source", "mapped").first() if of_sale.exists() else None  # as a rule there is none


def _gave_way_to(document: Document) -> tuple[str, str]:
    return f"posted_as_{document.kind}", f"skipped_as_{document.kind}"


def _give_way(other: Document, document: Document, fields: Fields) -> None:
    """Skip what is not posted, because ``document`` is."""
    reason = f"posted_as_{document.kind}"
    if other.state == State.SKIPPED and other.reason == reason:
        return
    timeline = Timeline(other.integration, other)
    timeline.add(reason, number=fields.get("number", document.number))
    timeline.store()
    Document.objects.filter(pk=other.pk).update(**skipped(reason), changed_at=timezone.now())
