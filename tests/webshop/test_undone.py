"""What a person decided about a document holds for the sale until a person asks, also when its order or its invoice
comes along, and when the decision is made while the worker reads."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounting import reversals
from integrations.models import Delivery, Document, Intent, State, User
from tests.webshop.test_one_posting import (
    AS_INVOICE,
    AS_ORDER,
    POSTED,
    change,
    look,
    outcome,
    press_process,
    stuck_order,
)
from webshop import intake, pressing, skipping
from webshop.ccvshop.client import Shop

pytestmark = pytest.mark.django_db(transaction=True)

STUCK, LEFT_OUT = (State.ERROR, "undone"), (State.SKIPPED, "undone")
BY_HAND = (State.SKIPPED, "by_hand")
HELD_AS_ORDER, HELD_AS_INVOICE = (State.SKIPPED, "skipped_as_order"), (State.SKIPPED, "skipped_as_invoice")


def person():
    return User.objects.get_or_create(username="boekhouder")[0]


def undo(linked, document, returns_to="error"):
    assert reversals.ask(document, person(), returns_to=returns_to)
    linked.work()
    return outcome(document)


def booked(linked):
    """How many times the sale is in the books, those taken back left out."""
    amounts = [invoice["price_with_vat"] for invoice in linked.ledger()]
    return sum(-1 if amount.startswith("-") else 1 for amount in amounts)


def test_an_invoice_that_arrives_later_does_not_post_what_was_taken_back(linked):
    order = linked.post()
    assert undo(linked, order) == STUCK
    linked.process("invoices")
    invoice = linked.post_invoice(int(order.remote_id))
    assert (outcome(order), outcome(invoice), booked(linked)) == (STUCK, HELD_AS_ORDER, 0)
    assert press_process(linked, order) == POSTED
    assert (outcome(invoice), booked(linked)) == (AS_ORDER, 1)


@pytest.mark.parametrize(("returns_to", "undone"), [("error", STUCK), ("skipped", LEFT_OUT)])
def test_an_invoice_whose_order_was_taken_back_is_posted_when_a_person_asks_for_it(linked, returns_to, undone):
    order = linked.post()
    linked.process("invoices")
    invoice = linked.post_invoice(int(order.remote_id))
    assert undo(linked, order, returns_to) == undone
    look(linked, int(invoice.remote_id), kind="invoice")
    assert (outcome(order), outcome(invoice), booked(linked)) == (undone, HELD_AS_ORDER, 0)
    assert press_process(linked, invoice) == POSTED
    assert (outcome(order), booked(linked)) == (AS_INVOICE, 1)
    linked.process("orders")
    look(linked, int(order.remote_id))
    assert press_process(linked, order) == AS_INVOICE
    assert booked(linked) == 1


def test_an_invoice_of_an_order_that_was_taken_back_and_skipped_is_not_posted_by_itself(linked):
    order = linked.post()
    assert undo(linked, order, "skipped") == LEFT_OUT
    linked.process("invoices")
    invoice = linked.post_invoice(int(order.remote_id))
    assert (outcome(order), outcome(invoice), booked(linked)) == (LEFT_OUT, HELD_AS_ORDER, 0)


def test_an_invoice_that_was_taken_back_keeps_its_order_from_being_posted(linked):
    linked.process("invoices")
    order = linked.place_kind("simple")
    invoice = linked.post_invoice(order["id"])
    assert undo(linked, invoice) == STUCK
    linked.process("orders")
    look(linked, order["id"])
    assert (outcome(linked.document(order["id"])), booked(linked)) == (HELD_AS_INVOICE, 0)
    assert press_process(linked, invoice) == POSTED
    assert booked(linked) == 1


def test_the_order_of_an_invoice_that_was_taken_back_and_skipped_is_posted_when_a_person_asks_for_it(linked):
    linked.process("invoices")
    order = linked.place_kind("simple")
    invoice = linked.post_invoice(order["id"])
    assert undo(linked, invoice, "skipped") == LEFT_OUT
    linked.process("orders")
    look(linked, order["id"])
    document = linked.document(order["id"])
    assert (outcome(document), outcome(invoice), booked(linked)) == (HELD_AS_INVOICE, LEFT_OUT, 0)
    assert press_process(linked, document) == POSTED
    assert (outcome(invoice), booked(linked)) == (AS_ORDER, 1)


def test_a_message_about_a_document_that_was_skipped_by_hand_changes_nothing(linked):
    linked.configure(vat=[])
    order = linked.post()
    skipping.skip([order], User.objects.create(username="eigenaar"), "Proefbestelling")
    before = outcome(order)
    look(linked, int(order.remote_id))
    assert outcome(order) == before == BY_HAND
    assert order.events.filter(kind="held").exists()


def skip(document):
    return skipping.skip([document], person(), "Hoort niet in de boeken")


def test_process_on_the_invoice_of_an_order_that_was_skipped_by_hand_posts_the_invoice(linked):
    order = linked.post("unpaid")
    assert skip(order)
    linked.process("invoices")
    invoice = linked.post_invoice(int(order.remote_id))
    assert (outcome(order), outcome(invoice), booked(linked)) == (BY_HAND, HELD_AS_ORDER, 0)
    assert press_process(linked, invoice) == POSTED
    assert (outcome(order), booked(linked)) == (AS_INVOICE, 1)


def test_what_was_skipped_after_process_was_pressed_on_the_other_is_the_last_word(linked):
    order = linked.post("unpaid")
    linked.process("invoices")
    invoice = linked.post_invoice(int(order.remote_id))
    assert undo(linked, invoice, "skipped") == LEFT_OUT
    change(linked, order.remote_id, paid=True)
    assert pressing.process(order, person())
    Document.objects.filter(pk=invoice.pk).update(state=State.SKIPPED, reason="by_hand", changed_at=timezone.now())
    linked.work()
    assert (outcome(order), outcome(invoice), booked(linked)) == (HELD_AS_INVOICE, BY_HAND, 0)


def press_in_vain(linked, document):
    """Press Process while the shop is out of reach; it is back before the look is repeated, and reports the order."""
    assert pressing.process(document, person())
    intake.postpone(Delivery.objects.filter(event="process"), "shop_unreachable", timedelta(minutes=30))
    look(linked, int(document.remote_id))


def half_an_hour_later(linked):
    Delivery.objects.filter(handled_at=None).update(next_attempt_at=timezone.now())
    linked.work()


def test_an_old_press_on_process_posts_nothing_that_was_taken_back_since(linked):
    order = linked.post("unpaid")
    change(linked, order.remote_id, paid=True)
    press_in_vain(linked, order)
    assert outcome(order) == POSTED
    assert undo(linked, order) == STUCK
    half_an_hour_later(linked)
    assert (outcome(order), booked(linked)) == (STUCK, 0)


def test_an_old_press_on_process_posts_nothing_that_was_skipped_since(linked):
    order = linked.post("unpaid")
    press_in_vain(linked, order)
    assert skip(order)
    change(linked, order.remote_id, paid=True)
    half_an_hour_later(linked)
    assert (outcome(order), booked(linked)) == (BY_HAND, 0)


@pytest.fixture
def meanwhile(monkeypatch):
    """Do something once while the worker asks the shop for the rows of an order."""
    real, todo = Shop.order_rows, []

    def slow(self, remote_id):
        found = real(self, remote_id)
        while todo:
            todo.pop()()
        return found

    monkeypatch.setattr(Shop, "order_rows", slow)
    return todo.append


def test_a_skip_while_the_worker_reads_holds(linked, meanwhile):
    order = linked.post("unpaid")
    change(linked, order.remote_id, paid=True)
    meanwhile(lambda: skip(order))
    look(linked, int(order.remote_id))
    assert (outcome(order), booked(linked)) == (BY_HAND, 0)
    assert list(order.events.filter(kind__in=("skipped_by_hand", "held")).values_list("kind", flat=True)) == [
        "skipped_by_hand",
        "held",
    ]


def test_what_was_stuck_and_is_skipped_while_the_worker_reads_stays_skipped(linked, meanwhile):
    order = stuck_order(linked)
    meanwhile(lambda: skip(order))
    look(linked, int(order.remote_id))
    assert outcome(order) == BY_HAND


def test_what_is_skipped_although_the_books_may_hold_it_is_looked_for_there_when_process_is_pressed(linked, settings):
    settings.SETTLE_SECONDS = 0
    order = stuck_order(linked)
    reference = f"ccv-{linked.integration.shop_id}-order-{order.remote_id}"
    order.intents.create(
        administration=linked.integration.administration,
        step="document",
        reference=reference,
        started_at=timezone.now(),
    )
    assert not skip(order)
    assert skipping.skip([order], person(), "Staat er al", has_looked=True)
    assert order.events.get(kind="skipped_by_hand").data == {"words": "Staat er al", "has_looked": True}
    look(linked, int(order.remote_id))
    assert outcome(order) == BY_HAND
    assert Intent.objects.filter(document=order).exists()  # so that it is never sent a second time unseen
    assert pressing.process(order, person())
    linked.work()
    assert order.events.filter(kind="under_way").exists()
