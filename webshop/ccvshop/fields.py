"""Reading single fields of the shop's JSON, whose types drift: numbers as text, texts as null, ids as text.

What can't be read raises ``Unreadable``, with the name of the field. Money and numbers are never guessed; texts are
forgiving, since a strange name must not hold back an order.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from integrations.problems import Unreadable
from integrations.sales import Address
from integrations.vat import country_code

Json = Mapping[str, Any]

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MOST_DIGITS, MOST_DECIMALS = 9, 18  # of a number: together less than what Decimal computes with
MOST_DIGITS_OF_ID = 18
NUMBER = re.compile(r"\s*[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,4})?\s*")
UNSTORABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # control characters, half characters
TRUE, FALSE = (True, 1, "1", "true"), (False, 0, "0", "false", None, "")


def an_object(value: Any, name: str) -> Json:
    if not isinstance(value, dict):
        raise Unreadable(name, "not_an_object")
    return value


def objects(value: Any, name: str) -> list[Json]:
    """The items of a collection, or of a plain list; a collection with a page that was not read is refused."""
    if isinstance(value, dict):
        if value.get("next"):
            raise Unreadable(name, "incomplete")
        value = value.get("items")
    if not isinstance(value, list):
        raise Unreadable(name, "not_a_list")
    return [an_object(item, f"{name}[{index}]") for index, item in enumerate(value)]


def text(source: Json, name: str) -> str:
    """A text in one line. PHP writes an empty one as null, false or []; control characters can't be stored."""
    value = source.get(name)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        try:
            value = str(value)
        except ValueError:  # more digits than Python writes
            return ""
    if not isinstance(value, str):
        return ""
    return " ".join(UNSTORABLE.sub(" ", value).split())


def number(source: Json, name: str, default: Decimal | None = None) -> Decimal:
    """An exact number, as number or as text. Empty gives the default, and without one is refused."""
    value = source.get(name)
    if value is None or value == "":
        if default is None:
            raise Unreadable(name, "missing")
        return default
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise Unreadable(name, "not_a_number")  # a float too: JSON has to be parsed with Decimal
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        raise Unreadable(name, "not_a_number")
    result = Decimal(value)
    exponent = result.as_tuple().exponent
    if not isinstance(exponent, int):  # NaN, Infinity
        raise Unreadable(name, "not_a_number")
    if result.adjusted() >= MOST_DIGITS or exponent < -MOST_DECIMALS:
        raise Unreadable(name, "out_of_range")
    return result


def percentage(source: Json, name: str) -> Decimal:
    """A VAT percentage; below 1 it is a fraction. 0.21 is 21, and 1 is 1."""
    value = number(source, name)
    if not 0 <= value <= 100:
        raise Unreadable(name, "not_a_percentage")
    return (value * 100 if value < 1 else value).normalize() + 0


def flag(source: Json, name: str) -> bool:
    """True or false; empty counts as false."""
    value = source.get(name)
    if not isinstance(value, bool | int | str | None) or value not in (*TRUE, *FALSE):
        raise Unreadable(name, "not_yes_or_no")
    return value in TRUE


def switch(source: Json, name: str) -> bool:
    """A flag that decides about money, so it must be there."""
    if source.get(name) is None:
        raise Unreadable(name, "missing")
    return flag(source, name)


def identifier(value: Any, name: str) -> str:
    """An id, a number or the text of one."""
    is_number = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**MOST_DIGITS_OF_ID
    result = str(value) if is_number else value
    if not isinstance(result, str) or not (result.isascii() and result.isdigit() and len(result) <= MOST_DIGITS_OF_ID):
        raise Unreadable(name, "missing" if value in (None, "") else "not_an_id")
    return result


def identifier_in(link: Any, name: str) -> str:
    """The id at the end of a link to a resource, given as text or as {"href": link}; "" when there is no link."""
    if isinstance(link, dict):
        link = link.get("href")
    if link in (None, "", [], {}):
        return ""
    if not isinstance(link, str):
        raise Unreadable(name, "not_an_id")
    try:
        return identifier(urlsplit(link).path.rstrip("/").rpartition("/")[2], name)
    except ValueError:
        raise Unreadable(name, "not_an_id") from None


def local_date(source: Json, name: str) -> date:
    """The date in Amsterdam of a moment in UTC: an order of half past eleven at night may be of the next day."""
    value = source.get(name)
    if value in (None, ""):
        raise Unreadable(name, "missing")
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(AMSTERDAM).date()
    except (TypeError, ValueError, OverflowError):
        raise Unreadable(name, "not_a_date") from None


def address(block: Any) -> Address:
    block = block if isinstance(block, dict) else {}
    return Address(
        name=text(block, "full_name"),
        company=text(block, "company"),
        street=text(block, "street"),
        line_2=text(block, "address_line_2"),
        house_number=f"{text(block, 'housenumber')} {text(block, 'housenumber_suffix')}".strip(),
        zipcode=text(block, "zipcode"),
        city=text(block, "city"),
        country=country_code(text(block, "country_code")),
    )
