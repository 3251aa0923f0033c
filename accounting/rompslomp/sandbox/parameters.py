"""Reading a JSON body strictly: a wrapper, only known keys, the right types.

A table of fields says for each key how its value is read. A reader takes the name (for the message) and the value,
which is never null, and returns what is stored; decimals, dates and moments are stored as text.
"""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from integrations.sandbox import Row

from .refusals import PARAMETERS, Refused, bad_value

Reader = Callable[[str, Any], Any]
Fields = dict[str, Reader]

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# More digits than any bookkeeper needs, few enough to multiply without loss.
DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Number(str):
    """A bare JSON number with a fraction, kept as it was written."""


def wrapped(request: HttpRequest, name: str) -> Row:
    """The object inside ``{name: {…}}``."""
    body = parsed(request)
    if not isinstance(body, dict):
        raise malformed("Een JSON-object verwacht.")
    if not body.get(name):
        raise Refused(400, f"{PARAMETERS}.missing_parameter", f"Parameter ontbreekt: {name}.")
    refuse_unknown(body, {name}, "")
    if not isinstance(body[name], dict):
        raise bad_value(name, "een object")
    return body[name]  # type: ignore[no-any-return]


def parsed(request: HttpRequest) -> Any:
    if request.content_type != "application/json":
        raise malformed("Stuur Content-Type: application/json.")
    try:
        return json.loads(request.body, parse_float=Number, parse_constant=refuse_constant, object_pairs_hook=once_each)
    except (ValueError, RecursionError) as error:
        raise malformed("De JSON kan niet gelezen worden.") from error


def malformed(message: str) -> Refused:
    return Refused(400, f"{PARAMETERS}.malformed_json", message)


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def once_each(pairs: list[tuple[str, Any]]) -> Row:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError("a key is given twice")
    return row


def refuse_unknown(body: Row, known: set[str], where: str) -> None:
    unknown = sorted(body.keys() - known)
    if unknown:
        names = ", ".join(f"{where}{key}" for key in unknown)
        raise Refused(400, f"{PARAMETERS}.unpermitted_parameters", f"Niet toegestane parameters: {names}.")


def read(body: Row, fields: Fields, where: str) -> Row:
    """The given keys with their values read; a null stays null."""
    refuse_unknown(body, set(fields), f"{where}.")
    return {
        key: None if value is None else fields[key](f"{where}.{key}", value)
        for key, value in body.items()
    }  # fmt: skip


def one(fields: Fields) -> Reader:
    def reader(name: str, value: Any) -> Row:
        if not isinstance(value, dict):
            raise bad_value(name, "een object")
        return read(value, fields, name)

    return reader


def many(fields: Fields) -> Reader:
    reader = one(fields)

    def list_reader(name: str, value: Any) -> list[Row]:
        if not isinstance(value, list):
            raise bad_value(name, "een lijst")
        return [reader(f"{name}[{index}]", item) for index, item in enumerate(value)]

    return list_reader


def text(name: str, value: Any) -> str | None:
    if not isinstance(value, str) or isinstance(value, Number) or re.search("[\x00\ud800-\udfff]", value):
        raise bad_value(name, "tekst")
    return value if value.strip() else None


def boolean(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise bad_value(name, "true of false")
    return value


def identifier(name: str, value: Any) -> int:
    """An integer; the vendor's own example sends one as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and not isinstance(value, Number) and re.fullmatch("[0-9]{1,18}", value):
        return int(value)
    raise bad_value(name, "een geheel getal")


def decimal(name: str, value: Any) -> str:
    """Text such as "20.61983", or a bare number; never with an exponent."""
    if isinstance(value, bool) or not isinstance(value, str | int) or not DECIMAL.fullmatch(str(value)):
        raise bad_value(name, "een decimaal getal als tekst")
    return str(value)


def choice(*allowed: str) -> Reader:
    def reader(name: str, value: Any) -> str | None:
        if value == "":
            return None
        if not isinstance(value, str) or value not in allowed:
            raise bad_value(name, "een van " + ", ".join(allowed))
        return value

    return reader


def day(name: str, value: Any) -> str:
    """A calendar date, YYYY-MM-DD."""
    if isinstance(value, str) and DATE.fullmatch(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise bad_value(name, "een datum JJJJ-MM-DD")


def moment(name: str, value: Any) -> str:
    """A date, or a date and time; without an offset it is Dutch time."""
    if not isinstance(value, str) or not re.match(DATE, value):
        raise bad_value(name, "een datum en tijd")
    try:
        given = datetime.fromisoformat(re.sub(r" ([+-][0-9]{2}):?([0-9]{2})$", r"\1:\2", value))
        local = given.replace(tzinfo=AMSTERDAM) if given.tzinfo is None else given.astimezone(AMSTERDAM)
        return local.isoformat(timespec="milliseconds")
    except (ValueError, OverflowError):
        raise bad_value(name, "een datum en tijd") from None


def today() -> date:
    return datetime.now(AMSTERDAM).date()


def midnight() -> str:
    return datetime.combine(today(), time(), AMSTERDAM).isoformat(timespec="milliseconds")
