"""The calls of a preview as people read them: a title, single values, tables of rows, and the raw form beside them.

Fields that have a word here are shown by it, the others by the name that the accounting system gives them.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from integrations import wording
from integrations.money import HUNDRED, price_text, to_cents

from .books import Json
from .described import Text
from .imuis import dataset
from .imuis.literals import read_day, read_number

NEW = "new:"

TITLES: dict[str, Text] = {
    "contacts": _("Add the customer"),
    "products": _("Add a product"),
    "sales_invoices": _("Make the invoice"),
    "_publish": _("Make the invoice final"),
    "payments": _("Add the payment"),
    "DEB": _("Add the customer"),
    "ART": _("Add a product"),
    "CREATEJOURNAALPOST": _("Make the entry"),
    "CREATEVERKOOPORDER": _("Make the order"),
}

NAMES: dict[str, Text] = {
    "date": _("Date"),
    "due_date": _("Due date"),
    "contact_id": _("Customer"),
    "currency": _("Currency"),
    "description": _("Description"),
    "api_reference": _("Our reference"),
    "template_id": _("Layout"),
    "invoice_lines": _("Lines"),
    "product_id": _("Product"),
    "product_code": _("Product code"),
    "quantity": _("Quantity"),
    "price_per_unit": _("Price excl. VAT"),
    "vat_type_id": _("VAT code"),
    "account_id": _("Ledger account"),
    "company_name": _("Company"),
    "contact_person_name": _("Name"),
    "contact_person_email_address": _("E-mail address"),
    "address": _("Address"),
    "zipcode": _("Postal code"),
    "city": _("Town"),
    "country_code": _("Country"),
    "phone": _("Telephone"),
    "vat_number": _("VAT number"),
    "kvk_number": _("Chamber of Commerce number"),
    "is_individual": _("Private person"),
    "is_supplier": _("Supplier"),
    "has_stock": _("Keeps stock"),
    "vat_rate": _("VAT rate"),
    "sale_type": _("Kind of sale"),
    "distance_sale": _("Distance sale"),
    "validates_vat_number": _("VAT number checked there too"),
    "sends_copy_by_email_on_publish": _("Mailed to the customer"),
    "_publish": _("Final"),
    "payments": _("Payments"),
    "amount": _("Amount"),
    "paid_at": _("Paid on"),
    "JR": _("Book year"),
    "PN": _("Period"),
    "DAGB": _("Journal"),
    "REK": pgettext_lazy("books", "Account"),
    "TEGREK": _("Offset account"),
    "BTW": _("VAT code"),
    "BEDRBOEK": _("Amount"),
    "BEDRBTW": _("VAT"),
    "DAT": _("Date"),
    "DATLEV": _("Delivery date"),
    "FACT": _("Invoice number"),
    "OMSCHR": _("Description"),
    "BOEKSTUK": _("Document number"),
    "DEB": _("Debtor"),
    "ORDSRT": _("Order type"),
    "EXTORDNR": _("Order id in the shop"),
    "KENM": _("Reference"),
    "BEDRORDKST": _("Order costs"),
    "BEDRVRACHTKST": _("Shipping costs"),
    "ART": _("Product"),
    "AANT": _("Quantity"),
    "PRS": _("Price excl. VAT"),
    "NAAM": _("Name"),
    "ADRES": _("Address"),
    "POSTCD": _("Postal code"),
    "PLAATS": _("Town"),
    "LAND": _("Country"),
    "EMAIL": _("E-mail address"),
    "TEL": _("Telephone"),
    "BTWNR": _("VAT number"),
    "KVKNR": _("Chamber of Commerce number"),
    "ZKSL": _("Search key"),
    "STRAAT": _("Street"),
    "HNR": _("House number"),
    "HNRTV": _("Addition"),
    "OPM": _("Remark"),
    "OPMEXT": _("Full name"),
    "ARTGRP": _("Item group"),
    "EAN": _("EAN"),
    "NR": _("Number"),
    "VERKPR": _("Price excl. VAT"),
    "VERKPRINCL": _("Price incl. VAT"),
}
LISTED = {"vat_type_id": "vat_codes", "account_id": "revenue_accounts", "BTW": "vat_codes", "REK": "revenue_accounts"}
SALE_TYPES: dict[str, Text] = {"supply": _("goods")}
DAYS = {"date", "due_date", "paid_at", "DAT", "DATLEV"}


def _money(value: Decimal) -> str:
    return wording.money(to_cents(value))


def _price(value: Decimal) -> str:
    return number_format(price_text(value), use_l10n=True)


def _fraction(value: Decimal) -> str:
    return f"{wording.percentage(value * HUNDRED)}%"


NUMBERS: dict[str, Callable[[Decimal], str]] = {
    "quantity": wording.percentage,
    "AANT": wording.percentage,
    "vat_rate": _fraction,
    **dict.fromkeys(("price_per_unit", "PRS", "VERKPR", "VERKPRINCL"), _price),
    **dict.fromkeys(("amount", "BEDRBOEK", "BEDRBTW", "BEDRORDKST", "BEDRVRACHTKST"), _money),
}

Labels = Mapping[str, Mapping[str, str]]
"""By kind of list, what the books call an id."""


class Cell(NamedTuple):
    name: str
    text: str
    is_number: bool


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of one kind, all with the same columns."""

    title: str
    rows: list[list[Cell]]


