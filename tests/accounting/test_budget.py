"""What a document costs in remote calls, by the stand-ins' own counters."""

import pytest
import requests

from integrations.models import CustomerLink, Document, ProductLink, State
from tests.linked import link

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]

SHOP = {"GET order": 1, "GET orderrows": 1}
POSTED = {"POST sales_invoices": 1, "PATCH sales_invoices": 1}
KNOWN = {**SHOP, **POSTED}


@pytest.fixture
def linked(sandbox):
    sandbox.reset()
    return with_lists(link(sandbox.url))


def with_lists(linked):
    """The reference lists of the books are read once a day; here they have been."""
    linked.post(seed=1)
    return linked


def row(code, price="12.10", **more):
    return {"product_name": code, "product_number": code, "count": 1, "price": price, "tax": 21, **more}


def order_of(*codes, email="jan@voorbeeld.example", **order):
    address = {"first_name": "Jan", "last_name": "de Vries", "street": "Proeflaan", "city": "Utrecht"}
    billing = {**address, "housenumber": 1, "zipcode": "1234 AB", "country_code": "NL"}
    customer = {"email": email, "billingaddress": billing}
    return {"order": {"customer": customer, **order}, "orderrows": [row(code) for code in codes], "paid": True}


def forget_calls(linked):
    requests.delete(f"{linked.url}/_sandbox/counters", timeout=10).raise_for_status()


def cost_of(linked, sandbox, **draft):
    """The calls that one order costs, by method and resource."""
    order = linked.place(**draft)["order"]
    linked.deliver(order["id"])
    forget_calls(linked)
    linked.work()
    calls = counted(sandbox)
    document = linked.document(order["id"])
    assert document.state == State.PROCESSED, (document.reason, document.problems)
    return calls


def catalogue(linked):
    """The products of the books, but for how often each was sold, which the books count themselves."""
    return [{**product, "number_sold": None} for product in linked.ledger("products")]


def counted(sandbox):
    found = {}
    for call, times in sandbox.counters().items():
        method, path = call.split()
        parts = [part for part in path.split("/") if part not in ("", "*")]
        name = "order" if parts[-1] == "orders" else parts[-1]
        found[f"{method} {name}"] = found.get(f"{method} {name}", 0) + times
    return found


def test_a_known_customer_and_known_products_cost_two_calls_to_each_side(linked, sandbox):
    cost_of(linked, sandbox, **order_of("AAA1", "BBB2"))
    assert cost_of(linked, sandbox, **order_of("AAA1", "BBB2")) == KNOWN
    assert sum(KNOWN.values()) == 4


def test_a_new_customer_costs_two_more(linked, sandbox):
    cost_of(linked, sandbox, **order_of("AAA1"))
    calls = cost_of(linked, sandbox, **order_of("AAA1", email="nieuw@voorbeeld.example"))
    assert calls == {**KNOWN, "GET contacts": 1, "POST contacts": 1}


@pytest.mark.parametrize("count", [1, 3])
def test_new_products_cost_one_look_for_all_and_one_create_each(linked, sandbox, count):
    cost_of(linked, sandbox, **order_of("AAA1"))
    new = [f"NEW{number}" for number in range(count)]
    calls = cost_of(linked, sandbox, **order_of("AAA1", *new))
    assert calls == {**KNOWN, "GET products": 1, "POST products": count}


def test_products_that_the_books_know_cost_one_look(linked, sandbox):
    cost_of(linked, sandbox, **order_of("AAA1", "BBB2"))
    ProductLink.objects.all().delete()
    assert cost_of(linked, sandbox, **order_of("AAA1", "BBB2")) == {**KNOWN, "GET products": 1}


@pytest.mark.rule("R7", "R9", "R10")
def test_nothing_is_done_about_stock_or_parcels(linked, sandbox):
    """The shop is only read, by order and rows; the books hear of a product once, without stock or price."""
    cost_of(linked, sandbox, **order_of("AAA1", "BBB2"))
    before = catalogue(linked)
    calls = cost_of(linked, sandbox, **order_of("AAA1", "NEW1"))
    assert calls == {**KNOWN, "GET products": 1, "POST products": 1}
    *known, new = catalogue(linked)
    assert known == before
    assert not new["has_stock"]


