"""The invoice that a payment belongs to: by the id that was stored, else by our reference, else the unpaid one that a
person made in its place; and the two nights on which it is looked for again."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounting import payments
from integrations.models import Document, Payment, State
from tests.paying import (
    BOOKED,
    MUG,
    delete_invoice,
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

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]

MISSING = (State.ERROR, "invoice_not_found", ["invoice_not_found"])
FIRST, SECOND, THIRD = (date(2026, 3, day) for day in (10, 11, 12))


@pytest.fixture
def document(paying):
    """It is posted, its payment is not, and somebody deleted its invoice from the books."""
    document = sell_before_it_is_paid(paying)
    delete_invoice(paying, document.ledger_id)
    return document


def night(linked, day):
    """A night, with the morning after it; how many payments were taken up."""
    start = timezone.now()
    found = payments.look_again(linked.integration, day, start)
    assert Payment.objects.filter(state=State.QUEUED, next_attempt_at=start).count() == found
    linked.work()
    return found


# Where it is found


@pytest.mark.rule("R57")
def test_it_is_found_by_our_reference_when_the_stored_id_leads_nowhere(paying):
    document = sell_before_it_is_paid(paying)
    Document.objects.filter(pk=document.pk).update(ledger_id="1234567890123")
    work(paying)
    assert (state(document), paid(paying)) == (BOOKED, [["30.00"]])
    assert payment_of(document).ledger_id == str(paying.ledger()[0]["id"])


@pytest.mark.rule("R57", "R60")
def test_an_unpaid_invoice_that_a_person_made_in_its_place_is_paid(paying, document):
    made = invoice_by_hand(paying, document)
    work(paying)
    assert (state(document), paid(paying), open_amounts(paying)) == (BOOKED, [["30.00"]], [0])
    payment = payment_of(document)
    assert (payment.ledger_id, payment.ledger_number) == (made, paying.ledger()[0]["invoice_number"])


@pytest.mark.rule("R62", "R300")
@pytest.mark.parametrize(
    "other",
    [
        {"description": "2026-999999"},
        {"date": "2026-01-02"},
        {"api_reference": "ccv-1-order-1"},
        {"_publish": False},
    ],
    ids=lambda other: next(iter(other)),
)
def test_an_invoice_that_is_not_quite_it_is_not_paid(paying, document, other):
    invoice_by_hand(paying, document, **other)
    work(paying)
    assert (state(document), paid(paying)) == (MISSING, [[]])


@pytest.mark.rule("R57", "R300")
def test_of_two_that_are_alike_and_of_one_for_another_amount_none_is_paid(paying, document):
    first = invoice_by_hand(paying, document)
    invoice_by_hand(paying, document)
    work(paying)
    assert (state(document), paid(paying)) == (MISSING, [[], []])
    delete_invoice(paying, first)
    Document.objects.filter(pk=document.pk).update(total_cents=3001)
    document.refresh_from_db()
    delete_invoice(paying, str(paying.ledger()[0]["id"]))
    invoice_by_hand(paying, document)
    assert night(paying, FIRST) == 1
    assert (state(document), paid(paying)) == (MISSING, [[]])


@pytest.mark.rule("R57", "R62")
def test_an_invoice_that_is_paid_already_is_not_found_among_the_unpaid(paying, document):
    pay_by_hand(paying, invoice_by_hand(paying, document), "30.00")
    work(paying)
    assert (state(document), paid(paying)) == (MISSING, [["30.00"]])


@pytest.mark.rule("R62")
def test_the_invoice_of_another_document_of_the_same_order_is_never_taken(paying):
    """Two invoices of one order are alike in number, day and amount."""
    paying.process("invoices")
    order = paying.place(**MUG)["order"]
    documents = []
    for _ in range(2):
        hold(paying)
        documents.append(paying.post_invoice(order["id"]))
    assert len({(one["description"], one["date"], one["price_with_vat"]) for one in paying.ledger()}) == 1
    delete_invoice(paying, documents[0].ledger_id)
    work(paying)
    assert [state(document) for document in documents] == [MISSING, BOOKED]
    assert paid(paying) == [["30.00"]]


# Nights


@pytest.mark.rule("R58", "R62", "R300")
def test_without_its_invoice_a_payment_stands_on_errors(paying, document):
    work(paying)
    assert (state(document), paid(paying)) == (MISSING, [])
    assert payment_of(document).next_attempt_at is None
    assert not payments.ready(paying.integration.administration_id).exists()


@pytest.mark.rule("R59", "R60")
@pytest.mark.parametrize("nights", [1, 2])
def test_an_invoice_that_turns_up_a_night_or_two_later_is_paid(paying, document, nights):
    work(paying)
    for day in (FIRST, SECOND)[: nights - 1]:
        assert night(paying, day) == 1
        assert state(document) == MISSING
    invoice_by_hand(paying, document)
    assert night(paying, (FIRST, SECOND)[nights - 1]) == 1
    assert (state(document), paid(paying), payment_of(document).nights) == (BOOKED, [["30.00"]], nights)


@pytest.mark.rule("R59", "R61")
def test_after_two_nights_only_a_person_has_it_looked_for_again(paying, document, user):
    work(paying)
    assert [night(paying, day) for day in (FIRST, SECOND, THIRD)] == [1, 1, 0]
    invoice_by_hand(paying, document)
    assert night(paying, THIRD) == 0
    assert state(document) == MISSING
    assert payments.process(payment_of(document), user)
    work(paying)
    assert (state(document), paid(paying)) == (BOOKED, [["30.00"]])


@pytest.mark.rule("R59")
def test_a_night_that_is_run_twice_counts_once(paying, document):
    work(paying)
    assert [night(paying, day) for day in (FIRST, FIRST, FIRST, SECOND, FIRST, SECOND)] == [1, 0, 0, 1, 0, 0]
    assert (payment_of(document).nights, payment_of(document).night) == (2, SECOND)


@pytest.mark.rule("R59")
def test_a_night_takes_up_nothing_but_what_was_not_found(paying, user):
    sell(paying, ordernumber=1)
    left_out = sell_before_it_is_paid(paying, ordernumber=2)
    payments.skip(payment_of(left_out), user)
    post_payments(paying, without=["ideal"])
    stuck = sell(paying, ordernumber=3)
    assert state(stuck)[2] == ["clearing_account_missing"]
    assert payments.look_again(paying.integration, FIRST, timezone.now()) == 0


@pytest.mark.rule("R59")
def test_a_night_starts_no_sooner_than_its_own_moment(paying, document):
    work(paying)
    later = timezone.now() + timedelta(hours=1)
    assert payments.look_again(paying.integration, FIRST, later) == 1
    invoice_by_hand(paying, document)
    paying.work()
    assert (state(document)[0], paid(paying)) == (State.QUEUED, [[]])


def test_a_person_who_presses_process_in_vain_uses_up_no_night(paying, document, user):
    work(paying)
    for _ in range(3):
        assert payments.process(payment_of(document), user)
        work(paying)
    assert (state(document), payment_of(document).nights) == (MISSING, 0)
    assert night(paying, FIRST) == 1


def test_an_invoice_that_goes_between_the_look_and_the_payment_is_missed_at_once(paying, sandbox):
    document = sell_before_it_is_paid(paying)
    deleted = []

    def seen(execute, sql, params, many, context):
        if not deleted and sql.startswith("INSERT") and "_intent" in sql:
            deleted.append(document.ledger_id)
            delete_invoice(paying, document.ledger_id)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(seen):
        work(paying)
    assert (deleted, state(document)[:2]) == ([document.ledger_id], (State.QUEUED, "settling"))
    invoice_by_hand(paying, document)
    work(paying)
    assert (state(document), paid(paying)) == (BOOKED, [["30.00"]])


def test_the_counter_entry_of_the_books_is_no_invoice_to_pay(paying):
    """A credit note by hand, the same day and of the same number."""
    document = sell_before_it_is_paid(paying)
    line = {"description": "Mok", "quantity": "1", "price_per_unit": "-24.79339"}
    line |= {"vat_type_id": paying.books["vat"]["NL 21"], "account_id": paying.books["revenue"]["webshop"]}
    made = invoice_by_hand(paying, document, invoice_lines=[line])
    delete_invoice(paying, document.ledger_id)
    assert [(str(one["id"]), one["open_amount"]) for one in paying.ledger()] == [(made, "-30.0")]
    work(paying)
    assert (state(document), paid(paying)) == (MISSING, [[]])
