"""What a person does about payments: Process, Skip and Report problem, in a list and on the page of a document."""

import html
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounting import payments as posting
from integrations.models import Document, Event, Integration, Intent, Member, Payment, Role, State, Ticket, User
from tests.conftest import Sandbox
from tests.linked import Linked, link
from tests.paying import (
    BOOKED,
    delete_invoice,
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

from .conftest import logged_in
from .test_payments import a_payment
from .world import a_person

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def linked(sandbox: Sandbox, owner: User) -> Linked:
    sandbox.reset()
    made = link(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    return post_payments(made)


def press(client: Client, linked: Linked | Integration, act: str, *payments: Payment, **more: str) -> str:
    """Send a form, and let the worker come; gives the words of the page that follows."""
    integration = linked.integration if isinstance(linked, Linked) else linked
    sent: dict[str, Any] = {"payment": [payment.pk for payment in payments], "next": "/", **more}
    answer = client.post(f"/{integration.licence_key}/payments/{act}", sent)
    if isinstance(linked, Linked):
        linked.work()
    return html.unescape((client.get(answer["location"], follow=True) if answer.status_code == 302 else answer).text)


def page_of(client: Client, document: Document) -> str:
    return html.unescape(client.get(f"/documents/{document.pk}/").text)


@pytest.mark.rule("R58", "R61", "R62")
def test_a_payment_without_its_invoice_is_stuck_until_process_finds_it(client: Client, linked: Linked) -> None:
    document = sell_before_it_is_paid(linked)
    delete_invoice(linked, document.ledger_id)
    work(linked)
    assert (state(document)[0], paid(linked)) == (State.ERROR, [])
    errors = client.get(f"/{linked.integration.licence_key}/payments/?list=errors").text
    assert "The invoice of this payment is not among the unpaid invoices in the books." in errors
    press(client, linked, "process", payment_of(document))
    assert (state(document)[0], paid(linked)) == (State.ERROR, [])
    invoice_by_hand(linked, document)
    assert "1 payment is processed now." in press(client, linked, "process", payment_of(document))
    assert state(document) == BOOKED
    assert (paid(linked), open_amounts(linked)) == ([["30.00"]], [0])
    page = page_of(client, document)
    assert "Process was pressed for its payment." in page
    assert "The payment of €30.00 was booked on invoice" in page


def test_many_are_processed_once_the_clearing_account_is_there(client: Client, linked: Linked) -> None:
    post_payments(linked, without=["ideal"])
    documents = [sell(linked, ordernumber=number, ordernumber_full=f"W{number}") for number in (301, 302)]
    assert {state(document)[1] for document in documents} == {"clearing_account_missing"}
    assert "Its payment is not booked. There is no clearing account" in page_of(client, documents[0])
    post_payments(linked)
    assert "2 payments are processed now." in press(client, linked, "process", *map(payment_of, documents))
    assert [state(document) for document in documents] == [BOOKED, BOOKED]
    assert "Choose at least one payment first." in press(client, linked, "process")


def test_one_button_is_for_one_payment_whatever_is_ticked(client: Client, linked: Linked) -> None:
    post_payments(linked, without=["ideal"])
    first, second = (sell(linked, ordernumber=number, ordernumber_full=f"W{number}") for number in (301, 302))
    post_payments(linked)
    press(client, linked, "process", payment_of(first), one=str(payment_of(second).pk))
    assert (state(first)[0], state(second)) == (State.ERROR, BOOKED)


@pytest.fixture
def doubtful(linked: Linked) -> Document:
    """A posted document, of whose payment nobody can tell whether it is in the books."""
    document = sell_before_it_is_paid(linked)
    problem = {"code": "payment_uncertain", "number": "1", "amount": "30.00", "before": "30.00", "open": "10.00"}
    Payment.objects.update(
        state=State.ERROR, reason="payment_uncertain", problems=[problem], next_attempt_at=None,
        ledger_id=document.ledger_id, open_before_cents=3000,
    )  # fmt: skip
    step = {"step": posting.STEP, "reference": str(payment_of(document).pk), "started_at": timezone.now()}
    Intent.objects.create(administration=linked.integration.administration, document=document, **step)
    return document


def test_an_uncertain_one_is_processed_only_by_who_has_looked_in_the_books(
    client: Client, linked: Linked, doubtful: Document
) -> None:
    payment = payment_of(doubtful)
    page = press(client, linked, "process", payment)
    assert "€30.00 was open, now €10.00 is." in page
    assert "whether this payment is booked" in page
    assert "I looked in the books: this payment is not there." in page
    assert "tick the box" in press(client, linked, "process", payment, looked="1")
    assert (state(doubtful)[0], paid(linked)) == (State.ERROR, [[]])
    press(client, linked, "process", payment, looked="1", has_looked="on")
    assert (state(doubtful), paid(linked)) == (BOOKED, [["30.00"]])


def test_who_presses_a_moment_later_changes_nothing(
    client: Client, linked: Linked, doubtful: Document, sandbox: Sandbox
) -> None:
    """The first press is on its way, and its answer has not come."""
    payment = payment_of(doubtful)
    sandbox.fault(kind="timeout_after_write", method="PATCH", path="/sales_invoices")
    press(client, linked, "process", payment, looked="1", has_looked="on")
    assert state(doubtful)[:2] == (State.QUEUED, "settling")
    page = press(client, linked, "process", payment, looked="1", has_looked="on")
    assert "Not processed: It is on its way to the books." in page
    assert Intent.objects.filter(document=doubtful, step=posting.STEP).exists()
    assert paid(linked) == [["30.00"]]


def test_a_skip_says_why_and_is_taken_back_by_process(client: Client, linked: Linked, owner: User) -> None:
    post_payments(linked, without=["ideal"])
    document = sell(linked)
    payment = payment_of(document)
    assert "Why is it skipped?" in press(client, linked, "skip", payment)
    assert "Say why, in a few words." in press(client, linked, "skip", payment, words=" ")
    assert state(document)[0] == State.ERROR
    press(client, linked, "skip", payment, words="Paid in cash")
    assert state(document) == (State.SKIPPED, "by_hand", [])
    event = Event.objects.get(document=document, kind="payment_skipped_by")
    assert (event.user, event.data["words"], event.payment) == (owner, "Paid in cash", payment)
    assert "Paid in cash" in page_of(client, document)
    post_payments(linked)
    press(client, linked, "process", payment)
    assert state(document) == BOOKED
    assert "not posted" in press(client, linked, "skip", payment, words="Too late")
    assert state(document) == BOOKED


def test_what_was_paid_in_the_books_is_said(client: Client, linked: Linked) -> None:
    document = sell_before_it_is_paid(linked)
    pay_by_hand(linked, document.ledger_id, "30.00")
    work(linked)
    assert state(document)[:2] == (State.PROCESSED, "already_paid")
    page = page_of(client, document)
    assert "It was paid in the books already, so nothing was added." in page
    assert "was paid in the books already, so its payment was not added." in page


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"state": State.PROCESSED}, "It is already posted."),
        ({"state": State.QUEUED}, "It is on its way to the books."),
        ({"state": State.OPEN, "reason": "not_paid"}, "It is not paid in the shop yet."),
        ({"state": State.SKIPPED, "reason": "expired"}, "It is not paid in the shop yet."),
        ({"state": State.ERROR}, "Payments are not switched on for this integration."),
    ],
)
def test_what_can_not_be_processed_says_why(
    client: Client, integration: Integration, fields: dict[str, str], reason: str
) -> None:
    payment = a_payment(integration, "2026-1", **fields)
    assert f"Not processed: {reason}" in press(client, integration, "process", payment)
    payment.refresh_from_db()
    assert payment.state == fields["state"]
    if payment.state != State.PROCESSED:
        assert f'id="why-payment-{payment.pk}">{reason}<' in page_of(client, payment.document)


