"""What a part of a reconciliation comes to: figures, and what does not agree.

In the books something is ``deleted``, ``moved`` to another day, ``changed``, still a ``draft``, ``double``, or
``unknown``: under our name, but not known here. In the shop it is ``shop_changed``, or ``not_in_shop`` any more. Here
it is ``missing``; or ``waiting``, or ``left_out`` for a reason, which is no more than said.
"""

from dataclasses import dataclass
from datetime import date

from accounting.books import Booked
from integrations.models import Document, Finding
from integrations.money import to_cents

from .reconciling_figures import Figures
from .reconciling_shop import InShop


@dataclass(frozen=True, kw_only=True)
class Days:
    """The days of this part, and the whole period that they are of."""

    since: date
    until: date
    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.since <= day <= self.until

    def is_in_period(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


class Found:
    """Filled as the days are gone through."""

    def __init__(self) -> None:
        self.figures = Figures()
        self.findings: list[Finding] = []

    def add_booked(self, one: Booked, country: str) -> None:
        self.figures.add("books", one.day, country[:2], one.vat, one.total)

    def of_document(self, kind: str, document: Document, one: Booked | None, shop: int | None = None) -> None:
        """Of one that was posted. ``shop`` is what it comes to in the shop now, in cents, where that is known."""
        self.findings.append(
            Finding(
                kind=kind,
                document=document,
                number=document.number,
                date=document.date,
                shop_cents=shop,
                ours_cents=document.total_cents,
                books_cents=to_cents(one.total) if one else None,
                data=_place(one),
            )
        )

    def of_entry(self, kind: str, one: Booked) -> None:
        """Something in the books that is of no document that we know."""
        number = (one.number or one.description)[:100]
        cents = to_cents(one.total)
        self.findings.append(Finding(kind=kind, number=number, date=one.day, books_cents=cents, data=_place(one)))

    def of_shop(self, kind: str, in_shop: InShop, document: Document | None, entry: Booked | None) -> None:
        """Something that the shop has and that was not posted; ``entry`` is what others booked of it."""
        told = {"kind": in_shop.kind, "remote_id": in_shop.remote_id}
        self.findings.append(
            Finding(
                kind=kind,
                document=document,
                number=in_shop.number[:100],
                date=in_shop.day,
                shop_cents=in_shop.cents,
                books_cents=to_cents(entry.total) if entry else None,
                data=told | _place(entry) | ({"state": document.state, "reason": document.reason} if document else {}),
            )
        )


def _place(one: Booked | None) -> dict[str, str]:
    """Where in the books it is."""
    return {"booked_number": one.number or one.ledger_id, "booked_on": one.day.isoformat()} if one else {}
