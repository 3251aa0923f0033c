"""Open: what is not paid yet and what is on its way, with what it waits for."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.lists.waiting import OPEN, QUEUED, SKIPPED, sentence
from dashboard.views.open import FIRST
from integrations.models import Delivery, Document, Integration, State

from .test_payments import a_payment
from .test_queries import MOST, OF_THE_SESSION
from .world import NOON, a_document


def numbers(rows: list[Document]) -> list[str]:
    return [document.number for document in rows]


def a_message(integration: Integration, number: int, reason: str = "", **fields: object) -> Delivery:
    """A message of the shop that nobody has looked at yet."""
    return Delivery.objects.create(
        integration=integration, event="orders.created", kind="order", remote_id=str(number), digest=str(number),
        body="{}", is_signed=True, reason=reason, **fields,
    )  # fmt: skip


@pytest.mark.rule("R397", "R410")
def test_it_shows_what_waits_and_for_what(client: Client, integration: Integration) -> None:
    a_document(integration, "2026-1", State.OPEN)
    a_document(integration, "2026-2", State.QUEUED, reason="settling")
    for state in (State.PROCESSED, State.ERROR, State.SKIPPED):
        a_document(integration, f"other {state}", state)
    answer = client.get(f"/{integration.licence_key}/open/")
    assert [document.number for document in answer.context["page"].rows] == ["2026-1"]
    assert [document.number for document in answer.context["going"]] == ["2026-2"]
    assert "Not paid in the shop yet" in answer.text
    assert "so it is not posted twice" in answer.text
    assert "Next attempt: 9\xa0Nov\xa02036 12:00." in answer.text


def test_nothing_waiting_says_so(client: Client, integration: Integration) -> None:
    assert "Nothing is waiting" in client.get(f"/{integration.licence_key}/open/").text


@pytest.mark.parametrize("state", State.values)
def test_a_reason_that_is_not_known_is_shown_as_it_is(state: str) -> None:
    document = Document(state=state, reason="moon_phase", next_attempt_at=NOON)
    expected = "Reason: moon_phase." if state in ("open", "queued", "skipped") else ""
    assert sentence(document) == expected


@pytest.mark.parametrize(("state", "texts"), [("open", OPEN), ("queued", QUEUED), ("skipped", SKIPPED)])
def test_every_known_reason_has_a_sentence(state: str, texts: dict[str, object]) -> None:
    for reason, text in texts.items():
        assert sentence(Document(state=state, reason=reason)) == str(text)


def test_what_is_on_its_way_and_what_waits_have_their_own_part_and_count(
    client: Client, integration: Integration
) -> None:
    for number in range(FIRST + 2):
        a_document(integration, f"Q-{number}", State.QUEUED)
    a_document(integration, "O-1", State.OPEN)
    answer = client.get(f"/{integration.licence_key}/open/")
    assert len(answer.context["going"]) == FIRST
    assert re.findall(r"<h2 id=.*? <span class=.count.>(\d+)<", answer.text) == [str(FIRST + 2), "1"]
    (link,) = re.findall(r'href="(\?[^"]*show=queued)"', answer.text)
    all_of_them = client.get(f"/{integration.licence_key}/open/{link}")
    assert len(all_of_them.context["page"].rows) == FIRST + 2
    assert all_of_them.context["going"] == []


def test_it_can_be_narrowed_down_by_kind(client: Client, integration: Integration) -> None:
    a_document(integration, "I-1", State.QUEUED, kind="invoice")
    a_document(integration, "O-1", State.OPEN)
    answer = client.get(f"/{integration.licence_key}/open/?kind=order")
    assert (numbers(answer.context["page"].rows), answer.context["going"]) == (["O-1"], [])
    answer = client.get(f"/{integration.licence_key}/open/?kind=invoice")
    assert (answer.context["page"].rows, numbers(answer.context["going"])) == ([], ["I-1"])


def test_an_order_that_waits_says_when_it_was_looked_at(client: Client, integration: Integration) -> None:
    a_document(integration, "2026-1", State.OPEN, looked_at=NOON)
    page = client.get(f"/{integration.licence_key}/open/").text
    assert "as soon as the shop reports a payment. Looked at last: 12\xa0Nov\xa02026 12:00." in page


@pytest.mark.rule("R410")
def test_messages_that_wait_for_the_shop_are_told(client: Client, integration: Integration) -> None:
    later = timezone.now() + timedelta(minutes=9)
    for number in range(3):
        a_message(integration, number, "shop_unreachable", next_attempt_at=later)
    a_message(integration, 4)
    a_message(integration, 5, "shop_unreachable", handled_at=later)
    Delivery.objects.filter(pk=a_message(integration, 6).pk).update(received_at=NOON)
    unreachable, late = client.get(f"/{integration.licence_key}/open/").context["messages_waiting"]
    assert unreachable.startswith(
        "3 messages of the shop wait: The shop can't be reached at the moment. Next attempt: "
    )
    assert late == "1 message of the shop waits: it is busy; they are looked at in their order."


def test_messages_of_another_shop_are_not_told(client: Client, integration: Integration, stranger: Client) -> None:
    a_message(Integration.objects.exclude(pk=integration.pk).get(), 1, "shop_unreachable")
    assert client.get(f"/{integration.licence_key}/open/").context["messages_waiting"] == []


def test_a_page_with_everything_asks_little_and_stays_up_to_date(client: Client, integration: Integration) -> None:
    going = a_document(integration, "2026-1", State.QUEUED)
    a_document(integration, "2026-2", State.OPEN)
    a_payment(integration, "2026-3", State.OPEN)
    message = a_message(integration, 1, "shop_busy")
    address = f"/{integration.licence_key}/open/"
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert len([query for query in captured if not OF_THE_SESSION.search(query["sql"])]) <= MOST
    seen = {"seen": answer.context["stamp"]}
    assert client.get(address, seen, headers={"hx-request": "true"}).status_code == 204
    Delivery.objects.filter(pk=message.pk).update(handled_at=timezone.now())
    answer = client.get(address, seen, headers={"hx-request": "true"})
    assert "2026-1" in answer.text
    seen = {"seen": answer.context["stamp"]}
    Document.objects.filter(pk=going.pk).update(reason="books_busy")
    assert "The books asked us to slow down." in client.get(address, seen, headers={"hx-request": "true"}).text
