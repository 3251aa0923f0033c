"""Which debtor a document is posted to; debtors are only ever created, never changed."""

from collections.abc import Iterable

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
    link = _link(email, desk)
    if link:
        _warn(sold, desk, link.ledger_id, link.vat_number)
        return link.ledger_id

    def keep(customer: Customer) -> None:
        number = customer.vat_number[:50]
        desk.debtors[email] = CustomerLink.objects.create(
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


def remember(emails: Iterable[str], desk: Desk) -> None:
    """Read the debtors of these addresses in one go."""
    found = CustomerLink.objects.filter(administration=desk.lease.administration_id, email__in=set(emails))
    desk.debtors.update({link.email: link for link in found})


def known(sold: SalesDocument, desk: Desk) -> str:
    """The debtor of a document as far as we remember it; "" otherwise."""
    fixed = fixed_debtor(sold, desk.settings)
    link = None if fixed else _link(sold.customer.email, desk)
    return link.ledger_id if link else fixed


def _link(email: str, desk: Desk) -> CustomerLink | None:
    if email not in desk.debtors:
        remember([email], desk)
    return desk.debtors.get(email)


def _warn(sold: SalesDocument, desk: Desk, debtor: str, vat_number: str) -> None:
    """An intra-Community supply is reported by the debtor's VAT number; debtors are never changed, so say it."""
    if sold.is_icp and not vat_number:
        desk.timeline.add("debtor_without_vat_number", debtor=debtor)


def forget_if_gone(sold: SalesDocument, desk: Desk) -> bool:
    """Whether the debtor we remember was deleted in the books; then it is searched or made again."""
    if fixed_debtor(sold, desk.settings):
        return False
    link = _link(sold.customer.email, desk)
    if link is None or desk.books.has_customer(link.ledger_id):
        return False
    desk.debtors.pop(link.email).delete()
    return True
