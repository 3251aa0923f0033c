"""Connecting an application: the log-in and consent page, codes, token pairs that replace each other.

The stand-in behaves as Doorkeeper does: a code is used once and lives ten minutes; a refresh token has no end of its
own, and ends when the access token that replaced it is first used (or at once, by a setting).
"""

import base64
import binascii
import secrets
import time
from collections.abc import Iterable
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from integrations.sandbox import Row

from .access import SCOPES, sees
from .books import books
from .refusals import as_json, not_found, oauth_error

WANTED = ("client_id", "redirect_uri", "response_type", "scope", "state")


@csrf_exempt
def authorize(request: HttpRequest) -> HttpResponse:
    """GET shows who may let the application in; POST carries the answer back to the application."""
    if request.method not in ("GET", "POST"):
        return not_found("endpoint").response()
    given = request.GET if request.method == "GET" else request.POST
    with books.lock:
        asked = {name: given.get(name, "") for name in WANTED}
        client = books["clients"].get(asked["client_id"])
        if client is None or asked["redirect_uri"] != client["redirect_uri"]:
            return page(
                request, "authorize_error.html", {"client": client, **asked}, status=401 if client is None else 400
            )
        if error := request_error(asked):
            return back(asked, error=error[0], error_description=error[1])
        answer, user = decision(request)
        if not answer:
            return page(request, "authorize.html", {"client": client, "asked": asked, "users": who_may_choose(asked)})
        if answer != "allow" or user is None:
            return back(asked, error="access_denied", error_description="De gebruiker heeft toegang geweigerd.")
        return back(asked, code=new_code(asked, user))


def request_error(asked: Row) -> tuple[str, str] | None:
    if asked["response_type"] != "code":
        return "unsupported_response_type", "De server ondersteunt dit response_type niet."
    if not set(scopes_of(asked)) <= set(SCOPES):
        return "invalid_scope", "De opgevraagde scope is ongeldig of onbekend."
    return None


def decision(request: HttpRequest) -> tuple[str, Row | None]:
    """Allow, deny or nothing yet; a setting answers in the place of a person."""
    settings = books.settings()
    if request.method == "POST":
        return request.POST.get("decision", ""), books["users"].get(request.POST.get("user", ""))
    users = books["users"]
    return settings["auto"], users.get(str(settings["auto_user"])) or next(iter(users.values()), None)


def who_may_choose(asked: Row) -> list[Row]:
    return [
        {"user": user, "companies": [row for row in books["companies"].values() if sees({"user": user["id"]}, row)]}
        for user in books["users"].values()
    ]


def page(request: HttpRequest, template: str, context: Row, status: int = 200) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        return HttpResponse(render_to_string(f"sandbox/ledger/{template}", context), status=status)


def scopes_of(asked: Row) -> list[str]:
    return list(dict.fromkeys(asked["scope"].split())) or ["public"]


def back(asked: Row, **answer: str) -> HttpResponse:
    if asked["state"]:
        answer["state"] = asked["state"]
    address = urlsplit(asked["redirect_uri"])
    query = "&".join(part for part in (address.query, urlencode(answer)) if part)
    return HttpResponseRedirect(urlunsplit(address._replace(query=query)))


def new_code(asked: Row, user: Row) -> str:
    code = secrets.token_urlsafe(32)
    row = {"id": code, "client": asked["client_id"], "redirect_uri": asked["redirect_uri"], "user": user["id"]}
    expires_at = time.time() + books.settings()["code_seconds"]
    books.put("codes", row | {"scopes": scopes_of(asked), "expires_at": expires_at, "is_used": False})
    return code


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """A code, or a refresh token, for a new pair; form body only."""
    if request.method != "POST":
        return not_found("endpoint").response()
    given = request.POST
    with books.lock:
        client_id, secret = client_credentials(request, given)
        if not given.get("grant_type") or not client_id:
            return invalid_request()
        client = books["clients"].get(client_id)
        if client is None or not secrets.compare_digest(client["client_secret"].encode(), secret.encode()):
            return oauth_error(401, "invalid_client", "De client is onbekend of niet bewezen.")
        match given["grant_type"]:
            case "authorization_code":
                return by_code(client, given)
            case "refresh_token":
                return by_refresh_token(client, given)
            case _:
                return oauth_error(400, "unsupported_grant_type", "Dit grant_type wordt niet ondersteund.")


def client_credentials(request: HttpRequest, given: QueryDict) -> tuple[str, str]:
    """From the body, or else from HTTP Basic."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if "client_id" not in given and scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return client_id, secret
    return given.get("client_id", ""), given.get("client_secret", "")


def invalid_request() -> HttpResponse:
    return oauth_error(400, "invalid_request", "Een vereiste parameter ontbreekt of is onjuist.")


def invalid_grant() -> HttpResponse:
    status = books.settings()["invalid_grant_status"]
    return oauth_error(status, "invalid_grant", "De code of het token is ongeldig, verlopen of ingetrokken.")


def by_code(client: Row, given: QueryDict) -> HttpResponse:
    if not given.get("code") or not given.get("redirect_uri"):
        return invalid_request()
    code = books["codes"].get(given.get("code", ""))
    if code is None or code["is_used"] or code["expires_at"] <= time.time():
        return invalid_grant()
    if code["client"] != client["id"] or code["redirect_uri"] != given["redirect_uri"]:
        return invalid_grant()
    books.put("codes", code | {"is_used": True})
    return pair(new_pair(client["id"], code["user"], code["scopes"]))


def by_refresh_token(client: Row, given: QueryDict) -> HttpResponse:
    if not given.get("refresh_token"):
        return invalid_request()
    found = books["refresh_tokens"].get(given.get("refresh_token", ""), {})
    old = books["tokens"].get(found.get("token", ""))
    if old is None or old["revoked"] or old["client"] != client["id"]:
        return invalid_grant()
    dies_at_once = books.settings()["old_refresh"] == "at_once"
    if dies_at_once:
        books.put("tokens", old | {"revoked": True})
    return pair(new_pair(client["id"], old["user"], old["scopes"], replaces="" if dies_at_once else old["id"]))


def new_pair(client: str, user: int, scopes: Iterable[str], replaces: str = "") -> Row:
    row = new_token(user, scopes, books.settings()["token_seconds"])
    refresh_token = secrets.token_urlsafe(32)
    books.put("refresh_tokens", {"id": refresh_token, "token": row["id"]})
    return books.put("tokens", row | {"client": client, "refresh_token": refresh_token, "replaces": replaces})


def new_token(user: int, scopes: Iterable[str], seconds: float | None) -> Row:
    """A bearer token; without ``seconds`` a personal one, valid until it is revoked."""
    row: Row = {"id": secrets.token_urlsafe(32), "user": user, "scopes": list(scopes), "created_at": int(time.time())}
    row |= {"expires_at": None if seconds is None else time.time() + seconds, "seconds": seconds, "revoked": False}
    return books.put("tokens", row | {"client": "", "refresh_token": "", "replaces": ""})


def pair(row: Row) -> HttpResponse:
    answer = as_json({
        "access_token": row["id"],
        "token_type": "Bearer",
        "expires_in": int(row["seconds"]),
        "refresh_token": row["refresh_token"],
        "scope": " ".join(row["scopes"]),
        "created_at": row["created_at"],
    })  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer
