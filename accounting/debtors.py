"""Which debtor a document is posted to; debtors are only ever created, never changed."""

from django.db.models import QuerySet

from integrations.models import CustomerLink
from integrations.payment_methods import fixed_debtor
from integrations.sales import SalesDocument

from .books import Customer
from .desk import Desk
from .intents import Create


def debtor_of(sold: SalesDocument, desk: Desk) -> str:
    """The fixed debtor of the payment method, or the one that belongs to the e-mail address: remembered, found in the
    books, or new."""
    fixed = fixed_debtor(sold, desk.settings)
    if fixed:
        return fixed
    email, books = sold.customer.email, desk.books
    link = _links(sold, desk).first()
    if link:
        _warn(sold, desk, link.ledger_id, link.vat_number)
        return link.ledger_id

    def keep(customer: Customer) -> None:
        number = customer.vat_number[:50]
        CustomerLink.objects.create(
            administration_id=books.administration_id, email=email, ledger_id=customer.ledger_id, vat_number=number
        )
        _warn(sold, desk, customer.ledger_id, number)

    return desk.create_once(
        Create(
            step="customer",
            reference=email,
            look=lambda: books.find_customer(email),
            create=lambda: books.create_customer(sold),
            keep=keep,
            looks_first=True,
        )
    ).ledger_id


def known(sold: SalesDocument, desk: Desk) -> str:
    """The debtor of a document as far as we remember it; "" otherwise."""
    fixed = fixed_debtor(sold, desk.settings)
    link = None if fixed else _links(sold, desk).first()
    return link.ledger_id if link else fixed


def _links(sold: SalesDocument, desk: Desk) -> "QuerySet[CustomerLink]":
    return CustomerLink.objects.filter(administration=desk.lease.administration_id, email=sold.customer.email)


def _warn(sold: SalesDocument, desk: Desk, debtor: str, vat_number: str) -> None:
    """An intra-Community supply is reported by the debtor's VAT number; debtors are never changed, so say it."""
    if sold.is_icp and not vat_number:
        desk.timeline.add("debtor_without_vat_number", debtor=debtor)


def forget_if_gone(sold: SalesDocument, desk: Desk) -> bool:
    """Whether the debtor we remember was deleted in the books; then it is searched or made again."""
    gone = [link.pk for link in _links(sold, desk) if not desk.books.has_customer(link.ledger_id)]
    CustomerLink.objects.filter(pk__in=gone).delete()
    return bool(gone)
