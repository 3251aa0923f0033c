"""How the ledger words what it refuses: one JSON object with a type and a Dutch message."""

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from .books import books

JSON = "application/json; charset=utf-8"
PARAMETERS = "client.parameters"
EXPIRED = "client.authentication.invalid_token"
REALM = 'Bearer realm="Rompslomp API v1", error="invalid_token", error_description="{}"'


class Refused(Exception):
    """Ends a call with this status and error type."""

    def __init__(self, status: int, kind: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.kind, self.message, self.headers = status, kind, message, headers or {}

    def response(self) -> HttpResponse:
        answer = as_json({"error": {"type": self.kind, "message": self.message}}, status=self.status)
        for name, value in self.headers.items():
            answer[name] = value
        return answer


def as_json(data: Any, status: int = 200) -> HttpResponse:
    body = json.dumps(data, ensure_ascii=False).encode(errors="replace")
    return HttpResponse(body, status=status, content_type=JSON)


def invalid(model: str, reasons: Iterable[str]) -> Refused:
    """422: ``model`` is the Dutch name of the object, each reason a sentence without its full stop."""
    return Refused(422, f"{PARAMETERS}.validation", f"{model} is invalid: " + " ".join(f"{r}." for r in reasons))


def bad_value(name: str, wanted: str) -> Refused:
    return Refused(400, f"{PARAMETERS}.invalid_parameter_value", f"Ongeldige waarde voor {name}: verwacht {wanted}.")


def not_found(what: str = "resource") -> Refused:
    return Refused(404, f"client.not_found.{what}", "Niet gevonden.")


def expired_token() -> Refused:
    message = "De toegang is verlopen of ongeldig, vernieuw het token"
    return Refused(401, EXPIRED, message, {"WWW-Authenticate": REALM.format("The access token expired")})


def too_many(seconds: int) -> Refused:
    return Refused(429, "client.rate_limit", "Te veel verzoeken.", {"Retry-After": str(max(1, seconds))})


def api_wording(status: int) -> HttpResponse:
    """The ledger's words for an error that a test asked for."""
    match status:
        case 401:
            return expired_token().response()
        case 429:
            return too_many(books.settings()["retry_after"]).response()
        case 422:
            return Refused(
                422, "client.parameters.validation", "Factuur is invalid: de rekening is geblokkeerd."
            ).response()
        case _:
            return Refused(status, "server", "Er ging iets mis op de server.").response()


def oauth_error(status: int, error: str, description: str) -> HttpResponse:
    return as_json({"error": error, "error_description": description}, status=status)


def oauth_wording(status: int) -> HttpResponse:
    if status == 401:
        return oauth_error(401, "invalid_client", "De client is niet bekend.")
    answer = oauth_error(status, "server_error", "Er ging iets mis op de server.")
    if status == 429:
        answer["Retry-After"] = str(books.settings()["retry_after"])
    return answer
