"""Reading the amounts of an order or invoice, in the shop's own mode and under its own field names."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from integrations.money import ZERO
from integrations.problems import Unreadable

from .fields import Json, flag, identifier, number, percentage, switch, text
from .lines import Amounts, Row

DISCOUNT_KEYS = ("amount", "discount", "price", "value")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """Where an order and an invoice differ."""

    rows: str
    row_owner: str
    rows_switch: str


def amounts_of(source: Json, rows: Sequence[Json], remote_id: str, shape: Shape) -> Amounts:
    """All amounts. If the total is negative, each is negated once, so that one reading serves both spellings."""
    total_price = number(source, "total_price")
    sign = -1 if total_price < 0 else 1
    shipping = number(source, "total_shipping", ZERO)
    costs = number(source, "paymethod_costs", ZERO) + number(source, "extra_payment_option_price", ZERO)
    is_shipping_apart = source.get("shipping_taxes_included") is not None and not flag(
        source, "shipping_taxes_included"
    )
    return Amounts(
        is_negated=sign < 0,
        rows=tuple(_row(row, index, sign, remote_id, shape) for index, row in enumerate(rows)),
        rows_include_vat=switch(source, shape.rows_switch),
        totals_include_vat=switch(source, "taxes_included"),
        total_price=total_price * sign,
        total_tax=number(source, "total_tax") * sign,
        shipping=shipping * sign,
        shipping_rate=_shipping_rate(source, shipping),
        has_shipping_rate=source.get("shipping_tax_percentage") not in (None, ""),
        is_shipping_vat_in_total=not is_shipping_apart,
        payment_costs=costs * sign,
        extra_costs=number(source, "extra_costs", ZERO) * sign,
        extra_description=text(source, "extra_costs_description"),
        credit_points=number(source, "credit_point_discount", ZERO) * sign,
        discount=_discount(source) * sign,
    )


def _shipping_rate(source: Json, shipping: Decimal) -> Decimal:
    """The percentage may only be missing when there is nothing to ship."""
    if source.get("shipping_tax_percentage") in (None, "") and not shipping:
        return ZERO
    return percentage(source, "shipping_tax_percentage")


def _discount(source: Json) -> Decimal:
    """``discounts``, a number or a list, where the shop has it; else ``total_discounts``."""
    given: Any = source.get("discounts")
    if given in (None, "", [], {}):
        return number(source, "total_discounts", ZERO)
    if not isinstance(given, list):
        return number(source, "discounts")
    return sum((_one_discount(item, f"discounts[{index}]") for index, item in enumerate(given)), ZERO)


def _one_discount(item: Any, name: str) -> Decimal:
    if isinstance(item, dict):
        item = next((item[key] for key in DISCOUNT_KEYS if key in item), None)
    return number({name: item}, name)


def _row(row: Json, index: int, sign: int, remote_id: str, shape: Shape) -> Row:
    try:
        return _read_row(row, sign, remote_id, shape)
    except Unreadable as error:
        raise Unreadable(f"{shape.rows}[{index}].{error.field}", error.why) from None


def _read_row(row: Json, sign: int, remote_id: str, shape: Shape) -> Row:
    """A row of a negative quantity becomes one of a negative price."""
    owner = row.get(shape.row_owner)
    if owner not in (None, "") and identifier(owner, shape.row_owner) != remote_id:
        raise Unreadable(shape.row_owner, "of_another_document")
    count = number(row, "count")
    price, full_price = _prices(row, shape)
    product_id = text(row, "product_id")
    return Row(
        name=text(row, "product_name"),
        code=text(row, "sub_product_number") or text(row, "product_number") or product_id,
        product_id=product_id,
        ean=text(row, "sub_ean_number"),
        quantity=abs(count),
        price=(price * sign).copy_sign(price * sign * count) if price * count else ZERO,
        rate=percentage(row, "tax"),
        discount=(full_price - price) * count * sign,
    )


def _prices(row: Json, shape: Shape) -> tuple[Decimal, Decimal]:
    """The unit price that was charged, and what it was before discount.

    ``selling_price`` leaves out what paid options add; invoices always give prices with options.
    """
    if shape.rows == "invoicerows":
        price = number(row, "price_with_attributes")
        return price, number(row, "price_without_discount_with_attributes", price)
    price = number(row, "selling_price")
    discount = number(row, "price_without_discount", price) - price
    if number(row, "total_extra_option_price", ZERO):
        price = number(row, "price_with_attributes")
    return price, price + discount
