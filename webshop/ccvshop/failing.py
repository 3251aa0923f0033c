"""What an answer of a CCV Shop that is no success means: one of ``integrations.failures``."""

import re
import time
from datetime import timedelta
from email.utils import parsedate_to_datetime

from integrations import http
from integrations.failures import ConnectionLost, Gone, Refused, Temporary, Unknown
from integrations.problems import Problem

from . import throttle

LONGEST_WAIT = timedelta(minutes=5)
CLOCK_MARGIN = 280  # seconds
UNKNOWN_RESOURCE = "404.20"
BOOKKEEPING_FAILED = "500.10"  # of the shop's own limits: the one 500 with a code that passes by itself


def unanswered(method: str, reason: str = "shop_no_answer") -> Temporary | Unknown:
    return Temporary(reason) if method == "GET" else Unknown(reason)


def failure(method: str, answer: http.Answer) -> Exception:
    """Name the failure behind an answer that is no success.

    A 500 with a code of the vendor is as a rule our fault or a missing right, and comes back however often it is
    tried; one without a code is a fault of the shop's server.
    """
    status, (code, words) = answer.status, _error(answer)
    if status == 429:
        return Temporary("shop_busy", wait=_retry_after(answer), everything=True)
    if status in (401, 403):
        return Temporary("clock_off", everything=True) if _is_clock_off(answer) else ConnectionLost("shop", words)
    if status == 404 and not _is_of_the_api(answer):
        return unanswered(method, "shop_no_sense")  # a page of the web server, during maintenance for instance
    if status == 404 and code != UNKNOWN_RESOURCE:
        return Gone(words)
    if status in (502, 503, 504) or (status >= 500 and code in ("", BOOKKEEPING_FAILED)):
        return unanswered(method)
    return Refused(Problem("shop_refused", status=status, shop_code=code, words=words or f"HTTP {status}"))


def _is_of_the_api(answer: http.Answer) -> bool:
    """Whether an error is worded as the API words its errors."""
    try:
        return bool(answer.json()["status"] == answer.status)
    except (ValueError, RecursionError, KeyError, TypeError):
        return False


def _is_clock_off(answer: http.Answer) -> bool:
    """Whether a refusal is the fault of a clock: the shop accepts five minutes of difference, and no owner can mend
    ours by connecting again."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return False
    return abs(time.time() - theirs.timestamp()) > CLOCK_MARGIN


def _error(answer: http.Answer) -> tuple[str, str]:
    """(code, message) of an error body; both empty when it is not of the known form."""
    try:
        body = answer.json()
        code = str(body.get("code") or "")
        return code if re.fullmatch(r"\d{3}\.\d{2,3}", code) else "", str(body.get("developermessage") or "")[:300]
    except (ValueError, RecursionError, AttributeError):
        return "", ""


def _retry_after(answer: http.Answer) -> timedelta:
    seconds = answer.headers.get("Retry-After", "")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 9):
        return throttle.until_next_minute()
    return min(timedelta(seconds=int(seconds)), LONGEST_WAIT)
