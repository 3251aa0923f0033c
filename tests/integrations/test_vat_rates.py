"""Percentages in force, and which percentage is odd for which country."""

from decimal import Decimal

import pytest

from integrations import vat_rates
from integrations.vat import EU_COUNTRIES


def test_of_every_country_that_counts_as_the_eu_the_percentages_are_known() -> None:
    assert len(EU_COUNTRIES) == 27 + 1  # Northern Ireland, for goods
    assert all(vat_rates.rates_in_force(country) for country in EU_COUNTRIES)


@pytest.mark.parametrize(
    ("country", "rates"),
    [
        ("FR", ["20", "10", "5.5", "2.1"]),
        ("PT", ["23", "13", "6"]),
        ("GR", ["24", "13", "6"]),
        ("AT", ["20", "13", "10", "4.9"]),  # 4.9 for basic food, since July 2026
        ("ES", ["21", "10", "4"]),
        ("XI", ["20", "5"]),
    ],
)
def test_percentages_of_islands_and_overseas_are_left_out(country: str, rates: list[str]) -> None:
    assert list(vat_rates.rates_in_force(country)) == [Decimal(rate) for rate in rates]


def test_the_dutch_percentages_are_21_and_9() -> None:
    assert vat_rates.rates_in_force("NL") == (Decimal(21), Decimal(9))
    assert vat_rates.standard_rate("NL") == Decimal(21)


def test_fractions_are_exact_and_greece_is_known_by_both_its_codes() -> None:
    assert vat_rates.standard_rate("FI") == Decimal("25.5")
    assert vat_rates.rates_in_force("EL") == vat_rates.rates_in_force("GR")


def test_of_what_is_no_country_nothing_is_known() -> None:
    assert vat_rates.rates_in_force("ICP") == ()
    assert vat_rates.standard_rate("ZZ") is None


@pytest.mark.parametrize(
    ("country", "rate", "is_unusual"),
    [
        ("NL", "21", False),
        ("NL", "9", False),
        ("NL", "0", False),
        ("NL", "19", True),
        ("DE", "19", False),
        ("DE", "21", False),
        ("DE", "9", False),
        ("DE", "16", True),
        ("DE", "0", True),
        ("FR", "8.5", True),
        ("ICP", "0", False),
        ("INTERNATIONAL", "21", False),
        ("ZZ", "12", False),
    ],
)
def test_a_percentage_is_odd_when_neither_the_country_nor_the_shop_at_home_has_it(
    country: str, rate: str, is_unusual: bool
) -> None:
    assert vat_rates.is_unusual(country, Decimal(rate), "NL") is is_unusual
