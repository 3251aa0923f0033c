"""What a shop charges for an order: its total and the VAT in it, from its rows and its order-level amounts.

Written from the worked example of the API page: the discount is spread over the goods in proportion to their amounts;
VAT is counted per rate over what is left of it, in full precision, and rounded to cents per rate.
"""

from collections import defaultdict
from fractions import Fraction
from typing import Any

from integrations.sandbox import Row
from webshop.ccvshop.sandbox.rates import EU_RATES, is_outside_eu, standard_rate


def exact(value: Any) -> Fraction:
    return Fraction(str(value or 0))


def cents(value: Fraction) -> Fraction:
    """Rounded to cents, halves away from zero."""
    rounded = Fraction(int(abs(value) * 100 + Fraction(1, 2)), 100)
    return rounded if value >= 0 else -rounded


def number(value: Fraction) -> int | float:
    """As JSON holds it: 590 or 616.67."""
    return int(value) if value.denominator == 1 else float(value)


def delivery_country(order: Row) -> str:
    """Where the goods go: an empty delivery block means the billing address."""
    customer = order.get("customer") or {}
    delivery = customer.get("deliveryaddress") or {}
    if any(delivery.get(key) for key in ("street", "zipcode", "city", "country_code")):
        return delivery.get("country_code") or ""
    return (customer.get("billingaddress") or {}).get("country_code") or ""


def is_untaxed(order: Row) -> bool:
    country = delivery_country(order)
    return bool(order.get("is_intra_community_order") or order.get("is_platform_sale") or is_outside_eu(country))


def payment_costs_rate(order: Row, goods: dict[Fraction, Fraction]) -> Fraction:
    country = delivery_country(order)
    if country in EU_RATES:
        return exact(standard_rate(country))
    return max([*goods, exact(order.get("shipping_tax_percentage"))])


def goods_by_rate(order: Row, rows: list[Row]) -> dict[Fraction, Fraction]:
    """The goods of each VAT rate, in the tax mode of the rows; those of an export are freed of the VAT in them."""
    found: dict[Fraction, Fraction] = defaultdict(Fraction)
    free_of_vat = order["order_row_taxes_included"] and is_outside_eu(delivery_country(order))
    for row in rows:
        rate = exact(row["tax"])
        amount = exact(row["total_price_with_attributes"])
        found[rate] += amount / (1 + rate / 100) if free_of_vat else amount
    return found


def amounts_by_rate(order: Row, rows: list[Row]) -> dict[Fraction, Fraction]:
    """Everything that is charged, by VAT rate, in the tax mode of the rows."""
    goods = goods_by_rate(order, rows)
    amounts = defaultdict(Fraction, goods)
    worth = sum(goods.values(), Fraction())
    discount = exact(order["total_discounts"])
    if discount and worth:
        for rate, amount in goods.items():
            amounts[rate] -= discount * amount / worth
    highest = max(goods, default=exact(order["shipping_tax_percentage"]))
    amounts[exact(order["shipping_tax_percentage"])] += exact(order["total_shipping"])
    amounts[payment_costs_rate(order, goods)] += exact(order["paymethod_costs"])
    amounts[payment_costs_rate(order, goods)] += exact(order["extra_payment_option_price"])
    amounts[highest] += exact(order["extra_costs"]) + exact(order["credit_point_discount"])
    return amounts


def vat(amount: Fraction, rate: Fraction, *, is_included: bool) -> Fraction:
    return cents(amount * rate / (100 + rate) if is_included else amount * rate / 100)


def total_price_and_tax(order: Row, rows: list[Row]) -> tuple[Fraction, Fraction]:
    """``total_price`` and ``total_tax`` of an order, to the cent."""
    is_included = bool(order["order_row_taxes_included"])
    amounts = amounts_by_rate(order, rows)
    charged = cents(sum(amounts.values(), Fraction()))
    if is_untaxed(order):
        return charged, Fraction()
    tax = sum((vat(amount, rate, is_included=is_included) for rate, amount in amounts.items()), Fraction())
    total_incl = charged if is_included else charged + tax
    total_price = total_incl if order["taxes_included"] else total_incl - tax
    if not order["shipping_taxes_included"]:
        without = {**order, "total_shipping": 0}
        amounts = amounts_by_rate(without, rows)
        tax = sum((vat(amount, rate, is_included=is_included) for rate, amount in amounts.items()), Fraction())
    return total_price, tax


def total_incl(document: Row) -> Fraction:
    """What the customer paid for an order or invoice."""
    price = exact(document["total_price"])
    return price if document["taxes_included"] else price + exact(document["total_tax"])
