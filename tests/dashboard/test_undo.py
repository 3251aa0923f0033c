"""The page that shows what taking a posting back would do, and has it done."""

import re
from decimal import Decimal
from typing import Any

import pytest
import requests
from django.test import Client
from django.urls import reverse

from accounting import reversals
from integrations import wording
from integrations.models import Document, Integration, Member, Reversal, Role, State, User
from integrations.money import to_cents
from tests.accounting.test_budget import order_of
from tests.conftest import Sandbox
from tests.king import link_king
from tests.linked import Linked, control, link
from tests.paying import delete_invoice, post_payments, sell
from webshop import tasks

from .conftest import logged_in
from .world import a_document, a_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def linked(sandbox: Sandbox) -> Linked:
    sandbox.reset()
    return link(sandbox.url)


@pytest.fixture
def person() -> User:
    return a_person("owner@example.nl")


def browser(linked: Linked, person: User, role: Role = Role.OWNER) -> Client:
    Member.objects.create(integration=linked.integration, user=person, role=role)
    return logged_in(person)


def address(document: Document) -> str:
    return reverse("document-undo", args=[document.pk])


def page(client: Client, document: Document) -> str:
    answer = client.get(address(document))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def shown_on(page: str) -> str:
    """What the form agrees to; "" where the page has no form."""
    found = re.search('name="shown" value="([^"]+)"', page)
    return found[1] if found else ""


def press(client: Client, document: Document, **given: str) -> str:
    """Press the button, of the page as it is now unless ``shown`` says otherwise."""
    if "shown" not in given:
        given["shown"] = shown_on(client.get(address(document), follow=True).content.decode())
    answer = client.post(address(document), {"returns_to": "error", "words": "Verkeerde klant", **given}, follow=True)
    tasks.work(document.integration.administration_id)
    document.refresh_from_db()
    return " ".join(answer.content.decode().split())


def change(linked: Linked, document: Document, **fields: Any) -> None:
    """As a person does it in Rompslomp."""
    path = f"{linked.url}/api/v1/companies/{linked.company}/sales_invoices/{document.ledger_id}"
    headers = {"Authorization": f"Bearer {linked.books['token']['access_token']}"}
    requests.patch(path, json={"sales_invoice": fields}, headers=headers, timeout=10).raise_for_status()


def test_it_shows_the_counter_entry_and_makes_nothing(linked: Linked, person: User) -> None:
    document = linked.post()
    client = browser(linked, person)
    shown = page(client, document)
    assert document.ledger_number in shown
    for line in linked.ledger()[0]["invoice_lines"]:
        assert line["description"] in shown
    assert wording.money(-document.total_cents) in shown
    net = sum(Decimal(line["price_without_vat"]) for line in linked.ledger()[0]["invoice_lines"])
    assert wording.money(-to_cents(net)) in shown
    assert "payment is booked" not in shown
    assert (len(linked.ledger()), Reversal.objects.count()) == (1, 0)


def test_a_press_has_it_done(linked: Linked, person: User) -> None:
    document = linked.post()
    client = browser(linked, person, Role.BOOKKEEPER)
    press(client, document)
    assert (document.state, document.reason, len(linked.ledger())) == (State.ERROR, "undone", 2)
    reversal = Reversal.objects.get()
    assert (reversal.user, reversal.words) == (person, "Verkeerde klant")
    assert "It is not posted." in client.get(address(document), follow=True).content.decode()


def test_a_press_without_a_reason_or_a_choice_does_nothing(linked: Linked, person: User) -> None:
    document = linked.post()
    client = browser(linked, person)
    assert "Say why" in press(client, document, words="")
    assert "Choose what becomes" in press(client, document, returns_to="")
    press(client, document, returns_to="processed")
    assert (document.state, Reversal.objects.count()) == (State.PROCESSED, 0)


def test_it_says_that_a_draft_is_deleted(linked: Linked, person: User) -> None:
    linked.configure(accounting={"publish": False})
    document = linked.post()
    client = browser(linked, person)
    assert "The draft is deleted" in page(client, document)
    press(client, document, returns_to="skipped")
    assert (document.state, linked.ledger()) == (State.SKIPPED, [])


def test_it_warns_when_a_payment_is_booked_on_it(linked: Linked, person: User) -> None:
    document = linked.post()
    account = next(iter(linked.books["payment"].values()))
    paid = {"amount": "1.00", "description": "x", "account_id": account, "paid_at": "2026-11-12"}
    change(linked, document, payments=[paid])
    assert "a payment is booked on it" in page(browser(linked, person), document)


@pytest.mark.parametrize("is_deleted", [False, True])
def test_it_says_what_becomes_of_the_payment(linked: Linked, person: User, is_deleted: bool) -> None:
    document = sell(post_payments(linked))
    if is_deleted:
        delete_invoice(linked, document.ledger_id)
    shown = page(browser(linked, person), document)
    assert ("is gone with it" in shown, "and stays booked" in shown) == (is_deleted, not is_deleted)


