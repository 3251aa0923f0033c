"""What is wrong with a settings file, in the reader's language; the settings keep the names that the file has."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NO_NUMBER, NO_WHOLE_NUMBER = _("must be a number"), _("must be a whole number")
NO_DATE = _("must be a date such as 2026-01-31")
NO_OBJECT, NO_LIST = _("must be an object: { … }"), _("must be a list: [ … ]")

# By the kinds of faults that pydantic tells apart; what is named in a text is in the fault's own context.
TEXTS: Mapping[str, str | Promise] = {
    "extra_forbidden": _("unknown key"),
    "missing": _("is missing"),
    "literal_error": _("must be one of %(expected)s"),
    "string_type": _("must be a text"),
    "string_too_long": _("is longer than %(max_length)s characters"),
    "string_too_short": _("must not be empty"),
    "string_pattern_mismatch": _("holds characters that can't be stored"),
    "bool_type": _("must be true or false"),
    "bool_parsing": _("must be true or false"),
    "int_type": NO_WHOLE_NUMBER,
    "int_parsing": NO_WHOLE_NUMBER,
    "int_from_float": NO_WHOLE_NUMBER,
    "decimal_type": NO_NUMBER,
    "decimal_parsing": NO_NUMBER,
    "finite_number": NO_NUMBER,
    "decimal_max_places": _("has more than %(decimal_places)s decimals"),
    "greater_than_equal": _("must be %(ge)s or more"),
    "less_than_equal": _("must be %(le)s or less"),
    "date_type": NO_DATE,
    "date_parsing": NO_DATE,
    "date_from_datetime_parsing": NO_DATE,
    "date_from_datetime_inexact": NO_DATE,
    "model_type": NO_OBJECT,
    "dict_type": NO_OBJECT,
    "tuple_type": NO_LIST,
}


def fault(detail: Mapping[str, Any]) -> str:
    """One of the faults that pydantic gives, with the name of the setting in front."""
    place = ".".join(str(part) for part in detail["loc"] if part != "[key]")
    text = TEXTS.get(detail["type"])
    words = str(text) % _context(detail) if text else detail["msg"].removeprefix("Value error, ")
    return f"{place}: {words}" if place else words


def _context(detail: Mapping[str, Any]) -> dict[str, Any]:
    named = detail.get("ctx", {})
    return {**named, "expected": str(named.get("expected", "")).replace("'", "").replace(" or ", ", ")}
