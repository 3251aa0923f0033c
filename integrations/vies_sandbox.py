"""A stand-in for VIES, the EU's check of VAT numbers: POST ``/vies/rest-api/check-vat-number``.

As the EU's own service, it answers 200 also when it could not check; then the body is
``{"actionSucceed": false, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}``, without ``valid``.

The answer depends on the number. A number that starts with 999 (or 0999, Belgium) and ends on a code below gets that
code's answer; the codes are those of the EU's test service. Every other well-formed number is valid.

    200 not valid                  DE999003200  BE0999061200
    201 INVALID_INPUT              DE999000201  BE0999090201
    202 INVALID_REQUESTER_INFO     DE999004202  BE0999022202
    300 SERVICE_UNAVAILABLE        DE999002300  BE0999090300
    301 MS_UNAVAILABLE             DE999005301  BE0999022301
    302 TIMEOUT                    DE999008302  BE0999051302
    400 VAT_BLOCKED                DE999007400  BE0999022400
    401 IP_BLOCKED                 DE999009401  BE0999051401
    500 GLOBAL_MAX_CONCURRENT_REQ  DE999001500  BE0999051500
    600 MS_MAX_CONCURRENT_REQ      DE999006600  BE0999080600

(501 and 601 are the same two with ``_TIME`` behind them.) The check digits of these examples are right.

Control path, ``/_sandbox/vies``: GET -> ``{"answers": {…}, "checks": […]}``, the answers set and the numbers asked for.
PUT ``{"number": "DE342366712", "answer": "MS_UNAVAILABLE", "status": 200, "times": 2}`` sets an answer: ``valid``,
``invalid`` or an error; ``number`` may be a country (``"DE"``) or ``"*"``; ``status`` is the HTTP status of an error
(default 200); without ``times`` it lasts. ``name`` and ``address`` may be set with ``valid``. DELETE forgets them all.
"""

import json
import re
import secrets
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from integrations.sandbox import Memory, Row, error_wording

memory = Memory("vies", "answers", "checks")

COUNTRIES = {
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI"),
}
NUMBER = re.compile(r"[0-9A-Z+*]{2,12}")
BY_ENDING = {
    "200": "invalid",
    "201": "INVALID_INPUT",
    "202": "INVALID_REQUESTER_INFO",
    "300": "SERVICE_UNAVAILABLE",
    "301": "MS_UNAVAILABLE",
    "302": "TIMEOUT",
    "400": "VAT_BLOCKED",
    "401": "IP_BLOCKED",
    "500": "GLOBAL_MAX_CONCURRENT_REQ",
    "501": "GLOBAL_MAX_CONCURRENT_REQ_TIME",
    "600": "MS_MAX_CONCURRENT_REQ",
    "601": "MS_MAX_CONCURRENT_REQ_TIME",
}
ANSWERS = {"valid", *BY_ENDING.values()}
TRADER = ("Name", "Street", "PostalCode", "City", "CompanyType")
FIELDS = {
    *("countryCode", "vatNumber", "requesterMemberStateCode", "requesterNumber"),
    *(f"trader{name}" for name in TRADER),
}
KEPT_CHECKS = 1000


def set_answer(full_number: str) -> Row:
    """What was set for this number, its country or all; else what its ending says."""
    for key in (full_number, full_number[:2], "*"):
        answer = memory["answers"].get(key)
        if answer is None:
            continue
        if answer["times"] is not None:
            answer["times"] -= 1
            if answer["times"] <= 0:
                del memory["answers"][key]
        return answer
    number = full_number[2:]
    steered = number.startswith(("999", "0999"))
    return {"answer": BY_ENDING.get(number[-3:], "valid") if steered else "valid", "status": 200}


def failure(error: str, status: int = 200) -> HttpResponse:
    return JsonResponse({"actionSucceed": False, "errorWrappers": [{"error": error}]}, status=status)


def verdict(asked: Row, answer: Row) -> Row:
    is_valid = answer["answer"] == "valid"
    with_requester = asked.get("requesterMemberStateCode") and asked.get("requesterNumber")
    unknown = dict.fromkeys((f"trader{name}" for name in TRADER), "---")
    unmatched = dict.fromkeys((f"trader{name}Match" for name in TRADER), "NOT_PROCESSED")
    return {
        "countryCode": asked["countryCode"],
        "vatNumber": asked["vatNumber"],
        "requestDate": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "valid": is_valid,
        "requestIdentifier": "WAPIAAAA" + secrets.token_urlsafe(6) if with_requester else "",
        "name": answer.get("name", f"Bedrijf {asked['vatNumber']}") if is_valid else "---",
        "address": answer.get("address", "Testkade 5\n4321 ZX VOORBEELD") if is_valid else "---",
        **unknown,
        **unmatched,
    }


def read_question(body: bytes) -> Row | None:
    """The question, or None where VIES would call the input invalid: numbers go without country, spaces and dots."""
    try:
        asked: Any = json.loads(body)
    except ValueError:
        return None
    if not isinstance(asked, dict) or set(asked) - FIELDS or not all(isinstance(each, str) for each in asked.values()):
        return None
    number = asked.get("vatNumber", "")
    is_number = NUMBER.fullmatch(number)
    return asked if asked.get("countryCode") in COUNTRIES and is_number else None


@csrf_exempt
def check_vat_number(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponse(status=405)
    if request.content_type != "application/json":
        return HttpResponse(status=415)
    asked = read_question(request.body)
    if asked is None:
        return failure("INVALID_INPUT")
    full_number = asked["countryCode"] + asked["vatNumber"]
    with memory.lock:
        answer = set_answer(full_number)
        checks = memory["checks"]
        if len(checks) >= KEPT_CHECKS:
            checks.clear()
        checks[str(len(checks))] = {"number": full_number, "answer": answer["answer"], "asked": asked}
    if answer["answer"] in ("valid", "invalid"):
        return JsonResponse(verdict(asked, answer))
    return failure(answer["answer"], answer["status"])


def plan(asked: Row) -> None:
    if asked.get("answer") not in ANSWERS:
        raise ValueError(f"answer must be one of {', '.join(sorted(ANSWERS))}")
    texts: Row = {name: asked[name] for name in ("name", "address") if name in asked}
    numbers: Row = {"status": int(asked.get("status", 200)), "times": asked.get("times")}
    memory["answers"][asked["number"]] = {"answer": asked["answer"], **numbers, **texts}


@csrf_exempt
def control(request: HttpRequest) -> HttpResponse:
    with memory.lock:
        if request.method == "PUT":
            try:
                plan(json.loads(request.body))
            except (ValueError, KeyError) as error:
                return JsonResponse({"error": str(error)}, status=400)
        elif request.method == "DELETE":
            memory["answers"].clear()
        return JsonResponse({"answers": memory["answers"], "checks": list(memory["checks"].values())})


def fault_wording(status: int) -> HttpResponse:
    return failure("GLOBAL_MAX_CONCURRENT_REQ" if status == 429 else "SERVICE_UNAVAILABLE", status)


error_wording["/vies/"] = fault_wording

urlpatterns = [
    path("vies/rest-api/check-vat-number", check_vat_number),
    path("_sandbox/vies", control),
]