def test_nothing_is_asked_while_the_books_can_not_show_it(linked: Linked, person: User, sandbox: Sandbox) -> None:
    document = linked.post()
    client = browser(linked, person)
    before = shown_on(page(client, document))
    sandbox.fault(kind="503", method="GET", path="/sales_invoices", times=2)
    shown = page(client, document)
    assert "Try again when" in shown
    assert 'id="undo"' not in shown
    assert "Nothing was asked for" in press(client, document, shown=before)
    assert (document.state, Reversal.objects.count()) == (State.PROCESSED, 0)


@pytest.mark.parametrize("shown", ["", "1:2:3"])
def test_nothing_is_asked_that_was_not_shown(linked: Linked, person: User, shown: str) -> None:
    document, other = linked.post(seed=1), linked.post(seed=2)
    client = browser(linked, person)
    assert "Nothing was asked for yet" in press(client, document, shown=shown)
    assert "The books changed" in press(client, document, shown=shown_on(page(client, other)))
    assert (document.state, Reversal.objects.count()) == (State.PROCESSED, 0)


def test_what_changed_since_it_was_shown_is_shown_again(linked: Linked, person: User) -> None:
    linked.configure(accounting={"publish": False})
    document = linked.post()
    client = browser(linked, person)
    before = shown_on(page(client, document))
    change(linked, document, _publish=True)
    again = press(client, document, shown=before)
    assert "The books changed" in again
    assert "Lines of the counter-entry" in again
    assert 'value="Verkeerde klant"' in again
    assert not Reversal.objects.exists()
    press(client, document, shown=shown_on(again))
    assert (document.state, len(linked.ledger())) == (State.ERROR, 2)


def test_it_says_that_a_credit_note_by_hand_is_not_seen(linked: Linked, person: User) -> None:
    assert "made by hand in Rompslomp is not seen" in page(browser(linked, person), linked.post())


def test_while_it_is_being_done_nobody_asks_again(linked: Linked, person: User) -> None:
    document = linked.post()
    client = browser(linked, person)
    reversals.ask(document, person, returns_to="error")
    shown = client.get(address(document), follow=True).content.decode()
    assert "asked for already" in shown
    assert 'id="undo"' not in shown


def test_an_order_at_king_is_deleted_there_first(sandbox: Sandbox, person: User) -> None:
    sandbox.reset()
    king = link_king(sandbox.url, "order")
    order = king.place(**order_of("MOK"))["order"]
    king.deliver(order["id"])
    king.work()
    document = king.document(order["id"])
    client = browser(king, person)
    assert f"Order {document.ledger_id} is still in King" in page(client, document)
    reversals.ask(document, person, returns_to="error")
    tasks.work(document.integration.administration_id)
    assert "could not be done" in page(client, document)
    assert 'id="undo"' not in page(client, document)
    assert "what is in the way" in press(client, document, is_deleted="on")
    assert document.state == State.PROCESSED
    control(king.url, "DELETE", f"imuis/administrations/{king.company}/ORDKOP/{document.ledger_id}")
    assert "no longer in King" in page(client, document)
    assert "Say that you deleted it" in press(client, document)
    assert not Reversal.objects.exclude(outcome="refused").exists()
    press(client, document, is_deleted="on")
    assert (document.state, document.reason) == (State.ERROR, "undone")


def test_an_entry_at_king_shows_its_rows(sandbox: Sandbox, person: User) -> None:
    sandbox.reset()
    king = link_king(sandbox.url)
    order = king.place(**order_of("MOK", "KAN"))["order"]
    king.deliver(order["id"])
    king.work()
    document = king.document(order["id"])
    shown = page(browser(king, person), document)
    for row in king.ledger()[0]:
        assert row["REK"] in shown


def test_a_reader_may_not(linked: Linked, person: User) -> None:
    document = linked.post()
    client = browser(linked, person, Role.READER)
    assert client.get(address(document)).status_code == 403
    assert client.post(address(document), {"returns_to": "error", "words": "x"}).status_code == 403
    assert not Reversal.objects.exists()


def test_a_stopped_integration_takes_nothing_back(linked: Linked, person: User) -> None:
    document = linked.post()
    Integration.objects.update(status=Integration.Status.STOPPED)
    assert "stopped" in press(browser(linked, person), document)
    assert not Reversal.objects.exists()


def test_what_is_not_posted_has_nothing_to_take_back(client: Client, integration: Integration) -> None:
    document = a_document(integration, "2026-4711", State.ERROR)
    assert "It is not posted." in client.get(address(document), follow=True).content.decode()
