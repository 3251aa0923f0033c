"""Search by number, over every state."""

import pytest
from django.test import Client

from integrations.models import Integration, State

from .world import a_document


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


@pytest.mark.parametrize("number", ["nothing", "%", "_", "'", "1\x00", "9" * 500, "<script>"])
def test_what_is_not_there_gives_a_sentence(client: Client, integration: Integration, number: str) -> None:
    a_document(integration, "2026-1")
    answer = client.get(f"/{integration.licence_key}/search/", {"q": number})
    assert "No order or invoice with a number that starts like this" in answer.text
    assert "<script>x" not in answer.text


def test_without_a_number_it_says_what_can_be_searched(client: Client, integration: Integration) -> None:
    assert "Which number are you looking for?" in client.get(f"/{integration.licence_key}/search/").text
