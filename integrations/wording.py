"""How amounts, days and moments are written in the reader's language."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from integrations.money import plain_text

SPACE = "\N{NO-BREAK SPACE}"
DUTCH = str.maketrans(",.", ".,")
METHODS = {
    "ideal": "iDEAL",
    "banktransfer": _("bank transfer"),
    "paypal": "PayPal",
    "afterpay": "Afterpay",
    "creditcard": _("credit card"),
    "mistercash": "Bancontact",
}


def money(cents: int | None, currency: str = "EUR") -> str:
    """Whole cents as € 1.234,50 in Dutch and €1,234.50 in English."""
    if cents is None:
        return ""
    whole, decimals = divmod(abs(cents), 100)
    amount = f"{whole:,}.{decimals:02}"  # by hand: a list writes many, and Django takes its time over each
    sign = "-" if cents < 0 else ""
    symbol = "€" if currency == "EUR" else currency
    if get_language() == "nl":
        return f"{symbol}{SPACE}{sign}{amount.translate(DUTCH)}"
    return f"{sign}{symbol}{amount}" if symbol == "€" else f"{sign}{symbol}{SPACE}{amount}"


def percentage(rate: Decimal | str) -> str:
    """5,5 in Dutch, 5.5 in English; the sign is the caller's."""
    return number_format(plain_text(Decimal(rate)), use_l10n=True)


def method_name(key: str) -> str:
    """A payment method in the middle of a sentence; one that the shop named itself stays as it is."""
    return str(METHODS.get(key, key))


def day(value: date | datetime | None) -> str:
    """12 nov. 2026 in Dutch, 12 Nov 2026 in English."""
    if value is None:
        return ""
    return _day(timezone.localdate(value) if isinstance(value, datetime) else value, get_language())


@lru_cache(1000)  # a list has the same days over and over
def _day(value: date, language: str | None) -> str:
    month = date_format(value, "M").rstrip(".")
    if language == "nl":
        month = month.lower() if month.lower() == date_format(value, "F") else f"{month.lower()}."
    return f"{value.day}{SPACE}{month}{SPACE}{value.year}"


def moment(value: datetime | None) -> str:
    """A day with its time; of today only the time."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    if local.date() == timezone.localdate():
        return gettext("today %(time)s") % {"time": local.strftime("%H:%M")}
    return f"{day(value)} {local:%H:%M}"
