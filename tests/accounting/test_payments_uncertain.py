"""Payments of which the answer did not come: nothing in the books names them, and yet each is booked once."""

import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from accounting import leases, paying, payments
from integrations.failures import LeaseLost
from integrations.models import Administration, Intent, Payment, State, User
from tests.paying import (
    BOOKED,
    api,
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
GET = {"method": "GET", "path": "/sales_invoices/"}
DONE, NEVER = {"kind": "timeout_after_write", **PATCH}, {"kind": "timeout", **PATCH}


@pytest.fixture
def linked(linked, settings):
    settings.CALL_DEADLINE_SECONDS = 0.5
    return post_payments(linked)


def unanswered(linked, sandbox, fault, seconds=0.8):
    """A document whose payment was sent and not answered."""
    document = sell_before_it_is_paid(linked)
    sandbox.fault(**fault, seconds=seconds)
    work(linked)
    assert (state(document), Intent.objects.count()) == (SETTLING, 1)
    return document


# It is found out by itself


@pytest.mark.rule("R69")
@pytest.mark.parametrize("kind", ["timeout_after_write", "timeout", "500", "empty", "html"])
def test_it_is_booked_once_whether_it_had_arrived_or_not(linked, sandbox, kind):
    document = unanswered(linked, sandbox, {"kind": kind, **PATCH})
    for _ in range(1 if kind == "timeout_after_write" else 2):
        assert payment_of(document).state == State.QUEUED
        work(linked)
    assert (state(document), paid(linked)) == (BOOKED, [["30.00"]])
    assert faults_of_payments(linked) == []


@pytest.mark.parametrize("fault", [{"kind": "503", **GET}, {"kind": "429", **GET}, {"kind": "expired_token", **GET}])
@pytest.mark.parametrize("sent", [DONE, NEVER], ids=["done", "never done"])
def test_books_that_do_not_answer_the_question_either_are_asked_again(linked, sandbox, sent, fault, user):
    document = unanswered(linked, sandbox, sent)
    sandbox.fault(**fault)
    work(linked)
    assert (state(document)[0], Intent.objects.count()) == (State.QUEUED, 1)
    assert not payments.skip(payment_of(document), user)
    for _ in range(3):
        work(linked)
    assert (state(document), faults_of_payments(linked)) == (BOOKED, [])


def test_what_arrives_after_the_first_look_is_seen_at_the_second(linked, sandbox):
    document = unanswered(linked, sandbox, {"kind": "slow", **PATCH}, seconds=1.5)
    Intent.objects.update(started_at=timezone.now() - timedelta(hours=1))
    assert paid(linked) == [[]]
    work(linked)
    assert state(document) == SETTLING
    time.sleep(1.2)
    assert paid(linked) == [["30.00"]]
    work(linked)
    assert (state(document), faults_of_payments(linked)) == (BOOKED, [])


def test_it_is_not_looked_for_before_the_settle_time_is_over(linked, sandbox, settings):
    settings.SETTLE_SECONDS = 90
    document = unanswered(linked, sandbox, DONE)
    work(linked)
    assert state(document) == SETTLING
    wait = (payment_of(document).next_attempt_at - timezone.now()).total_seconds()
    assert 80 < wait <= 90
    assert payment_of(document).attempts == 1  # the one that was busy


def test_somebody_who_presses_process_meanwhile_changes_nothing(linked, sandbox, settings, user):
    settings.SETTLE_SECONDS = 90
    document = unanswered(linked, sandbox, DONE)
    assert payments.process(payment_of(document), user)
    work(linked)
    assert state(document) == SETTLING
    Intent.objects.update(started_at=timezone.now() - timedelta(hours=1))
    work(linked)
    assert (state(document), paid(linked)) == (BOOKED, [["30.00"]])


def test_somebody_else_who_paid_all_of_it_meanwhile_leaves_nothing_to_pay(linked, sandbox):
    document = unanswered(linked, sandbox, NEVER)
    pay_by_hand(linked, document.ledger_id, "30.00")
    work(linked)
    assert (state(document)[0], paid(linked)) == (State.PROCESSED, [["30.00"]])


def test_what_is_refused_after_it_was_sent_in_vain_is_for_a_person(linked, sandbox):
    document = unanswered(linked, sandbox, NEVER)
    sandbox.fault(kind="422", **PATCH)
    for _ in range(2):
        work(linked)
    assert (state(document)[2], paid(linked), Intent.objects.count()) == (["books_refused"], [[]], 0)


def test_an_invoice_that_went_with_its_payment_is_looked_for_anew(linked, sandbox):
    document = unanswered(linked, sandbox, DONE)
    delete_invoice(linked, document.ledger_id)
    for _ in range(2):
        work(linked)
    assert state(document)[2] == ["invoice_not_found"]
    invoice_by_hand(linked, document)
    payments.look_again(linked.integration, document.date, timezone.now())
    work(linked)
    assert (state(document), paid(linked), Intent.objects.count()) == (BOOKED, [["30.00"]], 0)


# It is for a person


@pytest.fixture
def uncertain(linked, sandbox):
    """It had not arrived, and somebody else booked a part meanwhile."""
    document = unanswered(linked, sandbox, NEVER)
    pay_by_hand(linked, document.ledger_id, "10.00")
    work(linked)
    assert (state(document), paid(linked)) == (UNCERTAIN, [["10.00"]])
    (problem,) = payment_of(document).problems
    assert (problem["before"], problem["amount"], problem["open"]) == ("30.00", "30.00", "20.00")
    return document


def test_what_nobody_can_tell_is_left_alone_until_a_person_has_looked(linked, uncertain):
    for _ in range(2):
        work(linked)
    assert payments.look_again(linked.integration, uncertain.date, timezone.now()) == 0
    assert (state(uncertain), paid(linked)) == (UNCERTAIN, [["10.00"]])


def test_a_person_who_says_that_it_is_there_ends_it(linked, uncertain, user):
    assert payments.skip(payment_of(uncertain), user, "Staat er")
    work(linked)
    assert (state(uncertain)[0], paid(linked)) == (State.SKIPPED, [["10.00"]])
    assert not Intent.objects.exists()


def test_a_person_who_says_that_it_is_not_there_has_it_tried_anew(linked, uncertain, user):
    assert payments.process(payment_of(uncertain), user)
    assert not Intent.objects.exists()
    work(linked)
    assert (state(uncertain)[2], paid(linked)) == (["already_paid"], [["10.00"]])
    pay_by_hand(linked, uncertain.ledger_id, "-10.00")
    assert payments.process(payment_of(uncertain), user)
    work(linked)
    assert (state(uncertain), paid(linked)) == (BOOKED, [["10.00", "-10.00", "30.00"]])


def test_a_page_that_is_out_of_date_does_not_make_us_forget_what_was_sent_since(linked, sandbox, uncertain, user):
    """Two people press Process; between them it is sent, and not answered."""
    seen = payment_of(uncertain)
    pay_by_hand(linked, uncertain.ledger_id, "-10.00")
    assert payments.process(payment_of(uncertain), user)
    sandbox.fault(**DONE, seconds=0.8)
    work(linked)
    assert (state(uncertain)[:2], Intent.objects.count()) == (SETTLING[:2], 1)
    assert payments.process(seen, user)
    assert Intent.objects.count() == 1
    work(linked)
    assert (state(uncertain), paid(linked)) == (BOOKED, [["10.00", "-10.00", "30.00"]])


# Several workers, several lives


def test_what_somebody_else_pays_in_the_same_moment_is_told(linked):
    """After what is owed was read, and before the payment is sent."""
    document, others = sell_before_it_is_paid(linked), []

    def meanwhile(execute, sql, params, many, context):
        if not others and sql.startswith("INSERT") and "_intent" in sql:
            others.append("30.00")
            pay_by_hand(linked, document.ledger_id, "30.00")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        work(linked)
    assert (state(document), paid(linked)) == (BOOKED, [["30.00", "30.00"]])
    assert document.events.get(kind="paid").data["open"] == "-30.00"


def extended(linked, document):
    """A person adds a line to a draft: more is owed than was paid."""
    line = {"description": "Toeslag", "quantity": "1", "price_per_unit": "60.00"}
    line |= {"vat_type_id": linked.books["vat"]["NL 21"], "account_id": linked.books["revenue"]["webshop"]}
    api(linked, "PATCH", f"sales_invoices/{document.ledger_id}", {"sales_invoice": {"invoice_lines": [line]}})


def test_what_we_could_not_write_down_is_not_booked_twice(linked):
    """More is owed than is paid, so that the open amount alone would allow it."""
    linked.configure(accounting={"publish": False})
    document = sell_before_it_is_paid(linked)
    extended(linked, document)

    def fails(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and '"ledger_number"' in sql:
            raise DatabaseError("the disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fails):
        work(linked)
    assert (state(document)[0], paid(linked), Intent.objects.count()) == (State.ERROR, [["30.00"]], 1)
    assert payments.process(payment_of(document), User.objects.create(username="boekhouder"))
    work(linked)
    assert (state(document), paid(linked), Intent.objects.count()) == (BOOKED, [["30.00"]], 0)


def test_a_worker_that_lost_its_lease_while_it_paid_leaves_it_to_the_next(linked, sandbox):
    document = sell_before_it_is_paid(linked)
    Payment.objects.update(next_attempt_at=timezone.now())
    lease = leases.take(linked.integration.administration_id)

    def taken_over(execute, sql, params, many, context):
        if sql.startswith("DELETE") and "_intent" in sql:
            raise LeaseLost
        return execute(sql, params, many, context)

    with connection.execute_wrapper(taken_over), pytest.raises(LeaseLost):
        paying.post_ready(lease)
    assert (state(document)[0], paid(linked), Intent.objects.count()) == (State.QUEUED, [["30.00"]], 1)
    Administration.objects.update(leased_until=None)
    work(linked)
    assert (state(document), faults_of_payments(linked)) == (BOOKED, [])


def test_a_payment_that_is_due_is_posted_by_nobody_but_the_holder_of_the_lease(linked):
    document = sell_before_it_is_paid(linked)
    other = leases.take(linked.integration.administration_id)
    work(linked)
    assert (state(document)[0], paid(linked)) == (State.QUEUED, [[]])
    other.release()
    work(linked)
    assert (state(document), paid(linked)) == (BOOKED, [["30.00"]])


def test_thirty_payments_with_faults_in_between_are_each_booked_once(linked, sandbox):
    linked.process("invoices")
    placed = linked.place_random_invoices(30, seed=11, paid=0.5, unbookable=0)
    linked.deliver(*(invoice["id"] for invoice in placed), kind="invoice")
    for skip, kind in enumerate(("timeout_after_write", "500", "timeout", "html", "timeout_after_write", "503")):
        sandbox.fault(kind=kind, **PATCH, skip=3 + 9 * skip, seconds=0.6)
        sandbox.fault(kind="503", **GET, skip=5 * skip)
    for _ in range(12):
        linked.integration.documents.filter(state=State.QUEUED).update(next_attempt_at=timezone.now())
        work(linked)
    assert linked.integration.payments.count() == len(placed)
    assert faults_of_payments(linked) == []
