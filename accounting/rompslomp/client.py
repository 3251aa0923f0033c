"""Speaks HTTP to Rompslomp: dicts in, dicts out (https://app.rompslomp.nl/developer).

Decimals arrive as text and are left so. What can go wrong is one of ``integrations.failures``: ``Temporary``,
``Unknown`` (a write whose answer did not come), ``Refused``, ``Gone`` and ``ConnectionLost``.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from integrations import http
from integrations.failures import ConnectionLost, Gone, Refused, Temporary, Unknown
from integrations.problems import Problem

PER_PAGE = 100
MOST_PAGES = 1000
CODES_PER_SEARCH = 40
LONGEST_WAIT = timedelta(minutes=5)
A_MINUTE = timedelta(minutes=1)

# Error types of the vendor, most telling first; an unknown type is judged by its parent, then by its status.
PLAN_TYPES = (
    "client.authorization",
    "client.quota_reached",
    "client.subscription_limit_reached",
)

Json = dict[str, Any]
Query = list[tuple[str, str]]


class Rompslomp:
    """One connection. ``token(stale)`` gives an access token, another one than ``stale`` if that is given;
    ``before_call`` is asked before every call whether it may still be made."""

    def __init__(
        self,
        base_url: str,
        token: Callable[[str | None], str],
        *,
        record: http.Recorder | None = None,
        before_call: Callable[[], None] = lambda: None,
    ) -> None:
        self.base_url = base_url.rstrip("/") + "/api/v1"
        self.token = token
        self.record = record
        self.before_call = before_call

    def companies(self) -> list[Json]:
        return list(self._list("/companies", "companies", []))

    def me(self) -> Json:
        """Who connected: ``first_name``, ``last_name`` and ``email``."""
        return self._one("GET", "/me", "me")

    def peek(self, company: str, collection: str) -> None:
        """Read one row of a collection of an administration, to see whether it may be read."""
        self._call("GET", f"/companies/{company}/{collection}?selection=all&page=1&per_page=1")

    def vat_types(self, company: str) -> list[Json]:
        return list(self._list(f"/companies/{company}/vat_types", "vat_types", [("selection", "all")]))

    def accounts(self, company: str, selection: str) -> list[Json]:
        return list(self._list(f"/companies/{company}/accounts", "accounts", [("selection", selection)]))

    def templates(self, company: str) -> list[Json]:
        return list(self._list(f"/companies/{company}/templates", "templates", []))

    def contacts_by_email(self, company: str, email: str) -> list[Json]:
        query = [("selection", "all"), ("search[contact_person_email_address]", email)]
        return list(self._list(f"/companies/{company}/contacts", "contacts", query))

    def contacts_by_words(self, company: str, words: str) -> Iterator[Json]:
        """Contacts with these words in a name, a number or an address; page after page."""
        query = [("selection", "all"), ("search[q]", words)]
        return self._list(f"/companies/{company}/contacts", "contacts", query)

    def contact(self, company: str, contact_id: str) -> Json:
        return self._one("GET", f"/companies/{company}/contacts/{contact_id}", "contact")

    def create_contact(self, company: str, body: Json) -> Json:
        return self._one("POST", f"/companies/{company}/contacts", "contact", body)

    def products_by_code(self, company: str, codes: list[str]) -> list[Json]:
        found: list[Json] = []
        for start in range(0, len(codes), CODES_PER_SEARCH):
            query = [("search[product_codes][]", code) for code in codes[start : start + CODES_PER_SEARCH]]
            found += self._list(f"/companies/{company}/products", "products", query)
        return found

    def create_product(self, company: str, body: Json) -> Json:
        return self._one("POST", f"/companies/{company}/products", "product", body)

    def invoices_by_reference(self, company: str, reference: str) -> list[Json]:
        query = [("selection", "all"), ("search[api_reference]", reference)]
        return list(self._list(f"/companies/{company}/sales_invoices", "sales_invoices", query))

    def invoices(self, company: str, selection: str, since: date, until: date) -> Iterator[Json]:
        """The invoices of a ``selection`` (all, unpaid) that are dated in a period; page after page."""
        query = [("selection", selection), ("search[from]", since.isoformat()), ("search[till]", until.isoformat())]
        return self._list(f"/companies/{company}/sales_invoices", "sales_invoices", query)

    def invoice(self, company: str, invoice_id: str) -> Json:
        return self._one("GET", f"/companies/{company}/sales_invoices/{invoice_id}", "sales_invoice")

    def create_invoice(self, company: str, body: Json) -> Json:
        return self._one("POST", f"/companies/{company}/sales_invoices", "sales_invoice", body)

    def update_invoice(self, company: str, invoice_id: str, body: Json) -> Json:
        return self._one(
            "PATCH",
            f"/companies/{company}/sales_invoices/{invoice_id}",
            "sales_invoice",
            body,
        )

    def delete_invoice(self, company: str, invoice_id: str) -> None:
        """Delete a concept; one that is gone already counts as deleted."""
        try:
            self._call("DELETE", f"/companies/{company}/sales_invoices/{invoice_id}")
        except Gone:
            return

    def _one(self, method: str, path: str, name: str, body: Json | None = None) -> Json:
        answer = self._call(method, path, body)
        found = _json(answer, method).get(name)
        if not isinstance(found, dict):
            raise _no_sense(method, answer)
        return found

    def _list(self, path: str, name: str, query: Query) -> Iterator[Json]:
        """All pages: by ``X-Total`` where it is given, else until a page is short. A list without an end makes no
        sense."""
        for page in range(1, MOST_PAGES + 1):
            answer = self._call(
                "GET",
                f"{path}?{urlencode([*query, ('page', page), ('per_page', PER_PAGE)])}",
            )
            rows = _json(answer, "GET").get(name)
            if not isinstance(rows, list):
                raise _no_sense("GET", answer)
            yield from rows
            total = answer.headers.get("X-Total", "")
            if not rows or (page * PER_PAGE >= int(total) if total.isdigit() else len(rows) < PER_PAGE):
                return
        raise _no_sense("GET", answer)

    def _call(self, method: str, path: str, body: Json | None = None) -> http.Answer:
        token = self.token(None)
        answer = self._send(method, path, body, token)
        if answer.status == 401:
            answer = self._send(method, path, body, self.token(token))
        if answer.status >= 300:
            raise _failure(method, answer)
        return answer

    def _send(self, method: str, path: str, body: Json | None, token: str) -> http.Answer:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body, ensure_ascii=False).encode()
        try:
            return http.send(
                method,
                self.base_url + path,
                headers=headers,
                body=data,
                record=self.record,
                before_call=self.before_call,
            )
        except http.NotSent as error:
            raise Temporary("books_unreachable") from error
        except http.NoAnswer as error:
            raise _unanswered(method) from error


def _unanswered(method: str) -> Temporary | Unknown:
    return Temporary("books_no_answer") if method == "GET" else Unknown("books_no_answer")


def _json(answer: http.Answer, method: str) -> Json:
    try:
        found = answer.json()
    except ValueError as error:
        raise _no_sense(method, answer) from error
    if not isinstance(found, dict):
        raise _no_sense(method, answer)
    return found


def _no_sense(method: str, answer: http.Answer) -> Temporary | Unknown:
    """A success without the promised JSON: a proxy spoke, so whether a write was done is not known."""
    return _unanswered(method)


def _failure(method: str, answer: http.Answer) -> Exception:
    """Name the failure behind an answer that is no success. The vendor asks to branch on status and type; its message
    is Dutch text for people."""
    kind, words = _error(answer)
    if answer.status == 429 and not kind.startswith(PLAN_TYPES):
        return Temporary(
            "books_busy", wait=answer.retry_after(otherwise=A_MINUTE, longest=LONGEST_WAIT), everything=True
        )
    if kind.startswith(PLAN_TYPES) or answer.status in (402, 403):
        return Refused(Problem("books_plan", words=words))
    if answer.status == 401:
        return ConnectionLost("books", words)
    if answer.status == 404:
        return Gone(words)
    if answer.status >= 500 or answer.status < 400:
        return _unanswered(method)
    return Refused(Problem("books_refused", words=words, status=answer.status))


def _error(answer: http.Answer) -> tuple[str, str]:
    """(type, message) of an error body, both empty when it is no JSON of the known form."""
    try:
        error = answer.json()["error"]
        return str(error["type"]), str(error["message"])[:1000]
    except (ValueError, KeyError, TypeError):
        return "", ""
