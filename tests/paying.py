"""Payments between a stand-in shop and stand-in books: turned on, made due, and what the books hold of them."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

import requests
from django.utils import timezone

from integrations.models import Administration, Document, Intent, Payment, State
from tests.chaos.shops import order_of, row
from tests.linked import Linked

ACCOUNTS = {
    "ideal": "mollie",
    "paypal": "paypal",
    "banktransfer": "bank",
    "creditcard": "mollie",
    "mistercash": "mollie",
    "afterpay": "bank",
    "default": "cash",
}
BOOKED = (State.PROCESSED, "", [])
MUG = order_of(row("MOK-4", "30.00"), ordernumber=298, ordernumber_full="W298", transaction_id="tr_8Kd2")


def post_payments(linked: Linked, without: Collection[str] = ()) -> Linked:
    """Turn payments on, with a clearing account for each payment method but those ``without``."""
    known = linked.books["payment"]
    rows = [
        {"method": method, "clearing_account": "" if method in without else str(known[name])}
        for method, name in ACCOUNTS.items()
    ]
    linked.configure(payments=True, payment_methods=rows)
    return linked


def sell(linked: Linked, draft: dict[str, Any] = MUG, **order: Any) -> Document:
    """An order that is placed and processed once: 30.00 incl. VAT, paid by iDEAL, unless the draft says otherwise."""
    placed = linked.place(**{**draft, "order": {**draft["order"], **order}})["order"]
    linked.deliver(placed["id"])
    linked.work()
    return linked.document(placed["id"])


def sell_before_it_is_paid(linked: Linked, draft: dict[str, Any] = MUG, **order: Any) -> Document:
    """The same, whose payment waits: the books were busy."""
    hold(linked)
    return sell(linked, draft, **order)


def hold(linked: Linked) -> None:
    """The books tell nobody for once what is owed."""
    fault = {"kind": "503", "method": "GET", "path": f"/companies/{linked.company}/sales_invoices/[0-9]+$"}
    linked.control("POST", "faults", fault)


def work(linked: Linked) -> None:
    """The worker comes; what waited is due."""
    Payment.objects.filter(state=State.QUEUED).update(next_attempt_at=timezone.now())
    Administration.objects.update(paused_until=None)
    linked.work()


def payment_of(document: Document) -> Payment:
    return Payment.objects.get(document=document)


def state(document: Document) -> tuple[str, str, list[str]]:
    payment = payment_of(document)
    return payment.state, payment.reason, [problem["code"] for problem in payment.problems]


def paid(linked: Linked) -> list[list[str]]:
    """The amounts that were paid on each invoice in the books, the oldest invoice first."""
    return [[str(payment["amount"]) for payment in invoice["payments"]] for invoice in linked.ledger()]


def open_amounts(linked: Linked) -> list[Decimal]:
    return [Decimal(invoice["open_amount"]) for invoice in linked.ledger()]


def api(linked: Linked, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """What somebody else does in the books."""
    headers = {"Authorization": f"Bearer {linked.books['token']['access_token']}"}
    address = f"{linked.url}/api/v1/companies/{linked.company}/{path}"
    answer = requests.request(method, address, json=body, headers=headers, timeout=9)
    assert answer.ok, answer.text
    return dict(answer.json())


def pay_by_hand(linked: Linked, ledger_id: str, amount: str) -> None:
    entry = {"amount": amount, "account_id": linked.books["payment"]["bank"]}
    api(linked, "PATCH", f"sales_invoices/{ledger_id}", {"sales_invoice": {"payments": [entry]}})


def invoice_by_hand(linked: Linked, document: Document, **other: Any) -> str:
    """A published invoice that a person makes in the books for a document; its id."""
    contact = linked.ledger("contacts")[0]["id"]
    line = {
        "description": "Mok",
        "quantity": "1",
        "price_per_unit": f"{Decimal(document.total_cents) / 121:.5f}",
        "vat_type_id": linked.books["vat"]["NL 21"],
        "account_id": linked.books["revenue"]["webshop"],
    }
    body = {
        "date": document.date.isoformat(),
        "contact_id": contact,
        "description": document.number,
        "invoice_lines": [line],
        "_publish": True,
        **other,
    }
    return str(api(linked, "POST", "sales_invoices", {"sales_invoice": body})["sales_invoice"]["id"])


def delete_invoice(linked: Linked, ledger_id: str) -> None:
    linked.control("DELETE", f"ledger/companies/{linked.company}/sales_invoices/{ledger_id}")


def faults_of_payments(linked: Linked) -> list[str]:
    """Every way in which the payments of what was posted are not in the books once; empty when all is well."""
    found = [f"{payment}: {payment.state} {payment.reason}" for payment in unpaid(linked)]
    for invoice in linked.ledger():
        amounts = [Decimal(payment["amount"]) for payment in invoice["payments"]]
        if amounts != [Decimal(invoice["price_with_vat"])] or Decimal(invoice["open_amount"]):
            found.append(f"{invoice['api_reference']}: {amounts} paid of {invoice['price_with_vat']}")
    intents = Intent.objects.filter(administration=linked.integration.administration_id)
    return [*found, *(f"an intent was left: {intent}" for intent in intents)]


def unpaid(linked: Linked) -> list[Payment]:
    return list(linked.integration.payments.exclude(state=State.PROCESSED))
