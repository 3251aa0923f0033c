"""The whole road of an invoice: from the stand-in shop to the stand-in books."""

from decimal import Decimal

import pytest

from integrations.models import Delivery, Document, Integration, State, User
from webshop import pressing, registration

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def linked(linked):
    linked.process("invoices")
    return linked


def an_invoice(linked, kind="simple", seed=1, **asked):
    return linked.post_invoice(linked.place_kind(kind, seed)["id"], **asked)


def shop_calls(sandbox):
    return sum(number for name, number in sandbox.counters().items() if "/api/rest/" in name)


@pytest.mark.rule("R39", "R237")
def test_debit_and_credit_are_posted(linked):
    order = linked.place_kind("mixed")
    debit = linked.post_invoice(order["id"])
    credits = [linked.post_invoice(order["id"], type="credit", spelling=name) for name in ("negative", "positive")]
    assert [document.state for document in (debit, *credits)] == [State.PROCESSED] * 3
    assert [document.is_credit for document in (debit, *credits)] == [False, True, True]
    assert debit.total_cents > 0
    assert {document.ledger_total_cents for document in credits} == {-debit.total_cents}
    assert linked.ledger_total() == Decimal(-debit.total_cents) / 100


@pytest.mark.rule("R138")
@pytest.mark.parametrize("status", ["paid", "unpaid", "reimbursed"])
def test_an_invoice_is_posted_at_once_whatever_its_status(linked, status):
    order = linked.place_kind("unpaid")
    assert linked.post_invoice(order["id"], status=status).state == State.PROCESSED


@pytest.mark.rule("R138")
def test_that_its_order_was_cancelled_does_not_matter(linked):
    order = linked.place_kind("unpaid")
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{order['id']}", {"status": 8})
    assert linked.post_invoice(order["id"]).state == State.PROCESSED


@pytest.mark.rule("R137")
def test_the_shops_message_about_a_new_invoice_brings_it_to_the_books(linked, settings, live_server):
    settings.PUBLIC_URL = live_server.url
    registration.finish(linked.integration)
    order = linked.place_kind("simple")
    invoice = linked.place_invoice(order["id"])
    assert linked.control("POST", f"shops/{linked.shop['id']}/deliveries/wait", {"seconds": 10})["idle"]
    assert Delivery.objects.get().event == "invoices.created"
    linked.work()
    assert linked.document(invoice["id"], kind="invoice").state == State.PROCESSED


def test_it_costs_three_calls_to_the_shop(linked, sandbox):
    before = shop_calls(sandbox)
    invoice = linked.place_invoice(linked.place_kind("simple")["id"])
    linked.deliver(invoice["id"], invoice["id"], kind="invoice")
    linked.work()
    assert shop_calls(sandbox) - before == 3


@pytest.mark.rule("R140")
def test_a_later_change_in_the_shop_changes_nothing(linked, sandbox):
    document = an_invoice(linked)
    linked.control("PATCH", f"shops/{linked.shop['id']}/invoices/{document.remote_id}", {"status": "reimbursed"})
    held, before = linked.ledger(), shop_calls(sandbox)
    linked.deliver(int(document.remote_id), kind="invoice")
    linked.work()
    assert (linked.ledger(), shop_calls(sandbox)) == (held, before)


@pytest.mark.rule("R139")
def test_process_leaves_a_posted_invoice_alone(linked):
    document = an_invoice(linked)
    assert not pressing.process(document, User.objects.create(username="eigenaar"))
    linked.work()
    assert len(linked.ledger()) == 1


def test_the_order_is_named_and_gives_the_payment_method(linked):
    order = linked.place(
        order={"paymethod": "DemoPSP-PayPal", "paymethod_id": 4}, orderrows=[{"price": 10, "tax": 21}], paid=True
    )["order"]
    document = linked.post_invoice(order["id"])
    assert (document.order_remote_id, document.sale) == (str(order["id"]), str(order["id"]))
    assert (document.mapped["payment_method"], document.mapped["payment_method_id"]) == ("paypal", "4")
    assert document.source["order"]["id"] == order["id"]


