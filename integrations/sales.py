"""What was sold, in our own words: the shape between every shop and every accounting system.

Amounts are euro amounts in whole cents, unit prices have more decimals (see money.py). On a credit every price and
total is negative, quantities stay positive. ``discount`` fields are magnitudes: positive on debit and credit alike.
Nothing here exists unless net + VAT == gross.
"""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from integrations.money import ZERO, amount_text, cents, plain_text, price_text

LineType = Literal["goods", "shipping", "payment_costs", "surcharge", "discount"]
Kind = Literal["order", "invoice"]

LINE_NAMES = {
    "en": {
        "shipping": "Shipping costs",
        "payment_costs": "Payment costs",
        "surcharge": "Surcharge",
        "extra_costs": "Extra costs",
        "extra": "Extra {}",
        "credit_points": "Credit points",
        "discount": "Discount",
        "rounding": "Rounding difference",
    },
    "nl": {
        "shipping": "Verzendkosten",
        "payment_costs": "Betaalkosten",
        "surcharge": "Toeslag",
        "extra_costs": "Extra kosten",
        "extra": "Extra {}",
        "credit_points": "Spaarpunten",
        "discount": "Korting",
        "rounding": "Afrondingsverschil",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    name: str = ""
    company: str = ""
    street: str = ""
    line_2: str = ""
    house_number: str = ""
    zipcode: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    phone: str = ""
    coc_number: str = ""
    vat_number: str = ""
    reference: str = ""
    billing: Address = Address()
    delivery: Address = Address()


@dataclass(frozen=True, kw_only=True, slots=True)
class SalesLine:
    """One line. ``source`` is the shop's field that the amount comes from, ``prices_are`` how the shop gave it."""

    type: LineType
    source: str
    name: str
    code: str = ""
    product_id: str = ""
    ean: str = ""
    quantity: Decimal
    vat_rate: Decimal
    prices_are: Literal["incl", "excl"]
    unit_price_excl: Decimal
    unit_price_incl: Decimal
    discount: Decimal = ZERO
    total_excl: Decimal
    total_vat: Decimal
    total_incl: Decimal

    def __post_init__(self) -> None:
        _must_agree(self.total_excl, self.total_vat, self.total_incl)


@dataclass(frozen=True, kw_only=True, slots=True)
class SalesPayment:
    order_id: str
    payment_id: str
    method: str
    method_id: str = ""
    date: date
    amount: Decimal
    transaction_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedCent:
    """A cent between the shop's total and the sum of the lines, put on one line (its index)."""

    line: int
    total: Literal["incl", "vat"]
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class SalesDocument:
    kind: Kind
    remote_id: str
    order_id: str
    number: str
    order_number: str
    invoice_number: str = ""
    order_status: str = ""
    date: date
    currency: str
    is_credit: bool = False
    is_icp: bool = False
    is_international: bool = False
    is_marketplace: bool = False
    is_margin: bool = False
    is_paid: bool = False
    payment_method: str
    payment_method_id: str = ""
    delivery_country: str
    total_incl: Decimal
    total_excl: Decimal
    total_vat: Decimal
    discount_incl: Decimal = ZERO
    discount_excl: Decimal = ZERO
    lines: tuple[SalesLine, ...]
    customer: Party
    payment: SalesPayment | None = None
    moved: tuple[MovedCent, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _must_agree(self.total_excl, self.total_vat, self.total_incl)


def _must_agree(net: Decimal, vat: Decimal, gross: Decimal) -> None:
    if net + vat != gross:
        raise ValueError(f"net {net} + VAT {vat} is not gross {gross}")
    if cents(net) != net or cents(gross) != gross:
        raise ValueError(f"{net} or {gross} is not in whole cents")


def as_json(document: SalesDocument) -> dict[str, Any]:
    """The "document" object of the preview: texts, and amounts as texts with a dot."""
    d = document
    return {
        "kind": d.kind,
        "remote_id": d.remote_id,
        "order_id": d.order_id,
        "number": d.number,
        "date": d.date.isoformat(),
        "currency": d.currency,
        "is_credit": d.is_credit,
        "is_icp": d.is_icp,
        "is_international": d.is_international,
        "is_paid": d.is_paid,
        "payment_method": d.payment_method,
        "payment_method_id": d.payment_method_id,
        "delivery_country": d.delivery_country,
        "total_incl": amount_text(d.total_incl),
        "total_excl": amount_text(d.total_excl),
        "total_vat": amount_text(d.total_vat),
        "discount_incl": amount_text(d.discount_incl),
        "discount_excl": amount_text(d.discount_excl),
        "lines": [line_as_json(line) for line in d.lines],
        "customer": _party_as_json(d.customer),
        "payment": d.payment and _payment_as_json(d.payment),
    }


def line_as_json(line: SalesLine) -> dict[str, str]:
    return {
        "type": line.type,
        "name": line.name,
        "code": line.code,
        "quantity": plain_text(line.quantity),
        "vat_rate": plain_text(line.vat_rate),
        "unit_price_excl": price_text(line.unit_price_excl),
        "unit_price_incl": price_text(line.unit_price_incl),
        "discount": amount_text(line.discount),
        "total_excl": amount_text(line.total_excl),
        "total_incl": amount_text(line.total_incl),
    }


def _party_as_json(party: Party) -> dict[str, Any]:
    names = (
        "email",
        "first_name",
        "last_name",
        "company",
        "phone",
        "coc_number",
        "vat_number",
    )
    return {name: getattr(party, name) for name in names} | {
        "billing": _address_as_json(party.billing),
        "delivery": _address_as_json(party.delivery),
    }


def _address_as_json(address: Address) -> dict[str, str]:
    names = ("street", "line_2", "house_number", "zipcode", "city", "country")
    return {name: getattr(address, name) for name in names}


def _payment_as_json(payment: SalesPayment) -> dict[str, str]:
    return {
        "order_id": payment.order_id,
        "payment_id": payment.payment_id,
        "method": payment.method,
        "date": payment.date.isoformat(),
        "amount": amount_text(payment.amount),
        "transaction_id": payment.transaction_id,
    }


def dump(document: SalesDocument) -> dict[str, Any]:
    """All of the document as plain JSON, for the database. ``load`` gives the same document back."""
    plain: dict[str, Any] = _plain(asdict(document))
    return plain


def load(data: dict[str, Any]) -> SalesDocument:
    """A dumped document. Keys that this version does not know are dropped, new ones get their defaults."""
    document = _built(SalesDocument, data)
    assert isinstance(document, SalesDocument)
    return document


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Decimal | date):
        return str(value)
    return value


def _built(kind: Any, value: Any) -> Any:
    if get_origin(kind) is tuple:
        return tuple(_built(get_args(kind)[0], part) for part in value)
    if kind == SalesPayment | None:
        return value and _built(SalesPayment, value)
    if kind is Decimal:
        return Decimal(value)
    if kind is date:
        return date.fromisoformat(value)
    if hasattr(kind, "__dataclass_fields__"):
        return kind(**{name: _built(part, value[name]) for name, part in _parts(kind).items() if name in value})
    return value


@cache
def _parts(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
