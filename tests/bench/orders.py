"""The orders that are measured, of customers and products that the books know or do not know yet."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import requests

from integrations.models import Document, State
from tests.linked import Linked, link

UNLIMITED = {"gets_per_minute": 0, "writes_per_minute": 0, "total_per_minute": 0}
KNOWN_CUSTOMERS = 5
ADDRESS = {"first_name": "Jan", "last_name": "de Vries", "street": "Proeflaan", "city": "Utrecht"}
BILLING = {**ADDRESS, "housenumber": 1, "zipcode": "1234 AB", "country_code": "NL"}


@dataclass
class Kind:
    """What of an order the books have not seen before. ``new`` orders each have a customer and a product of their
    own."""

    name: str
    is_new: bool


KNOWN = Kind("known customer and products", is_new=False)
NEW = Kind("new customer and one new product", is_new=True)


def open_shops(url: str, count: int) -> list[Linked]:
    """Shops with administrations of their own, whose known customers and products have been posted once."""
    shops = [link(url, shop=UNLIMITED) for _ in range(count)]
    for shop in shops:
        for order in place(shop, KNOWN, KNOWN_CUSTOMERS):
            shop.deliver(order["id"])
        shop.work()
        unposted = Document.objects.filter(integration=shop.integration).exclude(state=State.PROCESSED)
        assert not unposted.exists(), [(document.state, document.problems) for document in unposted]
    return shops


def place(shop: Linked, kind: Kind, count: int) -> list[dict[str, Any]]:
    """Place orders of three lines at two VAT rates, that no ledger rounds otherwise than the shop."""
    return [shop.place(**_draft(shop, kind, number)) for number in range(count)]


def source_of(shop: Linked, order_id: int) -> dict[str, Any]:
    """An order with its rows, as mapping takes it."""
    answer = requests.get(f"{shop.url}/_sandbox/shops/{shop.shop['id']}/orders/{order_id}", timeout=10)
    found: dict[str, Any] = answer.json(parse_float=Decimal)
    return found


_made = iter(range(1_000_000))


def _draft(shop: Linked, kind: Kind, number: int) -> dict[str, Any]:
    name = f"new{next(_made)}" if kind.is_new else f"known{number % KNOWN_CUSTOMERS}"
    rows = [
        _row(f"NEW{name}" if kind.is_new else "KOP-1", "12.10", 21, count=2),
        _row("KOF-1000", "10.90", 9),
        _row("THEE-20", "5.45", 9, count=4),
    ]
    customer = {"email": f"{name}@voorbeeld.example", "billingaddress": BILLING}
    return {"order": {"customer": customer}, "orderrows": rows, "paid": True}


def _row(code: str, price: str, tax: int, count: int = 1) -> dict[str, Any]:
    return {"product_name": f"Product {code}", "product_number": code, "count": count, "price": price, "tax": tax}
