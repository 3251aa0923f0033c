"""Skip with a reason, and taking it back."""

import pytest
from django.test import Client

from integrations.models import Delivery, Document, Event, Integration, Member, Role, State
from tests.conftest import Sandbox
from tests.linked import link
from webshop import pressing, skipping

from .conftest import logged_in
from .world import a_document, a_person


def state_of(document: Document) -> tuple[str, str]:
    document.refresh_from_db()
    return document.state, document.reason


def test_the_reason_is_asked_for_and_kept_in_the_timeline(
    client: Client, integration: Integration, owner: object
) -> None:
    document = a_document(integration, "2026-7", State.ERROR)
    address = f"/documents/{document.pk}/skip"
    assert "Why is it skipped?" in client.get(address).text
    assert "Say why, in a few words." in client.post(address, {"words": " "}).text
    assert state_of(document)[0] == State.ERROR
    client.post(address, {"words": "Entered by hand"})
    assert state_of(document) == (State.SKIPPED, "by_hand")
    event = Event.objects.get(document=document, kind="skipped_by_hand")
    assert (event.user, event.data["words"]) == (owner, "Entered by hand")
    assert "Entered by hand" in client.get(f"/documents/{document.pk}/").text


def test_a_skip_is_taken_back_by_reading_it_again(client: Client, integration: Integration, owner: object) -> None:
    document = a_document(integration, "2026-7", State.SKIPPED, reason="by_hand")
    client.post(f"/documents/{document.pk}/unskip")
    assert state_of(document) == (State.OPEN, "reading")
    assert Delivery.objects.get().event == "process"
    assert Event.objects.get(document=document, kind="unskipped").user == owner


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        (State.PROCESSED, {}),
        (State.QUEUED, {}),
        (State.OPEN, {"reason": "reading"}),
        (State.SKIPPED, {}),
    ],
)
def test_what_is_posted_or_on_its_way_is_never_skipped(
    client: Client, integration: Integration, state: str, fields: dict[str, str]
) -> None:
    document = a_document(integration, "2026-7", state, **fields)
    before = state_of(document)
    answer = client.post(f"/documents/{document.pk}/skip", {"words": "x"}, follow=True)
    assert "Not skipped:" in answer.text
    for has_looked in (False, True):
        assert not skipping.skip([document], None, "x", has_looked=has_looked)  # nor by who was a moment too late
    assert state_of(document) == before
    assert not Event.objects.filter(kind="skipped_by_hand").exists()


def test_what_may_be_in_the_books_is_skipped_only_by_who_says_to_have_looked_there(
    client: Client, integration: Integration, owner: object
) -> None:
    document = a_document(integration, "2026-7", State.ERROR, ledger_id="9")
    alone, together = f"/documents/{document.pk}/skip", f"/{integration.licence_key}/errors/skip"
    assert "I looked in the books myself" in client.get(alone).text
    assert not skipping.skip([document], None, "x")
    for address in (alone, together):
        asked = client.post(address, {"document": document.pk, "words": "It is there"})
        assert "look there first, and tick the box" in asked.text
    assert state_of(document)[0] == State.ERROR
    client.post(alone, {"words": "It is there", "has_looked": "on"})
    assert state_of(document) == (State.SKIPPED, "by_hand")
    assert document.ledger_id == "9"
    assert Event.objects.get(document=document, kind="skipped_by_hand").data["has_looked"] is True
    assert "by somebody who looked in the books first" in client.get(f"/documents/{document.pk}/").text


def test_of_what_the_books_know_nothing_nobody_has_to_look_there(client: Client, integration: Integration) -> None:
    document = a_document(integration, "2026-7", State.ERROR)
    assert "I looked in the books myself" not in client.get(f"/documents/{document.pk}/skip").text


def test_what_was_not_skipped_by_hand_is_not_unskipped(client: Client, integration: Integration) -> None:
    document = a_document(integration, "2026-7", State.SKIPPED)
    client.post(f"/documents/{document.pk}/unskip")
    assert state_of(document) == (State.SKIPPED, "before_start_date")
    assert not Delivery.objects.exists()


def test_the_chosen_ones_and_a_whole_group_are_skipped_together(client: Client, integration: Integration) -> None:
    first, second, third = (a_document(integration, str(number), State.ERROR) for number in range(3))
    other = a_document(integration, "9", State.ERROR, problems=[{"code": "period_closed", "date": "2026-08-31"}])
    address = f"/{integration.licence_key}/errors/skip"
    asked = client.post(address, {"document": [first.pk, second.pk]})
    assert "Skip 2 documents" in asked.text
    assert state_of(first)[0] == State.ERROR
    client.post(address, {"document": [first.pk, second.pk], "words": "Test orders"})
    assert [state_of(one)[0] for one in (first, second, third)] == ["skipped", "skipped", "error"]
    asked = client.post(address, {"cause": third.cause, "words": "Test orders"})
    assert f'name="shown" value="{third.pk}"' in asked.text
    assert state_of(third)[0] == State.ERROR  # nobody had seen which they are
    late = a_document(integration, "7", State.ERROR)
    client.post(address, {"cause": third.cause, "shown": str(third.pk), "words": "Test orders"})
    assert state_of(third) == (State.SKIPPED, "by_hand")
    assert (late.cause, state_of(late)[0]) == (third.cause, State.ERROR)
    assert state_of(other)[0] == State.ERROR
    assert "Choose at least one document first." in client.post(address, {"words": "x"}, follow=True).text


def test_a_cause_that_no_database_takes_is_not_found(client: Client, integration: Integration) -> None:
    root = f"/{integration.licence_key}/errors"
    assert client.get(f"{root}/group", {"cause": "a\x00b"}).status_code == 404
    for address in ("skip", "group/process", "group/setting"):
        assert client.post(f"{root}/{address}", {"cause": "a\x00b", "words": "x"}).status_code == 404


def test_a_reader_skips_nothing(integration: Integration) -> None:
    person = a_person("reader@example.nl")
    Member.objects.create(integration=integration, user=person, role=Role.READER)
    stuck, skipped = a_document(integration, "1", State.ERROR), a_document(integration, "2", State.SKIPPED)
    browser = logged_in(person)
    assert browser.get(f"/documents/{stuck.pk}/skip").status_code == 403
    assert browser.post(f"/documents/{stuck.pk}/skip", {"words": "x"}).status_code == 403
    assert browser.post(f"/documents/{skipped.pk}/unskip").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_sale_that_was_skipped_is_not_posted_as_its_invoice_until_that_is_taken_back(
    sandbox: Sandbox, owner: object
) -> None:
    sandbox.reset()
    linked = link(sandbox.url)
    order = linked.place(order={}, orderrows=[{"price": 10, "tax": 21}], paid=False)["order"]
    linked.deliver(order["id"])
    linked.work()
    document = linked.document(order["id"])
    assert state_of(document) == (State.OPEN, "not_paid")
    assert skipping.skip([document], owner, "Paid in cash, entered by hand")
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{order['id']}", {"paid": True})
    linked.deliver(order["id"])
    linked.work()
    assert state_of(document) == (State.SKIPPED, "by_hand")
    linked.process("invoices")
    invoice = linked.post_invoice(order["id"])
    assert state_of(invoice) == (State.SKIPPED, "skipped_as_order")
    assert not linked.ledger()
    assert pressing.unskip(document, owner)
    linked.work()
    assert state_of(document)[0] == State.PROCESSED
    assert len(linked.ledger()) == 1
