"""The meter of distance sales: what counts, which document crossed the limit, and what is advised."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounting import settings_store
from integrations.models import Document, Integration, User

from .test_vat_overview import sold
from .world import SETTINGS


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2026-11-21T12:00Z"):
        yield


def abroad(integration: Integration, net: int, rate: str = "21", **fields: Any) -> Document:
    return sold(integration, "eu", rate, net, **{"country": "DE", "whose": "home", **fields})


def page(client: Client, integration: Integration, **asked: str) -> Any:
    answer = client.get(f"/{integration.licence_key}/report/vat/distance-sales", asked)
    assert answer.status_code == 200
    return answer


def test_goods_to_consumers_in_other_eu_countries_count_and_nothing_else(
    client: Client, integration: Integration
) -> None:
    abroad(integration, 1_000_00)
    abroad(integration, 500_00, "19", whose="theirs")
    abroad(integration, 200_00, "20", country="FR", whose="theirs")
    abroad(integration, -50_00, is_credit=True)
    abroad(integration, 4_000_00, date=date(2025, 12, 31))
    abroad(integration, 1, date=date(2024, 12, 31))
    for treatment in ("home", "icp", "world", "market", "margin"):
        sold(integration, treatment, "0", 5_000_00, country="DE")
    answer = page(client, integration)
    meter = answer.context["meter"]
    assert (meter.cents, meter.last_year, meter.level) == (1_650_00, 4_000_00, "")
    assert [(one.name, one.home, one.theirs, one.cents) for one in meter.countries] == [
        ("Germany", 950_00, 500_00, 1_450_00),
        ("France", 0, 200_00, 200_00),
    ]
    assert "€1,650.00 of €10,000.00; €8,350.00 is left." in answer.text
    assert '<progress id="meter" value="165000" max="1000000">' in answer.text
    assert page(client, integration, period="2025").context["meter"].cents == 4_000_00


@pytest.mark.parametrize(
    ("amounts", "level", "crossing"),
    [
        ((7_999_99,), "", None),
        ((8_000_00,), "near", None),
        ((4_000_00, 6_000_00), "near", None),
        ((4_000_00, 6_000_00, 1), "over", 2),
        ((10_000_01,), "over", 0),
        ((9_000_00, -2_000_00, 3_000_00), "near", None),
        ((9_000_00, 2_000_00, -5_000_00), "over", 1),
    ],
)
def test_the_document_that_goes_over_the_limit_is_named(
    client: Client, integration: Integration, amounts: tuple[int, ...], level: str, crossing: int | None
) -> None:
    made = [abroad(integration, cents, date=date(2026, 3, place + 1)) for place, cents in enumerate(amounts)]
    answer = page(client, integration)
    meter = answer.context["meter"]
    assert meter.level == level
    assert (meter.crossing and meter.crossing.document_id) == (None if crossing is None else made[crossing].pk)
    if crossing is not None:
        words = f"On {crossing + 1}\xa0Mar\xa02026 document {made[crossing].number} took it over €10,000.00."
        assert words in answer.text
        assert f'href="/documents/{made[crossing].pk}/"' in answer.text


def test_the_documents_are_taken_by_their_dates(client: Client, integration: Integration) -> None:
    late = abroad(integration, 6_000_00, date=date(2026, 6, 1))
    abroad(integration, 6_000_00, date=date(2026, 5, 1))
    assert page(client, integration).context["meter"].crossing.document_id == late.pk


def test_too_much_in_the_year_before_holds_for_all_of_this_one(client: Client, integration: Integration) -> None:
    abroad(integration, 10_000_01, date=date(2025, 12, 31))
    abroad(integration, 1_00)
    answer = page(client, integration)
    assert answer.context["meter"].level == "before"
    assert "In 2025 it was €10,000.01, more than €10,000.00." in answer.text


def test_who_charges_the_vat_of_the_customers_country_has_nothing_to_do(
    client: Client, integration: Integration
) -> None:
    abroad(integration, 20_000_00, "19", whose="theirs")
    answer = page(client, integration)
    assert answer.context["meter"].level == "over"
    assert "the VAT of the customer's country was charged already" in answer.text.replace("&#x27;", "'")
    assert "notice warning" not in answer.text


def test_nothing_sold_abroad_is_nothing_to_do(client: Client, integration: Integration) -> None:
    assert "There is nothing you need to do." in page(client, integration).text


def test_a_shop_outside_the_eu_has_no_such_limit(client: Client, integration: Integration, owner: User) -> None:
    settings_store.save(integration, {**SETTINGS, "shop": {**SETTINGS["shop"], "home_country": "GB"}}, owner)  # type: ignore[dict-item]
    answer = page(client, integration)
    assert answer.context["meter"] is None
    assert "holds for shops in the EU" in answer.text
