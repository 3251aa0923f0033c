"""What the stand-in shop's resources hold: orders, rows, invoices, reference data."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from .conftest import Shop, ShopMaker

ROW = {"price": 24.95, "discount": 2.5, "count": 2, "tax": 9, "product_name": "Espressobonen", "product_number": "K-1"}


def test_it_fills_in_a_partial_order(shop: Shop) -> None:
    placed = shop.place(ROW, {"price": 30, "tax": 21}, total_shipping=6.95, total_discounts=5, paymethod_costs=0.35)
    order = shop.get(f"/orders/{placed['id']}/")
    assert re.fullmatch(r"20\d\d-\d+", order["ordernumber_full"])
    assert order["ordernumber_full"] == f"{order['ordernumber_prefix']}-{order['ordernumber']}"
    assert (order["total_price"], order["total_orderrow_price"], order["extra_price"]) == (77.2, 74.9, 0.35)
    assert order["total_tax"] == 9.59
    rows = shop.get(f"/orders/{placed['id']}/orderrows/")["items"]
    assert [row["selling_price"] for row in rows] == [22.45, 30]
    assert [row["total_price_with_attributes"] for row in rows] == [44.9, 30]
    assert shop.get(f"/orderrows/{rows[0]['id']}") == rows[0]
    assert order["orderrows"]["href"] == f"{shop.sandbox_url}/api/rest/v1/orders/{placed['id']}/orderrows/"


def test_it_computes_the_totals_of_the_worked_example(shop: Shop) -> None:
    example = shop.control("POST", "/examples")
    given = {key: value for key, value in example["order"].items() if key not in ("id", "total_price", "total_tax")}
    rows = [{key: value for key, value in row.items() if key != "id"} for row in example["orderrows"]["items"]]
    placed = shop.place(*rows, **given)
    assert (placed["order"]["total_price"], placed["order"]["total_tax"]) == (75.7, 9.33)
    assert set(example["order"]) == set(placed["order"])
    missing = set(example["orderrows"]["items"][0]) - set(placed["orderrows"]["items"][0])
    assert not missing
    shop.control("DELETE")


def test_it_serves_the_worked_examples_as_they_stand(make_shop: ShopMaker) -> None:
    shop = make_shop(api_root="https://bakkerij-demo.ccvshop.nl")
    example = shop.control("POST", "/examples")
    assert shop.get("/orders/351000123/") == example["order"]
    assert shop.get("/orders/351000123/orderrows/?start=0&size=100") == example["orderrows"]
    assert shop.get("/invoices/88000456/") == example["invoice"]
    assert shop.get("/invoices/88000456/invoicerows/") == example["invoicerows"]
    assert shop.get("/invoicerows/990000002") == example["invoicerows"]["items"][1]
    shop.control("DELETE")


def test_it_writes_numbers_as_php_does(shop: Shop) -> None:
    placed = shop.place({"price": 590.0, "count": 1.0}, total_shipping=616.67)
    text = shop.call("GET", f"/api/rest/v1/orders/{placed['id']}").text
    assert '"total_shipping":616.67' in text
    assert '"total_orderrow_price":590,' in text
    assert r"http:\/\/" in text


@pytest.mark.parametrize(
    ("order", "total_price", "total_tax"),
    [
        ({}, 121, 21),
        ({"order_row_taxes_included": False}, 146.41, 25.41),
        ({"order_row_taxes_included": False, "taxes_included": False}, 121, 25.41),
        ({"taxes_included": False}, 100, 21),
        ({"is_intra_community_order": True}, 121, 0),
        ({"customer": {"billingaddress": {"street": "X", "country_code": "CH"}}}, 100, 0),
    ],
)
def test_it_knows_the_tax_switches(shop: Shop, order: dict[str, Any], total_price: float, total_tax: float) -> None:
    placed = shop.place({"price": 121, "tax": 21}, **order)
    assert (placed["order"]["total_price"], placed["order"]["total_tax"]) == (total_price, total_tax)


def test_it_pages_with_absolute_links(make_shop: ShopMaker) -> None:
    shop = make_shop(gets_per_minute=0)
    shop.control("POST", "/orders/random", {"count": 7, "seed": 3})
    first = shop.get("/orders/?size=3&orderby=ordernumber_desc")
    assert (first["start"], first["size"], first["first"], first["previous"]) == (0, 3, None, None)
    numbers, page = [], first
    while True:
        numbers += [order["ordernumber"] for order in page["items"]]
        if page["next"] is None:
            break
        assert page["next"].startswith(f"{shop.sandbox_url}/api/rest/v1/orders/?")
        page = shop.call("GET", page["next"].removeprefix(shop.sandbox_url)).json()
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 7
    assert page["first"].startswith(f"{shop.sandbox_url}/api/rest/v1/orders/?start=0&size=3")
    assert "start=3" in page["previous"]


def test_it_limits_the_size_of_a_page(make_shop: ShopMaker) -> None:
    shop = make_shop(max_page_size=2)
    shop.control("POST", "/orders/random", {"count": 3})
    page = shop.get("/orders?size=1000")
    assert (page["size"], len(page["items"])) == (2, 2)
    assert "start=2&size=2" in page["next"]


def test_it_filters_orders(shop: Shop) -> None:
    old = shop.place(ROW, create_date="2026-01-31T23:59:59Z", paymethod_id=18, status=4)
    new = shop.place(ROW, paid=True, create_date="2026-02-01T00:00:00Z")
    basket = shop.place(ROW, is_completed=False)
    queries = {
        "": [old, new],
        "?is_paid=true": [new],
        "?is_paid=false": [old],
        "?status=4": [old],
        "?paymethod_id=18": [old],
        "?min_create_date=2026-02-01": [new],
        "?max_create_date=2026-01-31": [old],
        "?min_create_date=2026-01-31%2023:59:59&max_create_date=2026-01-31%2023:59:59": [old],
        f"?ordernumber={new['order']['ordernumber']}": [new],
        "?is_completed=false": [basket],
        "?transaction_id=tr_nothing": [],
    }
    for query, expected in queries.items():
        assert [order["id"] for order in shop.get(f"/orders/{query}")["items"]] == [each["id"] for each in expected]
    assert basket["order"]["ordernumber"] is None
    assert basket["order"]["ordernumber_full"] is None


def test_it_makes_debit_and_credit_invoices(shop: Shop) -> None:
    placed = shop.place(ROW, paid=True, total_shipping=5, user={"id": "24000001"})
    debit = shop.control("POST", f"/orders/{placed['id']}/invoice")
    credit = shop.control("POST", f"/orders/{placed['id']}/invoice", {"type": "credit"})
    positive = shop.control("POST", f"/orders/{placed['id']}/invoice", {"type": "credit", "spelling": "positive"})
    assert [each["type"] for each in (debit, credit, positive)] == ["debit", "credit", "credit"]
    assert [each["status"] for each in (debit, credit, positive)] == ["paid", "reimbursed", "reimbursed"]
    assert [each["total_price_inc_tax"] for each in (debit, credit, positive)] == [49.9, -49.9, 49.9]
    assert debit["total_price_exc_tax"] + debit["total_tax"] == pytest.approx(49.9)
    assert shop.get(f"/invoices/{credit['id']}/invoicerows")["items"][0]["count"] == -2
    row = shop.get(f"/invoices/{debit['id']}/invoicerows")["items"][0]
    assert (row["invoice_id"], row["count"], row["price_with_attributes"]) == (str(debit["id"]), 2, 22.45)
    assert debit["order"] == placed["order"]["href"]
    assert debit["user"]["id"] == 24000001
    assert not {"paymethod", "paid", "transaction_id", "order_row_taxes_included"} & set(debit)
    assert [each["id"] for each in shop.get("/invoices?status=reimbursed")["items"]] == [credit["id"], positive["id"]]


def test_it_invoices_and_credits_a_part_of_an_order(shop: Shop) -> None:
    rows = [{"price": 10, "tax": 21, "count": 3}, {"price": 20, "tax": 9}]
    placed = shop.place(*rows, total_shipping=5, total_discounts=5)
    uri, (first, second) = f"/orders/{placed['id']}/invoice", [row["id"] for row in placed["orderrows"]["items"]]
    some = shop.control("POST", uri, {"rows": [{"id": first, "count": 1}], "costs": True})
    assert [some[name] for name in ("total_price", "total_discounts", "total_shipping")] == [14, 1, 5]
    assert (some["total_price_inc_tax"], some["total_price_exc_tax"]) == (14, 11.57)
    back = shop.control("POST", uri, {"rows": [{"id": first, "count": 2}, {"id": second}], "type": "credit"})
    assert [back[name] for name in ("total_price", "total_discounts", "total_shipping")] == [-36, -4, 0]
    made = shop.get(f"/invoices/{back['id']}/invoicerows")["items"]
    assert [(row["count"], row["total_price"]) for row in made] == [(-2, -20), (-1, -20)]
    assert made[0]["orderrow"]["href"].endswith(f"/{first}/")
    assert shop.get(f"/orders/{placed['id']}")["total_price"] == placed["order"]["total_price"]


@pytest.mark.parametrize("rows", [[], [{"id": 1}], [{"count": 4}], [{"count": 0}]])
def test_it_refuses_a_part_that_is_not_of_the_order(shop: Shop, rows: list[dict[str, Any]]) -> None:
    placed = shop.place({"price": 10, "count": 3})
    own = {"id": placed["orderrows"]["items"][0]["id"]}
    asked = {"rows": [own | row for row in rows]}
    shop.control("POST", f"/orders/{placed['id']}/invoice", asked, status=400)


def test_it_makes_random_invoices_of_which_a_third_are_credits(shop: Shop) -> None:
    made = shop.control("POST", "/invoices/random", {"count": 60, "seed": 3, "mix": {"unbookable": 0.2}})["invoices"]
    assert len(made) == len({invoice["id"] for invoice in made}) == 60
    assert [invoice["type"] for invoice in made].count("credit") == 20
    assert {True, False} == {invoice["problem"] is None for invoice in made}
    for invoice in made:
        stored = shop.get(f"/invoices/{invoice['id']}")
        assert (stored["type"], stored["invoicenumber_full"]) == (invoice["type"], invoice["number"])
        assert stored["order"].endswith(f"/{invoice['order']}/")
        found = [f"{stored[name]:.2f}" for name in ("total_price_inc_tax", "total_price_exc_tax")]
        assert found == [invoice["total_incl"], invoice["total_excl"]]
    credits = [Decimal(invoice["total_incl"]) for invoice in made if invoice["type"] == "credit"]
    assert {True, False} == {total < 0 for total in credits}
    again = shop.control("POST", "/invoices/random", {"count": 60, "seed": 3, "mix": {"unbookable": 0.2}})["invoices"]
    assert [invoice["total_incl"] for invoice in again] == [invoice["total_incl"] for invoice in made]
    shop.control("POST", "/invoices/random", {"count": 3, "credit": 1}, status=400)


def test_it_has_every_field_of_the_example_on_an_invoice(shop: Shop) -> None:
    placed = shop.place({**ROW, "attributes": [{"option_name": "Maling", "value_name": "Fijn", "price": 0}]})
    made = shop.control("POST", f"/orders/{placed['id']}/invoice")
    example = shop.control("POST", "/examples")
    assert set(example["invoice"]) == set(made)
    row = shop.get(f"/invoices/{made['id']}/invoicerows")["items"][0]
    assert set(example["invoicerows"]["items"][0]) == set(row)
    assert set(example["invoicerows"]["items"][0]["attributes"][0]) == set(row["attributes"][0])
    shop.control("DELETE")


def test_it_lets_an_app_note_its_number_on_an_invoice(shop: Shop) -> None:
    invoice = shop.control("POST", f"/orders/{shop.place(ROW)['id']}/invoice")
    uri = f"/api/rest/v1/invoices/{invoice['id']}"
    answer = shop.call("PATCH", uri, {"external_reference": "2026-0001", "status": 1})
    assert (answer.status_code, answer.content) == (204, b"")
    changed = shop.get(f"/invoices/{invoice['id']}")
    assert (changed["external_reference"], changed["status"]) == ("2026-0001", "paid")
    assert shop.call("PATCH", uri, {"total_price": 0}).status_code == 400
    assert shop.call("PATCH", uri, "not json").status_code == 400


def test_it_has_small_collections_without_paging(shop: Shop) -> None:
    for name in ("apps", "webshops", "paymethods"):
        assert set(shop.get(f"/{name}")) == {"href", "items"}
    number = shop.get("/webshops/")["items"][0]["id"]
    assert shop.get(f"/webshops/{number}/merchant/")["country_code"] == "NL"
    assert shop.get(f"/webshops/{number}/settings")["prices_include_vat"] is True
    assert shop.get(f"/webshops/{number}/domains")["items"][0]["domainname"] == shop.data["host"]
    countries = {each["code"]: each for each in shop.get(f"/webshops/{number}/geozonecountries/")["items"]}
    assert [each["percentage"] for each in countries["DE"]["tariffs"]] == [19, 7]
    assert {each["title"] for each in shop.get("/")["items"]} >= {"orders", "invoices", "webhooks", "apps", "merchant"}
    methods = shop.get("/paymethods")["items"]
    assert {"id", "combined_name", "label"} <= set(methods[0])
    assert 31 not in [method["id"] for method in methods]


def test_it_has_one_app_unless_told(shop: Shop, make_shop: ShopMaker) -> None:
    app = shop.get("/apps")["items"][0]
    assert app["is_installed"] is False
    assert shop.call("PATCH", f"/api/rest/v1/apps/{app['id']}", {"is_installed": "yes"}).status_code == 400
    assert shop.call("PATCH", f"/api/rest/v1/apps/{app['id']}", {"is_installed": True}).status_code == 204
    assert shop.get(f"/apps/{app['id']}/")["is_installed"] is True
    assert len(make_shop(apps=2).get("/apps/")["items"]) == 2


def test_it_sums_up_a_shop(shop: Shop) -> None:
    shop.place({"price": 121}, paid=True)
    shop.place({"price": 100}, order_row_taxes_included=False, taxes_included=False)
    totals = shop.control("GET", "/totals")
    assert (totals["orders"]["count"], totals["orders"]["total_price"]) == (2, "221.00")
    assert (totals["orders"]["total_incl"], totals["paid_orders"]["total_incl"]) == ("242.00", "121.00")
    assert [each["total_incl"] for each in totals["orders"]["documents"]] == ["121.00", "121.00"]


def test_it_refuses_unknown_switches(make_shop: ShopMaker, shop: Shop) -> None:
    assert "colour" in shop.control("PATCH", body={"colour": 1}, status=400)["error"]
    assert "no such order" in shop.control("GET", "/orders/1", status=404)["error"]
    assert json.dumps(shop.control("GET"))
