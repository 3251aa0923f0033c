"""What is left of an order when everything has been handled, and every way in which that may be wrong."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounting import settings_store
from accounting.posting import reference
from integrations import sales
from integrations.models import Document, Intent, State, UsedNumber
from tests.king import King, amount
from tests.linked import Linked


@dataclass
class Outcome:
    """Of one order at Rompslomp."""

    document: Document
    linked: Linked
    invoices: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.invoices = self.linked.ledger()

    @property
    def total(self) -> Decimal:
        return Decimal(self.document.total_cents) / 100

    def faults(self) -> list[str]:
        """Every way in which it is not exactly one published invoice to the cent, of one debtor and one product a
        code; empty when all is well."""
        return [*self.faults_of_the_document(), *self.faults_of_the_company()]

    def faults_of_the_document(self) -> list[str]:
        document = self.document
        found = faults_of_the_state(document)
        mine = [invoice for invoice in self.invoices if invoice["api_reference"] == reference(document)]
        if [invoice["status"] for invoice in mine] != ["published"]:
            return [*found, f"invoices: {[invoice['status'] for invoice in mine]}"]
        if Decimal(mine[0]["price_with_vat"]) != self.total or document.ledger_total_cents != document.total_cents:
            found.append(f"{mine[0]['price_with_vat']} in the books, {self.total} in the shop")
        if (document.ledger_id, document.ledger_number) != (str(mine[0]["id"]), mine[0]["invoice_number"]):
            found.append(f"we say {document.ledger_id}, they say {mine[0]['id']}")
        return found

    def faults_of_the_company(self) -> list[str]:
        """What is there twice in the books, or is still thought of by us as perhaps there."""
        emails = [contact["contact_person_email_address"] for contact in self.linked.ledger("contacts")]
        codes = [product["invoice_line"]["product_code"] for product in self.linked.ledger("products")]
        return [*faults_of_the_books(self.linked), *twice(emails), *twice(codes)]

    def faults_of_a_refusal(self, code: str) -> list[str]:
        """The same for an order that the books can't take as it is: there is no invoice, and ``code`` is the reason."""
        codes = [problem["code"] for problem in self.document.problems]
        found = [] if (self.document.state, codes) == (State.ERROR, [code]) else [f"{self.document.state} {codes}"]
        found += [f"an invoice was left: {invoice['status']}" for invoice in self.invoices]
        # A concept that was deleted may have been made again, to find the same again.
        return found + [fault for fault in self.faults_of_the_company() if "'api_reference'" not in fault]

    def rounding_lines(self) -> list[str]:
        lines = [line for invoice in self.invoices for line in invoice["invoice_lines"]]
        return [line["price_with_vat"] for line in lines if not line["product_id"]]

    def made(self) -> int:
        """How many debtors and products there are."""
        return len(self.linked.ledger("contacts")) + len(self.linked.ledger("products"))


class KingOutcome(Outcome):
    """Of one order at King: exactly one entry, or one order."""

    linked: King
    entries: list[list[dict[str, Any]]]
    orders: list[dict[str, Any]]

    def __post_init__(self) -> None:
        self.entries = [rows for rows in self.linked.ledger() if rows]
        self.orders = self.linked.ledger("orders")

    @property
    def target(self) -> str:
        assert self.linked.integration.settings
        return str(settings_store.as_file(self.linked.integration.settings)["accounting"]["target"])

    def faults_of_the_document(self) -> list[str]:
        found = faults_of_the_state(self.document)
        found += self.faults_of_the_entry() if self.target == "entry" else self.faults_of_the_order()
        numbers = UsedNumber.objects.filter(document=self.document).count()
        return found if numbers == 1 else [*found, f"{numbers} numbers are in use"]

    def faults_of_the_entry(self) -> list[str]:
        document = self.document
        mine = [rows for rows in self.entries if rows[0].get("BOEKSTUK") == document.number]
        if len(mine) != 1:
            return [f"{len(mine)} entries"]
        (rows,) = mine
        total, ledger_id = rows[0], "/".join(rows[0][column] for column in ("DAGB", "JR", "PN", "RG"))
        found = []
        if balance := sum(amount(row["BEDRBOEK"]) for row in rows):
            found.append(f"off balance by {balance}")
        if amount(total["BEDRBOEK"]) != self.total or document.ledger_total_cents != document.total_cents:
            found.append(f"{total['BEDRBOEK']} in the books, {self.total} in the shop")
        if (document.ledger_id, document.ledger_number) != (ledger_id, total["FACT"]):
            found.append(f"we say {document.ledger_id}, they say {ledger_id}")
        return found

    def faults_of_the_order(self) -> list[str]:
        """King computes the VAT of an order itself: what was sent is its net amount."""
        document = self.document
        mine = [order for order in self.orders if order["ORDKOP"]["KENM"] == document.number]
        if len(mine) != 1:
            return [f"{len(mine)} orders"]
        (order,) = mine
        assert document.mapped is not None
        sold, net = sales.load(document.mapped), amount(order["totals"]["net"])
        vat = sold.total_vat  # as the shop charged it
        allowed = sum((line.quantity for line in sold.lines), 2) * Decimal("0.005")
        found = []
        if document.ledger_total_cents is not None or abs(net + vat - self.total) > allowed:
            found.append(f"{net} and VAT in the books, {self.total} in the shop")
        if document.ledger_id != order["ORDKOP"]["NR"]:
            found.append(f"we say {document.ledger_id}, they say {order['ORDKOP']['NR']}")
        return found

    def faults_of_the_company(self) -> list[str]:
        emails = [debtor["EMAIL"] for debtor in self.linked.ledger("debtors")]
        items = [item["NR"].casefold() for item in self.linked.ledger("items")]
        return [*faults_of_the_books(self.linked), *twice(emails), *twice(items)]

    def made(self) -> int:
        kinds = ("debtors", "items", "orders", "entries")
        return sum(len(self.linked.ledger(kind)) for kind in kinds)


def faults_of_the_state(document: Document) -> list[str]:
    is_done = document.state == State.PROCESSED
    return [] if is_done else [f"{document.state}, {document.reason} {document.problems}"]


def faults_of_the_books(linked: Linked) -> list[str]:
    found = [f"made or tried more than once: {repeat}" for repeat in linked.ledger("repeats")]
    intents = Intent.objects.filter(administration=linked.integration.administration_id)
    return found + [f"an intent was left: {intent}" for intent in intents]


def twice(names: list[str]) -> list[str]:
    return [f"{name} twice" for name, count in Counter(names).items() if count > 1]


def outcome_of(linked: Linked, order: dict[str, Any]) -> Outcome:
    kind = KingOutcome if isinstance(linked, King) else Outcome
    return kind(linked.document(order["id"]), linked)
