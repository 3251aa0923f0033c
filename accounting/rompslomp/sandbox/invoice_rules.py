"""Building a sales invoice from what a client sent: defaults, lines, totals, and every reason to refuse it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from integrations.sandbox import Row

from . import contacts, payments
from .amounts import ZERO, as_text, totals
from .books import books
from .countries import EU_OUTSIDE_NL, formatted_vat_number
from .lines import LINE_FIELDS, MOST_CHARACTERS, as_priced, line_reasons, resolved
from .parameters import Fields, boolean, choice, day, decimal, identifier, many, one, text, today
from .refusals import PARAMETERS, Refused, invalid

METHODS = ("pay_transfer", "paid_cash", "paid_pin", "paid_already", "pay_ideal", "paid_sepa", "pay_custom")
DEFAULTS: Row = {
    "date": None,
    "due_date": None,
    "payment_method": "pay_transfer",
    "custom_payment_instructions": None,
    "creates_pay_url_on_publish": False,
    "description": None,
    "contact_id": None,
    "currency": "eur",
    "currency_exchange_rate": "1.0",
    "sends_copy_by_email_on_publish": False,
    "template_id": None,
    "vat_number": None,
    "validates_vat_number": True,
    "api_reference": None,
    "payment_reference": None,
    "sale_type": "supply",
    "distance_sale": False,
}
WRITABLE: Fields = {
    "date": day,
    "due_date": day,
    "payment_method": choice(*METHODS),
    "custom_payment_instructions": text,
    "creates_pay_url_on_publish": boolean,
    "description": text,
    "contact_id": identifier,
    "currency": text,
    "currency_exchange_rate": decimal,
    "_publish": boolean,
    "sends_copy_by_email_on_publish": boolean,
    "template_id": identifier,
    "vat_number": text,
    "validates_vat_number": boolean,
    "api_reference": text,
    "payment_reference": text,
    "sale_type": choice("supply", "service", "service_digital"),
    "distance_sale": boolean,
    "contact": one(contacts.FIELDS),
    "payments": many(payments.FIELDS),
}
CREATE_FIELDS: Fields = WRITABLE | {"invoice_lines": many(LINE_FIELDS)}
UPDATE_FIELDS: Fields = WRITABLE | {"invoice_lines": many(LINE_FIELDS | {"id": identifier, "_destroy": boolean})}
BEYOND_THE_INVOICE = ("_publish", "contact", "payments", "invoice_lines")
SHORT_TEXTS = ("description", "api_reference", "payment_reference", "custom_payment_instructions")
NEW_LINE: Row = dict.fromkeys(LINE_FIELDS) | {"quantity": "1.0"}


def new_invoice(company: Row) -> Row:
    fixed = {"company": company["id"], "status": "concept", "invoice_number": None, "published_at": None}
    frozen: Row = {"cached_contact": None, "mailed_to": None, "invoice_lines": [], "payments": []}
    return DEFAULTS | fixed | frozen | {"date": today().isoformat()}


def build(company: Row, given: Row, old: Row | None = None) -> tuple[Row, Row | None]:
    """The invoice as it will be stored, and the new contact that came with it. Nothing is stored yet."""
    contact = contacts.build(company, given["contact"]) if given.get("contact") else None
    if contact and given.get("contact_id") is not None:
        raise Refused(400, f"{PARAMETERS}.invalid_parameter_value", "Geef contact of contact_id, niet allebei.")
    invoice = (old or new_invoice(company)) | with_defaults(given, is_new=old is None)
    if contact:
        invoice["contact_id"] = contact["id"]
    contact_used = contact or books.get("contacts", company["id"], invoice["contact_id"])
    invoice["invoice_lines"], reasons = build_lines(company, invoice["invoice_lines"], given.get("invoice_lines") or [])
    reasons += [*invoice_reasons(company, invoice), *vat_number_reasons(company, invoice, contact_used)]
    if contact_used is None:
        reasons.insert(0, "Contact moet opgegeven zijn" if invoice["contact_id"] is None else "Contact bestaat niet")
    paid, payment_reasons = payments.build_all(company, given.get("payments") or [])
    if reasons or payment_reasons:
        raise invalid("Factuur", [*reasons, *payment_reasons])
    invoice["payments"] = [*invoice["payments"], *paid]
    return settled(summed(company, completed(company, invoice))), contact


def with_defaults(given: Row, *, is_new: bool) -> Row:
    """A null means the default; only a date that was there can't be emptied."""
    own = {key: value for key, value in given.items() if key not in BEYOND_THE_INVOICE}
    filled = {key: DEFAULTS[key] if value is None else value for key, value in own.items()}
    if is_new and filled.get("date", "") is None:
        filled["date"] = today().isoformat()
    return filled


def build_lines(company: Row, old_lines: list[Row], given: list[Row]) -> tuple[list[Row], list[str]]:
    """The lines after adding (no id), changing (id) and removing (id and _destroy); others stay as they are."""
    lines = {line["id"]: line for line in old_lines}
    reasons: list[str] = []
    for changes in given:
        row_id = changes.get("id")
        if row_id is not None and row_id not in lines:
            reasons.append(f"Factuurregel {row_id} bestaat niet")
        elif row_id is not None and changes.get("_destroy"):
            del lines[row_id]
        elif not changes.get("_destroy"):
            line, line_problems = build_line(company, lines.get(row_id), changes)
            lines[line["id"]] = line
            reasons += [f"Factuurregel: {problem}" for problem in line_problems]
    return list(lines.values()), reasons


