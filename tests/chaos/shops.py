"""Shops of the chaos tests, linked to books of their own, and the orders that are placed in them."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from django.conf import settings

from accounting.posting import reference
from accounting.rompslomp import oauth
from integrations.models import Document, Intent, State
from tests.linked import Linked, control, link
from webshop import webhooks
from webshop.intake import open_shop


def row(code: str, price: str = "12.10", tax: int = 21, **more: Any) -> dict[str, Any]:
    return {"product_name": f"Product {code}", "product_number": code, "count": 1, "price": price, "tax": tax, **more}


def order_of(*rows: dict[str, Any], email: str = "jan@voorbeeld.example", **order: Any) -> dict[str, Any]:
    address = {"first_name": "Jan", "last_name": "de Vries", "street": "Proeflaan", "city": "Utrecht"}
    billing = {**address, "housenumber": 1, "zipcode": "1234 AB", "country_code": "NL"}
    customer = {"email": email, "billingaddress": billing}
    return {"order": {"customer": customer, **order}, "orderrows": list(rows), "paid": True}


def open_for_business(url: str, **books: Any) -> Linked:
    """A shop whose webhooks go to the program, linked to a company of its own."""
    linked = link(url, shop={"hook_retries": [0.5, 1, 2, 4, 8, 8, 8]}, books=books)
    webhooks.register(linked.integration, open_shop(linked.integration))
    return linked


def has_delivered(linked: Linked) -> bool:
    """Whether the shop has got rid of all its messages."""
    return bool(linked.control("POST", f"shops/{linked.shop['id']}/deliveries/wait", {"seconds": 40})["idle"])


def use_wrong_vat_codes(linked: Linked) -> None:
    """The settings say 21%, the code is one of 9% in the books: the ledger's total differs by more than rounding."""
    row = {"country": "NL", "rate": "21", "vat_code": str(linked.books["vat"]["NL 9"])}
    linked.configure(vat=[{**row, "revenue": str(linked.books["revenue"]["webshop"])}])


def connect_by_oauth(linked: Linked) -> None:
    """Let the program in as an owner does, so that its token has a successor."""
    client = {"client_id": settings.ROMPSLOMP_CLIENT_ID, "client_secret": settings.ROMPSLOMP_CLIENT_SECRET}
    control(linked.url, "POST", "ledger/clients", {**client, "redirect_uri": oauth.redirect_uri()})
    user = linked.books["token"]["user"]
    control(linked.url, "POST", "ledger/settings", {"auto": "allow", "auto_user": user})
    address, _state = oauth.authorization_url()
    answer = requests.get(address, allow_redirects=False, timeout=10)
    (code,) = parse_qs(urlsplit(answer.headers["Location"]).query)["code"]
    oauth.connect(linked.integration, oauth.fetch_tokens(code))


@dataclass
class Outcome:
    """What is left of one order when everything has been handled."""

    document: Document
    linked: Linked
    invoices: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.invoices = self.linked.ledger()

    def faults(self) -> list[str]:
        """Every way in which it is not exactly one published invoice to the cent, of one debtor and one product a
        code; empty when all is well."""
        document = self.document
        found = (
            [f"{document.state}, {document.reason} {document.problems}"] if document.state != State.PROCESSED else []
        )
        mine = [invoice for invoice in self.invoices if invoice["api_reference"] == reference(document)]
        if [invoice["status"] for invoice in mine] != ["published"]:
            return [*found, f"invoices: {[invoice['status'] for invoice in mine]}"]
        total = Decimal(document.total_cents) / 100
        if Decimal(mine[0]["price_with_vat"]) != total or document.ledger_total_cents != document.total_cents:
            found.append(f"{mine[0]['price_with_vat']} in the books, {total} in the shop")
        if (document.ledger_id, document.ledger_number) != (str(mine[0]["id"]), mine[0]["invoice_number"]):
            found.append(f"we say {document.ledger_id}, they say {mine[0]['id']}")
        return found + self.faults_of_the_company()

    def faults_of_the_company(self) -> list[str]:
        """What is there twice in the books, or is still thought of by us as perhaps there."""
        found = [f"made or tried more than once: {repeat}" for repeat in self.linked.ledger("repeats")]
        emails = [contact["contact_person_email_address"] for contact in self.linked.ledger("contacts")]
        codes = [product["invoice_line"]["product_code"] for product in self.linked.ledger("products")]
        found += [f"{name} twice" for names in (emails, codes) for name in set(names) if names.count(name) > 1]
        intents = Intent.objects.filter(administration=self.linked.integration.administration_id)
        return found + [f"an intent was left: {intent}" for intent in intents]

    def faults_of_a_refusal(self, code: str) -> list[str]:
        """The same for an order that the books can't take as it is: there is no invoice, and ``code`` is the reason."""
        codes = [problem["code"] for problem in self.document.problems]
        found = [] if (self.document.state, codes) == (State.ERROR, [code]) else [f"{self.document.state} {codes}"]
        found += [f"an invoice was left: {invoice['status']}" for invoice in self.invoices]
        # A concept that was deleted may have been made again, to find the same again.
        return found + [fault for fault in self.faults_of_the_company() if "'api_reference'" not in fault]

    def rounding_lines(self) -> list[str]:
        lines = [line for invoice in self.invoices for line in invoice["invoice_lines"]]
        return [line["price_with_vat"] for line in lines if not line["product_id"]]


def outcome_of(linked: Linked, order: dict[str, Any]) -> Outcome:
    return Outcome(linked.document(order["id"]), linked)
