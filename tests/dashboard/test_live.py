"""Lists that keep themselves up to date."""

import pytest
from django.test import Client

from integrations.models import Integration, State

from .world import a_document

HTMX = {"hx-request": "true"}


@pytest.mark.parametrize("tab", ["report", "errors", "open"])
def test_while_nothing_changed_the_answer_is_empty(client: Client, integration: Integration, tab: str) -> None:
    for state in State.values:
        a_document(integration, state, state)
    address = f"/{integration.licence_key}/{tab}/"
    stamp = client.get(address).context["stamp"]
    assert client.get(address, {"seen": stamp}, headers=HTMX).status_code == 204


def test_a_new_document_appears_with_the_new_counts(client: Client, integration: Integration) -> None:
    address = f"/{integration.licence_key}/report/"
    stamp = client.get(address).context["stamp"]
    a_document(integration, "2026-9")
    answer = client.get(address, {"seen": stamp}, headers=HTMX)
    assert "2026-9" in answer.text
    assert '<span id="count-report" class="count" hx-swap-oob="true">1</span>' in answer.text
    assert "<html" not in answer.text


def test_a_later_page_gets_counts_and_keeps_its_rows(client: Client, integration: Integration) -> None:
    for number in range(30):
        a_document(integration, str(number))
    address = f"/{integration.licence_key}/report/"
    after = client.get(address).context["page"].after
    answer = client.get(address, {"after": after, "seen": "old"}, headers=HTMX)
    assert "count-report" in answer.text
    assert "innerHTML:#list" not in answer.text
