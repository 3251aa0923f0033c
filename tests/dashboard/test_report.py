"""Report: what was posted and when, with the number and id of the books."""

from typing import Any

import pytest
from django.test import Client

from integrations.models import Integration, State

from .world import a_document, an_integration


def rows(answer: Any) -> list[str]:
    return [document.number for document in answer.context["page"].rows]


@pytest.mark.rule("R63", "R64", "R393")
def test_it_shows_what_was_posted_and_nothing_else(client: Client, integration: Integration) -> None:
    for number, state in enumerate(State.values):
        a_document(integration, f"2026-{number}", state)
    posted = State.values.index("processed")
    answer = client.get(f"/{integration.licence_key}/report/")
    assert rows(answer) == [f"2026-{posted}"]
    assert f"12\xa0Nov\xa02026 12:0{posted}" in answer.text


def test_the_newest_comes_first(client: Client, integration: Integration) -> None:
    for number in ("1", "2", "3"):
        a_document(integration, number)
    assert rows(client.get(f"/{integration.licence_key}/report/")) == ["3", "2", "1"]


@pytest.mark.rule("R409")
def test_the_purple_block_has_number_id_and_link_of_the_books(client: Client, integration: Integration) -> None:
    document = a_document(integration, "2026-1042", ledger_id="900777", ledger_number="VF-88")
    page = client.get(f"/{integration.licence_key}/report/").text
    block = page[page.index('class="ledger"') :].split("</td>")[0]
    assert "VF-88" in block
    assert "900777" in block
    assert f'data-copy="ledger-{document.pk}"' in block
    assert document.ledger_url in block


def test_amounts_are_written_as_in_the_language_of_the_reader(client: Client, integration: Integration) -> None:
    a_document(integration, "2026-1", total_cents=123450)
    assert "€1,234.50" in client.get(f"/{integration.licence_key}/report/").text
    dutch = client.get(f"/{integration.licence_key}/report/", headers={"accept-language": "nl"}).text
    assert "€\xa01.234,50" in dutch
    assert "12\xa0nov.\xa02026" in dutch


def test_an_empty_report_says_what_will_appear_and_when(client: Client, integration: Integration) -> None:
    assert "within a few seconds" in client.get(f"/{integration.licence_key}/report/").text


@pytest.mark.rule("R30")
def test_it_shows_the_licence_key_and_a_list_of_all_of_mine(
    client: Client, integration: Integration, owner: Any
) -> None:
    other = an_integration(owner, "Tweede winkel")
    page = client.get(f"/{integration.licence_key}/report/").text
    assert f'id="licence-key">{integration.licence_key}<' in page
    menu = page[page.index("<details") : page.index("</details>")]
    assert f'href="/{other.licence_key}/report/"' in menu
    assert f'href="/{integration.licence_key}/report/"' in menu
