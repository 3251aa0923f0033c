"""What the shop changed after it was posted: on Report, on the document's page and in its timeline."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from dashboard.documents.shop_changes import NAMES
from integrations.models import Document, Integration
from webshop.ccvshop import listed

from .conftest import logged_in
from .world import a_document, an_event

CHANGES = [
    {"field": "total_price", "was": "121", "now": "100.5"},
    {"field": "paid", "was": "yes", "now": "no"},
    {"field": "date", "was": "2026-11-12", "now": "gisteren"},
    {"field": "delivery_country", "was": "", "now": "BE"},
    {"field": "name", "was": "J. de Vries", "now": "<b>Jansen</b>"},
]


@pytest.fixture
def document(integration: Integration) -> Document:
    moment = datetime(2026, 11, 14, 3, 20, tzinfo=UTC)
    return a_document(integration, "2026-7", shop_changes=CHANGES, shop_changed_at=moment)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.rule("R140")
def test_a_document_says_what_the_shop_changed_after_it_was_posted(client: Client, document: Document) -> None:
    shown = page(client, f"/documents/{document.pk}/")
    assert "Changed in the shop after posting" in shown
    assert "The books stay as they are." in shown
    for words in ("€121.00", "€100.50", "gisteren", "Belgium", "&lt;b&gt;Jansen&lt;/b&gt;"):
        assert f"<td>{words}</td>" in shown
    assert '<th scope="row">Paid</th><td>Yes</td><td>No</td>' in shown
    assert '<th scope="row">Delivery country</th><td>\N{EN DASH}</td>' in shown


def test_amounts_and_days_are_written_as_the_reader_writes_them(document: Document) -> None:
    dutch = logged_in(document.integration.members.get().user, "nl")
    shown = page(dutch, f"/documents/{document.pk}/")
    assert "<td>€\N{NO-BREAK SPACE}100,50</td>" in shown
    assert "<td>12\N{NO-BREAK SPACE}nov.\N{NO-BREAK SPACE}2026</td>" in shown


def test_what_was_not_changed_says_nothing_of_it(client: Client, integration: Integration) -> None:
    document = a_document(integration, "2026-8")
    assert "Changed in the shop" not in page(client, f"/documents/{document.pk}/")
    assert "badge" not in page(client, f"/{integration.licence_key}/report/").partition('id="list"')[2]


def test_report_marks_it_and_filters_by_it(client: Client, integration: Integration, document: Document) -> None:
    a_document(integration, "2026-9")
    shown = page(client, f"/{integration.licence_key}/report/")
    assert shown.count("Changed in the shop</span>") == 1
    answer = client.get(f"/{integration.licence_key}/report/", {"changed": "after"})
    assert [row.number for row in answer.context["page"].rows] == ["2026-7"]
    assert "In the shop: <strong>Changed after posting</strong>" in answer.content.decode()


def test_the_timeline_tells_it_in_words(client: Client, document: Document) -> None:
    an_event(document, "changed_in_shop", fields=["total_price", "paid"])
    an_event(document, "changed_back_in_shop")
    shown = page(client, f"/documents/{document.pk}/")
    assert "It was changed in the shop after it was posted. The books stay as they are." in shown
    assert "Total, Paid" in shown
    assert "In the shop it is again as it was posted." in shown


def test_a_stranger_sees_nothing_of_it(stranger: Client, document: Document) -> None:
    assert stranger.get(f"/documents/{document.pk}/").status_code == 404


def test_each_field_that_is_compared_has_a_name() -> None:
    one = dict.fromkeys((*listed.AMOUNTS, "currency", "create_date", "is_intra_community_order", "paid", "status"), "")
    facts = {kind: listed.facts(kind, {**one, "customer": {}}) for kind in ("order", "invoice")}
    assert set(facts["order"]) | set(facts["invoice"]) == set(NAMES)
