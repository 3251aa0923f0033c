"""Payments that the books accept without anything coming of it, or never answer: they are not sent for ever."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import timezone

from accounting import leases, paying, payments
from integrations.failures import LeaseLost
from integrations.models import Administration, Intent, Payment, State
from tests.paying import (
    BOOKED,
    delete_invoice,
    faults_of_payments,
    invoice_by_hand,
    paid,
    pay_by_hand,
    payment_of,
    post_payments,
    sell_before_it_is_paid,
    state,
    work,
)

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]

SETTLING = (State.QUEUED, "settling", [])
UNCERTAIN = (State.ERROR, "payment_uncertain", ["payment_uncertain"])
PATCH = {"method": "PATCH", "path": "/sales_invoices/"}
ONCE = [["-30.00", "30.00"]]


@pytest.fixture
def linked(linked):
    return post_payments(linked)


@contextmanager
def taken_back_at_once(linked, document, is_killed=False):
    """What is owed stays as it was: as our payment is sent, somebody else books its opposite. The worker may be killed
    as soon as it has the answer."""
    seen = []

    def meanwhile(execute, sql, params, many, context):
        if not seen and sql.startswith("INSERT") and "_intent" in sql:
            seen.append("sent")
            pay_by_hand(linked, document.ledger_id, "-30.00")
        if is_killed and "accepted" in seen:
            raise LeaseLost
        if seen and sql.startswith("UPDATE") and "_intent" in sql:
            seen.append("accepted")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        yield


@pytest.mark.rule("R69")
def test_a_payment_that_was_accepted_is_never_sent_again_by_itself(linked):
    document = sell_before_it_is_paid(linked)
    with taken_back_at_once(linked, document):
        work(linked)
    assert (state(document), paid(linked)) == (SETTLING, ONCE)
    for _ in range(5):
        work(linked)
    assert (state(document), paid(linked)) == (UNCERTAIN, ONCE)
    (problem,) = payment_of(document).problems
    assert (problem["before"], problem["amount"], problem["open"]) == ("30.00", "30.00", "30.00")


@pytest.mark.rule("R69")
def test_nor_when_the_worker_is_killed_as_it_has_the_answer(linked):
    document = sell_before_it_is_paid(linked)
    Payment.objects.update(next_attempt_at=timezone.now())
    lease = leases.take(linked.integration.administration_id)
    with taken_back_at_once(linked, document, is_killed=True), pytest.raises(LeaseLost):
        paying.post_ready(lease)
    assert (state(document)[0], paid(linked)) == (State.QUEUED, ONCE)
    Administration.objects.update(leased_until=None)
    for _ in range(5):
        work(linked)
    assert (state(document), paid(linked)) == (UNCERTAIN, ONCE)


def test_a_person_who_has_looked_has_it_sent_once_more(linked, user):
    document = sell_before_it_is_paid(linked)
    with taken_back_at_once(linked, document):
        work(linked)
    for _ in range(2):
        work(linked)
    assert payments.process(payment_of(document), user)
    work(linked)
    assert (state(document), paid(linked)) == (BOOKED, [["-30.00", "30.00", "30.00"]])


def test_what_was_accepted_and_shows_later_is_booked(linked):
    """The figure lags behind."""
    document = sell_before_it_is_paid(linked)
    with taken_back_at_once(linked, document):
        work(linked)
    work(linked)
    assert state(document) == SETTLING
    pay_by_hand(linked, document.ledger_id, "30.00")
    work(linked)
    assert (state(document)[0], Intent.objects.count()) == (State.PROCESSED, 0)


def test_one_that_is_never_answered_is_sent_three_times(linked, sandbox):
    document = sell_before_it_is_paid(linked)
    sandbox.fault(kind="500", **PATCH, times=9)
    before = sum(calls for call, calls in sandbox.counters().items() if call.startswith("PATCH"))
    for _ in range(12):
        work(linked)
    after = sum(calls for call, calls in sandbox.counters().items() if call.startswith("PATCH"))
    assert (state(document), paid(linked), after - before) == (UNCERTAIN, [[]], 3)


def test_one_whose_invoice_went_and_was_made_and_paid_by_hand_leaves_nothing_behind(linked, sandbox):
    document = sell_before_it_is_paid(linked)
    sandbox.fault(kind="500", **PATCH)
    work(linked)
    assert Intent.objects.count() == 1
    (invoice,) = linked.ledger()
    delete_invoice(linked, document.ledger_id)
    by_hand = invoice_by_hand(linked, document, api_reference=invoice["api_reference"])
    pay_by_hand(linked, by_hand, "30.00")
    for _ in range(2):
        work(linked)
    assert (state(document)[:2], faults_of_payments(linked)) == ((State.PROCESSED, "already_paid"), [])
