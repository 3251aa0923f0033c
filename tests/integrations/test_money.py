from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.money import (
    amount_text,
    cents,
    from_cents,
    parse_json,
    plain_text,
    price_digits,
    price_text,
    spread,
    to_cents,
    unit_price,
)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.005", "0.01"), ("0.0049", "0.00"), ("-0.005", "-0.01"), ("1.115", "1.12"), ("2.675", "2.68")],
)
def test_it_rounds_half_up(value: str, rounded: str) -> None:
    assert amount_text(cents(Decimal(value))) == rounded


def test_it_never_writes_a_negative_zero() -> None:
    assert amount_text(cents(Decimal("-0.001"))) == "0.00"


@pytest.mark.rule("R314")
@pytest.mark.parametrize(
    ("quantity", "digits"), [("0.5", 5), ("1", 5), ("999", 5), ("1000", 6), ("1000.5", 6), ("12345", 7), ("-1000", 6)]
)
def test_it_gives_large_quantities_more_digits(quantity: str, digits: int) -> None:
    assert price_digits(Decimal(quantity)) == digits


@pytest.mark.parametrize(
    ("price", "quantity", "text"),
    [("24.7933884", "1", "24.79339"), ("22.45", "2", "22.45"), ("3", "1", "3.00"), ("5.7438016", "1", "5.7438")],
)
def test_it_writes_unit_prices(price: str, quantity: str, text: str) -> None:
    assert price_text(unit_price(Decimal(price), Decimal(quantity))) == text


@pytest.mark.parametrize(
    ("value", "text"), [("2", "2"), ("2.50", "2.5"), ("1E+2", "100"), ("21.0", "21"), ("100", "100")]
)
def test_it_writes_quantities_and_rates(value: str, text: str) -> None:
    assert plain_text(Decimal(value)) == text


def test_it_gives_the_last_cent_to_the_largest_share() -> None:
    assert spread(Decimal("5"), [Decimal("44.90"), Decimal("30")]) == [Decimal("3.00"), Decimal("2.00")]
    assert spread(Decimal("1"), [Decimal(1), Decimal(1), Decimal(2)]) == [Decimal(t) for t in ("0.25", "0.25", "0.50")]
    assert spread(Decimal("1"), [Decimal(1), Decimal(1), Decimal(1)]) == [Decimal(t) for t in ("0.34", "0.33", "0.33")]
    assert spread(Decimal("1"), [Decimal("9.99"), Decimal("9.99"), Decimal(10)])[2] == Decimal("0.34")


@given(st.decimals("-9999", "9999", places=2), st.lists(st.decimals("0.01", "9999", places=2), min_size=1, max_size=9))
def test_it_spreads_everything(amount: Decimal, weights: list[Decimal]) -> None:
    assert sum(spread(amount, weights)) == amount


@given(st.integers(-(10**15), 10**15))
def test_it_keeps_whole_cents(value: int) -> None:
    assert to_cents(from_cents(value)) == value


def test_it_reads_numbers_exactly() -> None:
    assert parse_json('{"a": 0.1, "b": 590, "c": 1e2}') == {"a": Decimal("0.1"), "b": 590, "c": Decimal("1E+2")}
    assert isinstance(parse_json("[0.1]")[0], Decimal)


@pytest.mark.parametrize("text", ["NaN", '{"a": Infinity}', "-Infinity", "{", "", "[" * 100_000, "9" * 5000])
def test_it_refuses_what_is_no_json(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError
        parse_json(text)
