"""The shop's numbers beside those of the books, and in words which cents were moved and why."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext

from integrations.models import Document
from integrations.money import ZERO, to_cents
from integrations.problems import NOTES
from integrations.sales import SalesDocument
from integrations.wording import money


class Compared(NamedTuple):
    """Cents of a total; ``books`` and ``difference`` are None where the books did not tell it."""

    title: str
    shop: int
    books: int | None = None
    difference: int | None = None


def compared(document: Document, sold: SalesDocument | None) -> list[Compared]:
    """The totals of a document; before it could be worked out there is only the one."""
    books = document.ledger_total_cents
    difference = None if books is None else document.total_cents - books
    totals = [Compared(gettext("Incl. VAT"), document.total_cents, books, difference)]
    if sold:
        totals.append(Compared(gettext("Excl. VAT"), to_cents(sold.total_excl)))
        totals.append(Compared(gettext("VAT"), to_cents(sold.total_vat)))
    return totals


def explanations(document: Document, sold: SalesDocument | None) -> Iterator[str]:
    """Why the numbers are what they are: how the shop was read, the cents that were moved, and the rounding line."""
    if sold:
        for code in sold.notes:
            yield str(NOTES.get(code, code))
        yield from _moved(sold)
    if document.rounding_cents:
        text = gettext(
            "The books computed another total from the same prices. A rounding line of %(amount)s makes it the shop's."
        )
        yield text % {"amount": money(document.rounding_cents, document.currency)}


def _moved(sold: SalesDocument) -> Iterator[str]:
    """One sentence for each line that took cents, and of which total."""
    taken: dict[tuple[int, str], Decimal] = {}
    for cent in sold.moved:
        taken[cent.line, cent.total] = taken.get((cent.line, cent.total), ZERO) + cent.amount
    for (index, total), amount in taken.items():
        whole, off = (sold.total_incl, _of(sold, "incl")) if total == "incl" else (sold.total_vat, _of(sold, "vat"))
        values = {
            "amount": money(to_cents(amount), sold.currency),
            "name": sold.lines[index].name if index < len(sold.lines) else "",
            "shop": money(to_cents(whole), sold.currency),
            "lines": money(to_cents(whole - off), sold.currency),
        }
        yield _sentence(total) % values


def _of(sold: SalesDocument, total: str) -> Decimal:
    """All cents together that were moved for a total."""
    return sum((cent.amount for cent in sold.moved if cent.total == total), ZERO)


def _sentence(total: str) -> str:
    if total == "incl":
        return gettext(
            "Rounded one by one, the lines add up to %(lines)s and the shop charged %(shop)s. What the shop charged is "
            "what counts, so %(amount)s was added to “%(name)s”."
        )
    return gettext(
        "Rounded one by one, the VAT of the lines adds up to %(lines)s and the shop counted %(shop)s. What the shop "
        "counted is what counts, so the VAT of “%(name)s” was changed by %(amount)s; its total stays the same."
    )
