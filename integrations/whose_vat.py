"""Whose VAT a sale to another EU country has: below a yearly amount that of the home country, beyond it that of the
country of the customer. A percentage tells, and where both countries have it, the VAT code of the settings."""

import re
from collections.abc import Mapping
from decimal import Decimal

from .country_names import countries_named, without_accents
from .vat_rates import rates_in_force

HOME, THEIRS, UNKNOWN = "home", "theirs", ""
OSS = re.compile(r"\boss\b|een ?loket|unieregeling|union scheme|one.stop|afstandsverko")


def whose_vat(
    country: str, rate: Decimal, *, home: str, codes: Mapping[tuple[str, Decimal], str], names: Mapping[str, str]
) -> str:
    """``codes`` are the VAT codes of the settings by country and percentage, ``names`` what the books call them."""
    is_home, is_theirs = rate in rates_in_force(home), rate in rates_in_force(country)
    if is_home and is_theirs:
        code = codes.get((country, rate), "")
        at_home = {code for (place, _rate), code in codes.items() if place == home}
        return _by_code(country, code, names, is_home=code in at_home)
    return HOME if is_home else THEIRS if is_theirs else UNKNOWN


def _by_code(country: str, code: str, names: Mapping[str, str], *, is_home: bool) -> str:
    """A code that is also used at home is that of home; one that names the country, or OSS, is of the country."""
    if not code or is_home:
        return HOME if code else UNKNOWN
    name = names.get(code, "")
    return THEIRS if country in countries_named(name) or OSS.search(without_accents(name)) else UNKNOWN
