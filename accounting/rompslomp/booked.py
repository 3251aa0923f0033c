"""Invoices at Rompslomp as they are there now, drafts and those of other programs too."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from accounting.books import Booked, Json
from integrations.money import HUNDRED, ZERO


def booked(invoices: Iterable[Json], since: date, until: date, *, publishes: bool) -> Iterator[Booked]:
    """Those dated in a period: a search that Rompslomp does not understand gives all."""
    found = (booked_invoice(invoice, publishes=publishes) for invoice in invoices)
    return (one for one in found if since <= one.day <= until)


def booked_invoice(invoice: Json, *, publishes: bool) -> Booked:
    return Booked(
        ledger_id=str(invoice["id"]),
        number=invoice.get("invoice_number") or "",
        reference=invoice.get("api_reference") or "",
        description=invoice.get("description") or "",
        day=date.fromisoformat(invoice["date"]),
        total=Decimal(invoice["price_with_vat"]),
        vat=_by_rate(invoice),
        is_draft=publishes and invoice["status"] == "concept",
    )


def _by_rate(invoice: Json) -> dict[Decimal, tuple[Decimal, Decimal]]:
    """Of the lines; the cents that rounding each of them makes differ from the whole go to the largest rate."""
    sums: dict[Decimal, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for line in invoice.get("invoice_lines") or ():
        _add(sums, Decimal(line["vat_rate"] or 0) * HUNDRED, line)
    if sums:
        largest = max(sums, key=lambda rate: abs(sum(sums[rate], ZERO)))
        net, vat = (sum(parts, ZERO) for parts in zip(*sums.values(), strict=True))
        _add(sums, largest, invoice)
        sums[largest] = sums[largest][0] - net, sums[largest][1] - vat
    return dict(sums)


def _add(sums: dict[Decimal, tuple[Decimal, Decimal]], rate: Decimal, found: Json) -> None:
    net, vat = sums[rate]
    sums[rate] = net + Decimal(found["price_without_vat"]), vat + Decimal(found["vat_amount"])
