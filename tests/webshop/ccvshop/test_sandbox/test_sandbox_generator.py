"""Random orders: repeatable, whole, and right to the cent by an arithmetic of our own."""

import json
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pytest

from webshop.ccvshop.sandbox.drafts import KINDS
from webshop.ccvshop.sandbox.generator import random_source
from webshop.ccvshop.sandbox.spoiling import SPOILERS

from .conftest import Shop, ShopMaker

CENT = Decimal("0.01")
HIGHEST = {"NL": 21, "DE": 19, "FR": 20, "BE": 21}


def amount(value: Any) -> Decimal:
    return Decimal(str(value or 0))


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def recompute(order: dict[str, Any], rows: list[dict[str, Any]]) -> tuple[Decimal, Decimal]:
    """total_price and total_tax, line by line: each order-level amount is a line of its own, discounts one per row."""
    is_incl = order["order_row_taxes_included"]
    country = order["customer"]["billingaddress"]["country_code"]
    is_export = country not in HIGHEST and not order["is_intra_community_order"]
    goods = [(amount(row["total_price_with_attributes"]), amount(row["tax"])) for row in rows]
    if is_export and is_incl:
        goods = [(each / (1 + rate / 100), rate) for each, rate in goods]
    worth = sum(each for each, _rate in goods)
    lines = [(each - amount(order["total_discounts"]) * each / worth, rate) for each, rate in goods]
    top = max(rate for _each, rate in goods)
    lines.append((amount(order["extra_costs"]) + amount(order["credit_point_discount"]), top))
    payment = amount(order["paymethod_costs"]) + amount(order["extra_payment_option_price"])
    lines.append((payment, Decimal(HIGHEST.get(country, 0))))
    shipping = (amount(order["total_shipping"]), amount(order["shipping_tax_percentage"]))
    charged = cents(sum((each for each, _rate in [*lines, shipping]), Decimal(0)))
    if is_export or order["is_intra_community_order"] or order["is_platform_sale"]:
        return charged, Decimal(0)

    def vat(taxed: list[tuple[Decimal, Decimal]]) -> Decimal:
        per_rate = {rate: sum((each for each, other in taxed if other == rate), Decimal(0)) for _, rate in taxed}
        return sum(
            (cents(each * rate / (100 + rate) if is_incl else each * rate / 100) for rate, each in per_rate.items()),
            Decimal(0),
        )

    full = vat([*lines, shipping])
    incl = charged if is_incl else charged + full
    price = incl if order["taxes_included"] else incl - full
    return price, full if order["shipping_taxes_included"] else vat(lines)


def test_its_totals_are_right_for_300_orders() -> None:
    rng = Random(2026)
    kinds = set()
    for _ in range(300):
        source = random_source(rng)
        order, rows = source["order"], source["orderrows"]["items"]
        assert recompute(order, rows) == (amount(order["total_price"]), amount(order["total_tax"])), order
        assert order["total_price"] > 0
        for row in rows:
            assert amount(row["total_price"]) == cents(amount(row["selling_price"]) * amount(row["count"]))
            surcharge = sum(amount(attribute["price"]) for attribute in row["attributes"])
            assert amount(row["price_with_attributes"]) == amount(row["selling_price"]) + surcharge
        kinds.add(source["kind"])
    assert kinds == set(KINDS)


def test_its_amounts_have_at_most_two_decimals_where_money_changes_hands() -> None:
    rng = Random(5)
    for _ in range(100):
        order = random_source(rng)["order"]
        for name in ("total_price", "total_tax", "total_discounts", "total_shipping", "credit_point_discount"):
            assert amount(order[name]) == cents(amount(order[name]))


def test_it_gives_the_same_orders_for_the_same_seed() -> None:
    def make(seed: int) -> str:
        rng = Random(seed)
        return json.dumps([random_source(rng) for _ in range(10)])

    assert make(1) == make(1)
    assert make(1) != make(2)


def test_it_has_every_feature_among_500_orders() -> None:
    rng = Random(11)
    sources = [random_source(rng) for _ in range(500)]
    orders = [source["order"] for source in sources]
    rows = [row for source in sources for row in source["orderrows"]["items"]]
    assert any(order["user"]["id"] is None for order in orders)
    assert any(order["customer"]["deliveryaddress"]["country_code"] is None for order in orders)
    assert any(order["customer"]["deliveryaddress"]["street"] for order in orders)
    assert {order["discountcoupon"]["type"] for order in orders} == {"", "Price", "Procent"}
    assert any(order["extra_costs"] < 0 for order in orders)
    assert any(order["extra_costs"] and not order["extra_costs_description"] for order in orders)
    assert any(order["credit_point_discount"] < 0 for order in orders)
    assert all(order["credit_point_discount"] <= 0 for order in orders)
    assert any(order["extra_payment_option_price"] for order in orders)
    assert {row["tax"] for row in rows} >= {21, 9, 0, 19, 7, 20, 5.5, 6}
    assert any(row["count"] >= 1000 for row in rows)
    assert any(row["count"] != int(row["count"]) for row in rows)
    assert any(row["total_extra_option_price"] for row in rows)
    assert any(row["discount"] for row in rows)
    assert any(order["paymethod"] == "OudePSP-Sofort Banking" for order in orders)
    assert any(not order["paid"] for order in orders)


@pytest.mark.parametrize("name", sorted(SPOILERS))
def test_it_spoils_orders(name: str) -> None:
    rng, found = Random(3), None
    while found is None or found["kind"] != name:
        found = random_source(rng, {"unbookable": 1})
    order = found["order"]
    assert found["problem"] == SPOILERS[name][0]
    price, tax = recompute(order, found["orderrows"]["items"])
    if name == "wrong_total":
        assert amount(order["total_price"]) == price + 1
    if name == "wrong_vat":
        assert amount(order["total_tax"]) == tax + 1
    if name == "vat_outside_eu":
        assert order["total_tax"] > 0
    if name == "no_vat_in_eu":
        assert (order["total_tax"], order["is_intra_community_order"]) == (0, False)
    if name in ("no_vat_number", "bad_vat_number", "icp_at_home"):
        assert order["is_intra_community_order"]


def test_it_places_random_orders_in_a_shop(make_shop: ShopMaker) -> None:
    shop = make_shop()
    asked = {"count": 40, "seed": 4, "mix": {"unbookable": 0.2, "paid": 0.5}, "since": "2026-01-01"}
    made = shop.control("POST", "/orders/random", asked)["orders"]
    totals = shop.control("GET", "/totals")
    assert [each["id"] for each in made] == [each["id"] for each in totals["orders"]["documents"]]
    assert sum(each["paid"] for each in made) == totals["paid_orders"]["count"]
    assert {each["problem"] for each in made} - {None}
    for each in made[:10]:
        source = shop.control("GET", f"/orders/{each['id']}")
        expected = recompute(source["order"], source["orderrows"]["items"])
        if each["problem"] is None:
            assert expected == (amount(source["order"]["total_price"]), amount(source["order"]["total_tax"]))


def test_it_gives_the_same_orders_over_the_control_path(make_shop: ShopMaker) -> None:
    def totals(shop: Shop) -> list[str]:
        made = shop.control("POST", "/orders/random", {"count": 10, "seed": 8})["orders"]
        return [f"{each['kind']} {each['total_incl']}" for each in made]

    assert totals(make_shop()) == totals(make_shop())
