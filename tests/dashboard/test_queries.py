"""The number of queries of a page does not grow with what it shows."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integrations.models import Document, Integration, Payment, ProcessRun, Reversal, State, User

from .world import a_document, an_event, an_integration

MOST = 8
OF_THE_SESSION = re.compile("SAVEPOINT|usersessions")
PAGES = {"report": State.PROCESSED, "errors": State.ERROR, "open": State.QUEUED, "search": State.SKIPPED}


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([query for query in captured if not OF_THE_SESSION.search(query["sql"])])


@pytest.mark.parametrize(("tab", "state"), PAGES.items())
def test_a_list_of_20_asks_as_much_as_one_of_10(client: Client, integration: Integration, tab: str, state: str) -> None:
    address = f"/{integration.licence_key}/{tab}/?q=2026"
    for number in range(10):
        a_document(integration, f"2026-{number}", state)
    client.get(address)
    first = queries(client, address)
    for number in range(10, 20):
        a_document(integration, f"2026-{number}", state)
    assert queries(client, address) == first
    assert first <= MOST


def test_the_way_in_of_20_shops_asks_as_much_as_that_of_10(client: Client, owner: User) -> None:
    def more() -> None:
        for number in range(10):
            one = an_integration(owner, f"Shop {Integration.objects.count()}")
            one.handshakes.create(api_public=f"{one.pk}-{number}", api_secret="s", api_root="https://x.nl")

    more()
    client.get("/install/")
    first = queries(client, "/install/")
    more()
    assert queries(client, "/install/") == first
    assert first <= MOST


def test_a_timeline_of_20_asks_as_much_as_one_of_10(client: Client, integration: Integration, owner: object) -> None:
    document = a_document(integration, "1", State.ERROR)
    for _ in range(10):
        an_event(document, "processed_by", owner)
    address = f"/documents/{document.pk}/"
    client.get(address)
    first = queries(client, address)
    for _ in range(10):
        an_event(document, "processed_by", owner)
    assert queries(client, address) == first


TABS = ("report", "errors", "open", "configuration", "profile", "search", "payments", "tickets", "report/figures")


@pytest.fixture
def busy(integration: Integration, owner: User) -> Integration:
    """With documents and payments in every state, and a run that is under way."""
    problem = [{"code": "vat_setting_missing", "country": "DE", "rate": "19"}]
    run = ProcessRun.objects.create(integration=integration, user=owner, total=9, last_id=1)
    for state in State.values:
        a_document(integration, f"A-{state}", state, run=run)
        document = a_document(integration, state, state, problems=problem)
        payment = {
            "number": state,
            "method": "ideal",
            "state": state,
            "date": document.date,
            "amount_cents": 1,
            "document": document,
        }
        Payment.objects.create(integration=integration, changed_at=document.changed_at, **payment)
    an_integration(owner, "Another shop")
    return integration


@pytest.mark.parametrize("tab", TABS)
def test_no_tab_asks_more_than_8_times(client: Client, busy: Integration, tab: str) -> None:
    address = f"/{busy.licence_key}/{tab}" + ("" if tab == "report/figures" else "/")
    client.get(address, {"q": "A-"}, headers={"hx-request": "true"})
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, {"q": "A-"}, follow=False).status_code in (200, 302)
    assert len([query for query in captured if not OF_THE_SESSION.search(query["sql"])]) <= MOST


@pytest.mark.parametrize("state", State.values)
def test_no_document_asks_more_than_8_times(client: Client, busy: Integration, owner: User, state: str) -> None:
    document = Document.objects.get(integration=busy, number=state)
    taken_back = {"user": owner, "returns_to": State.ERROR, "ledger_id": "1", "outcome": "deleted"}
    Reversal.objects.create(document=document, edition=1, **taken_back)
    an_event(document, "processed_by", owner)
    address = f"/documents/{document.pk}/"
    client.get(address)
    assert queries(client, address) <= MOST
