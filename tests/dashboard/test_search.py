"""Find my order: by whatever people know of it, over every state."""

import pytest
from django.test import Client

from dashboard.lists.find import MOST, amount_of, where
from integrations.models import Document, Integration, State

from .world import NOON, a_document


def found(client: Client, integration: Integration, number: str) -> list[str]:
    answer = client.get(f"/{integration.licence_key}/search/", {"q": number})
    return sorted(document.number for document in answer.context["found"])


@pytest.mark.parametrize("state", State.values)
def test_a_document_is_found_in_every_state(client: Client, integration: Integration, state: str) -> None:
    a_document(integration, "2026-1042", state)
    a_document(integration, "1999-1", State.PROCESSED)
    assert found(client, integration, "2026-1042") == ["2026-1042"]
    assert found(client, integration, "2026") == ["2026-1042"]


def test_the_number_in_the_books_finds_it_too(client: Client, integration: Integration) -> None:
    a_document(integration, "2026-1042", ledger_number="VF-88")
    assert found(client, integration, "VF-88") == ["2026-1042"]


def test_a_skipped_document_is_shown_with_its_reason(client: Client, integration: Integration) -> None:
    a_document(integration, "2026-1", State.SKIPPED, reason="before_start_date")
    page = client.get(f"/{integration.licence_key}/search/", {"q": "2026-1"}).text
    assert "Dated before the start date" in page


def test_it_does_not_find_what_belongs_to_others(client: Client, integration: Integration, stranger: Client) -> None:
    other = Integration.objects.exclude(pk=integration.pk).get()
    a_document(other, "2026-1042")
    assert found(client, integration, "2026-1042") == []


@pytest.mark.parametrize("number", ["nothing", "%", "_", "O'B", "77\x00", "9" * 500, "<script>"])
def test_what_is_not_there_gives_a_sentence(client: Client, integration: Integration, number: str) -> None:
    a_document(integration, "2026-1")
    answer = client.get(f"/{integration.licence_key}/search/", {"q": number})
    assert "No order or invoice with a number that starts like this" in answer.text
    assert "the newest 5,000 documents" in answer.text
    assert "<script>x" not in answer.text


def test_without_words_it_says_what_can_be_searched(client: Client, integration: Integration) -> None:
    assert "Which order are you looking for?" in client.get(f"/{integration.licence_key}/search/").text


@pytest.mark.rule("R414")
@pytest.mark.parametrize(
    "typed",
    [
        "#2026-1042 ",
        "“2026-1042”",
        "f2026-7",
        "F2026-7",
        "Inkoop@Example.nl",
        "inkoop@",
        "bakker",
        "€ 1.234,50",
        "1,234.50",
    ],
)
def test_it_is_found_by_whatever_people_know_of_it(client: Client, integration: Integration, typed: str) -> None:
    known = {"ledger_number": "F2026-7", "customer_email": "inkoop@example.nl", "customer_name": "Bakkerij De Bakker"}
    a_document(integration, "2026-1042", total_cents=123450, **known)
    a_document(integration, "2026-1", ledger_number="F2025-1")
    assert found(client, integration, typed) == ["2026-1042"]


def test_an_amount_finds_the_credit_too(client: Client, integration: Integration) -> None:
    a_document(integration, "C-1", total_cents=-12050)
    a_document(integration, "D-1", total_cents=12050)
    assert found(client, integration, "120,50") == ["C-1", "D-1"]


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("121,00", 12100), ("121.00", 12100), ("121", 12100), ("€ 1.234", 123400), ("-5,25", -525), ("EUR 0,01", 1)]
    + [(text, None) for text in ("2026-1042", "12,3", "a", "", "1.2.3", "€", "12-12", "1e5")],
)
def test_amounts_are_read_as_people_write_them(typed: str, cents: int | None) -> None:
    assert amount_of(typed) == cents


def test_one_result_says_in_a_sentence_where_it_is(client: Client, integration: Integration) -> None:
    a_document(integration, "2026-1042", ledger_number="20260071")
    a_document(integration, "2026-2", State.ERROR)
    page = client.get(f"/{integration.licence_key}/search/", {"q": "2026-1042"}).text
    assert "Order 2026-1042 is in the books as 20260071, posted 12\xa0Nov\xa02026 12:00." in page
    page = client.get(f"/{integration.licence_key}/search/", {"q": "2026-2"}).text
    assert "Order 2026-2 has been stuck since" in page


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("kind", ["order", "invoice"])
def test_every_state_has_a_sentence(state: str, kind: str) -> None:
    document = Document(state=state, kind=kind, number="1", changed_at=NOON, problems=[])
    name = "Order 1" if kind == "order" else "Invoice 1"
    assert where(document).startswith((f"{name} is ", f"{name} has been "))


def test_the_exact_number_comes_before_what_begins_like_it(client: Client, integration: Integration) -> None:
    wanted = a_document(integration, "2026-1")
    for number in range(MOST + 5):
        a_document(integration, f"2026-1{number:03}")
    answer = client.get(f"/{integration.licence_key}/search/", {"q": "2026-1"})
    assert answer.context["found"][0] == wanted
    assert len(answer.context["found"]) == MOST
    assert f"Only {MOST} are shown" in answer.text
