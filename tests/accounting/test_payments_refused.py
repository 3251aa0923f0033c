"""Payments that can't be booked now: what the books or the settings say no to, connections that are lost, people who
decide otherwise."""

import pytest
from django.db import connection as database
from django.utils import timezone

from accounting import connection, payments
from integrations.models import Administration, Integration, Intent, Payment, State
from tests.paying import (
    BOOKED,
    hold,
    open_amounts,
    paid,
    payment_of,
    post_payments,
    sell,
    sell_before_it_is_paid,
    state,
    work,
)

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


def company(linked, **switches):
    linked.control("PATCH", f"ledger/companies/{linked.company}", switches)


# Refused


def test_a_payment_that_the_books_refuse_is_stuck_until_a_person_presses_process(paying, sandbox, user):
    sandbox.fault(kind="422", method="PATCH", path="/sales_invoices/", skip=1)
    document = sell(paying)
    assert (document.state, state(document)) == (State.PROCESSED, (State.ERROR, "books_refused", ["books_refused"]))
    assert not Intent.objects.exists()
    work(paying)
    assert paid(paying) == [[]]
    assert payments.process(payment_of(document), user)
    work(paying)
    assert (state(document), paid(paying)) == (BOOKED, [["30.00"]])
    assert document.events.get(kind="payment_processed_by").user == user


@pytest.mark.rule("R298")
def test_a_payment_method_without_a_clearing_account_is_named_and_booked_once_it_has_one(linked, user):
    post_payments(linked, without=["ideal"])
    document = sell(linked)
    assert (document.state, state(document)[2]) == (State.PROCESSED, ["clearing_account_missing"])
    assert payment_of(document).problems[0]["method"] == "ideal"
    post_payments(linked)
    assert payments.process(payment_of(document), user)
    work(linked)
    assert (state(document), paid(linked)) == (BOOKED, [["30.00"]])


def test_payments_that_were_switched_off_meanwhile_stay_off(paying, user):
    document = sell_before_it_is_paid(paying)
    paying.configure(payments=False)
    work(paying)
    assert (state(document)[2], paid(paying)) == (["payments_off"], [[]])
    paying.configure(payments=True)
    assert payments.process(payment_of(document), user)
    work(paying)
    assert state(document) == BOOKED


def test_an_administration_that_is_gone_is_said_once(paying):
    document = sell_before_it_is_paid(paying)
    Administration.objects.update(remote_id="1999999999")
    work(paying)
    assert state(document) == (State.ERROR, "administration_gone", ["administration_gone"])


def test_a_plan_that_ended_is_said(paying, user):
    document = sell_before_it_is_paid(paying)
    company(paying, api_accessible=False)
    work(paying)
    assert state(document)[2] == ["books_plan"]
    company(paying, api_accessible=True)
    assert payments.process(payment_of(document), user)
    work(paying)
    assert state(document) == BOOKED


# Waiting


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_books_that_are_busy_are_left_alone_for_as_long_as_they_ask(paying, sandbox, method):
    document = sell_before_it_is_paid(paying)
    sandbox.fault(kind="429", method=method, path="/sales_invoices/")
    work(paying)
    assert state(document)[:2] == (State.QUEUED, "books_busy")
    paused = Administration.objects.get().paused_until
    assert 25 < (paused - timezone.now()).total_seconds() <= 30
    assert not Intent.objects.exists()
    Payment.objects.update(next_attempt_at=timezone.now())
    paying.work()
    assert paid(paying) == [[]]
    work(paying)
    assert (state(document), paid(paying)) == (BOOKED, [["30.00"]])


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_lost_connection_holds_all_payments_until_it_is_regained(paying, sandbox, method):
    documents = [sell_before_it_is_paid(paying, ordernumber=number) for number in (1, 2)]
    sandbox.fault(kind="expired_token", method=method, path="/sales_invoices/")
    work(paying)
    assert [state(document)[:2] for document in documents] == [(State.QUEUED, "connection_lost")] * 2
    paying.integration.refresh_from_db()
    assert paying.integration.books_lost_at
    assert not payments.ready(paying.integration.administration_id).exists()
    connection.regain(paying.integration, "books")
    paying.work()
    assert [state(document) for document in documents] == [BOOKED] * 2
    assert paid(paying) == [["30.00"], ["30.00"]]


def test_a_payment_that_arrives_turns_the_dot_green(paying, sandbox):
    document = sell_before_it_is_paid(paying)
    sandbox.fault(kind="expired_token", method="GET", path="/sales_invoices/")
    work(paying)
    work(paying)
    assert state(document) == BOOKED
    assert Integration.objects.get().books_lost_at is None


def test_a_stopped_integration_posts_no_payments(paying):
    document = sell_before_it_is_paid(paying)
    Integration.objects.update(status=Integration.Status.STOPPED)
    work(paying)
    assert (state(document)[0], paid(paying)) == (State.QUEUED, [[]])


# People


def test_a_person_leaves_a_payment_out_and_takes_it_up_again(paying, user):
    document = sell_before_it_is_paid(paying)
    assert payments.skip(payment_of(document), user, "Contant betaald")
    work(paying)
    assert (state(document), paid(paying)) == ((State.SKIPPED, "by_hand", []), [[]])
    told = document.events.get(kind="payment_skipped_by")
    assert (told.user, told.data) == (user, {"words": "Contant betaald"})
    assert payments.process(payment_of(document), user)
    work(paying)
    assert (state(document), paid(paying)) == (BOOKED, [["30.00"]])


def test_what_a_person_skips_just_before_it_is_sent_is_not_sent(paying, user):
    document = sell_before_it_is_paid(paying)
    payment, skipped = payment_of(document), []

    def meanwhile(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if not skipped and 'FROM "integrations_payment"' in sql and sql.endswith("LIMIT 1"):
            skipped.append(True)
            skipped.append(payments.skip(payment, user))
        return answer

    with database.execute_wrapper(meanwhile):
        work(paying)
    assert (skipped, state(document)[0]) == ([True, True], State.SKIPPED)
    assert (paid(paying), Intent.objects.count()) == ([[]], 0)


def test_no_answer_to_a_question_is_no_reason_to_wait_for_a_person(paying):
    document = sell_before_it_is_paid(paying)
    for _ in range(3):
        hold(paying)
        work(paying)
    assert (state(document)[0], payment_of(document).attempts) == (State.QUEUED, 4)
    work(paying)
    assert (state(document), open_amounts(paying)) == (BOOKED, [0])
