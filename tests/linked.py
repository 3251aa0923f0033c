"""A stand-in shop linked to stand-in books by a real integration: what the tests of the whole road start from."""

import hashlib
import itertools
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import requests
from django.utils import timezone

from accounting import settings_store
from integrations.models import Credential, Delivery, Document, Integration
from webshop import tasks

counter = itertools.count(1)


@dataclass
class Linked:
    """One shop, one company in the ledger, one integration between them."""

    url: str
    shop: dict[str, Any]
    books: dict[str, Any]
    integration: Integration

    def control(self, method: str, path: str, body: Any = None) -> Any:
        return control(self.url, method, path, body)

    def place(self, **draft: Any) -> dict[str, Any]:
        """Place one order in the shop: ``order`` and ``orderrows`` as far as they matter."""
        return self.control("POST", f"shops/{self.shop['id']}/orders", draft)

    def place_random(self, count: int, seed: int = 1, **mix: Any) -> list[dict[str, Any]]:
        body = {"count": count, "seed": seed, **({"mix": mix} if mix else {})}
        return self.control("POST", f"shops/{self.shop['id']}/orders/random", body)["orders"]

    def place_kind(self, kind: str, seed: int = 1) -> dict[str, Any]:
        return self.control("POST", f"shops/{self.shop['id']}/orders/kind", {"kind": kind, "seed": seed})

    def place_invoice(self, order_id: int, **asked: Any) -> dict[str, Any]:
        """Have the shop make an invoice of an order: ``type``, ``spelling``, ``rows``, ``costs``, ``status``."""
        return self.control("POST", f"shops/{self.shop['id']}/orders/{order_id}/invoice", asked)

    def place_random_invoices(
        self, count: int, seed: int = 1, credit: float = 0.33, **mix: Any
    ) -> list[dict[str, Any]]:
        body = {"count": count, "seed": seed, "credit": credit, **({"mix": mix} if mix else {})}
        return self.control("POST", f"shops/{self.shop['id']}/invoices/random", body)["invoices"]

    def deliver(self, *remote_ids: int, event: str = "orders.updated.ispaid", kind: str = "order") -> None:
        """What the gate stores when the shop calls about these orders, or about these invoices."""
        for remote_id in remote_ids:
            Delivery.objects.create(
                integration=self.integration,
                event="invoices.created" if kind == "invoice" else event,
                kind=kind,
                remote_id=str(remote_id),
                digest=hashlib.sha256(str(next(counter)).encode()).hexdigest(),
                body="{}",
                is_signed=True,
            )

    def work(self) -> None:
        assert self.integration.administration_id
        tasks.work(self.integration.administration_id)

    def night(self, later: int = 0, turns: int = 1) -> None:
        """A night, with as many turns of a worker in the morning after it; ``later`` days from now."""
        tasks.night(self.integration.pk, (timezone.localdate() + timedelta(days=later)).isoformat())
        for _ in range(turns):
            self.work()

    def post(self, kind: str = "simple", seed: int = 1) -> Document:
        """Place an order, let it be processed once, and give the document that came of it."""
        order = self.place_kind(kind, seed)
        self.deliver(order["id"])
        self.work()
        return self.document(order["id"])

    def post_invoice(self, order_id: int, **asked: Any) -> Document:
        """Have an order invoiced, let that be processed once, and give the document that came of it."""
        invoice = self.place_invoice(order_id, **asked)
        self.deliver(invoice["id"], kind="invoice")
        self.work()
        return self.document(invoice["id"], kind="invoice")

    def document(self, remote_id: int, kind: str = "order") -> Document:
        return Document.objects.get(integration=self.integration, kind=kind, remote_id=str(remote_id))

    def process(self, mode: str) -> None:
        """Choose what is processed from now on: orders or invoices."""
        self.configure(shop={"process": mode})

    @property
    def company(self) -> int:
        return int(self.books["company"]["id"])

    def ledger(self, kind: str = "invoices") -> list[dict[str, Any]]:
        """What the ledger holds: invoices, contacts, products or repeats."""
        return self.control("GET", f"ledger/companies/{self.company}/{kind}")[kind]

    def ledger_total(self) -> Decimal:
        return sum((Decimal(invoice["price_with_vat"]) for invoice in self.ledger()), Decimal(0))

    def configure(self, **changes: Any) -> None:
        """Save a new settings version with other ``accounting``, ``shop`` or top-level values."""
        assert self.integration.settings
        data = settings_store.as_file(self.integration.settings)
        for key, value in changes.items():
            data[key] = {**data[key], **value} if isinstance(value, dict) else value
        settings_store.save(self.integration, data)
        self.integration.refresh_from_db()


def control(url: str, method: str, path: str, body: Any = None) -> Any:
    answer = requests.request(method, f"{url}/_sandbox/{path}", json=body, timeout=60)
    assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
    return answer.json() if answer.content else None


def link(url: str, *, shop: dict[str, Any] | None = None, books: dict[str, Any] | None = None) -> Linked:
    """Make a shop and a company at the stand-ins (or take the given one) and an active integration between them."""
    if books is None or "company" not in books:
        books = control(url, "POST", "ledger/companies", {"name": "Boeken", **(books or {}), "with_token": True})
    made_shop, integration = with_shop(url, shop or {}, "rompslomp")
    Credential.objects.create(
        integration=integration, side="books", secret={"access_token": books["token"]["access_token"]}
    )
    settings_store.save(integration, settings_file(books))
    integration.refresh_from_db()
    return Linked(url, made_shop, books, integration)


def with_shop(url: str, shop: dict[str, Any], system: str) -> tuple[dict[str, Any], Integration]:
    """Make a shop, and an active integration that can reach it and will post to an accounting system."""
    made = control(url, "POST", "shops", {"name": "Bakkerij", **shop})
    integration = Integration.objects.create(
        name=made["name"],
        shop_id=str(made["id"]),
        api_root=made["api_root"],
        vat_number="NL001234567B01",
        accounting_system=system,
        status=Integration.Status.ACTIVE,
    )
    keys = {"public": made["public"], "secret": made["secret"]}
    Credential.objects.create(integration=integration, side="shop", secret=keys)
    return made, integration


def settings_file(books: dict[str, Any]) -> dict[str, Any]:
    """Settings in which every kind of sale of the stand-in shop can be booked."""
    vat, revenue = books["vat"], books["revenue"]
    webshop, eu = str(revenue["webshop"]), str(revenue["eu"])
    rows = [
        {"country": key.split()[0], "rate": key.split()[1], "vat_code": str(code), "revenue": webshop}
        for key, code in vat.items()
        if " " in key
    ]
    for country, code in (("ICP", "reverse"), ("INTERNATIONAL", "none"), ("MARKETPLACE", "none")):
        rows.append({"country": country, "rate": "0", "vat_code": str(vat[code]), "revenue": eu})
    return {
        "shop": {"system": "ccvshop", "home_country": "NL", "process": "orders", "start_date": "2020-01-01"},
        "accounting": {
            "system": "rompslomp",
            "administration": str(books["company"]["id"]),
            "layout": str(books["templates"][0]),
            "rounding_account": str(revenue["rounding"]),
        },
        "vat": rows,
    }
