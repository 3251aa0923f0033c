"""By what a past order is recognised in the books."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounting.books import Booked
from integrations.models import HistoryItem
from webshop.past.history_matching import matched

DAY = date(2026, 2, 3)
OURS = "ccv-7001-order-1"


def item(number: str = "2026-1042", cents: int = 12_50, pk: int = 1, day: date = DAY) -> HistoryItem:
    return HistoryItem(pk=pk, remote_id=str(pk), number=number, date=day, total_cents=cents)


def entry(words: str, total: str = "12.50", day: date = DAY, reference: str = "", ledger_id: str = "9") -> Booked:
    return Booked(ledger_id=ledger_id, number="", reference=reference, description=words, day=day, total=Decimal(total))


def found(items: list[HistoryItem], *booked: Booked) -> dict[str, str]:
    pairs = matched(items, booked, lambda one: f"ccv-7001-order-{one.remote_id}")
    return {one.number: held.ledger_id for one, held in pairs}


@pytest.mark.parametrize(
    "words",
    [
        *("2026-1042", "Order 2026-1042", "webshop 2026-1042 Jansen", "order #2026-1042.", "ORDER 2026-1042"),
        *("20261042", "1042", "Bestelling 1042", "bestelling #1042 van Jansen"),
    ],
)
def test_it_is_recognised_by_its_number(words):
    assert found([item()], entry(words)) == {"2026-1042": "9"}


@pytest.mark.parametrize("words", ["", "Jansen", "2026-10421", "11042", "2026-104", "10 42"])
def test_another_number_is_another_order(words):
    assert found([item()], entry(words)) == {}


@pytest.mark.parametrize(
    ("words", "total", "is_it"),
    [
        *(("2026-1042", "12.55", True), ("2026-1042", "12.45", True), ("20261042", "12.51", True)),
        *(("2026-1042", "12.56", False), ("2026-1042", "-12.50", False), ("1042", "12.51", False)),
    ],
)
def test_another_total_is_another_order(words, total, is_it):
    """But for the cents that books which compute the VAT themselves are off by, where the whole number is there."""
    assert bool(found([item()], entry(words, total))) == is_it


@pytest.mark.parametrize(("days", "is_it"), [(-31, True), (31, True), (-32, False), (32, False)])
def test_it_is_booked_within_a_month(days, is_it):
    assert bool(found([item()], entry("2026-1042", day=DAY + timedelta(days=days)))) == is_it


@pytest.mark.parametrize("reference", [OURS, f"{OURS}-2"])
def test_our_own_reference_is_enough(reference):
    assert found([item()], entry("", "99.00", reference=reference)) == {"2026-1042": "9"}


def test_what_we_booked_of_another_shop_is_not_taken_for_it():
    assert found([item()], entry("2026-1042", reference="ccv-7002-order-5")) == {}
    assert found([item()], entry("2026-1042", reference="shop-99")) == {"2026-1042": "9"}


def test_an_invoice_is_also_recognised_by_the_number_of_its_order():
    assert found([item("F2026-318 / 2026-1042")], entry("Order 2026-1042")) != {}
    assert found([item("F2026-318 / 2026-1042")], entry("F2026-318")) != {}


def test_one_entry_stands_for_one_order_that_with_the_whole_number_first():
    loose, exact = item("2025-1042", pk=1), item("2026-1042", pk=2)
    assert found([loose, exact], entry("2026-1042")) == {"2026-1042": "9"}
    assert found([loose, exact], entry("2026-1042"), entry("1042", ledger_id="8")) == {
        "2026-1042": "9",
        "2025-1042": "8",
    }


def test_of_several_the_nearest_date_is_it():
    early, late = item("1042", pk=1, day=DAY - timedelta(days=20)), item("1042", pk=2)
    pairs = matched([early, late], [entry("1042")], lambda one: one.remote_id)
    assert [one.pk for one, _held in pairs] == [2]
