"""The VAT overview: turnover and VAT of posted documents by country and rate, to the cent, as a Dutch return groups
them."""

import csv
import io
from datetime import date
from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client

from accounting import settings_store
from dashboard.overviews.vat_period import asked_of, period_around
from integrations.models import Document, Integration, User, VatAmount

from .test_queries import MOST, queries
from .world import SETTINGS, a_document

TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2026-11-21T12:00Z"):
        yield


def sold(
    integration: Integration, treatment: str, rate: str, net: int, vat: int = 0, *, country: str = "NL", **fields: Any
) -> Document:
    """A posted document of one percentage, with its amounts in cents."""
    day = fields.pop("date", TODAY)
    names = ("whose", "vat_number", "consultation_number", "vat_checked_at")
    told = {name: fields.pop(name) for name in names if name in fields}
    document = a_document(integration, f"A-{Document.objects.count() + 1}", date=day, country=country, **fields)
    place = {"integration": integration, "date": day, "country": country, "treatment": treatment, "rate": rate}
    VatAmount.objects.create(document=document, **place, net_cents=net, vat_cents=vat, **told)
    return document


def page(client: Client, integration: Integration, **asked: str) -> Any:
    answer = client.get(f"/{integration.licence_key}/report/vat/", asked)
    assert answer.status_code == 200
    return answer


def sections(answer: Any) -> dict[str, list[tuple[str, str, str, int, int, int]]]:
    return {
        section.key: [(row.country, str(row.rate), row.box, row.documents, row.net, row.vat) for row in section.rows]
        for section in answer.context["overview"].sections
    }


def boxes(answer: Any) -> dict[str, tuple[int, int]]:
    return {box.key: (box.net, box.vat) for box in answer.context["overview"].boxes}


def lines(client: Client, address: str, **asked: str) -> list[dict[str, str]]:
    answer: Any = client.get(address, asked)
    assert answer.status_code == 200
    text = answer.getvalue().decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))


# What is where


def test_they_are_grouped_as_a_dutch_return_groups_them(client: Client, integration: Integration) -> None:
    sold(integration, "home", "21", 100_00, 21_00)
    sold(integration, "home", "21", -10_00, -2_10, is_credit=True)
    sold(integration, "home", "9", 21_91, 1_97)
    sold(integration, "home", "0", 2_50)
    sold(integration, "eu", "21", 50_00, 10_50, country="DE", whose="home")
    sold(integration, "eu", "21", 40_00, 8_40, country="BE", whose="home")
    sold(integration, "eu", "21", 30_00, 6_30, country="BE", whose="theirs")
    sold(integration, "eu", "19", 60_00, 11_40, country="DE", whose="theirs")
    sold(integration, "eu", "0", 5_00, country="FR")
    sold(integration, "icp", "0", 1_000_00, country="BE")
    sold(integration, "world", "0", 300_00, country="US")
    sold(integration, "market", "0", 7_00, country="DE")
    sold(integration, "margin", "0", 8_00)
    answer = page(client, integration)
    assert sections(answer) == {
        "home": [
            ("NL", "21", "1a", 2, 90_00, 18_90),
            ("NL", "9", "1b", 1, 21_91, 1_97),
            ("NL", "0", "", 1, 2_50, 0),
        ],
        "eu-home": [("BE", "21", "1a", 1, 40_00, 8_40), ("DE", "21", "1a", 1, 50_00, 10_50)],
        "eu-theirs": [("BE", "21", "", 1, 30_00, 6_30), ("DE", "19", "", 1, 60_00, 11_40)],
        "eu-unknown": [("FR", "0", "", 1, 5_00, 0)],
        "icp": [("BE", "0", "3b", 1, 1_000_00, 0)],
        "world": [("US", "0", "3a", 1, 300_00, 0)],
        "market": [("DE", "0", "", 1, 7_00, 0)],
        "margin": [("NL", "0", "", 1, 8_00, 0)],
    }
    assert boxes(answer) == {"1a": (180_00, 37_80), "1b": (21_91, 1_97), "3a": (300_00, 0), "3b": (1_000_00, 0)}
    sums = answer.context["overview"].sums
    assert (sums.net, sums.vat, sums.gross) == (1_614_41, 57_47, 1_671_88)
    assert "€1,671.88" in answer.text
    assert "is not the return itself" in answer.text


@pytest.mark.parametrize("home", ["BE", "DE"])
def test_only_for_a_dutch_shop_boxes_of_the_dutch_return_are_named(
    client: Client, integration: Integration, owner: User, home: str
) -> None:
    settings_store.save(integration, {**SETTINGS, "shop": {**SETTINGS["shop"], "home_country": home}}, owner)  # type: ignore[dict-item]
    sold(integration, "home", "21", 100_00, 21_00, country=home)
    sold(integration, "icp", "0", 100_00, country="FR")
    answer = page(client, integration)
    assert boxes(answer) == {}
    assert "VAT return" not in answer.text.replace("check your VAT return", "")


