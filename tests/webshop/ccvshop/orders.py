"""Orders for tests: the least that an order holds, and what a test changes in it."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from accounting.connectors import read_settings
from integrations.money import parse_json
from integrations.sales import SalesDocument
from integrations.settings_file import Settings
from webshop.ccvshop.mapping import order_to_document

SETTINGS = json.loads((Path(__file__).parent / "golden" / "settings.json").read_text())
SAMPLES = Path(__file__).parents[3] / "webshop" / "ccvshop" / "samples"


def settings(**changes: Any) -> Settings:
    return read_settings(SETTINGS | changes)


def sample(name: str = "order") -> Any:
    return parse_json((SAMPLES / f"{name}.json").read_text())


def sample_order() -> SalesDocument:
    """The worked example of the shop's page."""
    source = sample()
    return order_to_document(source["order"], source["orderrows"], settings())


def a_row(price: Any = 10, rate: Any = 21, count: Any = 1, **changes: Any) -> dict[str, Any]:
    row = {
        "product_name": "Mok",
        "product_number": "MOK-1",
        "sub_product_number": "",
        "product_id": 845,
        "count": count,
        "tax": rate,
        "selling_price": price,
        "price_without_discount": price,
        "total_extra_option_price": 0,
        "price_with_attributes": price,
    }
    return row | changes


def an_order(total: Any = 10, tax: Any = "1.74", **changes: Any) -> dict[str, Any]:
    order = {
        "id": 351,
        "ordernumber_full": "2026-1",
        "create_date": "2026-03-02T08:41:00Z",
        "paid": True,
        "paymethod_id": 17,
        "paymethod": "iDEAL",
        "transaction_id": "tr_1",
        "taxes_included": True,
        "order_row_taxes_included": True,
        "shipping_taxes_included": True,
        "shipping_tax_percentage": 21,
        "is_intra_community_order": False,
        "is_platform_sale": False,
        "total_price": total,
        "total_tax": tax,
        "currency": "EUR",
        "customer": a_customer(),
    }
    return order | changes


def a_customer(country: str | None = "NL", **changes: Any) -> dict[str, Any]:
    billing = {
        "first_name": "Noor",
        "last_name": "Visser",
        "full_name": "Noor Visser",
        "company": "",
        "street": "Dorpsstraat",
        "housenumber": 12,
        "housenumber_suffix": "a",
        "zipcode": "1234 CD",
        "city": "Zeist",
        "country_code": country,
        "telephone": "030",
    }
    nothing = {"street": "", "zipcode": "", "city": "", "country_code": None, "housenumber": None}
    return {"billingaddress": billing, "deliveryaddress": nothing, "email": "noor@mail.example"} | changes


def mapped(order: dict[str, Any], *rows: dict[str, Any], **changes: Any) -> SalesDocument:
    return order_to_document(order, list(rows), settings(**changes))


def totals(document: SalesDocument) -> tuple[Decimal, Decimal]:
    """What the lines add up to: gross and VAT."""
    return sum((line.total_incl for line in document.lines), Decimal(0)), sum(
        (line.total_vat for line in document.lines), Decimal(0)
    )
