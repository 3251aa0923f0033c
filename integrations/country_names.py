"""The names of countries, and of what stands beside them in the VAT table, in the language that is active."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations.vat import ICP, INTERNATIONAL, MARKETPLACE

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


def country_name(code: str) -> str:
    """The name of a country or of a special row; the code itself where there is none."""
    return str(NAMES.get(code, "")) or gettext("Country %(code)s") % {"code": code}