def build_line(company: Row, old: Row | None, changes: Row) -> tuple[Row, list[str]]:
    given = {key: value for key, value in changes.items() if key in LINE_FIELDS}
    if "quantity" in given and given["quantity"] is None:
        given["quantity"] = NEW_LINE["quantity"]
    line, reasons = resolved(company, old or NEW_LINE | {"id": books.new_id()}, given)
    product_id = line["product_id"]
    if product_id is not None and books.get("products", company["id"], product_id) is None:
        reasons.append("Product bestaat niet")
    return line, [*reasons, *line_reasons(line)]


def invoice_reasons(company: Row, invoice: Row) -> Iterator[str]:
    if invoice["date"] is None:
        yield "Factuurdatum moet opgegeven zijn"
    elif invoice["date"] <= "1990-01-01":
        yield "Factuurdatum moet na 01/01/1990 liggen"
    elif invoice["date"] >= "9000-01-01":
        yield "Factuurdatum is ongeldig"
    for field in SHORT_TEXTS:
        if len(invoice[field] or "") > MOST_CHARACTERS:
            yield f"{field} is te lang (maximaal {MOST_CHARACTERS} tekens)"
    if invoice["payment_method"] == "pay_custom" and not invoice["custom_payment_instructions"]:
        yield "Betaalinstructies moeten opgegeven zijn"
    yield from currency_reasons(invoice)
    template_id = invoice["template_id"]
    if template_id is not None and books.get("templates", company["id"], template_id) is None:
        yield "Factuurlayout bestaat niet"
    if any(other["id"] != invoice.get("id") for other in same_reference(company, invoice)):
        yield "Api reference is al in gebruik"


def same_reference(company: Row, invoice: Row) -> list[Row]:
    if not invoice["api_reference"]:
        return []
    return books.find("sales_invoices", company["id"], "api_reference", invoice["api_reference"])


def currency_reasons(invoice: Row) -> Iterator[str]:
    if not re.fullmatch("[a-z]{3}", invoice["currency"]):
        yield "Valuta is ongeldig"
    elif invoice["currency"] != "eur" and (rate_of(invoice) <= 0 or rate_of(invoice) == 1):
        yield "Wisselkoers moet opgegeven zijn"


def rate_of(invoice: Row) -> Decimal:
    return Decimal(invoice["currency_exchange_rate"])


def vat_number_reasons(company: Row, invoice: Row, contact: Row | None) -> Iterator[str]:
    kinds = {line["vat_kind"] for line in invoice["invoice_lines"]}
    is_abroad = contact is not None and contact["country_code"] in EU_OUTSIDE_NL
    is_needed = "vat_reverse_charged" in kinds or ("vat_zero" in kinds and is_abroad)
    if not invoice["vat_number"]:
        if is_needed:
            yield "Btw-nummer moet opgegeven zijn"
    elif invoice["validates_vat_number"]:
        if company["vat_check"] == "down":
            yield "Btw-nummer kan nu niet gecontroleerd worden"
        elif formatted_vat_number(invoice["vat_number"]) is None:
            yield "Btw-nummer is ongeldig"


def completed(company: Row, invoice: Row) -> Row:
    """What the ledger fills in: id, due date, the spelling of a validated VAT number."""
    invoice["id"] = invoice.get("id") or books.new_id()
    if not invoice["due_date"]:
        due = date.fromisoformat(invoice["date"]) + timedelta(days=company["payment_days"])
        invoice["due_date"] = due.isoformat()
    if invoice["vat_number"] and invoice["validates_vat_number"]:
        invoice["vat_number"] = formatted_vat_number(invoice["vat_number"])
    if invoice["currency"] == "eur":
        invoice["currency_exchange_rate"] = DEFAULTS["currency_exchange_rate"]
    return invoice


def summed(company: Row, invoice: Row) -> Row:
    lines = invoice["invoice_lines"]
    amount, each = totals([as_priced(line) for line in lines], company["rounding"])
    invoice["invoice_lines"] = [
        line | {"price_with_vat": str(a.with_vat), "price_without_vat": str(a.without_vat), "vat_amount": str(a.vat)}
        for line, a in zip(lines, each, strict=True)
    ]
    return invoice | {
        "price_with_vat": as_text(amount.with_vat),
        "price_without_vat": as_text(amount.without_vat),
        "vat_amount": as_text(amount.vat),
    }


def settled(invoice: Row) -> Row:
    """What is still open, and in words: of a credit invoice the open amount is negative until it is paid back."""
    total = Decimal(invoice["price_with_vat"])
    still_open = total - sum((Decimal(payment["amount"]) for payment in invoice["payments"]), ZERO)
    owed = -still_open if total < 0 else still_open
    status = "paid" if owed == 0 else "unpaid" if owed > 0 else "overpaid"
    return invoice | {"open_amount": as_text(still_open), "payment_status": status}
