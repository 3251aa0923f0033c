"""Payments of the shop on the invoices in the books, through the stand-ins: right after posting, once, to the cent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounting import payments
from integrations.models import Document, Payment, State
from tests.king import link_king
from tests.linked import link
from tests.paying import (
    BOOKED,
    MUG,
    faults_of_payments,
    open_amounts,
    paid,
    pay_by_hand,
    payment_of,
    post_payments,
    sell,
    sell_before_it_is_paid,
    state,
    work,
)

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


def kinds(document):
    return [event.kind for event in document.events.filter(payment__isnull=False).order_by("id")]


# What is booked


@pytest.mark.rule("R57", "R141", "R144", "R295", "R296", "R297", "R298", "R299")
def test_a_paid_order_is_paid_in_the_books_right_after_it_was_posted(paying):
    document = sell(paying, create_date="2026-03-02T10:00:00Z")
    (invoice,) = paying.ledger()
    (entry,) = invoice["payments"]
    assert (entry["amount"], entry["description"]) == ("30.00", "W298 tr_8Kd2")
    assert entry["account_id"] == paying.books["payment"]["mollie"]
    assert entry["paid_at"].startswith("2026-03-02T00:00:00")
    assert (invoice["open_amount"], invoice["payment_status"]) == ("0.0", "paid")
    payment = payment_of(document)
    assert state(document) == BOOKED
    assert (payment.ledger_id, payment.ledger_number) == (document.ledger_id, document.ledger_number)
    assert (payment.amount_cents, payment.next_attempt_at) == (3000, None)
    told = document.events.get(kind="paid")
    assert (told.payment, told.data) == (payment, {"number": document.ledger_number, "amount": "30.00", "open": "0.00"})


@pytest.mark.rule("R49", "R277", "R285")
def test_an_invoice_is_paid_whatever_its_status_under_its_own_number_when_there_is_no_transaction(paying):
    paying.process("invoices")
    order = paying.place(**{**MUG, "paid": False, "order": {**MUG["order"], "transaction_id": None}})["order"]
    document = paying.post_invoice(order["id"])
    assert state(document) == BOOKED
    ((entry,),) = (invoice["payments"] for invoice in paying.ledger())
    assert (entry["amount"], entry["description"]) == ("30.00", f"W298 {document.number}")


@pytest.mark.rule("R283")
@pytest.mark.parametrize("spelling", ["negative", "positive"])
def test_a_credit_invoice_is_paid_back(paying, spelling):
    paying.process("invoices")
    order = paying.place(**MUG)["order"]
    document = paying.post_invoice(order["id"], type="credit", spelling=spelling)
    assert state(document) == BOOKED
    assert (paid(paying), open_amounts(paying)) == ([["-30.00"]], [0])


@pytest.mark.rule("R217", "R298")
def test_the_clearing_account_is_that_of_the_payment_method(paying):
    for method in ("DemoPSP-iDEAL", "DemoPSP-PayPal", "Op rekening", "Contant"):
        sell(paying, paymethod=method)
    accounts = [invoice["payments"][0]["account_id"] for invoice in paying.ledger()]
    known = paying.books["payment"]
    assert accounts == [known[name] for name in ("mollie", "paypal", "bank", "cash")]


def test_a_draft_takes_its_payment_too(paying):
    paying.configure(accounting={"publish": False})
    document = sell(paying)
    assert state(document) == BOOKED
    assert [(invoice["status"], invoice["open_amount"]) for invoice in paying.ledger()] == [("concept", "0.0")]


@pytest.mark.parametrize("way", "ABCD")
def test_mixed_orders_are_paid_to_the_cent_whichever_way_the_ledger_rounds(sandbox, way):
    sandbox.reset()
    linked = post_payments(link(sandbox.url, books={"rounding": way}))
    placed = linked.place_random(30, seed=ord(way), paid=1, unbookable=0)
    linked.deliver(*(order["id"] for order in placed))
    for _ in range(4):
        linked.work()
    assert Payment.objects.count() == len(placed)
    assert faults_of_payments(linked) == []


@pytest.mark.rule("R49", "R69", "R277")
def test_mixed_invoices_and_credits_are_paid_to_the_cent(paying):
    paying.process("invoices")
    placed = paying.place_random_invoices(30, seed=5, paid=0.5, unbookable=0)
    paying.deliver(*(invoice["id"] for invoice in placed), kind="invoice")
    for _ in range(4):
        paying.work()
    assert Payment.objects.count() == len(placed)
    assert Payment.objects.filter(amount_cents__lt=0).exists()
    assert faults_of_payments(paying) == []


# What is not booked


@pytest.mark.rule("R48", "R50", "R143", "R213")
def test_an_order_has_no_payment_until_it_is_paid_and_posted(paying):
    document = sell(paying, {**MUG, "paid": False})
    assert (document.state, Payment.objects.count()) == (State.OPEN, 0)
    paying.control("PATCH", f"shops/{paying.shop['id']}/orders/{document.remote_id}", {"order": {"paid": True}})
    paying.deliver(int(document.remote_id))
    paying.control("PATCH", f"ledger/companies/{paying.company}", {"api_accessible": False})
    paying.work()
    document.refresh_from_db()
    assert (document.state, Payment.objects.count()) == (State.ERROR, 0)
    paying.control("PATCH", f"ledger/companies/{paying.company}", {"api_accessible": True})
    Document.objects.update(state=State.QUEUED, next_attempt_at=timezone.now())
    paying.work()
    assert state(document) == BOOKED


def test_without_the_switch_no_payment_is_expected(linked):
    document = sell(linked)
    assert (document.state, Payment.objects.count(), paid(linked)) == (State.PROCESSED, 0, [[]])


@pytest.mark.rule("R4")
@pytest.mark.parametrize("target", ["entry", "order"])
def test_king_takes_no_payments_whatever_the_settings_say(sandbox, target):
    sandbox.reset()
    king = link_king(sandbox.url, target)
    king.configure(payments=True, payment_methods=[{"method": "default", "clearing_account": "1200"}])
    document = sell(king)
    assert (document.state, Payment.objects.count()) == (State.PROCESSED, 0)


@pytest.mark.rule("R134")
def test_a_fixed_debtor_takes_nothing_while_payments_are_posted_and_everything_after_that(paying):
    other = paying.place(**MUG)["order"]
    rows = [{"method": "ideal", "debtor": "4811220931", "clearing_account": str(paying.books["payment"]["mollie"])}]
    paying.configure(payment_methods=rows)
    sell(paying)
    contact = paying.ledger("contacts")[0]
    assert [invoice["contact_id"] for invoice in paying.ledger()] == [contact["id"]]
    paying.configure(payments=False, payment_methods=[{**rows[0], "debtor": str(contact["id"])}])
    paying.deliver(other["id"])
    paying.work()
    assert (len(paying.ledger("contacts")), paid(paying)[1]) == (1, [])


# Once


@pytest.mark.rule("R69")
def test_what_was_booked_is_never_booked_again(paying, user):
    document = sell(paying)
    payment = payment_of(document)
    paying.deliver(int(document.remote_id), int(document.remote_id), event="orders.updated.status")
    assert not payments.process(payment, user)
    assert not payments.skip(payment, user)
    assert payments.catch_up(paying.integration, document.changed_at - timedelta(days=1)) == 0
    assert payments.look_again(paying.integration, document.date, timezone.now()) == 0
    work(paying)
    assert (paid(paying), state(document)) == ([["30.00"]], BOOKED)


@pytest.mark.rule("R141")
def test_what_was_posted_while_payments_were_being_switched_on_is_caught_up_with_once(linked):
    before = sell(linked)
    post_payments(linked)
    since = payments.switched_on_at(linked.integration)
    assert since > before.changed_at
    during = sell(linked)
    Payment.objects.all().delete()
    linked.control("DELETE", f"ledger/companies/{linked.company}/sales_invoices/{during.ledger_id}")
    assert [payments.catch_up(linked.integration, since) for _ in range(2)] == [1, 0]
    assert payment_of(during).amount_cents == 3000
    assert not Payment.objects.filter(document=before).exists()
    linked.configure(payments=False)
    assert payments.switched_on_at(linked.integration) is None


def test_what_was_paid_there_before_us_is_left_as_it_is(paying):
    document = sell_before_it_is_paid(paying)
    pay_by_hand(paying, document.ledger_id, "30.00")
    work(paying)
    assert state(document) == (State.PROCESSED, "already_paid", [])
    assert (paid(paying), kinds(document)[-1]) == ([["30.00"]], "paid_before")


@pytest.mark.parametrize("amount", ["10.00", "45.00"])
def test_what_was_paid_there_in_part_or_twice_is_for_a_person(paying, amount):
    document = sell_before_it_is_paid(paying)
    pay_by_hand(paying, document.ledger_id, amount)
    work(paying)
    assert state(document) == (State.ERROR, "already_paid", ["already_paid"])
    assert paid(paying) == [[amount]]