def test_a_customer_that_the_books_know_costs_one_look(linked, sandbox):
    cost_of(linked, sandbox, **order_of("AAA1"))
    CustomerLink.objects.all().delete()
    assert cost_of(linked, sandbox, **order_of("AAA1")) == {**KNOWN, "GET contacts": 1}


def test_costs_and_discounts_cost_no_more_than_goods(linked, sandbox):
    costs = {"total_shipping": 4.95, "paymethod_costs": 0.5, "total_discounts": 1, "extra_costs": 2}
    cost_of(linked, sandbox, **order_of("AAA1", **costs))
    assert cost_of(linked, sandbox, **order_of("AAA1", **costs)) == KNOWN


def test_a_rounding_line_costs_one_more(sandbox):
    """0.98 net, twice at 21%: the shop charges 1.19 each, 2.38; over the sum of the nets the VAT is 0.41, 2.37."""
    sandbox.reset()
    linked = with_lists(link(sandbox.url, books={"rounding": "C"}))
    draft = order_of("AAA1", "BBB2")
    draft["orderrows"] = [row("AAA1", price="1.19"), row("BBB2", price="1.19")]
    cost_of(linked, sandbox, **draft)
    assert cost_of(linked, sandbox, **draft) == {**KNOWN, "PATCH sales_invoices": 2}
    assert Document.objects.latest("id").rounding_cents == 1


def test_a_draft_costs_no_publication(linked, sandbox):
    linked.configure(accounting={"publish": False})
    cost_of(linked, sandbox, **order_of("AAA1"))
    assert cost_of(linked, sandbox, **order_of("AAA1")) == {**SHOP, "POST sales_invoices": 1}


def test_a_fixed_debtor_costs_no_look(linked, sandbox):
    debtor = str(linked.ledger("contacts")[0]["id"])
    linked.configure(payment_methods=[{"method": "ideal", "debtor": debtor}, {"method": "default", "debtor": debtor}])
    cost_of(linked, sandbox, **order_of("AAA1"))
    assert cost_of(linked, sandbox, **order_of("AAA1", email="nieuw@voorbeeld.example")) == KNOWN


def test_an_order_that_is_not_paid_costs_two_calls_to_the_shop_and_none_to_the_books(linked, sandbox):
    order = linked.place(**{**order_of("AAA1"), "paid": False})["order"]
    linked.deliver(order["id"], event="orders.created")
    forget_calls(linked)
    linked.work()
    assert counted(sandbox) == SHOP


@pytest.mark.parametrize("kind", ["debit", "credit"])
def test_an_invoice_costs_three_calls_to_the_shop(linked, sandbox, kind):
    linked.process("invoices")
    order = linked.place(**order_of("AAA1", "BBB2"))["order"]
    linked.post_invoice(order["id"])
    invoice = linked.place_invoice(order["id"], type=kind)
    linked.deliver(invoice["id"], invoice["id"], kind="invoice")
    forget_calls(linked)
    linked.work()
    assert counted(sandbox) == {"GET invoices": 1, "GET invoicerows": 1, "GET order": 1, **POSTED}


def test_many_messages_about_one_order_cost_what_one_costs(linked, sandbox):
    cost_of(linked, sandbox, **order_of("AAA1"))
    order = linked.place(**order_of("AAA1"))["order"]
    linked.deliver(*[order["id"]] * 10)
    forget_calls(linked)
    linked.work()
    assert counted(sandbox) == KNOWN


def test_a_message_about_a_posted_order_costs_nothing(linked, sandbox):
    order = linked.place(**order_of("AAA1"))["order"]
    linked.deliver(order["id"])
    linked.work()
    linked.deliver(order["id"], event="orders.updated.status")
    forget_calls(linked)
    linked.work()
    assert counted(sandbox) == {}


def test_the_budget_holds_for_each_of_many(linked, sandbox):
    drafts = [order_of("AAA1", "BBB2") for _ in range(10)]
    cost_of(linked, sandbox, **drafts[0])
    orders = [linked.place(**draft)["order"]["id"] for draft in drafts]
    linked.deliver(*orders)
    forget_calls(linked)
    linked.work()
    assert counted(sandbox) == {
        "GET order": 10,
        "GET orderrows": 10,
        "POST sales_invoices": 10,
        "PATCH sales_invoices": 10,
    }
