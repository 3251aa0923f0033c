"""Who may call what: bearer tokens, scopes, the company's own access, the number of calls a minute; and paging."""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from integrations.sandbox import Row

from .books import books
from .refusals import PARAMETERS, Refused, as_json, bad_value, expired_token, not_found, too_many

SCOPES = (
    "public", "manage:companies", "manage:contacts", "manage:sales_invoices", "manage:payments", "manage:products",
    "read:accounts", "manage:journal_entries", "read:me", "manage:hours", "manage:rides", "manage:expenses",
    "manage:quotations",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that was let in; ``company`` is empty for the calls above the companies."""

    request: HttpRequest
    token: Row
    company: Row

    @property
    def company_id(self) -> int:
        return int(self.company["id"])

    def require_scope(self, *scopes: str) -> None:
        """Any one of these, in the token and in what the company allows."""
        if not set(scopes) & set(self.token["scopes"]):
            wanted = " of ".join(scopes)
            raise Refused(403, "client.authorization.invalid_scope", f"Het token mist de scope {wanted}.")
        if self.company and not set(scopes) & set(self.token["scopes"]) & set(self.company["allowed_scopes"]):
            raise access_denied("Deze onderneming staat dit niet toe.")


Handler = Callable[..., HttpResponse]
View = Callable[..., HttpResponse]


def endpoint(*scopes: str, **handlers: Handler) -> View:
    """A view that lets a call in and hands it to the function for its method."""

    def view(request: HttpRequest, company: str = "", **path: str) -> HttpResponse:
        handler = handlers.get(request.method or "")
        try:
            with books.lock:
                if handler is None:
                    raise not_found("endpoint")
                call = let_in(request, company)
                call.require_scope(*scopes)
                return handler(call, **path)
        except Refused as refused:
            return refused.response()

    return csrf_exempt(view)


def let_in(request: HttpRequest, company_id: str) -> Call:
    token = token_of(request)
    if not company_id:
        return Call(request=request, token=token, company={})
    company = books["companies"].get(company_id)
    if company is None or not sees(token, company):
        raise not_found()
    count_call(company)
    if not company["api_accessible"]:
        raise access_denied("Deze onderneming heeft het abonnement Gratis, zonder toegang tot de API.")
    refuse_beyond_plan(request, company)
    return Call(request=request, token=token, company=company)


def access_denied(message: str) -> Refused:
    return Refused(403, "client.authorization.access_denied", message)


def token_of(request: HttpRequest) -> Row:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    token = books["tokens"].get(key) if scheme.lower() == "bearer" else None
    if token is None or token["revoked"] or (token["expires_at"] is not None and token["expires_at"] <= time.time()):
        raise expired_token()
    if token["replaces"]:
        revoke_replaced(token)
    return token


def revoke_replaced(token: Row) -> None:
    """The first use of a renewed token ends the one it replaces, with its refresh token."""
    old = books["tokens"].get(token["replaces"])
    if old is not None:
        books.put("tokens", old | {"revoked": True})
    books.put("tokens", token | {"replaces": ""})


def sees(token: Row, company: Row) -> bool:
    companies = books["users"][str(token["user"])]["companies"]
    return companies is None or company["id"] in companies


def count_call(company: Row) -> None:
    limit = company["calls_per_minute"]
    if not limit:
        return
    now = time.time()
    minute, calls = books.calls_this_minute.get(company["id"], (0, 0))
    if minute != int(now // 60):
        minute, calls = int(now // 60), 0
    books.calls_this_minute[company["id"]] = (minute, calls + 1)
    if calls >= limit:
        raise too_many(int((minute + 1) * 60 - now) + 1)


def refuse_beyond_plan(request: HttpRequest, company: Row) -> None:
    if request.method == "POST" and company["plan_limit"]:
        raise Refused(company["plan_limit_status"], company["plan_limit"], "Het abonnement laat dit niet toe.")


def listed(call: Call, name: str, rows: Sequence[Row], render: Callable[[Row], Row]) -> HttpResponse:
    """One page of ``rows`` under ``name``, with the paging headers."""
    page = whole_number(call, "page", 1, 1_000_000_000)
    per_page = whole_number(call, "per_page", 40, 100)
    start = (page - 1) * per_page
    answer = as_json({name: [render(row) for row in rows[start : start + per_page]]})
    answer["X-Page"], answer["X-Per-Page"], answer["X-Total"] = str(page), str(per_page), str(len(rows))
    return answer


def whole_number(call: Call, name: str, default: int, most: int) -> int:
    given = call.request.GET.get(name, "")
    if not given:
        return default
    if not re.fullmatch("[0-9]{1,12}", given) or not 1 <= int(given) <= most:
        raise bad_value(name, f"een geheel getal van 1 tot {most}")
    return int(given)


def selection(call: Call, allowed: Iterable[str], default: str = "all") -> str:
    """The ``selection`` of a list; an empty default makes it required."""
    chosen = call.request.GET.get("selection") or default
    if not chosen:
        raise Refused(400, f"{PARAMETERS}.missing_parameter", "Parameter ontbreekt: selection.")
    if chosen not in allowed:
        raise bad_value("selection", "een van " + ", ".join(allowed))
    return chosen


def owned(call: Call, table: str, row_id: object) -> Row:
    row = books.get(table, call.company_id, row_id)
    if row is None:
        raise not_found()
    return row


@csrf_exempt
def no_endpoint(_request: HttpRequest, **_path: Any) -> HttpResponse:
    return not_found("endpoint").response()
