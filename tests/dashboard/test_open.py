"""Open: what is not paid yet and what is on its way, with what it waits for."""

import pytest
from django.test import Client

from dashboard.waiting import OPEN, QUEUED, SKIPPED, sentence
from integrations.models import Document, Integration, State

from .world import NOON, a_document


@pytest.mark.rule("R397")
def test_it_shows_what_waits_and_for_what(client: Client, integration: Integration) -> None:
    a_document(integration, "2026-1", State.OPEN)
    a_document(integration, "2026-2", State.QUEUED, reason="settling")
    for state in (State.PROCESSED, State.ERROR, State.SKIPPED):
        a_document(integration, f"other {state}", state)
    answer = client.get(f"/{integration.licence_key}/open/")
    assert [document.number for document in answer.context["page"].rows] == ["2026-2", "2026-1"]
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
