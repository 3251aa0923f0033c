"""What is sent to Rompslomp: pure functions, one per object (https://app.rompslomp.nl/developer).

Rompslomp takes prices without VAT and computes VAT and totals itself. Ids are numbers; what is not a number yet, a
placeholder of the preview, stays text. Only what the vendor documents as writable is sent.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from accounting.naming import description
from integrations.money import HUNDRED, ZERO, amount_text, factor, plain_text, price_text, unit_price
from integrations.sales import LINE_NAMES, Party, SalesDocument, SalesLine, SalesPayment
from integrations.settings_file import Settings, VatSetting
from integrations.vat import is_abroad_in_eu, setting_for, treatment, vat_number

from .codes import cost_code, product_key
from .forms import Options

LONGEST_TEXT = 255
PAYMENT_TERM = timedelta(days=14)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")

Json = dict[str, Any]


def options(settings: Settings) -> Options:
    assert isinstance(settings.accounting, Options)
    return settings.accounting


def contact(document: SalesDocument) -> Json:
    """POST contacts. With a company the contact is that company, else the person."""
    customer, billing = document.customer, document.customer.billing
    is_individual = not customer.company
    name = f"{customer.first_name} {customer.last_name}".strip()
    return {
        "contact": {
            "is_individual": is_individual,
            "is_supplier": False,
            "company_name": _cut(customer.company),
            "contact_person_name": _cut(name) or (_cut(_other_name(customer)) if is_individual else None),
            "contact_person_email_address": customer.email or None,
            "address": _cut(f"{billing.street} {billing.house_number}".strip()),
            "zipcode": _cut(billing.zipcode),
            "city": _cut(billing.city),
            "country_code": billing.country or document.delivery_country or None,
            "kvk_number": _whole(customer.coc_number),
            "phone": _whole(customer.phone),
            "vat_number": _vat_number(document),
        }
    }


def _other_name(customer: Party) -> str:
    """A person must have a name: the one written in full, of the delivery if need be, else the e-mail address."""
    return customer.billing.name or customer.delivery.name or customer.email


def _vat_number(document: SalesDocument) -> str | None:
    """For an intra-Community supply the number as the tax office writes it, since it is reported; else as given."""
    text = document.customer.vat_number
    checked = vat_number(text, document.customer.billing.country) if document.is_icp else None
    return checked.number if checked else _whole(text)


def product(document: SalesDocument, line: SalesLine, code: str, settings: Settings) -> Json:
    """POST products, under the code that this line's product gets in the books. A product keeps no stock there, and
    its price is one of a debit."""
    price = -line.unit_price_excl if document.is_credit else line.unit_price_excl
    row = _row(document, line, settings)
    return {
        "product": {
            "has_stock": False,
            "invoice_line": {
                "description": _product_name(line, settings),
                "price_per_unit": price_text(abs(price) if line.type == "goods" else price),
                "vat_type_id": _id(row.vat_code),
                "account_id": _id(row.account(line.type)),
                "product_code": code,
            },
        }
    }


def _product_name(line: SalesLine, settings: Settings) -> str:
    """Costs are one product whatever each line calls them."""
    if line.type == "goods":
        return _text(line)
    names = {"SURCHARGE": "surcharge", "EXTRACOSTS": "extra_costs"}
    return LINE_NAMES[settings.line_names][names.get(cost_code(line), line.type)]


def invoice(
    document: SalesDocument, settings: Settings, *, reference: str, customer: str, products: Mapping[str, str]
) -> Json:
    """POST sales_invoices: a concept. ``customer`` is the contact's id, ``products`` the id by ``product_key``."""
    chosen = options(settings)
    body: Json = {
        "date": document.date.isoformat(),
        "due_date": (document.date + PAYMENT_TERM).isoformat(),
        "contact_id": _id(customer),
        "currency": document.currency.lower(),
        "description": description(document, settings)[:LONGEST_TEXT],
        "api_reference": reference,
        "sale_type": "supply",
        "distance_sale": is_distance_sale(document, settings),
        "validates_vat_number": False,
        "sends_copy_by_email_on_publish": False,
    }
    if chosen.layout:
        body["template_id"] = _id(chosen.layout)
    if document.is_icp:
        body["vat_number"] = _vat_number(document)
    moved = {cent.line for cent in document.moved}
    body["invoice_lines"] = [
        _line(document, line, settings, products[product_key(line)], was_moved=index in moved)
        for index, line in enumerate(document.lines)
    ]
    return {"sales_invoice": body}


