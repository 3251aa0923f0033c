"""Order and invoice rows and costs of CCV Shop, as sales lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from integrations.money import ZERO, cents, factor, spread, unit_price
from integrations.sales import LINE_NAMES, LineType, SalesLine
from integrations.settings_file import Settings
from integrations.stray_cents import Draft

ONE = Decimal(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row of the shop: quantity positive, unit price with the sign of the row, VAT percentage as the shop says."""

    name: str
    code: str
    product_id: str
    ean: str
    quantity: Decimal
    price: Decimal
    rate: Decimal
    discount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Amounts:
    """All amounts of an order or invoice, in the shop's own mode, negated if the total is negative."""

    is_negated: bool
    rows: tuple[Row, ...]
    rows_include_vat: bool
    totals_include_vat: bool
    total_price: Decimal
    total_tax: Decimal
    shipping: Decimal
    shipping_rate: Decimal
    has_shipping_rate: bool
    is_shipping_vat_in_total: bool
    payment_costs: Decimal
    extra_costs: Decimal
    extra_description: str
    credit_points: Decimal
    discount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Rates:
    """The VAT percentages of what is no goods, and whether every line has 0% because of where or to whom it goes."""

    is_zero: bool
    shipping: Decimal
    payment_costs: Decimal
    surcharge: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One way to read what the shop leaves open. ``divided`` says which prices still had VAT in them that a sale
    without VAT must not have: none, those of rows, or all."""

    totals_include_vat: bool
    discount_sign: int = 1
    credit_points_sign: int = 1
    divided: str = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Charge:
    """An amount that was charged, before anything is rounded."""

    type: LineType
    source: str
    name: str
    price: Decimal
    rate: Decimal
    quantity: Decimal = ONE
    code: str = ""
    product_id: str = ""
    ean: str = ""
    discount: Decimal = ZERO


def drafts(amounts: Amounts, rates: Rates, reading: Reading, settings: Settings) -> list[Draft]:
    """The lines of a reading in their order: goods, shipping, payment costs, surcharges, discounts. No line is zero."""
    names = LINE_NAMES[settings.line_names]
    goods = _drafted(_goods(amounts, rates, reading), amounts)
    costs = _drafted(_costs(amounts, rates, reading, names), amounts)
    discounts = _drafted(_discounts(amounts, rates, reading, names["discount"], goods), amounts)
    return goods + costs + discounts


def _goods(amounts: Amounts, rates: Rates, reading: Reading) -> Iterator[_Charge]:
    for row in amounts.rows:
        yield _Charge(
            type="goods",
            source="orderrow",
            name=row.name,
            code=row.code,
            product_id=row.product_id,
            ean=row.ean,
            quantity=row.quantity,
            price=row.price if reading.divided == "none" else row.price / factor(row.rate),
            rate=ZERO if rates.is_zero else row.rate,
            discount=row.discount,
        )


def _costs(amounts: Amounts, rates: Rates, reading: Reading, names: dict[str, str]) -> Iterator[_Charge]:
    extra = names["extra"].format(amounts.extra_description) if amounts.extra_description else names["surcharge"]
    points = amounts.credit_points * reading.credit_points_sign
    costs: tuple[tuple[LineType, str, str, Decimal, Decimal], ...] = (
        ("shipping", "total_shipping", names["shipping"], amounts.shipping, rates.shipping),
        ("payment_costs", "paymethod_costs", names["payment_costs"], amounts.payment_costs, rates.payment_costs),
        ("surcharge", "extra_costs", extra, amounts.extra_costs, rates.surcharge),
        ("surcharge", "credit_point_discount", names["credit_points"], points, rates.surcharge),
    )
    for line_type, source, name, amount, rate in costs:
        if reading.divided == "all":
            own_rate = amounts.shipping_rate if line_type == "shipping" else _highest(amounts)
            yield _Charge(type=line_type, source=source, name=name, price=amount / factor(own_rate), rate=rate)
        else:
            yield _Charge(type=line_type, source=source, name=name, price=amount, rate=rate)


def _discounts(amounts: Amounts, rates: Rates, reading: Reading, name: str, goods: list[Draft]) -> Iterator[_Charge]:
    """The discount of the whole order: a line per VAT rate, in proportion to the goods; with goods that come to
    nothing one line at their highest rate."""
    discount = cents(amounts.discount * reading.discount_sign)
    if reading.divided == "all":
        discount = cents(discount * _part_without_vat(amounts))
    weights: dict[Decimal, Decimal] = {}
    for draft in goods:
        line = draft.line
        given = line.total_incl if amounts.rows_include_vat else line.total_excl
        weights[line.vat_rate] = weights.get(line.vat_rate, ZERO) + given
    weights = {rate: weight for rate, weight in weights.items() if weight > 0}
    if not weights:
        weights = {rates.surcharge: ONE}
    for rate, share in zip(weights, spread(discount, list(weights.values())), strict=True):
        yield _Charge(type="discount", source="total_discounts", name=name, price=-share, rate=rate)


def _part_without_vat(amounts: Amounts) -> Decimal:
    """The net part of the goods' prices, mixed percentages respected."""
    whole = sum((row.price * row.quantity for row in amounts.rows), ZERO)
    net = sum((row.price * row.quantity / factor(row.rate) for row in amounts.rows), ZERO)
    return net / whole if whole > 0 else 1 / factor(_highest(amounts))


def _highest(amounts: Amounts) -> Decimal:
    return max((row.rate for row in amounts.rows), default=amounts.shipping_rate)


def _drafted(charges: Iterator[_Charge], amounts: Amounts) -> list[Draft]:
    drafted = [_draft(charge, amounts.rows_include_vat) for charge in charges if charge.price and charge.quantity]
    return [draft for draft in drafted if draft.line.total_incl]


def _draft(charge: _Charge, includes_vat: bool) -> Draft:
    """Round after multiplying. Where the gross amount was charged, VAT is what the net amount leaves of it."""
    vat = factor(charge.rate)
    price_incl = charge.price if includes_vat else charge.price * vat
    price_excl = charge.price / vat if includes_vat else charge.price
    exact = charge.price * charge.quantity
    exact_incl, exact_excl = (exact, exact / vat) if includes_vat else (exact * vat, exact)
    total_incl, total_excl = cents(exact_incl), cents(exact_excl)
    line = SalesLine(
        type=charge.type,
        source=charge.source,
        name=charge.name,
        code=charge.code,
        product_id=charge.product_id,
        ean=charge.ean,
        quantity=charge.quantity,
        vat_rate=charge.rate,
        prices_are="incl" if includes_vat else "excl",
        unit_price_excl=unit_price(price_excl, charge.quantity),
        unit_price_incl=unit_price(price_incl, charge.quantity),
        discount=cents(charge.discount),
        total_excl=total_excl,
        total_vat=total_incl - total_excl,
        total_incl=total_incl,
    )
    return Draft(line=line, exact_incl=exact_incl, exact_excl=exact_excl)
