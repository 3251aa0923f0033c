"""The front gate of the API: who calls, how often, and the signature under the answer."""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from django.http import HttpRequest, HttpResponse

from integrations.sandbox import Row, error_wording
from webshop.ccvshop.sandbox.hashes import call_hash, php_json
from webshop.ccvshop.sandbox.shops import clock, memory, shop_by_key

# The three spellings seen in working clients: Z, +00:00, +0000. Zero-padded, UTC, whole seconds.
DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:Z|\+00:?00)")
WINDOW = timedelta(minutes=5)


@dataclass
class Refused(Exception):
    """The shop says no, in its own words."""

    status: int
    code: str
    message: str
    retry_after: int | None = None
    allow: str = ""


def refusal(refused: Refused) -> HttpResponse:
    body = {"status": refused.status, "code": refused.code, "developermessage": refused.message}
    response = HttpResponse(php_json(body), status=refused.status, content_type="application/json")
    if refused.retry_after is not None:
        response["Retry-After"] = str(refused.retry_after)
    if refused.allow:
        response["Allow"] = refused.allow
    return response


def raw_uri(request: HttpRequest) -> bytes:
    """Path and query exactly as they came over the line."""
    sent = request.environ.get("RAW_URI") if hasattr(request, "environ") else None
    return str(sent or request.get_full_path()).encode("latin-1")


def identify(request: HttpRequest) -> Row:
    """The shop whose key signed this call. The status of a refusal is an assumption, so each shop has a switch."""
    public = request.headers.get("x-public", "")
    shop = shop_by_key(public)
    if shop is None:
        raise Refused(401, "401.10", "Unknown public key.")
    date = request.headers.get("x-date", "")
    check_date(date, shop["auth_status"])
    expected = call_hash(shop["secret"], public, request.method or "", raw_uri(request), request.body, date)
    if not compare_digest(expected.encode(), request.headers.get("x-hash", "").encode()):
        raise Refused(shop["auth_status"], f"{shop['auth_status']}.20", "The hash does not match.")
    return shop


def check_date(date: str, status: int) -> None:
    matched = DATE.fullmatch(date)
    try:
        sent = datetime.fromisoformat(matched[1]).replace(tzinfo=UTC) if matched else None
    except ValueError:
        sent = None
    if sent is None:
        raise Refused(status, f"{status}.30", "x-date is not a UTC date such as 2026-03-02T09:15:00Z.")
    if abs(clock.now().replace(microsecond=0) - sent) > WINDOW:
        raise Refused(status, f"{status}.30", "x-date differs more than five minutes.")


def throttle(shop: Row, method: str, resource: str) -> None:
    """Count this call, per method and resource in the running minute, and refuse it when there were too many."""
    now = time.time()
    minute = int(now // shop["minute"])
    wait = int((minute + 1) * shop["minute"] - now) + 1 if shop["retry_after"] else None
    key = f"{method} {resource}"
    limit = shop["gets_per_minute"] if method == "GET" else shop["writes_per_minute"]
    with memory.lock:
        counted = memory["throttle"].get(str(shop["id"]))
        if counted is None or counted["minute"] != minute:
            counted = memory["throttle"][str(shop["id"])] = {"minute": minute, "total": 0}
        if limit and counted.get(key, 0) >= limit:
            raise Refused(429, "429.10", "Too many requests for this resource.", retry_after=wait)
        if shop["total_per_minute"] and counted["total"] >= shop["total_per_minute"]:
            raise Refused(429, "429.11", "Too many requests.", retry_after=wait)
        counted[key] = counted.get(key, 0) + 1
        counted["total"] += 1


def sign(request: HttpRequest, shop: Row, secret: str, response: HttpResponse) -> HttpResponse:
    """Put x-date and x-hash on an answer, with the secret that the call came in on."""
    if shop["signs"] == "missing":
        return response
    date = clock.now().strftime("%Y-%m-%dT%H:%M:%S+00:00")
    key = "wrong" if shop["signs"] == "wrong" else secret
    public, method = request.headers["x-public"], request.method or ""
    response["x-date"] = date
    response["x-hash"] = call_hash(key, public, method, raw_uri(request), response.content, date)
    return response


def fault_wording(status: int) -> HttpResponse:
    """How the shop words a fault on demand. A 500 or 503 without a code is a passing trouble of the platform."""
    if status == 429:
        return refusal(Refused(429, "429.10", "Too many requests for this resource."))
    if status == 401:
        return refusal(Refused(401, "401.10", "Unknown public key."))
    return HttpResponse(b"<html><body>Er is iets misgegaan</body></html>", status=status, content_type="text/html")


error_wording["/api/rest/v1"] = fault_wording
