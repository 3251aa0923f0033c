"""An order and its first debit invoice: of the two only one reaches the books, whatever the order of events."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from integrations.models import Delivery, Document, Intent, State, User
from tests.linked import link
from webshop import pressing

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]

AS_ORDER = (State.SKIPPED, "posted_as_order")
AS_INVOICE = (State.SKIPPED, "posted_as_invoice")
POSTED = (State.PROCESSED, "")


def outcome(document):
    document.refresh_from_db()
    return document.state, document.reason


def change(linked, order_id, **changes):
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{order_id}", changes)


def look(linked, *ids, kind="order"):
    linked.deliver(*ids, kind=kind)
    linked.work()


def press_process(linked, document):
    user, _ = User.objects.get_or_create(username="eigenaar")
    assert pressing.process(document, user)
    linked.work()
    return outcome(document)


def stuck_order(linked):
    """An order on Errors, of which the books hold nothing: its customer has no e-mail address."""
    order = linked.place(order={"customer": {"email": ""}}, orderrows=[{"price": 10, "tax": 21}], paid=True)["order"]
    look(linked, order["id"])
    document = linked.document(order["id"])
    assert (document.state, document.reason) == (State.ERROR, "customer_email_missing")
    return document


def waiting(linked, *, mode):
    """A document that is queued and waits, since VIES is out of reach."""
    linked.control("PUT", "vies", {"number": "*", "answer": "MS_UNAVAILABLE"})
    linked.process(mode)
    order = linked.place_kind("icp")
    if mode == "orders":
        look(linked, order["id"])
        return order, linked.document(order["id"])
    return order, linked.post_invoice(order["id"])


def vies_answers(linked):
    linked.control("PUT", "vies", {"number": "*", "answer": "valid"})
    Document.objects.filter(state=State.QUEUED).update(next_attempt_at=timezone.now())
    linked.work()


def unanswered(linked, sandbox, settings):
    """The next document: nobody will know whether it arrived in the books."""
    settings.SETTLE_SECONDS = 3600
    sandbox.fault(kind="timeout_after_write", method="POST", path="/sales_invoices", seconds=0)


def settle(linked, settings):
    """Look in the books; what is out of date there is taken back and read again."""
    settings.SETTLE_SECONDS = 0
    Document.objects.filter(state=State.QUEUED).update(next_attempt_at=timezone.now())
    linked.work()
    linked.work()


def test_the_first_invoice_of_an_order_that_was_posted_is_skipped(linked):
    order = linked.post()
    linked.process("invoices")
    first = linked.post_invoice(int(order.remote_id))
    assert (outcome(order), outcome(first)) == (POSTED, AS_ORDER)
    assert first.sale == order.sale == order.remote_id
    assert len(linked.ledger()) == 1


def test_credit_and_further_invoices_of_an_order_that_was_posted_are_posted(linked):
    order = linked.post()
    linked.process("invoices")
    credit = linked.post_invoice(int(order.remote_id), type="credit")
    first = linked.post_invoice(int(order.remote_id))
    further = linked.post_invoice(int(order.remote_id))
    assert [outcome(document) for document in (credit, first, further)] == [POSTED, AS_ORDER, POSTED]
    assert (credit.sale, further.sale) == ("", "")
    assert len(linked.ledger()) == 3


def test_an_order_whose_invoice_was_posted_is_skipped(linked):
    linked.process("invoices")
    order = linked.place_kind("simple")
    invoice = linked.post_invoice(order["id"])
    linked.process("orders")
    look(linked, order["id"])
    assert (outcome(invoice), outcome(linked.document(order["id"]))) == (POSTED, AS_INVOICE)
    assert len(linked.ledger()) == 1


def test_a_later_message_does_not_revive_what_was_skipped(linked):
    linked.process("invoices")
    order = linked.place_kind("unpaid")
    linked.post_invoice(order["id"])
    linked.process("orders")
    look(linked, order["id"])
    document = linked.document(order["id"])
    assert outcome(document) == AS_INVOICE
    change(linked, order["id"], paid=True, status=5)
    look(linked, order["id"])
    assert outcome(document) == AS_INVOICE
    assert press_process(linked, document) == AS_INVOICE
    assert len(linked.ledger()) == 1


@pytest.mark.parametrize("kind", ["open", "skipped"])
def test_an_order_that_waits_on_open_or_was_skipped_gives_way_to_its_invoice(linked, kind):
    order = linked.place_kind("unpaid")
    if kind == "skipped":
        change(linked, order["id"], status=8)
    look(linked, order["id"])
    document = linked.document(order["id"])
    assert document.state == kind
    linked.process("invoices")
    assert outcome(linked.post_invoice(order["id"])) == POSTED
    assert outcome(document) == AS_INVOICE
    assert document.events.filter(kind="posted_as_invoice").exists()


def test_an_order_that_is_stuck_gives_way_to_its_invoice(linked):
    order = stuck_order(linked)
    linked.process("invoices")
    linked.configure(payment_methods=[{"method": "ideal", "debtor": debtor(linked)}])
    invoice = linked.post_invoice(int(order.remote_id))
    assert (outcome(order), outcome(invoice)) == (AS_INVOICE, POSTED)
    assert press_process(linked, order) == AS_INVOICE
    assert len(linked.ledger()) == 2


def debtor(linked):
    """The debtor of another order, which is posted for it."""
    linked.process("orders")
    linked.post()
    linked.process("invoices")
    return str(linked.ledger("contacts")[0]["id"])


def test_an_invoice_that_is_stuck_gives_way_to_its_order(linked):
    linked.process("invoices")
    order = linked.place(order={"currency": "USD"}, orderrows=[{"price": 10, "tax": 21}], paid=True)["order"]
    invoice = linked.post_invoice(order["id"])
    assert outcome(invoice) == (State.ERROR, "currency_unsupported")
    linked.process("orders")
    change(linked, order["id"], order={"currency": "EUR"})
    look(linked, order["id"])
    assert (outcome(linked.document(order["id"])), outcome(invoice)) == (POSTED, AS_ORDER)
    assert press_process(linked, invoice) == AS_ORDER


def test_an_order_that_waits_is_still_posted_as_an_order(linked):
    order, document = waiting(linked, mode="orders")
    linked.process("invoices")
    invoice = linked.post_invoice(order["id"])
    assert (document.state, outcome(invoice)) == (State.QUEUED, AS_ORDER)
    vies_answers(linked)
    assert outcome(document) == POSTED
    assert len(linked.ledger()) == 1


def test_an_invoice_that_waits_is_still_posted_as_an_invoice(linked):
    order, document = waiting(linked, mode="invoices")
    linked.process("orders")
    look(linked, order["id"])
    assert outcome(linked.document(order["id"])) == AS_INVOICE
    vies_answers(linked)
    assert outcome(document) == POSTED
    assert len(linked.ledger()) == 1


def test_a_waiting_order_that_was_cancelled_meanwhile_is_noticed_although_invoices_are_processed(linked):
    order, document = waiting(linked, mode="orders")
    linked.process("invoices")
    change(linked, order["id"], paid=False, status=8)
    look(linked, order["id"])
    assert outcome(document) == (State.SKIPPED, "cancelled")


@pytest.mark.parametrize("pressed", [False, True])
def test_what_may_be_in_the_books_as_an_order_is_not_posted_as_an_invoice(linked, sandbox, settings, pressed):
    unanswered(linked, sandbox, settings)
    order = linked.post()
    linked.process("invoices")
    if pressed:
        assert pressing.process(order, User.objects.create(username="eigenaar"))
    invoice = linked.post_invoice(int(order.remote_id))
    assert outcome(invoice) == AS_ORDER
    settle(linked, settings)
    assert outcome(order) == POSTED
    assert len(linked.ledger()) == 1


def test_an_invoice_is_looked_at_again_when_the_order_it_was_skipped_for_is_cancelled(linked):
    order, document = waiting(linked, mode="orders")
    linked.process("invoices")
    invoice = linked.post_invoice(order["id"])
    assert outcome(invoice) == AS_ORDER
    change(linked, order["id"], paid=False, status=8)
    look(linked, order["id"])
    vies_answers(linked)
    assert (outcome(document), outcome(invoice)) == (AS_INVOICE, POSTED)
    assert len(linked.ledger()) == 1


def test_an_unpaid_order_makes_no_stuck_invoice_give_way(linked):
    linked.process("invoices")
    order = linked.place(order={"currency": "USD"}, orderrows=[{"price": 10, "tax": 21}], paid=False)["order"]
    invoice = linked.post_invoice(order["id"])
    assert outcome(invoice) == (State.ERROR, "currency_unsupported")
    linked.process("orders")
    change(linked, order["id"], order={"currency": "EUR"})
    look(linked, order["id"])
    assert linked.document(order["id"]).state == State.OPEN
    assert outcome(invoice) == (State.ERROR, "currency_unsupported")


def test_what_may_be_in_the_books_as_an_invoice_is_not_posted_as_an_order(linked, sandbox, settings):
    linked.process("invoices")
    order = linked.place_kind("simple")
    unanswered(linked, sandbox, settings)
    invoice = linked.post_invoice(order["id"])
    assert Intent.objects.filter(document=invoice).exists()
    Document.objects.update(state=State.ERROR)
    linked.process("orders")
    look(linked, order["id"])
    assert outcome(linked.document(order["id"])) == AS_INVOICE
    press_process(linked, invoice)
    settle(linked, settings)
    assert outcome(invoice) == POSTED
    assert len(linked.ledger()) == 1


def test_messages_in_any_order_and_twice_post_a_sale_once(linked):
    orders = [linked.place_kind("unpaid", seed) for seed in range(1, 5)]
    invoices = [linked.place_invoice(order["id"]) for order in orders]
    for order in orders:
        change(linked, order["id"], paid=True)
    for mode in ("invoices", "orders", "invoices", "orders", "invoices"):
        linked.process(mode)
        linked.deliver(*reversed([order["id"] for order in orders[: 2 if mode == "orders" else 4]]))
        linked.deliver(*[invoice["id"] for invoice in invoices[2:]] * 2, kind="invoice")
        linked.work()
    linked.deliver(*[invoice["id"] for invoice in invoices], kind="invoice")
    linked.work()
    assert len(linked.ledger()) == 4
    for order in orders:
        sale = Document.objects.filter(sale=order["id"])
        assert [document.state for document in sale].count(State.PROCESSED) == 1


def test_process_takes_an_invoice_although_orders_are_processed(linked):
    linked.process("invoices")
    order = linked.place(order={"currency": "USD"}, orderrows=[{"price": 10, "tax": 21}], paid=True)["order"]
    invoice = linked.post_invoice(order["id"], type="credit")
    linked.process("orders")
    path = f"shops/{linked.shop['id']}/invoices/{invoice.remote_id}"
    linked.control("PATCH", path, {"invoice": {"currency": "EUR"}})
    look(linked, int(invoice.remote_id), kind="invoice")
    assert outcome(invoice) == (State.ERROR, "currency_unsupported")
    assert press_process(linked, invoice) == POSTED


def test_process_pressed_on_both_posts_one(linked):
    order = stuck_order(linked)
    linked.process("invoices")
    invoice = linked.post_invoice(int(order.remote_id))
    assert (outcome(order), invoice.state) == (AS_INVOICE, State.ERROR)
    linked.configure(payment_methods=[{"method": "ideal", "debtor": debtor(linked)}])
    user = User.objects.create(username="eigenaar")
    assert pressing.process(order, user)
    assert pressing.process(invoice, user)
    linked.work()
    assert (outcome(order), outcome(invoice)) == (POSTED, AS_ORDER)


def test_settings_that_were_changed_never_make_two_of_one_sale(linked):
    order, document = waiting(linked, mode="orders")
    linked.process("invoices")
    invoice = linked.post_invoice(order["id"])
    linked.configure(shop={"start_date": "2999-01-01"})
    linked.work()
    assert outcome(document) == (State.SKIPPED, "before_start_date")
    linked.configure(shop={"start_date": "2020-01-01"})
    vies_answers(linked)
    linked.work()
    assert (outcome(invoice), outcome(document)) == (POSTED, AS_INVOICE)


def test_a_first_invoice_of_nothing_leaves_the_sale_to_the_next(linked):
    order = linked.post()
    linked.process("invoices")
    empty = linked.place_invoice(int(order.remote_id))
    nothing = {"total_price": 0, "total_tax": 0, "total_price_inc_tax": 0, "total_price_exc_tax": 0}
    linked.control("PATCH", f"shops/{linked.shop['id']}/invoices/{empty['id']}", {"invoice": nothing})
    look(linked, empty["id"], kind="invoice")
    assert linked.document(empty["id"], kind="invoice").sale == ""
    assert outcome(linked.post_invoice(int(order.remote_id))) == AS_ORDER


def test_orders_of_two_shops_with_the_same_number_are_two_sales(linked):
    order = linked.post()
    other = link(linked.url, books=linked.books)
    other.process("invoices")
    copy = other.integration
    Document.objects.create(
        integration=copy,
        kind="invoice",
        remote_id="1",
        sale=order.sale,
        state=State.QUEUED,
        changed_at=timezone.now(),
        next_attempt_at=timezone.now() + timedelta(hours=1),
    )
    assert outcome(order) == POSTED


def test_the_database_refuses_a_second_posting_of_a_sale(linked):
    order = linked.post()
    now = timezone.now()
    fields = {"integration": linked.integration, "kind": "invoice", "sale": order.sale, "changed_at": now}
    skipped = Document.objects.create(**fields, remote_id="1", state=State.SKIPPED)
    for state in (State.QUEUED, State.ERROR, State.PROCESSED):
        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.filter(pk=skipped.pk).update(state=state, next_attempt_at=now, ledger_id="1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.create(**fields, remote_id="2", state=State.OPEN)


@pytest.mark.parametrize("mode", ["orders", "invoices"])
def test_a_message_that_came_before_the_mode_changed_is_not_lost(linked, mode):
    linked.process(mode)
    order = linked.place_kind("simple")
    if mode == "orders":
        linked.deliver(order["id"])
    else:
        linked.deliver(linked.place_invoice(order["id"])["id"], kind="invoice")
    linked.process("invoices" if mode == "orders" else "orders")
    late = linked.place_kind("simple", 2)
    linked.deliver(late["id"])
    linked.work()
    assert outcome(Document.objects.filter(sale=order["id"]).get()) == POSTED
    assert Document.objects.filter(sale=late["id"]).exists() is (mode == "invoices")
    assert not Delivery.objects.filter(handled_at=None).exists()


def test_an_order_is_looked_at_again_when_the_invoice_that_it_gave_way_to_turns_out_empty(linked):
    order, document = waiting(linked, mode="invoices")
    linked.process("orders")
    look(linked, order["id"])
    assert outcome(linked.document(order["id"])) == AS_INVOICE
    nothing = {"total_price": 0, "total_tax": 0, "total_price_inc_tax": 0, "total_price_exc_tax": 0}
    linked.control("PATCH", f"shops/{linked.shop['id']}/invoices/{document.remote_id}", {"invoice": nothing})
    look(linked, int(document.remote_id), kind="invoice")
    vies_answers(linked)
    linked.work()
    assert (outcome(document), outcome(linked.document(order["id"]))) == ((State.SKIPPED, "zero_total"), POSTED)
