"""The totals of Report and its chart: they are those of a full count, whatever was filtered, to the cent."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client

from dashboard.lists.filters import Period
from dashboard.lists.report_figures import HEIGHT, Sums, chart, figures_of, placed, unit_of
from integrations.models import Document, Integration, State
from integrations.tallies import fold_one
from tests.full_count import counted, kept

from .world import a_document

HTMX = {"hx-request": "true"}
TODAY = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


def asked_of(client: Client, integration: Integration, **asked: str) -> Any:
    return client.get(f"/{integration.licence_key}/report/figures", asked, headers=HTMX).context["figures"]


@pytest.mark.rule("R393")
def test_the_totals_are_those_of_what_is_shown_with_credits_apart(client: Client, integration: Integration) -> None:
    a_document(integration, "1", total_cents=12_34)
    a_document(integration, "2", total_cents=1_000_000_01, country="DE")
    a_document(integration, "3", total_cents=-12_34, is_credit=True, kind="invoice")
    a_document(integration, "4", State.OPEN, total_cents=99)
    figures = asked_of(client, integration)
    assert (figures.sales, figures.credits) == (Sums(documents=2, cents=1_000_012_35), Sums(documents=1, cents=-12_34))
    assert figures.all == Sums(documents=3, cents=1_000_000_01)
    figures = asked_of(client, integration, country="DE")
    assert (figures.all, figures.credits) == (Sums(documents=1, cents=1_000_000_01), Sums())


def test_kept_counts_and_totals_are_those_of_a_full_count(client: Client, integration: Integration) -> None:
    """After everything that happens to documents: they come, change, move on, are read anew, and go."""
    random = Random(1)
    for number in range(120):
        state = random.choice(State.values)
        cents, days = random.randrange(-10_000, 100_000), random.randrange(90)
        a_document(
            integration,
            str(number),
            state,
            total_cents=cents,
            is_credit=cents < 0,
            date=date(2026, 11, 20) - timedelta(days=days),
            changed_at=TODAY - timedelta(days=days, minutes=random.randrange(1000)),
        )
    everything = Document.objects.filter(integration=integration)
    everything.filter(pk__in=[one.pk for one in everything[:20]], state="error").update(state="skipped", cause="")
    everything.filter(state="processed", pk__in=[one.pk for one in everything[20:60]]).update(total_cents=7)
    everything.filter(pk__in=[one.pk for one in everything[60:70]]).delete()
    fold_one(integration.pk)
    everything.filter(state="open").update(total_cents=11)
    assert kept(integration) == counted(integration)
    posted = list(everything.filter(state="processed"))
    figures = asked_of(client, integration)
    assert figures.all == Sums(documents=len(posted), cents=sum(one.total_cents for one in posted))
    page = client.get(f"/{integration.licence_key}/report/")
    assert page.context["counts"]["report"] == figures.all.documents
    month = asked_of(client, integration, period="quarter").chart
    recent = [one for one in posted if one.changed_at >= datetime(2026, 9, 30, 22, tzinfo=UTC)]
    assert sum(bar.sums.documents for bar in month.bars) == len(recent)
    assert sum(bar.sums.cents for bar in month.bars) == sum(one.total_cents for one in recent)


def test_a_day_begins_at_midnight_in_the_netherlands(integration: Integration) -> None:
    a_document(integration, "1", changed_at=datetime(2026, 11, 19, 22, 59, tzinfo=UTC), total_cents=1)
    a_document(integration, "2", changed_at=datetime(2026, 11, 19, 23, 0, tzinfo=UTC), total_cents=2)
    a_document(integration, "3", changed_at=datetime(2026, 11, 20, 22, 59, tzinfo=UTC), total_cents=4)
    figures = figures_of(Document.objects.filter(integration=integration), Period(QueryDict("period=month")))
    assert figures.chart
    assert {bar.first.day: bar.sums.cents for bar in figures.chart.bars if bar.sums.documents} == {19: 1, 20: 6}


def test_the_chart_is_of_the_last_30_days_or_of_the_period(client: Client, integration: Integration) -> None:
    a_document(integration, "1", changed_at=TODAY)
    a_document(integration, "2", changed_at=datetime(2020, 2, 29, 12, tzinfo=UTC))
    bars = asked_of(client, integration).chart.bars
    assert (len(bars), bars[0].first, bars[-1].first) == (30, date(2026, 10, 23), date(2026, 11, 21))
    bars = asked_of(client, integration, until="2020-04-01").chart.bars
    assert (len(bars), bars[0].first, bars[-1].first) == (33, date(2020, 2, 29), date(2020, 4, 1))
    assert asked_of(client, integration, since="2027-01-01").chart is None


@pytest.mark.parametrize(
    ("days", "unit"),
    [(1, "day"), (62, "day"), (63, "week"), (7 * 62, "week"), (7 * 62 + 1, "month"), (1860, "month"), (1861, "year")],
)
def test_there_are_never_too_many_bars(days: int, unit: str) -> None:
    last = date(2026, 11, 21)
    first = last - timedelta(days=days - 1)
    assert unit_of(first, last) == unit
    drawn = chart({first: Sums(documents=1, cents=1), last: Sums(documents=1, cents=2)}, first, last)
    assert drawn
    assert len(drawn.bars) <= 63
    assert sum(bar.sums.cents for bar in drawn.bars) == (3 if days > 1 else 2)


@pytest.mark.parametrize(
    ("value", "most", "least", "expected"),
    [
        (100, 100, 0, (0, HEIGHT)),
        (50, 100, 0, (HEIGHT // 2, HEIGHT // 2)),
        (0, 100, 0, (0, 0)),
        (1, 100_000, 0, (HEIGHT - 10, 10)),
        (-100, 100, -100, (HEIGHT // 2, HEIGHT // 2)),
        (-100, 0, -100, (0, HEIGHT)),
        (-1, 100_000, -1, (HEIGHT - 10, 10)),
    ],
)
def test_a_bar_stands_on_nothing_or_hangs_from_it(value: int, most: int, least: int, expected: tuple[int, int]) -> None:
    assert placed(value, most, least) == expected


def test_a_chart_with_something_below_nothing_has_a_line_there(client: Client, integration: Integration) -> None:
    a_document(integration, "1", changed_at=TODAY, total_cents=300_00)
    assert '<line class="zero"' not in client.get(f"/{integration.licence_key}/report/figures", headers=HTMX).text
    a_document(integration, "2", changed_at=TODAY - timedelta(days=1), total_cents=-100_00, is_credit=True)
    page = client.get(f"/{integration.licence_key}/report/figures", headers=HTMX).text
    assert f'<line class="zero" x1="0" x2="300" y1="{HEIGHT * 3 // 4}"' in page
    assert "-€100.00</p>" in page


def test_the_chart_is_also_a_table(client: Client, integration: Integration) -> None:
    a_document(integration, "1", changed_at=TODAY, total_cents=1_234_56)
    page = client.get(f"/{integration.licence_key}/report/figures", headers=HTMX).text
    assert page.count("<rect") == 2
    assert '<th scope="row">21\xa0Nov\xa02026</th><td class="number">1</td><td class="number">€1,234.56</td>' in page
    assert " style=" not in page


def test_without_a_script_the_figures_are_on_the_page(client: Client, integration: Integration) -> None:
    a_document(integration, "1", total_cents=1_234_56)
    page = client.get(f"/{integration.licence_key}/report/", {"kind": "order"}).text
    assert 'href="?kind=order&amp;figures=1#figures"' in page
    assert "1,234.56</dd>" not in page
    assert "1,234.56</dd>" in client.get(f"/{integration.licence_key}/report/?kind=order&figures=1").text
    direct = client.get(f"/{integration.licence_key}/report/figures?kind=order")
    assert direct["location"] == f"/{integration.licence_key}/report/?kind=order&figures=1#figures"


def test_nothing_is_loaded_above_an_empty_list(client: Client, integration: Integration) -> None:
    def page() -> str:
        return client.get(f"/{integration.licence_key}/report/").text

    assert "figures=1" not in page()
    assert 'hx-trigger="listed from:body' in page()
    a_document(integration, "1")
    assert 'hx-trigger="load, listed from:body' in page()