# Periods


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, (date(2026, 10, 1), date(2026, 12, 31))),
        ({"period": "2026-Q1"}, (date(2026, 1, 1), date(2026, 3, 31))),
        ({"period": "2024-02"}, (date(2024, 2, 1), date(2024, 2, 29))),
        ({"period": "2025"}, (date(2025, 1, 1), date(2025, 12, 31))),
        ({"since": "2026-01-02", "until": "2026-01-02"}, (date(2026, 1, 2), date(2026, 1, 2))),
        ({"period": "2025-Q5"}, (date(2026, 10, 1), date(2026, 12, 31))),
        ({"period": "2025-13"}, (date(2026, 10, 1), date(2026, 12, 31))),
        ({"since": "2026-02-01", "until": "2026-01-01"}, (date(2026, 10, 1), date(2026, 12, 31))),
        ({"since": "2026-02-01"}, (date(2026, 10, 1), date(2026, 12, 31))),
    ],
)
def test_a_month_a_quarter_a_year_or_own_days(
    client: Client, integration: Integration, asked: dict[str, str], shown: tuple[date, date]
) -> None:
    answer = page(client, integration, **asked)
    assert (answer.context["period"].first, answer.context["period"].last) == shown
    is_wrong = "since" in asked and shown[0] == date(2026, 10, 1)
    assert ("These days can" in answer.text) is is_wrong


@pytest.mark.parametrize("unit", ["month", "quarter", "year"])
def test_periods_follow_on_from_each_other(unit: str) -> None:
    period = period_around(date(2023, 12, 31), unit)
    for _ in range(30):
        after = period.after
        assert after
        assert after.before == period
        assert (after.first - period.last).days == 1
        period = after
    assert asked_of(QueryDict(period.kept))[0] == period


def test_the_date_of_the_document_counts_and_not_when_it_was_posted(client: Client, integration: Integration) -> None:
    for day, net in ((date(2026, 9, 30), 1), (date(2026, 10, 1), 2), (date(2026, 12, 31), 4), (date(2027, 1, 1), 8)):
        sold(integration, "home", "21", net, date=day)
    assert Document.objects.filter(changed_at__year=2026).count() == 4
    assert page(client, integration).context["overview"].sums.net == 6
    assert page(client, integration, period="2026-Q3").context["overview"].sums.net == 1
    assert page(client, integration, period="2026-12").context["overview"].sums.net == 4
    assert page(client, integration, since="2026-09-30", until="2026-10-01").context["overview"].sums.net == 3


# As a file, and for whom


def test_the_file_has_the_rows_of_the_page(client: Client, integration: Integration) -> None:
    sold(integration, "home", "21", 1_234_56, 259_26)
    sold(integration, "eu", "5.5", 10_00, 55, country="FR")
    first, second = lines(client, f"/{integration.licence_key}/report/vat/overview.csv", period="2026-Q4")
    assert first == {
        "Kind of sale": "Domestic",
        "Box of the VAT return": "1a",
        "Country code": "NL",
        "Country": "Netherlands",
        "VAT rate (%)": "21,00",
        "Documents": "1",
        "Turnover excl. VAT": "1234,56",
        "VAT": "259,26",
        "Total incl. VAT": "1493,82",
    }
    assert (second["Country code"], second["VAT rate (%)"], second["VAT"]) == ("FR", "5,50", "0,55")
    address = f"/{integration.licence_key}/report/vat/overview.csv"
    assert client.get(address, {"since": "2026-02-01", "until": "x"})["location"].startswith(address[:-12])


def test_there_is_nothing_of_another_shop(client: Client, integration: Integration, stranger: Client) -> None:
    other = Integration.objects.exclude(pk=integration.pk).get()
    sold(other, "home", "21", 100_00, 21_00)
    answer = page(client, integration)
    assert answer.context["overview"].sections == []
    assert "Nothing was posted in this period" in answer.text
    assert stranger.get(f"/{integration.licence_key}/report/vat/").status_code == 404


@pytest.mark.parametrize("part", ["", "icp", "distance-sales"])
def test_no_part_asks_more_than_8_times(client: Client, integration: Integration, part: str) -> None:
    address = f"/{integration.licence_key}/report/vat/{part}"
    for number in range(10):
        sold(integration, "icp", "0", 100_00, country="BE", vat_number=f"BE{number}")
        sold(integration, "eu", "21", 2_000_00, country="BE")
    client.get(address)
    first = queries(client, address)
    assert first <= MOST
    for number in range(10):
        sold(integration, "icp", "0", 100_00, country="DE", vat_number=f"DE{number}")
        sold(integration, "eu", str(number), 100_00, country="DE")
    assert queries(client, address) == first
