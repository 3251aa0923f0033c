"""How amounts, numbers, dates and texts are written, and read."""

from datetime import date
from decimal import Decimal

import pytest

from accounting.imuis.literals import day, digits, money, number, read_day, read_number, text, whole_text

D = Decimal


@pytest.mark.rule("R348")
@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("50.08", "50,08"),
        ("-14.99", "-14,99"),
        ("0", "0,00"),
        ("-0.00", "0,00"),
        ("1234567.8", "1234567,80"),
        ("0.005", "0,01"),
        ("-0.005", "-0,01"),
        ("1E+3", "1000,00"),
    ],
)
def test_it_writes_money_with_a_comma(value: str, written: str) -> None:
    assert money(D(value)) == written


@pytest.mark.parametrize(
    ("value", "written"), [("1", "1"), ("-2", "-2"), ("0.50", "0,5"), ("1E+2", "100"), ("10", "10")]
)
def test_it_writes_numbers_with_a_comma(value: str, written: str) -> None:
    assert number(D(value)) == written


@pytest.mark.rule("R343", "R361")
def test_it_writes_a_date_with_the_day_first() -> None:
    assert day(date(2026, 3, 1)) == "01-03-2026"


@pytest.mark.parametrize(
    ("value", "longest", "cut"),
    [
        ("Koffiemok blauw", 40, "Koffiemok blauw"),
        ("Koffiemok blauw", 9, "Koffiemok"),
        ("Koffiemok blauw", 10, "Koffiemok"),
        (" a\tb\r\nc\x00d ", 40, "a b cd"),
        ("a\x85b\u2028c", 40, "a b c"),
        ("half\ud83c", 40, "half"),
        ("☕🎁☕🎁", 3, "☕🎁☕"),
        ("R&D <x> \"€\" 'y'", 40, "R&D <x> \"€\" 'y'"),
        ("", 40, ""),
    ],
)
def test_it_writes_a_text_in_one_line_and_cuts_it(value: str, longest: int, cut: str) -> None:
    assert text(value, longest) == cut


def test_it_leaves_out_what_may_not_be_cut() -> None:
    assert whole_text(" 030 123 ", 7) == "030 123"
    assert whole_text("030 123", 6) == ""


@pytest.mark.parametrize(
    ("value", "found"), [("W14194", "14194"), ("2026-1042", "20261042"), ("A-B", ""), ("٣4²", "4"), ("007", "007")]
)
def test_it_takes_the_digits_of_a_number(value: str, found: str) -> None:
    assert digits(value) == found


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("50,08", "50.08"),
        ("50.08", "50.08"),
        ("-14,99", "-14.99"),
        ("1.234,56", "1234.56"),
        (" 12 ", "12"),
        ("", None),
        ("x", None),
        ("NaN", None),
        ("Infinity", None),
    ],
)
def test_it_reads_amounts_either_way(written: str, value: str | None) -> None:
    assert read_number(written) == (None if value is None else D(value))


@pytest.mark.parametrize(
    "written",
    [
        "01-03-2026",
        "1-3-2026",
        "01/03/2026",
        "2026-03-01",
        "2026-03-01T00:00:00+01:00",
        "01-03-2026 00:00:00",
        " 1/3/2026",
    ],
)
def test_it_reads_dates_either_way(written: str) -> None:
    assert read_day(written) == date(2026, 3, 1)


@pytest.mark.parametrize("written", ["", "x", "31-02-2026", "2026", "3", "2026-13-01", "01-03-26"])
def test_it_says_when_there_is_no_date(written: str) -> None:
    assert read_day(written) is None
