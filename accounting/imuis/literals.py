"""How iMUIS writes amounts, numbers, dates and texts, and how it may answer with them."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from integrations.money import amount_text, cents, plain_text

from .dataset import writable

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
DAY = re.compile(r"(?P<day>[0-9]{1,2})[-/](?P<month>[0-9]{1,2})[-/](?P<year>[0-9]{4})")
ISO_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")


def money(value: Decimal) -> str:
    """Euros in whole cents: 12,34. A comma always, since a dot may be read as a thousands separator."""
    return amount_text(cents(value)).replace(".", ",")


def number(value: Decimal) -> str:
    return plain_text(value).replace(".", ",")


def day(value: date) -> str:
    return f"{value.day:02}-{value.month:02}-{value.year:04}"


def text(value: str, longest: int | None = None) -> str:
    """A text in one line, cut after so many characters."""
    return " ".join(CONTROLS.sub(" ", writable(value)).split())[:longest].rstrip()


def whole_text(value: str, longest: int) -> str:
    """A text that means nothing, or something else, when it is cut; "" when it does not fit."""
    whole = text(value)
    return whole if len(whole) <= longest else ""


def digits(value: str) -> str:
    return re.sub(r"[^0-9]", "", value)


def read_number(value: str) -> Decimal | None:
    """An amount or a number as the server writes it, with a comma or a dot; None when it is none."""
    if "," in value:
        value = value.replace(".", "").replace(",", ".")
    try:
        found = Decimal(value.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def read_day(value: str) -> date | None:
    """A date, the day first or as ISO writes it, with or without a time; None when it is none."""
    found = DAY.match(value.strip()) or ISO_DAY.match(value.strip())
    try:
        return date(**{name: int(part) for name, part in found.groupdict().items()}) if found else None
    except ValueError:
        return None