@pytest.mark.rule("R240")
@pytest.mark.parametrize("link", [str, lambda address: {"href": address.rstrip("/")}])
def test_the_address_of_the_order_comes_in_two_forms(linked, link):
    order = linked.place_kind("simple")
    invoice = linked.place_invoice(order["id"])
    changed = {"invoice": {"order": link(invoice["order"])}}
    linked.control("PATCH", f"shops/{linked.shop['id']}/invoices/{invoice['id']}", changed)
    linked.deliver(invoice["id"], kind="invoice")
    linked.work()
    document = linked.document(invoice["id"], kind="invoice")
    assert (document.state, document.order_remote_id) == (State.PROCESSED, str(order["id"]))


def test_an_invoice_without_an_order_is_posted(linked, sandbox):
    invoice = linked.place_invoice(linked.place_kind("simple")["id"])
    path = f"shops/{linked.shop['id']}/invoices/{invoice['id']}"
    linked.control("PATCH", path, {"invoice": {"order": None}})
    before = shop_calls(sandbox)
    linked.deliver(invoice["id"], kind="invoice")
    linked.work()
    document = linked.document(invoice["id"], kind="invoice")
    assert (document.state, document.order_remote_id, document.sale) == (State.PROCESSED, "", "")
    assert shop_calls(sandbox) - before == 2


def test_an_invoice_whose_order_was_deleted_in_the_shop_is_posted(linked):
    order = linked.place_kind("simple")
    invoice = linked.place_invoice(order["id"])
    linked.control("DELETE", f"shops/{linked.shop['id']}/orders/{order['id']}")
    linked.deliver(invoice["id"], kind="invoice")
    linked.work()
    document = linked.document(invoice["id"], kind="invoice")
    assert (document.state, document.sale, document.source["order"]) == (State.PROCESSED, str(order["id"]), None)


@pytest.mark.parametrize("field", ["total_price", "create_date", "order"])
def test_an_invoice_that_cannot_be_read_is_kept_and_named(linked, field):
    order = linked.place_kind("simple")
    invoice = linked.place_invoice(order["id"])
    path = f"shops/{linked.shop['id']}/invoices/{invoice['id']}"
    linked.control("PATCH", path, {"invoice": {field: "https://shop.example/veel"}})
    linked.deliver(invoice["id"], kind="invoice")
    linked.work()
    document = linked.document(invoice["id"], kind="invoice")
    assert (document.state, document.reason, document.number) == (
        State.ERROR,
        "unreadable",
        invoice["invoicenumber_full"],
    )
    assert document.sale == ("" if field == "order" else str(order["id"]))
    linked.control("PATCH", path, {"invoice": {field: invoice[field]}})
    pressing.process(document, User.objects.create(username="eigenaar"))
    linked.work()
    document.refresh_from_db()
    assert (document.state, document.sale) == (State.PROCESSED, str(order["id"]))


def test_an_invoice_of_nothing_is_skipped(linked):
    order = linked.place(order={}, orderrows=[])["order"]
    document = linked.post_invoice(order["id"])
    assert (document.state, document.reason, document.sale) == (State.SKIPPED, "zero_total", "")


def test_an_invoice_dated_before_the_start_date_is_skipped(linked):
    linked.configure(shop={"start_date": "2026-03-02"})
    order = linked.place_kind("simple")
    early = linked.post_invoice(order["id"], create_date="2026-03-01T22:30:00Z")
    assert (early.state, early.reason) == (State.SKIPPED, "before_start_date")
    assert linked.post_invoice(order["id"], create_date="2026-03-01T23:30:00Z").state == State.PROCESSED


def test_an_invoice_that_is_gone_is_skipped_and_one_that_never_was_is_no_document(linked):
    linked.deliver(999, kind="invoice")
    linked.work()
    assert not Document.objects.exists()
    assert not Delivery.objects.filter(handled_at=None).exists()