def _line(document: SalesDocument, line: SalesLine, settings: Settings, product_id: str, *, was_moved: bool) -> Json:
    row = _row(document, line, settings)
    return {
        "product_id": _id(product_id),
        "description": _text(line),
        "quantity": plain_text(line.quantity),
        "price_per_unit": price_text(_price(line, was_moved)),
        "vat_type_id": _id(row.vat_code),
        "vat_rate": plain_text(line.vat_rate / HUNDRED),
        "account_id": _id(row.account(line.type)),
    }


def _price(line: SalesLine, was_moved: bool) -> Decimal:
    """As the shop charged it; on a line that took a cent, what makes the line's total."""
    if not was_moved:
        return line.unit_price_excl
    return unit_price(line.total_incl / line.quantity / factor(line.vat_rate), line.quantity)


def _row(document: SalesDocument, line: SalesLine, settings: Settings) -> VatSetting:
    row = setting_for(document, line, settings)
    assert row is not None
    return row


def is_distance_sale(document: SalesDocument, settings: Settings) -> bool:
    """Whether a line carries VAT of another EU country. A code that home uses too is home's own VAT, which a shop
    below the threshold charges abroad."""
    home = settings.shop.home_country
    if not is_abroad_in_eu(treatment(document), home):
        return False
    home_codes = {row.vat_code for row in settings.vat if row.country == home}
    rows = [setting_for(document, line, settings) for line in document.lines if line.vat_rate]
    return any(row is not None and row.vat_code not in home_codes for row in rows)


def publish() -> Json:
    """PATCH sales_invoices: from concept to invoice. It is not mailed."""
    return {"sales_invoice": {"_publish": True}}


def payment(paid: SalesPayment, clearing_account: str) -> Json:
    """PATCH sales_invoices: adds a payment; sent twice it is booked twice. Money given back is negative."""
    at = datetime.combine(paid.date, time(), AMSTERDAM)
    entry = {
        "amount": amount_text(paid.amount),
        "description": f"{paid.payment_id} {paid.transaction_id}".strip()[:LONGEST_TEXT],
        "account_id": _id(clearing_account),
        "paid_at": at.isoformat(),
    }
    return {"sales_invoice": {"payments": [entry]}}


def rounding(difference: Decimal, vat_code: str, document: SalesDocument, settings: Settings) -> Json:
    """PATCH sales_invoices: adds a visible line of 0% for the cents between the ledger's total and the shop's."""
    account = options(settings).rounding_account or _row(document, document.lines[0], settings).revenue
    line = {
        "description": LINE_NAMES[settings.line_names]["rounding"],
        "quantity": "1",
        "price_per_unit": amount_text(difference),
        "vat_type_id": _id(vat_code),
        "vat_rate": "0",
        "account_id": _id(account),
    }
    return {"sales_invoice": {"invoice_lines": [line]}}


def rounding_in(found: Json, settings: Settings) -> Decimal:
    """The amount of the rounding line in an invoice as Rompslomp gives it; 0 without one."""
    names = {names["rounding"] for names in LINE_NAMES.values()}
    lines = [line for line in found.get("invoice_lines") or () if line.get("description") in names]
    return sum((Decimal(line["price_with_vat"]) for line in lines if not line.get("product_id")), ZERO)


def _cut(text: str) -> str | None:
    return text[:LONGEST_TEXT] or None


def _whole(text: str) -> str | None:
    """A text that means nothing, or something else, when it is cut; it is left out when it does not fit."""
    return text if 0 < len(text) <= LONGEST_TEXT else None


def _text(line: SalesLine) -> str:
    return (line.name or line.code)[:LONGEST_TEXT]


def _id(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text
