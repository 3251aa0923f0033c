"""The names of countries, and of what stands beside them in the VAT table, in the language that is active."""

import re
import unicodedata
from functools import cache

from django.conf import settings
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from integrations.vat import ICP, INTERNATIONAL, MARKETPLACE, country_code

NAMES = {
    "AT": _("Austria"),
    "BE": _("Belgium"),
    "BG": _("Bulgaria"),
    "CH": _("Switzerland"),
    "CY": _("Cyprus"),
    "CZ": _("Czechia"),
    "DE": _("Germany"),
    "DK": _("Denmark"),
    "EE": _("Estonia"),
    "ES": _("Spain"),
    "FI": _("Finland"),
    "FR": _("France"),
    "GB": _("United Kingdom"),
    "GR": _("Greece"),
    "HR": _("Croatia"),
    "HU": _("Hungary"),
    "IE": _("Ireland"),
    "IT": _("Italy"),
    "LT": _("Lithuania"),
    "LU": _("Luxembourg"),
    "LV": _("Latvia"),
    "MT": _("Malta"),
    "NL": _("Netherlands"),
    "NO": _("Norway"),
    "PL": _("Poland"),
    "PT": _("Portugal"),
    "RO": _("Romania"),
    "SE": _("Sweden"),
    "SI": _("Slovenia"),
    "SK": _("Slovakia"),
    "XI": _("Northern Ireland"),
    ICP: _("ICP"),
    INTERNATIONAL: _("International"),
    MARKETPLACE: _("Marketplace"),
}

# Where shops export to. Names of VAT codes are not searched for these: their codes are words there, such as IN and IS.
ELSEWHERE = {
    "AE": _("United Arab Emirates"),
    "AU": _("Australia"),
    "AW": _("Aruba"),
    "BR": _("Brazil"),
    "CA": _("Canada"),
    "CN": _("China"),
    "CW": _("Curaçao"),
    "HK": _("Hong Kong"),
    "IL": _("Israel"),
    "IN": _("India"),
    "IS": _("Iceland"),
    "JP": _("Japan"),
    "KR": _("South Korea"),
    "LI": _("Liechtenstein"),
    "MC": _("Monaco"),
    "MX": _("Mexico"),
    "NZ": _("New Zealand"),
    "RS": _("Serbia"),
    "SG": _("Singapore"),
    "SR": _("Suriname"),
    "TR": _("Türkiye"),
    "UA": _("Ukraine"),
    "US": _("United States"),
    "ZA": _("South Africa"),
}


def country_name(code: str) -> str:
    """The name of a country or of a special row; the code itself where there is none."""
    return str(NAMES.get(code) or ELSEWHERE.get(code) or "") or gettext("Country %(code)s") % {"code": code}


def countries_named(text: str) -> set[str]:
    """The countries that a text names: by codes in capitals, or by their names in any of our languages."""
    codes = {country_code(code) for code in re.findall(r"(?<![^\W\d_])[A-Z]{2}(?![^\W\d_])", text)}
    names = _codes_by_name()
    found = re.findall(rf"\b(?:{'|'.join(map(re.escape, names))})\b", without_accents(text))
    return codes & NAMES.keys() | {names[name] for name in found}


def without_accents(text: str) -> str:
    """A text for comparing: small letters only, none of them with an accent."""
    return "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))


@cache
def _codes_by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {without_accents(str(name)): code for code, name in NAMES.items() if len(code) == 2}
    return found
