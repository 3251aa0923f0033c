"""Asks VIES, the VAT register of the European Commission, whether a VAT number is in use.

https://ec.europa.eu/taxation_customs/vies/ has three answers: valid, invalid, and "not now". The last is a failure and
is raised, so that it can't be taken for either of the others. It comes with any status, 200 included.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from . import http
from .failures import Temporary

COUNTRIES = {"GR": "EL"}  # Greece goes by its own name for itself; Northern Ireland is XI
BAD_REQUESTER = "INVALID_REQUESTER_INFO"
BAD_NUMBER = "INVALID_INPUT"


@dataclass(frozen=True, kw_only=True)
class VatAnswer:
    """What VIES said and when. ``consultation_number`` proves that it was asked; VIES gives one only to a requester."""

    is_valid: bool
    consultation_number: str
    checked_at: datetime


def check(
    country: str, number: str, requester: tuple[str, str] | None = None, *, record: http.Recorder | None = None
) -> VatAnswer:
    """Ask for the VAT number ``number`` of ``country``, with or without its country code in front.

    ``requester`` is the country and number of who asks. Raises ``Temporary`` ("vies_unavailable") when VIES, or the
    register of that country behind it, gives no answer.
    """
    code, digits = _parts(country, number)
    asked = {"countryCode": code, "vatNumber": digits}
    if requester and requester[1]:
        own_code, own_digits = _parts(*requester)
        answer = _post(asked | {"requesterMemberStateCode": own_code, "requesterNumber": own_digits}, record)
        if BAD_REQUESTER not in _errors(answer):
            return _read(answer)
    return _read(_post(asked, record))


def _parts(country: str, number: str) -> tuple[str, str]:
    code = COUNTRIES.get(country.upper(), country.upper())
    plain = "".join(letter for letter in number.upper() if letter.isalnum() or letter in "+*")
    for prefix in (code, country.upper()):
        if plain.startswith(prefix) and len(plain) > len(prefix):
            return code, plain.removeprefix(prefix)
    return code, plain


def _post(body: dict[str, str], record: http.Recorder | None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    url = f"{settings.VIES_URL}/check-vat-number"
    try:
        answer = http.send("POST", url, headers=headers, body=json.dumps(body).encode(), record=record)
        found = answer.json()
    except (http.NotSent, http.NoAnswer, ValueError, RecursionError) as error:
        raise Temporary("vies_unavailable") from error
    if not isinstance(found, dict) or (answer.status >= 300 and not _errors(found)):
        raise Temporary("vies_unavailable")
    return found


def _errors(answer: dict[str, Any]) -> list[str]:
    """The names of what went wrong: a list of wrappers, or one ``userError`` beside an answer that means nothing."""
    wrappers = answer.get("errorWrappers")
    named = (
        [str(item.get("error")) for item in wrappers if isinstance(item, dict)] if isinstance(wrappers, list) else []
    )
    single = answer.get("userError")
    return named + ([str(single)] if single not in (None, "", "VALID", "INVALID") else [])


def _read(answer: dict[str, Any]) -> VatAnswer:
    errors = _errors(answer)
    is_valid = False if errors == [BAD_NUMBER] else answer.get("valid")
    if not isinstance(is_valid, bool) or (errors and errors != [BAD_NUMBER]):
        raise Temporary("vies_unavailable")
    consultation_number = str(answer.get("requestIdentifier") or "")[:40]
    return VatAnswer(is_valid=is_valid, consultation_number=consultation_number, checked_at=timezone.now())
