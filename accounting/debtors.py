"""Which debtor a document is posted to; debtors are only ever created, never changed."""

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
    link = CustomerLink.objects.filter(administration=books.administration_id, email=email).first()
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


def _warn(sold: SalesDocument, desk: Desk, debtor: str, vat_number: str) -> None:
    """An intra-Community supply is reported by the debtor's VAT number; debtors are never changed, so say it."""
    if sold.is_icp and not vat_number:
        desk.timeline.add("debtor_without_vat_number", debtor=debtor)


def forget_if_gone(sold: SalesDocument, desk: Desk) -> bool:
    """Whether the debtor we remember was deleted in the books; then it is searched or made again."""
    links = CustomerLink.objects.filter(administration=desk.books.administration_id, email=sold.customer.email)
    gone = [link.pk for link in links if not desk.books.has_customer(link.ledger_id)]
    CustomerLink.objects.filter(pk__in=gone).delete()
    return bool(gone)
