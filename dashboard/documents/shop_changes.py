"""What the shop changed after a document was posted, in words. It is shown, and changes nothing in the books."""

from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from integrations import wording
from integrations.country_names import country_name
from integrations.models import Document
from integrations.money import to_cents

AMOUNTS = {
    "total_price": _("Total"),
    "total_tax": _("VAT"),
    "total_shipping": _("Shipping costs"),
    "paymethod_costs": _("Payment costs"),
    "extra_payment_option_price": _("Surcharge"),
    "extra_costs": _("Extra costs"),
    "credit_point_discount": _("Credit points"),
    "total_discounts": _("Discount"),
}
FLAGS = {
    "paid": _("Paid"),
    "cancelled": _("Cancelled"),
    "refunded": _("Paid back"),
    "icp": _("EU, reverse charged (ICP)"),
}
COUNTRIES = {"billing_country": _("Country of the invoice address"), "delivery_country": _("Delivery country")}
TEXTS = {
    "currency": _("Currency"),
    "date": _("Date"),
    "email": _("E-mail address"),
    "vat_number": _("VAT number"),
    "name": _("Name"),
    "company": _("Company"),
}
NAMES = AMOUNTS | FLAGS | COUNTRIES | TEXTS
ANSWERS = {"yes": _("Yes"), "no": _("No")}


class Shown(NamedTuple):
    name: str
    was: str
    now: str


def shop_changes(document: Document) -> list[Shown]:
    """One row for each field that is different in the shop now."""
    return [
        Shown(
            field_name(change["field"]), *(_value(document, change["field"], change[when]) for when in ("was", "now"))
        )
        for change in document.shop_changes
    ]


def field_name(field: str) -> str:
    return str(NAMES.get(field, field))


def _value(document: Document, field: str, value: str) -> str:
    """What could not be read is shown as the shop writes it."""
    with suppress(InvalidOperation, ValueError):
        if field in AMOUNTS:
            return wording.money(to_cents(Decimal(value)), document.currency)
        if field == "date":
            return wording.day(date.fromisoformat(value))
    if field in COUNTRIES and value:
        return country_name(value)
    return str(ANSWERS.get(value, value)) if field in FLAGS else value
