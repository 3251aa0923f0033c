"""VAT: which countries are in the EU, which VAT setting a line falls under, and whether a VAT number can be one."""

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

from integrations.sales import SalesDocument, SalesLine

if TYPE_CHECKING:
    from integrations.settings_file import Settings, VatSetting

ICP = "ICP"
INTERNATIONAL = "INTERNATIONAL"
MARKETPLACE = "MARKETPLACE"
ISO_NAMES = {"EL": "GR", "UK": "GB"}  # VAT and everyday spellings of ISO codes

EU_COUNTRIES = frozenset(country.upper() for country in eu_vat.MEMBER_STATES)  # XI, Northern Ireland, included


def country_code(text: str) -> str:
    """A country as ISO writes it: capitals, GR for Greece."""
    code = text.strip().upper()
    return ISO_NAMES.get(code, code)


def is_in_eu(country: str) -> bool:
    return country_code(country) in EU_COUNTRIES


def is_abroad_in_eu(country: str, home: str) -> bool:
    return is_in_eu(country) and country_code(country) != country_code(home)


def is_outside_eu(country: str, home: str) -> bool:
    """Outside the EU, seen from a shop that may itself be outside it."""
    return bool(country) and not is_in_eu(country) and country_code(country) != country_code(home)


def treatment(document: SalesDocument) -> str:
    """The first half of the key of a VAT setting: MARKETPLACE, ICP, INTERNATIONAL or the delivery country."""
    if document.is_marketplace:
        return MARKETPLACE
    if document.is_icp:
        return ICP
    if document.is_international:
        return INTERNATIONAL
    return document.delivery_country


def setting_for(document: SalesDocument, line: SalesLine, settings: "Settings") -> "VatSetting | None":
    """The VAT setting of a line; None when it has not been made, or has no VAT code yet."""
    return settings.vat_setting(treatment(document), line.vat_rate)


def rates_without_account(document: SalesDocument, settings: "Settings") -> list[Decimal]:
    """The percentages of lines whose VAT setting names no ledger account for their type."""
    rows = {(line.vat_rate, line.type): setting_for(document, line, settings) for line in document.lines}
    return sorted({rate for (rate, line_type), row in rows.items() if row and not row.account(line_type)})


class VatNumber(NamedTuple):
    """A well-formed VAT number: ISO country (XI for Northern Ireland) and number with prefix, as VIES writes it."""

    country: str
    number: str


@lru_cache(maxsize=4096)
def vat_number(text: str, country: str = "") -> VatNumber | None:
    """Check a number offline, by its form and check digits; None when it can't be one.

    A number without a country in front is tried with ``country``'s.
    """
    for prefix in ("", {"GR": "EL"}.get(country_code(country), country_code(country))):
        try:
            number = eu_vat.validate(prefix + text)
        except (ValidationError, ValueError, IndexError):
            continue
        if country_code(number[:2]) in EU_COUNTRIES:
            return VatNumber(country_code(number[:2]), _with_vat_prefix(number))
    return None


def _with_vat_prefix(number: str) -> str:
    return "EL" + number[2:] if number.startswith("GR") else number
