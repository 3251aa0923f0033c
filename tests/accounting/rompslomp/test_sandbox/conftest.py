"""The stand-in ledger through Django's test client, with a fresh memory for each test."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

import accounting.rompslomp.sandbox as stand_in
import integrations.sandbox as plumbing
from accounting.rompslomp.sandbox.books import books

ALL = object()


class Ledger:
    """What a test says to the ledger: over the control path, and over the API with a token."""

    def __init__(self) -> None:
        self.client = Client()
        self.token = ""
        self.company: dict[str, Any] = {}

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.send(method, f"/_sandbox/ledger/{path}", body)
        assert answer.status_code in (200, 204), answer.content
        return json.loads(answer.content) if answer.content else None

    def start(self, **chosen: Any) -> dict[str, Any]:
        """A company and a token that reaches it; later calls are about them."""
        self.company = self.control("POST", "companies", {"with_token": True, **chosen})
        self.token = self.company["token"]["access_token"]
        return self.company

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        data = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        return self.client.generic(method, path, data, content_type="application/json", headers=headers)

    def api(self, method: str, path: str, body: Any = None, token: Any = ALL) -> HttpResponse:
        """``path`` below the company, or from the root of the API when it begins with a slash."""
        prefix = "/api/v1" if path.startswith("/") else f"/api/v1/companies/{self.company['company']['id']}/"
        return self.send(method, prefix + path, body, Authorization=f"Bearer {self.token if token is ALL else token}")

    def contact(self, **changes: Any) -> dict[str, Any]:
        body = {"is_individual": True, "contact_person_name": "Noor Visser", "country_code": "NL"} | changes
        return made(self.api("POST", "contacts", {"contact": body}))["contact"]

    def line(self, **changes: Any) -> dict[str, Any]:
        plain = {"description": "Mok", "quantity": "1", "price_per_unit": "10.00", "vat_type_id": self.vat("NL 21")}
        return plain | changes

    def invoice_body(self, **changes: Any) -> dict[str, Any]:
        contact = {} if "contact_id" in changes or "contact" in changes else {"contact_id": self.contact()["id"]}
        return {"date": "2026-01-02", "description": "298", "invoice_lines": [self.line()]} | contact | changes

    def invoice(self, **changes: Any) -> dict[str, Any]:
        return made(self.post_invoice(**changes))["sales_invoice"]

    def post_invoice(self, **changes: Any) -> HttpResponse:
        return self.api("POST", "sales_invoices", {"sales_invoice": self.invoice_body(**changes)})

    def patch_invoice(self, invoice: dict[str, Any], **changes: Any) -> HttpResponse:
        return self.api("PATCH", f"sales_invoices/{invoice['id']}", {"sales_invoice": changes})

    def vat(self, key: str) -> int:
        return int(self.company["vat"][key])


def made(answer: HttpResponse) -> Any:
    assert answer.status_code == 201, answer.content
    return json.loads(answer.content)


@pytest.fixture(autouse=True)
def on_the_sandbox_urls(settings: Any) -> None:
    settings.ROOT_URLCONF = (*plumbing.urlpatterns, *stand_in.urlpatterns)
    settings.MIDDLEWARE = ["integrations.sandbox.FaultMiddleware"]
    books.clear()
    plumbing.faults.clear()


@pytest.fixture
def fresh() -> Ledger:
    """A ledger without companies."""
    return Ledger()


@pytest.fixture
def ledger(fresh: Ledger) -> Ledger:
    fresh.start()
    return fresh


@pytest.fixture
def refused() -> Any:
    """``refused(answer, 422, "validation", "…")``: status, the end of the error's type, a part of its message."""

    def check(answer: HttpResponse, status: int, kind: str, message: str = "") -> None:
        assert answer.status_code == status, answer.content
        error = json.loads(answer.content)["error"]
        assert error["type"].endswith(kind), error
        assert message in error["message"], error

    return check
