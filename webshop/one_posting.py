"""An order and its first debit invoice are one sale: of the two only one is posted, whichever mode brought it.

The one that is posted, queued, or may be in the books already has the sale; else it goes to the one that is read now.
Credit invoices and further invoices stand for themselves, and so does an invoice of nothing.
"""

from django.utils import timezone

from accounting.posting import is_under_way
from integrations.models import Delivery, Document, State
from integrations.timeline import Timeline

from .reading import Fields, skipped

WITHOUT_SALE = ("zero_total", "not_in_shop")


def decided(document: Document, fields: Fields) -> Fields:
    """What is to be stored of a document that was just read, its sale included; the other one of the sale gives way
    at once. To be called in the transaction that stores it, under the lease."""
    if document.pk and is_under_way(document):
        return fields  # it has the sale
    sale = _sale(document, fields)
    other = _other(document, sale or document.sale)
    if other and fields["state"] == State.SKIPPED and other.reason == f"posted_as_{document.kind}":
        Delivery.look_again(other)  # it gave way to what is now left out
    elif other and sale and fields["state"] != State.SKIPPED:
        if other.state == State.QUEUED or is_under_way(other):
            fields = {**fields, **skipped(f"posted_as_{other.kind}")}
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


def _give_way(other: Document, document: Document, fields: Fields) -> None:
    """Skip what is not posted, because ``document`` is."""
    reason = f"posted_as_{document.kind}"
    if (other.state, other.reason) == (State.SKIPPED, reason):
        return
    timeline = Timeline(other.integration, other)
    timeline.add(reason, number=fields.get("number", document.number))
    timeline.store()
    Document.objects.filter(pk=other.pk).update(**skipped(reason), changed_at=timezone.now())
