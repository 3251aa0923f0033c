"""The filters of Report: each, together, in the links, and with hostile input."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client

from dashboard.lists.filters import Period, days_of
from integrations.models import Document, Integration

from .conftest import logged_in
from .world import a_document

TODAY = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def documents(integration: Integration) -> list[Document]:
    return [
        a_document(integration, "W1", changed_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC), treatment="home"),
        a_document(
            integration,
            "W2",
            changed_at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC),  # half past midnight on 1 November in Amsterdam
            kind="invoice",
            country="DE",
            treatment="eu",
            total_cents=1_234_50,
            ledger_number="VF-9",
        ),
        a_document(
            integration,
            "W3",
            changed_at=datetime(2026, 10, 31, 22, 30, tzinfo=UTC),
            kind="invoice",
            is_credit=True,
            country="BE",
            treatment="icp",
            total_cents=-50_00,
            customer_name="Ömer & Zn.",
        ),
        a_document(
            integration,
            "W4",
            changed_at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC),
            country="US",
            treatment="world",
            total_cents=5,
            customer_email="bob@example.com",
        ),
    ]


def found(client: Client, integration: Integration, **asked: str) -> str:
    answer = client.get(f"/{integration.licence_key}/report/", asked)
    return " ".join(document.number for document in answer.context["page"].rows)


@pytest.mark.rule("R393")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "W1 W2 W3 W4"),
        ({"period": ""}, "W1 W2 W3 W4"),
        ({"period": "month"}, "W1 W2"),
        ({"period": "last-month"}, "W3"),
        ({"period": "quarter"}, "W1 W2 W3"),
        ({"period": "year"}, "W1 W2 W3 W4"),
        ({"since": "2026-11-01"}, "W1 W2"),
        ({"period": "days", "since": "2026-10-31", "until": "2026-10-31"}, "W3"),
        ({"until": "2026-10-30"}, "W4"),
        ({"kind": "order"}, "W1 W4"),
        ({"kind": "invoice"}, "W2"),
        ({"kind": "credit"}, "W3"),
        ({"country": "DE"}, "W2"),
        ({"country": "de"}, "W2"),
        ({"country": "Duitsland"}, "W2"),
        ({"country": "US"}, "W4"),
        ({"treatment": "home"}, "W1"),
        ({"treatment": "eu"}, "W2"),
        ({"treatment": "icp"}, "W3"),
        ({"treatment": "world"}, "W4"),
        ({"least": "121"}, "W1 W2"),
        ({"least": "121,01"}, "W2"),
        ({"most": "50"}, "W3 W4"),
        ({"least": "50", "most": "€ 1.234,49"}, "W1 W3"),
        ({"least": "1,234.50"}, "W2"),
        ({"most": "0.05"}, "W4"),
        ({"text": "w1"}, "W1"),
        ({"text": "VF-9"}, "W2"),
        ({"text": "zn."}, "W3"),
        ({"text": "BOB@"}, "W4"),
        ({"text": "100%"}, ""),
        ({"kind": "invoice", "country": "DE", "period": "month", "text": "w"}, "W2"),
        ({"kind": "invoice", "country": "BE"}, ""),
    ],
    ids=str,
)
def test_each_filter_finds_what_it_says(
    client: Client, integration: Integration, documents: list[Document], asked: dict[str, str], expected: str
) -> None:
    assert found(client, integration, **asked) == expected


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"period": "always"}, "Choose a period from the list."),
        ({"since": "31-02-2026"}, "This is no date."),
        ({"since": "0001-01-01"}, "nothing before 2000"),
        ({"until": "9999-12-31"}, "has not come yet"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "before the first one"),
        ({"period": "month", "since": "2026-11-02"}, "or leave them empty"),
        ({"kind": "' OR 1=1 --"}, "Select a valid choice"),
        ({"target": "x"}, ""),
        ({"country": "Atlantis"}, "Choose a country"),
        ({"country": "Germany and Belgium"}, "Choose a country"),
        ({"treatment": "none"}, "Select a valid choice"),
        ({"least": "-5"}, "This is no amount."),
        ({"least": "1e5"}, "This is no amount."),
        ({"least": "1.2345"}, "This is no amount."),
        ({"least": "٣"}, "This is no amount."),
        ({"least": "9" * 13}, "This is no amount."),
        ({"least": ","}, "This is no amount."),
        ({"least": "10", "most": "9"}, "less than the first one"),
        ({"text": "a\x00b"}, "Null characters"),
        ({"text": "x" * 101}, "at most 100 characters"),
    ],
    ids=str,
)
def test_wrong_input_is_said_and_filters_nothing(
    client: Client, integration: Integration, documents: list[Document], asked: dict[str, str], words: str
) -> None:
    assert found(client, integration, **asked) == "W1 W2 W3 W4"
    page = client.get(f"/{integration.licence_key}/report/", asked).text
    assert words in page
    assert ("Not filtered yet" in page) is bool(words)
    assert 'class="chips"' not in page
    if words:
        export = client.get(f"/{integration.licence_key}/report/export.csv", asked)
        assert (export.status_code, export["location"][: export["location"].index("?")]) == (
            302,
            f"/{integration.licence_key}/report/",
        )


def test_what_is_typed_is_shown_as_text(client: Client, integration: Integration) -> None:
    page = client.get(f"/{integration.licence_key}/report/", {"text": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_filter_that_is_on_is_a_chip_that_takes_it_off(client: Client, integration: Integration) -> None:
    asked = {"since": "2026-11-01", "until": "2026-11-30", "country": "Duitsland", "least": "10", "seen": "x"}
    chips = client.get(f"/{integration.licence_key}/report/", asked).context["filter"].chips()
    assert [(chip.label, chip.words, chip.url) for chip in chips] == [
        ("Period", "1\xa0Nov\xa02026 until 30\xa0Nov\xa02026", "?country=Duitsland&least=10"),
        ("Country", "Germany", "?since=2026-11-01&until=2026-11-30&least=10"),
        ("Amount from", "€10.00", "?since=2026-11-01&until=2026-11-30&country=Duitsland"),
    ]


def test_the_pages_of_a_filtered_list_keep_its_filters(client: Client, integration: Integration) -> None:
    for number in range(60):
        a_document(integration, f"{number}", country="NL" if number % 2 else "DE")
    address, seen = f"/{integration.licence_key}/report/?country=DE", []
    while address:
        answer = client.get(address)
        page = answer.context["page"]
        seen += [document.number for document in page.rows]
        assert f'hx-get="/{integration.licence_key}/report/?country=DE&amp;' in answer.text
        link = f"?country=DE&after={page.after}"
        assert not page.after or f'href="{link.replace("&", "&amp;")}"' in answer.text
        address = page.after and f"/{integration.licence_key}/report/{link}"
    assert seen == [str(number) for number in range(58, -1, -2)]


def test_a_filtered_list_refreshes_filtered(client: Client, integration: Integration) -> None:
    address, htmx = f"/{integration.licence_key}/report/", {"hx-request": "true"}
    asked = {"country": "DE", "seen": client.get(address, {"country": "DE"}).context["stamp"]}
    assert client.get(address, asked, headers=htmx).status_code == 204
    a_document(integration, "dutch-1", country="NL")
    a_document(integration, "german-1", country="DE")
    answer = client.get(address, asked, headers=htmx)
    assert "german-1" in answer.text
    assert "dutch-1" not in answer.text
    assert 'count-report" class="count" hx-swap-oob="true">2<' in answer.text
    assert answer["hx-trigger"] == "listed"


def test_only_books_with_several_targets_have_a_filter_for_them(client: Client, integration: Integration) -> None:
    assert 'name="target"' not in client.get(f"/{integration.licence_key}/report/").text
    Integration.objects.update(accounting_system="imuis")
    a_document(integration, "W1", target="entry")
    a_document(integration, "W2", target="order")
    assert 'name="target"' in client.get(f"/{integration.licence_key}/report/").text
    assert found(client, integration, target="order") == "W2"


def test_nothing_found_leads_back_to_everything(client: Client, integration: Integration) -> None:
    a_document(integration, "W1")
    page = client.get(f"/{integration.licence_key}/report/", {"country": "FR"}).text
    assert "Nothing fits these filters" in page
    assert 'href="?"' in page


def test_the_treatments_are_words_in_the_language_of_the_reader(integration: Integration, owner: Any) -> None:
    pages = [logged_in(owner, language).get(f"/{integration.licence_key}/report/").text for language in ("en", "nl")]
    assert "EU, reverse charged (ICP)" in pages[0]
    assert "home</option>" not in pages[0]
    assert '<option value="icp">' in pages[1]


@pytest.mark.parametrize(
    ("period", "today", "expected"),
    [
        ("month", date(2026, 1, 31), (date(2026, 1, 1), date(2026, 1, 31))),
        ("last-month", date(2026, 1, 31), (date(2025, 12, 1), date(2025, 12, 31))),
        ("last-month", date(2024, 3, 31), (date(2024, 2, 1), date(2024, 2, 29))),
        ("quarter", date(2026, 12, 31), (date(2026, 10, 1), date(2026, 12, 31))),
        ("quarter", date(2026, 3, 1), (date(2026, 1, 1), date(2026, 3, 1))),
        ("year", date(2026, 3, 1), (date(2026, 1, 1), date(2026, 3, 1))),
    ],
)
def test_a_period_has_a_first_and_a_last_day(period: str, today: date, expected: tuple[date, date]) -> None:
    assert days_of(period, today) == expected


def test_a_period_can_call_everything_otherwise() -> None:
    assert "All open" in str(Period(QueryDict(), everything="All open")["period"])
