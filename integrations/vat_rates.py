"""The VAT percentages of countries, as the European Commission publishes them.

They come with the package eu-vat-rates-data, so they are those of its day: good for advice to people, never a reason to
refuse anything.
"""

from datetime import date
from decimal import Decimal
from functools import cache

import eu_vat_rates_data as published

from integrations.vat import country_code

AS_OF = date.fromisoformat(published.data_version)

# Published among the percentages of a country, but in force in a part of it only: not to be proposed for the whole
# country (as of 2026-10).
ELSEWHERE = {
    "AT": {"19"},  # Jungholz and Mittelberg: UStG 10 (4)
    "FR": {"0.9", "1.05", "8.5", "13"},  # Corsica and overseas: CGI 296, 297
    "GR": {"4", "17"},  # islands in the Aegean: the percentages less 30%
    "PT": {"16", "22"},  # the Azores and Madeira: CIVA 18 (3)
}


@cache
def rates_in_force(country: str) -> tuple[Decimal, ...]:
    """The percentages of a country's mainland, highest first, without 0; none for a country that is not known."""
    found = published.get_rate(country_code(country))
    if found is None:
        return ()
    rates = [found["standard"], *found["reduced"], found["super_reduced"], found["parking"]]
    elsewhere = {Decimal(rate) for rate in ELSEWHERE.get(country_code(country), ())}
    return tuple(sorted({Decimal(str(rate)) for rate in rates if rate} - elsewhere, reverse=True))


def standard_rate(country: str) -> Decimal | None:
    found = published.get_rate(country_code(country))
    return Decimal(str(found["standard"])) if found else None


def is_unusual(country: str, rate: Decimal, home: str) -> bool:
    """Whether a percentage is none that a shop at ``home`` charges for deliveries to ``country``.

    To other countries of the EU it may charge its own: below a yearly amount that is even the rule. ICP and the like
    are no country, and nothing is known of them here.
    """
    known = rates_in_force(country)
    if not known or (rate == 0 and country == home):
        return False
    return rate not in known and rate not in rates_in_force(home)
