"""The stand-in books of the demo: how each set is made, connected and set up for a bakery that sells across Europe."""

from collections.abc import Mapping
from typing import Any

import requests
from django.conf import settings

from accounting.administrations import administration
from accounting.imuis import session
from integrations.models import Credential, Integration

RATES = ("NL 21", "NL 9", "NL 0", "BE 21", "BE 6", "DE 19", "DE 7", "FR 20", "FR 5.5")
VAT_KINDS = {"20": "H", "19": "H", "7": "L", "5.5": "L"}
CLEARING = {
    "ideal": "mollie",
    "creditcard": "mollie",
    "mistercash": "mollie",
    "afterpay": "bank",
    "banktransfer": "bank",
}
Made = dict[str, Any]


def control(method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    """Call the control path of the stand-ins."""
    answer = requests.request(method, f"{settings.SANDBOX_URL}/_sandbox/{path}", json=body, timeout=10)
    answer.raise_for_status()
    return answer.json()


def rompslomp(integration: Integration, name: str) -> Made:
    """Make the books, connect them, and give the settings file for them."""
    return rompslomp_file(rompslomp_books(integration, name))


def rompslomp_with_payments(integration: Integration, name: str) -> Made:
    """Of invoices, the payments once these are paid; one payment method has no clearing account yet."""
    books = rompslomp_books(integration, name)
    rows = [{"method": method, "clearing_account": str(books["payment"][key])} for method, key in CLEARING.items()]
    paying = {"payments": True, "payments_only_when_paid": True, "payment_methods": rows}
    return {**rompslomp_file(books), "shop": {"process": "invoices"}, **paying}


def rompslomp_books(integration: Integration, name: str) -> Made:
    client = {"client_id": settings.ROMPSLOMP_CLIENT_ID, "client_secret": settings.ROMPSLOMP_CLIENT_SECRET}
    control("POST", "ledger/clients", {**client, "redirect_uri": f"{settings.PUBLIC_URL}/rompslomp/callback"})
    books = control("POST", "ledger/companies", {"preset": "bakery", "name": name, "with_token": True})
    token = {"access_token": books["token"]["access_token"]}
    Credential.objects.create(integration=integration, side=Credential.Side.BOOKS, secret=token)
    company = books["company"]
    administration("rompslomp", str(company["id"]), company["name"])
    return dict(books)


def rompslomp_file(books: Made) -> Made:
    accounting = {
        "system": "rompslomp",
        "administration": str(books["company"]["id"]),
        "layout": str(books["templates"][0]),
        "rounding_account": str(books["revenue"]["rounding"]),
    }
    return {"accounting": accounting, "vat": vat_table(books, books["vat"]["none"])}


def king_entries(integration: Integration, name: str) -> Made:
    books = king(integration, name)
    accounts = {name: books[name] for name in ("journal", "debtors_account")}
    return {
        "shop": {"process": "invoices"},
        "accounting": {"system": "imuis", "target": "entry", "number": "invoice", **accounts},
        "vat": vat_table(books, books["vat"]["export"]),
    }


def king_orders(integration: Integration, name: str) -> Made:
    books = king(integration, name)
    chosen = {name: books[name] for name in ("order_type", "item_group")}
    return {
        "accounting": {"system": "imuis", "target": "order", "vat_kinds": VAT_KINDS, **chosen},
        "vat": vat_table(books, books["vat"]["export"]),
    }


def king(integration: Integration, name: str) -> Made:
    made: Made = control("POST", "imuis/administrations", {"preset": "bakery", "name": name})
    session.connect(integration, made["administration"]["code"])
    return made


def vat_table(books: Made, export: object) -> list[dict[str, str]]:
    """The countries a bakery would sell to. A sale to another one shows what a missing setting looks like."""
    vat, revenue = books["vat"], {name: str(account) for name, account in books["revenue"].items()}
    rows = [(*key.split(), vat[key], "webshop") for key in RATES]
    rows += [
        ("ICP", "0", vat["reverse"], "eu"),
        ("INTERNATIONAL", "0", export, "export"),
        ("MARKETPLACE", "0", vat["none"], "export"),
    ]
    costs = {name: revenue[name] for name in ("shipping", "payment_costs")}
    return [
        {"country": country, "rate": rate, "vat_code": str(code), "revenue": revenue[account], **costs}
        for country, rate, code, account in rows
    ]