def test_a_part_of_an_order_is_invoiced_and_credited_for_that_part(linked):
    rows = [{"price": 10, "tax": 21, "count": 3}, {"price": 20, "tax": 9, "count": 1}]
    order = linked.place(order={"total_shipping": 5, "total_discounts": 5}, orderrows=rows, paid=True)
    first, second = (row["id"] for row in order["orderrows"]["items"])
    one = linked.post_invoice(order["order"]["id"], rows=[{"id": first, "count": 1}], costs=True)
    other = linked.post_invoice(order["order"]["id"], rows=[{"id": first, "count": 2}, {"id": second}])
    returned = linked.post_invoice(order["order"]["id"], type="credit", rows=[{"id": second}])
    assert [document.total_cents for document in (one, other, returned)] == [1400, 3600, -1800]
    assert [document.state for document in (one, other, returned)] == [State.PROCESSED] * 3
    assert [document.sale != "" for document in (one, other, returned)] == [True, False, False]
    assert linked.ledger_total() == Decimal(32)


def test_settings_that_were_changed_are_used_for_an_invoice_that_waits(linked):
    linked.control("PUT", "vies", {"number": "*", "answer": "MS_UNAVAILABLE", "times": 1})
    document = an_invoice(linked, "icp")
    assert document.state == State.QUEUED
    linked.configure(line_names="nl")
    Document.objects.update(next_attempt_at=document.arrived_at)
    linked.work()
    document.refresh_from_db()
    assert (document.state, document.settings_version.number) == (State.PROCESSED, 3)
    assert "Verzendkosten" in {line["description"] for line in linked.ledger()[0]["invoice_lines"]}


@pytest.mark.rule("R36", "R39")
def test_while_invoices_are_processed_a_message_about_an_order_leads_to_nothing(linked, sandbox):
    order = linked.place_kind("simple")
    before = shop_calls(sandbox)
    linked.deliver(order["id"])
    linked.work()
    delivery = Delivery.objects.get()
    assert delivery.handled_at
    assert delivery.reason == "invoices_mode"
    assert shop_calls(sandbox) == before
    assert not Document.objects.exists()


@pytest.mark.rule("R38")
def test_while_paid_orders_are_processed_a_credit_invoice_is_ignored(linked):
    linked.process("orders")
    order = linked.place_kind("simple")
    linked.deliver(order["id"])
    linked.deliver(linked.place_invoice(order["id"], type="credit")["id"], kind="invoice")
    linked.work()
    assert [document.kind for document in Document.objects.all()] == ["order"]
    assert Delivery.objects.get(kind="invoice").reason == "orders_mode"
    assert len(linked.ledger()) == 1


def test_revoked_keys_turn_the_dot_red_and_the_invoice_waits(linked):
    invoice = linked.place_invoice(linked.place_kind("simple")["id"])
    linked.control("DELETE", f"shops/{linked.shop['id']}/keys")
    linked.deliver(invoice["id"], kind="invoice")
    linked.work()
    assert Integration.objects.get().shop_lost_at
    assert Delivery.objects.get().reason == "connection_lost"


def test_a_random_mix_is_posted_to_the_cent(linked):
    placed = linked.place_random_invoices(30, seed=7)
    assert sum(invoice["type"] == "credit" for invoice in placed) == 10
    linked.deliver(*(invoice["id"] for invoice in placed), kind="invoice")
    for _ in range(3):
        linked.work()
    documents = Document.objects.filter(kind="invoice")
    assert {document.state for document in documents} == {State.PROCESSED}, [d.problems for d in documents]
    expected = sum(Decimal(invoice["total_incl"]) for invoice in placed if invoice["type"] == "debit")
    credited = sum(abs(Decimal(invoice["total_incl"])) for invoice in placed if invoice["type"] == "credit")
    assert linked.ledger_total() == expected - credited