@dataclass(frozen=True, kw_only=True)
class CallShown:
    """``values`` are what stands alone, by name."""

    title: str
    address: str
    values: list[tuple[str, str]]
    tables: list[Rows]
    raw: str


def call_shown(call: Json, labels: Labels) -> CallShown:
    return _of_xml(call, labels) if "xml" in call else _of_json(call, labels)


def _of_json(call: Json, labels: Labels) -> CallShown:
    """A body holds one object under its kind; a change is named by what it changes."""
    (body,) = call["body"].values()
    fields = dict(_leaves(body))
    made = call["path"].rpartition("/")[2]
    title = next((TITLES[name] for name in (made, *body) if name in TITLES), made)
    return CallShown(
        title=str(title),
        address=f"{call['method']} {call['path']}",
        values=_values({name: value for name, value in fields.items() if not isinstance(value, list)}, labels),
        tables=[_table(name, value, labels) for name, value in fields.items() if isinstance(value, list)],
        raw=json.dumps(call["body"], ensure_ascii=False, indent=2),
    )


def _of_xml(call: Json, labels: Labels) -> CallShown:
    """A record under the name of its table, or a head with rows, or rows alone."""
    rows = dataset.parse(call["xml"].encode())
    kinds = [kind for kind, _row in rows]
    table = rows.pop(0)[1]["TABLE"] if kinds[0] == "METADATA" else ""
    is_alone = len(set(kinds)) == 1 and len(kinds) > 1
    values = {} if is_alone else rows.pop(0)[1]
    lines = [row for _kind, row in rows]
    return CallShown(
        title=str(TITLES.get(table or call["action"], call["action"])),
        address=call["action"],
        values=_values(values, labels),
        tables=[_table("invoice_lines", lines, labels)] if lines else [],
        raw=call["xml"],
    )


def _values(fields: Mapping[str, Any], labels: Labels) -> list[tuple[str, str]]:
    return [(_name(name), _text(name, value, labels)) for name, value in fields.items() if value not in (None, "")]


def _table(title: str, rows: list[Json], labels: Labels) -> Rows:
    """The columns that one of the rows fills."""
    flat = [dict(_leaves(row)) for row in rows]
    filled = dict.fromkeys(name for row in flat for name, value in row.items() if value not in (None, ""))
    cells = [
        [Cell(_name(name), _text(name, row.get(name), labels), name in NUMBERS) for name in filled] for row in flat
    ]
    return Rows(title=_name(title), rows=cells)


def _leaves(value: Json) -> Iterator[tuple[str, Any]]:
    """Every value with its name, those of objects inside included; lists as they are."""
    for name, one in value.items():
        if isinstance(one, dict):
            yield from _leaves(one)
        else:
            yield name, one


def _name(name: str) -> str:
    return str(NAMES.get(name, name))


def _text(name: str, value: Any, labels: Labels) -> str:
    """A value as people write it, or as the books name it; what will have been made by then is said to be new."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    text = str(value)
    if text.startswith(NEW):
        return gettext("the new one")
    if name in DAYS:
        return wording.day(read_day(text)) or text
    number = read_number(text) if name in NUMBERS else None
    if number is not None:
        return NUMBERS[name](number)
    if name == "currency":
        return text.upper()
    if name == "sale_type":
        return str(SALE_TYPES.get(text, text))
    return labels.get(LISTED.get(name, ""), {}).get(text, text)
