"""Periods of the books."""

from datetime import date

import pytest

from accounting.imuis.periods import is_closed, month_of, period_of

BROKEN_YEAR = [
    {"JR": "2025", "PN": "0", "DATVA": "01-07-2025", "DATTM": "01-07-2025"},
    {"JR": "2025", "PN": "8", "DATVA": "01-02-2026", "DATTM": "28-02-2026"},
    {"PN": "9", "JR": "2025", "TOT": "2026-03-31T00:00:00", "VAN": "2026-03-01T00:00:00"},
    {"JR": "2025", "PN": "12", "DATVA": "01-06-2026", "DATTM": "30-06-2026"},
    {"JR": "2025", "PN": "14", "DATVA": "30-06-2026", "DATTM": "30-06-2026"},
]


@pytest.mark.rule("R344", "R345")
@pytest.mark.parametrize(
    ("month", "periods_in_year", "number"),
    [
        *[(month, 12, month) for month in range(1, 13)],
        *[(month, None, month) for month in (1, 12)],
        *[(month, 0, month) for month in (1, 12)],
        *[(month, 4, (month + 2) // 3) for month in range(1, 13)],
        *[(month, 1, 1) for month in (1, 6, 12)],
        (7, 2, 2),
    ],
)
def test_it_divides_the_year(month: int, periods_in_year: int | None, number: int) -> None:
    assert period_of(date(2026, month, 28), [], periods_in_year) == (2026, number)


@pytest.mark.parametrize("count", [13, 5, 52, -1])
def test_it_does_not_guess_where_only_a_table_can_tell(count: int) -> None:
    assert period_of(date(2026, 3, 1), [], count) is None


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2026, 2, 28), (2025, 8)),
        (date(2026, 3, 1), (2025, 9)),
        (date(2026, 3, 31), (2025, 9)),
        (date(2026, 6, 30), (2025, 12)),
        (date(2025, 7, 1), None),
        (date(2026, 4, 1), None),
    ],
)
def test_it_goes_by_the_table(day: date, period: tuple[int, int] | None) -> None:
    assert period_of(day, BROKEN_YEAR, 13) == period


def test_it_divides_the_year_where_the_table_says_nothing() -> None:
    rows = [{}, {"JR": "", "PN": "", "A": "", "B": "x"}, {"JR": "2026", "PN": "3", "A": "01-03-2026"}]
    assert period_of(date(2026, 4, 1), rows, 12) == (2026, 4)
    assert period_of(date(2026, 4, 1), [*rows, *BROKEN_YEAR], 12) is None


def test_it_does_not_divide_the_year_where_the_book_year_is_a_broken_one() -> None:
    april = [{"JR": "2026", "PN": "1", "VAN": "01-04-2026", "TM": "30-04-2026"}]
    assert period_of(date(2027, 4, 1), april, 12) is None


def test_it_divides_the_years_that_a_table_of_calendar_years_does_not_have() -> None:
    months = [{"JR": "2025", "PN": str(n), "VAN": f"01-{n:02}-2025", "TM": f"28-{n:02}-2025"} for n in range(1, 13)]
    assert period_of(date(2026, 4, 1), months, 12) == (2026, 4)


@pytest.mark.parametrize(
    "row",
    [
        {"JR": "2026", "PN": "3", "VAN": "01-01-2026", "TM": "31-03-2026", "MUT": "15-12-2025"},
        {"JR": "", "PN": "3", "VAN": "01-01-2026", "TM": "31-03-2026"},
        {"PN": "3", "VAN": "01-01-2026", "TM": "31-03-2026"},
    ],
)
def test_it_ignores_rows_that_may_mean_something_else(row: dict[str, str]) -> None:
    assert period_of(date(2026, 2, 20), [row], 12) == (2026, 2)


def test_it_takes_the_month_where_no_table_can_be_asked() -> None:
    assert month_of(date(2026, 3, 31)) == (2026, 3)


@pytest.mark.parametrize(
    ("info", "closed"),
    [
        ({}, []),
        ({"JRAFGESL": "", "PNAFGESL": "", "JRAFGESLGEBR": "0", "PNAFGESLGEBR": "0"}, []),
        ({"JRAFGESL": "2026", "PNAFGESL": "2"}, [(2025, 12), (2026, 1), (2026, 2)]),
        ({"JRAFGESLGEBR": "2026", "PNAFGESLGEBR": "1"}, [(2025, 12), (2026, 1)]),
        ({"JRAFGESL": "2025", "PNAFGESL": "12", "JRAFGESLGEBR": "2026", "PNAFGESLGEBR": "1"}, [(2025, 12), (2026, 1)]),
        ({"JRAFGESL": "2026", "PNAFGESL": ""}, [(2025, 12)]),
        ({"JRAFGESL": "x", "PNAFGESL": "5"}, []),
    ],
)
def test_it_knows_what_is_closed(info: dict[str, str], closed: list[tuple[int, int]]) -> None:
    periods = [(2025, 12), (2026, 1), (2026, 2), (2026, 3), (2027, 1)]
    assert [period for period in periods if is_closed(period, info)] == closed
