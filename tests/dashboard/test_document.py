"""More info: problems, amounts of shop and books, lines, timeline."""

from decimal import Decimal

import pytest
from django.test import Client

from dashboard.documents.timeline import SENTENCES, entry
from integrations.models import Event, Integration, State, User

from .world import NOON, a_document, an_event


@pytest.mark.rule("R66")
def test_it_shows_the_problem_and_how_to_solve_it(client: Client, integration: Integration) -> None:
    document = a_document(integration, "2026-7", State.ERROR)
    page = client.get(f"/documents/{document.pk}/").text
    assert "<code>vat_setting_missing</code>" in page
    assert 'class="remedy"' in page
    assert f'href="/{integration.licence_key}/configuration/' in page.split('class="problem"')[1]


def test_it_shows_the_amounts_of_shop_and_books_and_their_difference(client: Client, integration: Integration) -> None:
    document = a_document(integration, "1", total_cents=10001, ledger_total_cents=10000, rounding_cents=-2)
    page = client.get(f"/documents/{document.pk}/").text
    for amount in ("€100.01", "€100.00", "€0.01", "-€0.02"):
        assert f">{amount}</td>" in page


def test_it_shows_the_lines(client: Client, integration: Integration) -> None:
    document = a_document(integration, "1")
    answer = client.get(f"/documents/{document.pk}/")
    assert "Koffiemolen" in answer.text
    assert "€121.00" in answer.text
    assert Decimal(answer.context["sold"]["total_incl"]) == Decimal("121.00")


def test_it_shows_who_pressed_process_and_each_remote_call(
    client: Client, integration: Integration, owner: User
) -> None:
    document = a_document(integration, "1")
    an_event(document, "processed_by", owner)
    an_event(document, "call", method="POST", path="/companies/1/sales_invoices", status=201, milliseconds=143)
    an_event(document, "call", method="GET", path="/me", status=0, milliseconds=30000)
    page = client.get(f"/documents/{document.pk}/").text
    assert "owner@example.nl" in page.split("<h2>Timeline</h2>")[1]
    assert "POST /companies/1/sales_invoices · 143 ms" in page
    assert "Request sent: 201" in page
    assert "Request sent: no answer" in page


@pytest.mark.parametrize("kind", [*SENTENCES, "something_new"])
@pytest.mark.parametrize("data", [{}, [], None, {"status": None}, {"problems": None}, {"notes": 3}, {"reason": None}])
def test_no_event_breaks_the_page(kind: str, data: object) -> None:
    assert entry(Event(kind=kind, data=data, at=NOON)).text


def test_a_posting_is_told_with_its_id_and_its_total() -> None:
    shown = entry(Event(kind="posted", data={"number": "VF-1", "id": 8625618670, "total": "121.1"}, at=NOON))
    assert (shown.text, shown.detail) == ("Posted in the books as VF-1.", "id 8625618670, total €121.10")


@pytest.mark.parametrize("kind", ["skipped_by_hand", "payment_skipped_by", "undo_asked"])
def test_what_a_person_typed_is_quoted(client: Client, integration: Integration, kind: str) -> None:
    document = a_document(integration, "1")
    an_event(document, kind, words="Entered by hand")
    assert "<q>Entered by hand</q>" in client.get(f"/documents/{document.pk}/").text


def test_a_kind_that_is_not_known_is_shown_plainly_and_without_traceback() -> None:
    shown = entry(Event(kind="number_changed", data={"old": "1", "traceback": "File x", "more": {"a": 1}}, at=NOON))
    assert (shown.text, shown.detail) == ("Number changed", "old: 1")


def test_an_internal_failure_shows_no_traceback(client: Client, integration: Integration) -> None:
    document = a_document(integration, "1", State.ERROR, problems=[{"code": "internal"}])
    an_event(document, "internal", traceback="Traceback (most recent call last)")
    assert "Traceback" not in client.get(f"/documents/{document.pk}/").text


def test_a_problem_that_is_not_known_any_more_is_shown_with_its_code(client: Client, integration: Integration) -> None:
    document = a_document(integration, "1", State.ERROR, problems=[{"code": "from_another_time"}])
    page = client.get(f"/documents/{document.pk}/").text
    assert "<code>from_another_time</code>" in page


def test_a_document_that_could_not_be_read_has_a_page_too(client: Client, integration: Integration) -> None:
    document = a_document(integration, "", State.ERROR, mapped=None, settings_version=None, date=None)
    page = client.get(f"/documents/{document.pk}/")
    assert document.remote_id in page.text


def test_a_page_in_flight_refreshes_itself_and_answers_nothing_while_nothing_changed(
    client: Client, integration: Integration
) -> None:
    document = a_document(integration, "1", State.QUEUED)
    answer = client.get(f"/documents/{document.pk}/")
    assert 'hx-trigger="every 3s"' in answer.text
    asked = {"seen": answer.context["stamp"]}
    assert client.get(f"/documents/{document.pk}/", asked, headers={"hx-request": "true"}).status_code == 204
    an_event(document, "waiting", reason="books_busy", seconds=5)
    assert client.get(f"/documents/{document.pk}/", asked, headers={"hx-request": "true"}).status_code == 200
