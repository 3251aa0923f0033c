"""From an order or invoice of CCV Shop to our own document; pure, and the heart of the product.

Fields: the shop's API documentation, https://demo.ccvshop.nl/API/Docs/. What the shop leaves open is in readings.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from integrations.money import ZERO, cents
from integrations.payment_methods import payment_method
from integrations.problems import Unreadable
from integrations.sales import Party, SalesDocument, SalesLine, SalesPayment
from integrations.settings_file import Settings
from integrations.stray_cents import settle
from integrations.vat import is_outside_eu, vat_number

from . import readings
from .amounts import Shape, amounts_of
from .fields import Json, address, an_object, flag, identifier, identifier_in, local_date, number, objects, text
from .lines import Amounts, Rates

__all__ = ["Unreadable", "invoice_to_document", "is_paid", "linked_order", "order_to_document"]

ORDER = Shape(rows="orderrows", row_owner="order_id", rows_switch="order_row_taxes_included")
INVOICE = Shape(rows="invoicerows", row_owner="invoice_id", rows_switch="invoice_row_taxes_included")


def order_to_document(order: Any, rows: Any, settings: Settings) -> SalesDocument:
    """An order and its rows (a list, or a collection with all its items). Raises Unreadable."""
    order = an_object(order, "order")
    remote_id = identifier(order.get("id"), "id")
    full_number = _full_number(order, "ordernumber")
    head = {
        "kind": "order",
        "remote_id": remote_id,
        "order_id": remote_id,
        "number": full_number,
        "order_number": full_number,
        "invoice_number": text(order, "invoicenumber"),
        "is_paid": flag(order, "paid"),
    }
    document = _document(head, order, rows, order, settings, ORDER)
    return replace(document, payment=_payment(document, order) if document.is_paid else None)


def invoice_to_document(invoice: Any, rows: Any, order: Any, settings: Settings) -> SalesDocument:
    """An invoice, debit or credit, its rows, and the order that it belongs to (None if it has none).

    The order gives what invoices lack: payment method and transaction, and whether a marketplace sold it. Raises
    Unreadable.
    """
    invoice = an_object(invoice, "invoice")
    order = an_object(order or {}, "order")
    number_of_invoice = _full_number(invoice, "invoicenumber")
    head = {
        "kind": "invoice",
        "remote_id": identifier(invoice.get("id"), "id"),
        "order_id": _order_id(invoice, order),
        "number": number_of_invoice,
        "order_number": _full_number(invoice, "ordernumber", order) or number_of_invoice,
        "invoice_number": number_of_invoice,
        "is_paid": is_paid(invoice),
        "is_credit": text(invoice, "type").lower() == "credit",
    }
    document = _document(head, invoice, rows, order, settings, INVOICE)
    pays = document.is_paid or not settings.payments_only_when_paid
    return replace(document, payment=_payment(document, order) if pays else None)


def is_paid(invoice: Json) -> bool:
    return text(invoice, "status").lower() in ("paid", "1")


def _full_number(source: Json, name: str, fallback: Json | None = None) -> str:
    """The number as the shop shows it; an order that is not completed has none."""
    found = text(source, f"{name}_full") or text(source, name)
    if fallback is not None:
        return found or text(fallback, f"{name}_full") or text(fallback, name)
    if not found:
        raise Unreadable(f"{name}_full")
    return found


def linked_order(invoice: Json) -> str:
    """The identifier of the order that an invoice belongs to; "" when it has none. Raises Unreadable."""
    return identifier_in(invoice.get("order"), "order")


def _order_id(invoice: Json, order: Json) -> str:
    linked = linked_order(invoice)
    given = identifier(order["id"], "order.id") if "id" in order else ""
    if linked and given and linked != given:
        raise Unreadable("order.id", "of_another_document")
    return linked or given


def _document(
    head: Mapping[str, Any], source: Json, rows: Any, order: Json, settings: Settings, shape: Shape
) -> SalesDocument:
    """What orders and invoices have in common; ``order`` gives what ``source`` lacks."""
    amounts = amounts_of(source, objects(rows, shape.rows), head["remote_id"], shape)
    customer = _customer(source)
    country = customer.delivery.country or settings.shop.home_country
    flags = _flags(source, order, amounts, country, settings)
    rates = _rates(flags, amounts, country, settings, shape)
    may_divide = _may_divide(flags, amounts)
    outcome = readings.best(amounts, rates, settings, may_divide=may_divide)
    lines, moved = settle(outcome.drafts, outcome.total_incl, outcome.total_vat)
    discounts = [line for line in lines if line.type == "discount"]
    method = text(source, "paymethod") or text(order, "paymethod")
    document = SalesDocument(
        **dict(head) | flags,
        order_status=text(order, "status"),
        date=local_date(source, "create_date"),
        currency=text(source, "currency").upper() or _missing("currency"),
        payment_method=payment_method(method, settings.payment_method_keys),
        payment_method_id=text(source, "paymethod_id") or text(order, "paymethod_id"),
        delivery_country=country,
        total_incl=outcome.total_incl,
        total_excl=outcome.total_incl - outcome.total_vat,
        total_vat=outcome.total_vat,
        discount_incl=-sum((line.total_incl for line in discounts), ZERO),
        discount_excl=-sum((line.total_excl for line in discounts), ZERO),
        lines=tuple(lines),
        customer=customer,
        moved=tuple(moved),
        notes=(
            *readings.notes(amounts, outcome.reading, may_divide=may_divide),
            *_notes(source, customer, flags, outcome.total_incl, outcome.total_vat),
        ),
    )
    return _credit(document) if amounts.is_negated or document.is_credit else document


def _missing(field: str) -> str:
    raise Unreadable(field)


def _flags(source: Json, order: Json, amounts: Amounts, country: str, settings: Settings) -> dict[str, bool]:
    """What decides about VAT. International is: no VAT, no intra-Community supply, and a country outside the EU."""
    is_icp = flag(source, "is_intra_community_order")
    is_outside = is_outside_eu(country, settings.shop.home_country)
    is_international = is_outside and not is_icp and amounts.total_tax == 0
    is_marketplace = flag(source, "is_platform_sale") or flag(order, "is_platform_sale")
    is_all_zero = bool(amounts.rows) and all(row.rate == 0 for row in amounts.rows)
    is_ordinary = not (is_icp or is_international or is_marketplace)
    return {
        "is_icp": is_icp,
        "is_international": is_international,
        "is_marketplace": is_marketplace,
        "is_margin": settings.margin_scheme and is_all_zero and is_ordinary,
    }


def _rates(flags: dict[str, bool], amounts: Amounts, country: str, settings: Settings, shape: Shape) -> Rates:
    """Percentages of costs. Payment costs have none of their own: on an order they get the highest of the country,
    on an invoice that of shipping. Surcharges get the highest of the goods."""
    if flags["is_icp"] or flags["is_international"] or flags["is_marketplace"]:
        return Rates(is_zero=True, shipping=ZERO, payment_costs=ZERO, surcharge=ZERO)
    configured = settings.highest_rate(country)
    fallback = configured if configured is not None else amounts.shipping_rate
    of_goods = max((row.rate for row in amounts.rows), default=fallback)
    payment_costs = configured if configured is not None else of_goods
    if flags["is_margin"]:
        payment_costs = ZERO
    if shape is INVOICE and amounts.has_shipping_rate:
        payment_costs = amounts.shipping_rate
    return Rates(is_zero=False, shipping=amounts.shipping_rate, payment_costs=payment_costs, surcharge=of_goods)


def _may_divide(flags: dict[str, bool], amounts: Amounts) -> bool:
    """Whether prices may still hold VAT that was not charged."""
    is_untaxed = (
        any(flags[name] for name in ("is_icp", "is_international", "is_marketplace")) and amounts.total_tax == 0
    )
    return is_untaxed and amounts.rows_include_vat and any(row.rate for row in amounts.rows)


def _customer(source: Json) -> Party:
    """The customer. The delivery block of the shop is there but empty when it equals the billing address."""
    block = source.get("customer")
    customer: Json = block if isinstance(block, dict) else {}
    given = customer.get("billingaddress")
    billing_block: Json = given if isinstance(given, dict) else {}
    billing, delivery = address(billing_block), address(customer.get("deliveryaddress"))
    if not (delivery.street or delivery.zipcode or delivery.city or delivery.country):
        delivery = billing
    return Party(
        email=text(customer, "email").lower(),
        first_name=text(billing_block, "first_name"),
        last_name=text(billing_block, "last_name"),
        company=billing.company,
        phone=text(billing_block, "telephone"),
        coc_number=text(billing_block, "kvk") or text(customer, "kvk"),
        vat_number=text(customer, "btw") or text(customer, "vatnumber"),
        reference=text(customer, "reference"),
        billing=billing,
        delivery=replace(delivery, country=delivery.country or billing.country),
    )


def _notes(
    source: Json, customer: Party, flags: dict[str, bool], total_incl: Decimal, total_vat: Decimal
) -> Iterator[str]:
    if not customer.delivery.country:
        yield "country_assumed"
    number_given = customer.vat_number
    if number_given and not flags["is_icp"] and vat_number(number_given, customer.billing.country) is None:
        yield "vat_number_unlikely"
    pair = number(source, "total_price_inc_tax", ZERO), number(source, "total_price_exc_tax", ZERO)
    if any(pair) and tuple(abs(cents(part)) for part in pair) != (abs(total_incl), abs(total_incl - total_vat)):
        yield "totals_pair_differs"


def _payment(document: SalesDocument, order: Json) -> SalesPayment:
    """The payment that the rules see in a document. Only an invoice falls back to its number as transaction."""
    transaction = text(order, "transaction_id")
    return SalesPayment(
        order_id=document.order_id,
        payment_id=document.order_number,
        method=document.payment_method,
        method_id=document.payment_method_id,
        date=document.date,
        amount=document.total_incl,
        transaction_id=transaction or (document.number if document.kind == "invoice" else ""),
    )


def _credit(document: SalesDocument) -> SalesDocument:
    """The same document as a credit: prices and totals negative, quantities and discounts as they are."""
    return replace(
        document,
        is_credit=True,
        total_incl=-document.total_incl + 0,
        total_excl=-document.total_excl + 0,
        total_vat=-document.total_vat + 0,
        lines=tuple(_negative(line) for line in document.lines),
        moved=tuple(replace(cent, amount=-cent.amount) for cent in document.moved),
    )


def _negative(line: SalesLine) -> SalesLine:
    return replace(
        line,
        unit_price_excl=-line.unit_price_excl + 0,
        unit_price_incl=-line.unit_price_incl + 0,
        total_excl=-line.total_excl + 0,
        total_vat=-line.total_vat + 0,
        total_incl=-line.total_incl + 0,
    )