def test_a_reader_looks_and_reports(integration: Integration) -> None:
    payment = a_payment(integration, "2026-1", State.ERROR, problems=[{"code": "payments_off"}])
    Member.objects.create(integration=integration, user=a_person("reader@example.nl"), role=Role.READER)
    client = logged_in(User.objects.get(email="reader@example.nl"))
    page = client.get(f"/{integration.licence_key}/payments/?list=errors").text
    assert "With your role you can only look" in page
    assert 'name="payment"' not in page
    assert "skip-payment" not in page
    for act in ("process", "skip"):
        assert client.post(f"/{integration.licence_key}/payments/{act}", {"one": payment.pk}).status_code == 403
    assert f'href="/{integration.licence_key}/errors/report?document={payment.document_id}"' in page


def test_payments_of_others_are_left_alone(client: Client, integration: Integration, stranger: Client) -> None:
    other = Integration.objects.exclude(pk=integration.pk).get()
    payment = a_payment(other, "2026-1", State.ERROR)
    press(client, integration, "process", payment)
    press(client, integration, "skip", payment, words="Not mine")
    payment.refresh_from_db()
    assert payment.state == State.ERROR


def test_a_report_tells_us_of_the_payment_and_of_no_person(client: Client, integration: Integration) -> None:
    problem = {"code": "books_refused", "words": "J. de Vries (j.devries@example.nl) owes nothing"}
    payment = a_payment(integration, "2026-1", State.ERROR, problems=[problem], reason="books_refused")
    address = f"/{integration.licence_key}/errors/report?document={payment.document_id}"
    assert "owes nothing" in client.get(address).text
    client.post(address, {"text": "What now?"})
    ticket = Ticket.objects.get()
    sent = ticket.documents.get().evidence["payment"]
    assert (sent["number"], sent["amount_cents"], sent["state"]) == ("P-2026-1", 12100, "error")
    assert sent["problems"][0]["code"] == "books_refused"
    assert "owes nothing" in str(sent)
    assert "Vries" not in str(sent)
    page = f"/{integration.licence_key}/tickets/{ticket.pk}/"
    assert "Nothing is stuck on this any more." not in client.get(page).text
    Payment.objects.update(state=State.PROCESSED)
    assert "Nothing is stuck on this any more." in client.get(page).text


def test_undo_tells_what_becomes_of_the_payment(client: Client, linked: Linked) -> None:
    posted = sell(linked)
    waiting = sell_before_it_is_paid(linked, ordernumber=299, ordernumber_full="W299")
    booked, dropped = (html.unescape(client.get(f"/documents/{one.pk}/undo").text) for one in (posted, waiting))
    assert f"Its payment of €30.00 is booked on invoice {posted.ledger_number} and stays booked." in booked
    assert "Its payment of €30.00 was not posted yet, and is dropped." in dropped
