"""Payments of postings that are taken back, and of postings that a restored database knows nothing of."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounting import payments, reversals
from integrations.models import (
    Administration,
    Document,
    Integration,
    Intent,
    Payment,
    Reversal,
    State,
)
from tests.paying import (
    BOOKED,
    delete_invoice,
    faults_of_payments,
    hold,
    invoice_by_hand,
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
from webshop import pressing

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


def undo(linked, document, user):
    """Press Undo, and let the worker come."""
    reversal = reversals.ask(document, user, returns_to="error")
    come(linked)
    reversal.refresh_from_db()
    document.refresh_from_db()
    return reversal


def come(linked):
    Reversal.objects.filter(outcome="pending").update(next_attempt_at=timezone.now())
    work(linked)


# Taken back


def test_a_payment_that_was_not_posted_goes_with_its_posting_and_comes_with_the_next(paying, user):
    document = sell_before_it_is_paid(paying)
    assert undo(paying, document, user).outcome == "countered"
    assert (document.state, Payment.objects.count(), paid(paying)) == (State.ERROR, 0, [[], []])
    assert pressing.process(document, user)
    work(paying)
    assert (state(document), paid(paying)) == (BOOKED, [[], [], ["30.00"]])


@pytest.mark.rule("R69")
def test_a_payment_that_was_posted_stays_and_is_not_posted_again_with_the_next(paying, user):
    document = sell(paying)
    first = payment_of(document)
    assert undo(paying, document, user).outcome == "countered"
    assert pressing.process(document, user)
    work(paying)
    document.refresh_from_db()
    assert (document.state, paid(paying)) == (State.PROCESSED, [["30.00"], [], []])
    assert (payment_of(document).pk, payment_of(document).ledger_id) == (first.pk, first.ledger_id)


def test_a_posting_is_not_taken_back_while_its_payment_may_be_on_its_way(paying, sandbox, settings, user):
    settings.CALL_DEADLINE_SECONDS, settings.SETTLE_SECONDS = 0.5, 90
    document = sell_before_it_is_paid(paying)
    sandbox.fault(kind="timeout_after_write", method="PATCH", path="/sales_invoices/", seconds=0.8)
    work(paying)
    reversal = undo(paying, document, user)
    assert (reversal.outcome, reversal.reason, document.state) == ("pending", "payment_settling", State.PROCESSED)
    Intent.objects.update(started_at=timezone.now() - timedelta(hours=1))
    come(paying)
    assert state(document) == BOOKED
    come(paying)
    reversal.refresh_from_db()
    assert (reversal.outcome, paid(paying)) == ("countered", [["30.00"], []])
    assert not Intent.objects.exists()


def test_a_posting_whose_payment_nobody_can_tell_is_taken_back_once_a_person_has_said_what_became_of_it(
    paying, sandbox, settings, user
):
    settings.CALL_DEADLINE_SECONDS = 0.5
    document = sell_before_it_is_paid(paying)
    sandbox.fault(kind="timeout", method="PATCH", path="/sales_invoices/", seconds=0.8)
    work(paying)
    pay_by_hand(paying, document.ledger_id, "10.00")
    work(paying)
    assert state(document)[2] == ["payment_uncertain"]
    refused = undo(paying, document, user)
    assert (refused.outcome, refused.problems[0]["code"]) == ("refused", "payment_uncertain")
    assert payments.skip(payment_of(document), user)
    assert undo(paying, document, user).outcome == "countered"


def test_a_payment_goes_with_the_draft_that_is_deleted_and_comes_with_the_next(linked, user):
    linked.configure(accounting={"publish": False})
    paying = post_payments(linked)
    document = sell(paying)
    assert undo(paying, document, user).outcome == "deleted"
    assert (Payment.objects.count(), paid(paying)) == (0, [])
    assert document.events.get(kind="payment_gone").data == {"amount": "30.00"}
    assert document.events.filter(kind="paid").count() == 1
    assert pressing.process(document, user)
    work(paying)
    assert (state(document), faults_of_payments(paying)) == (BOOKED, [])


@pytest.mark.parametrize("is_paid_there", [False, True])
def test_a_payment_goes_with_the_invoice_that_somebody_deleted(paying, user, is_paid_there):
    document = sell_before_it_is_paid(paying)
    if is_paid_there:
        pay_by_hand(paying, document.ledger_id, "30.00")
    work(paying)
    delete_invoice(paying, document.ledger_id)
    assert undo(paying, document, user).outcome == "deleted"
    assert pressing.process(document, user)
    work(paying)
    assert (state(document), faults_of_payments(paying)) == (BOOKED, [])


def test_a_payment_on_another_invoice_than_the_one_that_is_gone_stays(paying, user):
    document = sell_before_it_is_paid(paying)
    delete_invoice(paying, document.ledger_id)
    invoice_by_hand(paying, document)
    work(paying)
    assert (state(document), paid(paying)) == (BOOKED, [["30.00"]])
    assert undo(paying, document, user).outcome == "deleted"
    assert pressing.process(document, user)
    work(paying)
    assert (state(document), paid(paying)) == (BOOKED, [["30.00"], []])


def test_a_payment_that_was_skipped_stays_skipped_though_its_draft_is_deleted(linked, user):
    linked.configure(accounting={"publish": False})
    document = sell_before_it_is_paid(post_payments(linked))
    assert payments.skip(payment_of(document), user)
    assert undo(linked, document, user).outcome == "deleted"
    assert state(document)[0] == State.SKIPPED


def test_a_payment_that_was_refused_is_not_sent_on_what_a_person_has_asked_to_take_back(paying, sandbox, user):
    document = sell_before_it_is_paid(paying)
    sandbox.fault(kind="422", method="PATCH", path="/sales_invoices/")
    work(paying)
    assert (state(document)[2], payment_of(document).open_before_cents) == (["books_refused"], None)
    assert payments.process(payment_of(document), user)
    hold(paying)
    reversal = undo(paying, document, user)
    assert (reversal.outcome, state(document)[0], paid(paying)) == ("pending", State.QUEUED, [[]])


def test_nothing_is_paid_on_what_a_person_has_asked_to_take_back(paying, sandbox, user):
    document = sell_before_it_is_paid(paying)
    hold(paying)
    reversal = undo(paying, document, user)
    assert (reversal.outcome, state(document)[0], paid(paying)) == ("pending", State.QUEUED, [[]])
    come(paying)
    assert (Payment.objects.count(), paid(paying)) == (0, [[], []])


def test_an_undo_that_was_refused_lets_the_payment_go_on(paying, user):
    document = sell_before_it_is_paid(paying)
    Reversal.objects.create(document=document, edition=1, returns_to="error", outcome="refused", ledger_id="1")
    work(paying)
    assert (state(document), paid(paying)) == (BOOKED, [["30.00"]])


def test_the_countered_invoice_of_an_earlier_posting_is_never_paid_in_the_place_of_a_later_one(paying, user):
    """It is unpaid, of the same day, number and amount."""
    document = sell_before_it_is_paid(paying)
    undo(paying, document, user)
    assert pressing.process(document, user)
    hold(paying)
    paying.work()
    document.refresh_from_db()
    delete_invoice(paying, document.ledger_id)
    work(paying)
    assert (state(document)[2], paid(paying)) == (["invoice_not_found"], [[], []])


# A restored database


def test_a_payment_of_a_life_that_was_lost_is_not_booked_again(paying):
    """The backup is of before the order: everything is done anew, looking first."""
    document = sell(paying)
    remote_id = int(document.remote_id)
    Document.objects.all().delete()
    Integration.objects.update(look_first_until=timezone.now() + timedelta(days=7))
    paying.deliver(remote_id)
    paying.work()
    again = paying.document(remote_id)
    assert again.pk != document.pk
    assert (state(again), paid(paying)) == ((State.PROCESSED, "already_paid", []), [["30.00"]])
    assert faults_of_payments(paying) == []


@pytest.mark.parametrize("is_sent", [True, False])
def test_a_payment_that_the_backup_has_as_waiting_is_not_booked_again(paying, is_sent):
    """The backup is of just before the payment: its intent may be in there, or not yet."""
    document = sell(paying)
    before = {"open_before_cents": 3000 if is_sent else None}
    Payment.objects.update(state=State.QUEUED, next_attempt_at=timezone.now(), **before)
    if is_sent:
        long_ago = timezone.now() - timedelta(hours=1)
        Intent.objects.create(
            administration=Administration.objects.get(),
            step="payment",
            reference=str(payment_of(document).pk),
            document=document,
            started_at=long_ago,
        )
    work(paying)
    assert (state(document)[0], faults_of_payments(paying), open_amounts(paying)) == (State.PROCESSED, [], [0])


def test_payments_that_were_never_expected_are_caught_up_with_and_found_paid(paying):
    document = sell(paying)
    Payment.objects.all().delete()
    assert payments.catch_up(paying.integration, timezone.now() - timedelta(days=1)) == 1
    work(paying)
    assert (state(document), paid(paying)) == ((State.PROCESSED, "already_paid", []), [["30.00"]])
