"""What belongs to a document: the order and the invoices of the same sale, its payment, what was taken back of it, and
the tickets about it. The lists by which the books name codes and accounts come with it, to ask the database less."""

import hashlib
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounting.described import Kept
from integrations.models import Document, Payment, ReferenceList, Reversal, State, TicketDocument

from .. import access
from .why_account import KINDS


class Connected(NamedTuple):
    """``ticket_id`` is the newest ticket about the document, ``lists`` what is kept of the books."""

    others: list[Document]
    reversals: list[Reversal]
    payment: Payment | None
    ticket_id: int | None
    lists: Kept


def connected(document: Document) -> Connected:
    sale = list(_of_one_sale(document))
    mine = next(one for one in sale if one.pk == document.pk)
    reversals = list(document.reversals.select_related("user").order_by("-id")) if mine.has_reversals else []
    others = [one for one in sale if one.pk != document.pk]
    lists = {kind: getattr(mine, kind) or () for kind in KINDS}
    payment = getattr(mine, "payment", None)
    if payment:
        payment.integration = document.integration
    return Connected(others, reversals, payment, mine.ticket_id, lists)


def _of_one_sale(document: Document) -> QuerySet[Document]:
    """The document itself, and the order and invoices that go with it. Only the number of a sale and the e-mail address
    have an index, so other invoices of an order are looked for among those of its customer."""
    named = Q(pk=document.pk)
    order_id = document.order_remote_id or (document.remote_id if document.kind == Document.Kind.ORDER else "")
    if order_id:
        named |= Q(kind__in=Document.Kind.values, sale=order_id)
        named |= Q(kind=Document.Kind.ORDER, remote_id=order_id)
    if order_id and document.customer_email:
        named |= Q(customer_email=document.customer_email, order_remote_id=order_id)
    tickets = TicketDocument.objects.filter(document=OuterRef("pk")).order_by("-id")
    lists = ReferenceList.objects.filter(administration=document.integration.administration_id)
    found = access.documents_of(document.integration).filter(named).select_related("payment")
    return found.annotate(
        **{kind: Subquery(lists.filter(kind=kind).values("rows")) for kind in KINDS},
        ticket_id=Subquery(tickets.values("ticket_id")[:1]),
        has_reversals=Exists(Reversal.objects.filter(document=OuterRef("pk"))),
    ).order_by("id")


def is_live(document: Document, of_it: Connected) -> bool:
    """Whether something may happen while somebody looks."""
    is_pending = any(one.outcome == Reversal.Outcome.PENDING for one in of_it.reversals)
    is_paying = of_it.payment is not None and of_it.payment.state == State.QUEUED
    return document.state in (State.OPEN, State.QUEUED) or is_pending or is_paying


def stamp(document: Document, of_it: Connected, events: int) -> str:
    """A short text that changes when anything on the page of a document would."""
    own = (document.state, document.reason, document.changed_at, document.next_attempt_at, document.attempts, events)
    others = [(one.pk, one.state, one.ledger_number) for one in of_it.others]
    taken_back = [(one.pk, one.outcome, one.reason, one.next_attempt_at) for one in of_it.reversals]
    paid = of_it.payment and (of_it.payment.state, of_it.payment.changed_at)
    facts = repr((own, others, taken_back, paid, of_it.ticket_id))
    return hashlib.blake2s(facts.encode(), digest_size=8).hexdigest()
