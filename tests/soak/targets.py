"""The accounting systems that a load goes to: how a shop is opened on their books, how a document is found there, and
in which ways it may not be what the shop charged."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from accounting.posting import reference
from integrations import sales
from integrations.models import Document
from integrations.money import CENT, ZERO
from integrations.sales import SalesDocument
from tests.chaos.shops import connect_by_oauth, open_for_business, open_king_for_business
from tests.king import King, amount, king_settings
from tests.linked import Linked
from webshop.ccvshop.sandbox.drafts import KINDS

Held = Any  # what the books hold of one document


class Rompslomp:
    """Invoices: a reference of ours, published, to the cent in all four ways of rounding."""

    name = "Rompslomp"
    calls = "/api/v1/"
    variants = tuple({"rounding": way} for way in "ABCD")

    def open(self, url: str, variant: dict[str, Any], books: dict[str, Any]) -> Linked:
        """Every second company lets us in by tokens that end soon."""
        linked = open_for_business(url, **(books or variant))
        if variant["rounding"] in "BD":
            connect_by_oauth(linked)
        return linked

    def mix(self, variant: dict[str, Any]) -> dict[str, Any]:
        return {}

    def held(self, linked: Linked) -> list[Held]:
        return linked.ledger()

    def name_in_books(self, held: Held) -> str:
        return str(held["api_reference"])

    def name_of(self, document: Document) -> str:
        return reference(document)

    def total(self, held: Held, document: Document) -> Decimal:
        return Decimal(held["price_with_vat"])

    def difference(self, document: Document) -> int:
        """Cents that the books hold more than the shop charged, by our record."""
        assert document.ledger_total_cents is not None
        return document.ledger_total_cents - document.total_cents

    def faults(self, held: Held, document: Document, linked: Linked) -> Iterator[str]:
        if held["status"] != "published":
            yield f"it is {held['status']}"
        if (document.ledger_id, document.ledger_number) != (str(held["id"]), held["invoice_number"]):
            yield f"we say {document.ledger_id}, they say {held['id']}"


class Entries:
    """Journal entries of King: the document's number, once, in balance."""

    name = "King entries"
    calls = "/ws1_api.aspx"
    variants: tuple[dict[str, Any], ...] = (
        {},
        {"periods": 4, "refuses_unbalanced": True, "land": "NED"},
        {"amounts": "excl"},
        {"amounts": "excl", "decimals": ".", "preset": "bakery"},
    )

    def open(self, url: str, variant: dict[str, Any], books: dict[str, Any]) -> King:
        switches = {name: value for name, value in variant.items() if name != "amounts"}
        king = open_king_for_business(url, "entry", **(books or switches))
        amounts = variant.get("amounts", "incl")
        king.configure(accounting={"amounts": amounts}, vat=king_settings(king.books, amounts=amounts)["vat"])
        return king

    def mix(self, variant: dict[str, Any]) -> dict[str, Any]:
        """Amounts excl. VAT are only sent where the books have VAT codes for them, which is not all of Europe."""
        return {"kinds": KINDS | {"abroad": 0}} if variant.get("amounts") == "excl" else {}

    def held(self, linked: Linked) -> list[Held]:
        return linked.ledger("entries")

    def name_in_books(self, held: Held) -> str:
        return str(held[0]["BOEKSTUK"])

    def name_of(self, document: Document) -> str:
        return document.number

    def total(self, held: Held, document: Document) -> Decimal:
        return amount(held[0]["BEDRBOEK"])

    difference = Rompslomp.difference

    def faults(self, held: Held, document: Document, linked: Linked) -> Iterator[str]:
        without_vat = set(linked.books["vat_excl"].values())
        off = sum((amount(row["BEDRBOEK"]) for row in held), ZERO)
        off += sum((amount(row["BEDRBTW"]) for row in held if row["BTW"] in without_vat), ZERO)
        if off:
            yield f"out of balance by {off}"
        if (held[0]["FACT"], held[0]["DAT"]) != (document.ledger_number, f"{document.date:%d-%m-%Y}"):
            yield f"number {held[0]['FACT']}, date {held[0]['DAT']}"


class Orders:
    """Sales orders of King: the shop's id and number, once. King computes VAT itself, so what counts is the price of
    each line, half a cent off at most for each piece, each cost within a cent, and that the difference is shown."""

    name = "King orders"
    calls = "/ws1_api.aspx"
    variants: tuple[dict[str, Any], ...] = ({}, {"decimals": "."}, {"land": "NED"}, {"preset": "bakery"})

    def open(self, url: str, variant: dict[str, Any], books: dict[str, Any]) -> King:
        return open_king_for_business(url, "order", **(books or variant))

    def mix(self, variant: dict[str, Any]) -> dict[str, Any]:
        return {}

    def held(self, linked: Linked) -> list[Held]:
        return linked.ledger("orders")

    def name_in_books(self, held: Held) -> str:
        return f"{held['ORDKOP']['EXTORDNR']} {held['ORDKOP']['KENM']}"

    def name_of(self, document: Document) -> str:
        return f"{document.remote_id} {document.number}"

    def total(self, held: Held, document: Document) -> Decimal:
        """With the VAT that the shop charged."""
        return amount(held["totals"]["net"]) + _sold(document).total_vat

    def difference(self, document: Document) -> int:
        """Excl. VAT, as the timeline shows it: the total is King's to compute."""
        assert document.ledger_total_cents is None
        shown = document.events.filter(kind="remark", data__code="order_differs")
        return -int(sum((Decimal(event.data["by"]) for event in shown), ZERO) * 100)

    def faults(self, held: Held, document: Document, linked: Linked) -> Iterator[str]:
        sold, net = _sold(document), amount(held["totals"]["net"])
        goods = [line for line in sold.lines if line.type == "goods"]
        for line, row in zip(goods, held["ORDRG"], strict=True):
            off = amount(row["AANT"]) * amount(row["PRS"]) - line.total_excl
            if abs(off) > line.quantity * CENT / 2:
                yield f"{line.name} is off by {off}"
        shipping = sum((line.total_excl for line in sold.lines if line.type == "shipping"), ZERO)
        others = sum((line.total_excl for line in sold.lines if line.type not in ("goods", "shipping")), ZERO)
        for column, charged in (("BEDRVRACHTKST", shipping), ("BEDRORDKST", others)):
            if abs(amount(held["ORDKOP"][column]) - charged) > CENT:
                yield f"{column} is {held['ORDKOP'][column]}, charged was {charged}"
        shown = {event.data["by"] for event in document.events.filter(kind="remark", data__code="order_differs")}
        if shown != ({f"{sold.total_excl - net:.2f}"} if net != sold.total_excl else set()):
            yield f"{net - sold.total_excl} off, shown is {shown}"


def _sold(document: Document) -> SalesDocument:
    assert document.mapped is not None
    return sales.load(document.mapped)


Target = Rompslomp | Entries | Orders
TARGETS: tuple[Target, ...] = (Rompslomp(), Entries(), Orders())
