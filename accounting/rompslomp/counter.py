"""What takes an invoice back: pure functions, of the invoice as Rompslomp gives it.

Rompslomp has no call for it and no link to the original: a credit invoice is one with negative unit prices. A published
invoice is never deleted.
"""

from datetime import date
from decimal import Decimal

from accounting.books import CounterLine, Json, Posted, Undoing
from integrations.money import price_text
from integrations.problems import Problem

from .payload import LONGEST_TEXT

KEPT = ("date", "due_date", "contact_id", "currency", "template_id", "vat_number", "sale_type")
KEPT_OF_A_LINE = ("product_id", "extended_description", "quantity", "vat_type_id", "vat_rate", "account_id")


def undoing(invoice: Json, posted: Posted) -> Undoing:
    """A concept is deleted, anything else gets its opposite."""
    total, vat = _amounts(invoice)
    is_concept = invoice["status"] == "concept"
    return Undoing(
        way="delete" if is_concept else "counter",
        posted=posted,
        held=invoice,
        number=invoice.get("invoice_number") or "",
        body=None if is_concept else counter(invoice, posted),
        day=date.fromisoformat(invoice["date"]),
        total=-total + 0,
        vat=-vat + 0,
        lines=tuple(_shown(line) for line in invoice["invoice_lines"]),
        is_paid=Decimal(invoice["open_amount"]) != total,
    )


def problem(made: Json, undoing: Undoing) -> Problem | None:
    """What is wrong with a counter-entry as Rompslomp made it: it has to be the exact opposite, VAT included."""
    if _amounts(made) == (undoing.total, undoing.vat):
        return None
    number, ledger = made.get("invoice_number") or str(made["id"]), str(Decimal(made["price_with_vat"]))
    return Problem("counter_differs", number=number, ledger=ledger)


def _amounts(invoice: Json) -> tuple[Decimal, Decimal]:
    """What it comes to, VAT included, and the VAT."""
    return Decimal(invoice["price_with_vat"]), Decimal(invoice["vat_amount"])


def counter(invoice: Json, posted: Posted) -> Json:
    """POST sales_invoices: a concept for the same contact, of the same date, so that its VAT falls in the same period,
    with the same lines at the opposite unit prices."""
    name = "Credit" if Decimal(invoice["price_with_vat"]) >= 0 else "Debit"
    number = invoice.get("invoice_number") or invoice["id"]
    body: Json = {key: invoice[key] for key in KEPT if invoice.get(key) is not None}
    body |= {
        "description": f"{name} {number} ({posted.sold.number})"[:LONGEST_TEXT],
        "api_reference": posted.counter_reference,
        "distance_sale": bool(invoice.get("distance_sale")),
        "validates_vat_number": False,
        "sends_copy_by_email_on_publish": False,
        "invoice_lines": [_countered(line) for line in invoice["invoice_lines"]],
    }
    return {"sales_invoice": body}


def _countered(line: Json) -> Json:
    kept = {key: line[key] for key in KEPT_OF_A_LINE if line.get(key) is not None}
    price = -Decimal(line["price_per_unit"]) + 0
    return {"description": line["description"], "price_per_unit": price_text(price), **kept}


def _shown(line: Json) -> CounterLine:
    return CounterLine(
        name=line["description"],
        account=str(line["account_id"] or ""),
        vat_code=str(line["vat_type_id"]),
        amount=-Decimal(line["price_without_vat"]) + 0,
        vat=-Decimal(line["vat_amount"]) + 0,
    )
