"""Payments on invoices and loose ones."""

from typing import Any

import pytest


def paid(ledger: Any, invoice: dict[str, Any], *amounts: str) -> dict[str, Any]:
    bank = ledger.company["payment"]["bank"]
    answer = ledger.patch_invoice(invoice, payments=[{"amount": amount, "account_id": bank} for amount in amounts])
    assert answer.status_code == 200, answer.content
    return dict(answer.json()["sales_invoice"])


@pytest.mark.parametrize("publish", [True, False])
def test_it_takes_payments_on_an_invoice(ledger: Any, publish: bool) -> None:
    invoice = ledger.invoice(_publish=publish)
    steps = [("2.1", "unpaid", "10.0"), ("10.00", "paid", "0.0"), ("0.01", "overpaid", "-0.01")]
    for amount, status, still_open in steps:
        answer = paid(ledger, invoice, amount)
        assert (answer["payment_status"], answer["open_amount"]) == (status, still_open)
        assert "payments" not in answer


def test_it_takes_several_payments_at_creation(ledger: Any) -> None:
    bank = {"account_path": "activa.current_assets.liquid_assets.bank"}
    invoice = ledger.invoice(payments=[{"amount": "12", **bank}, {"amount": 0.1, **bank}])
    assert (invoice["payment_status"], invoice["open_amount"]) == ("paid", "0.0")


def test_it_pays_back_a_credit_invoice(ledger: Any) -> None:
    invoice = ledger.invoice(invoice_lines=[ledger.line(price_per_unit="-10.00")], _publish=True)
    assert (invoice["payment_status"], invoice["open_amount"]) == ("unpaid", "-12.1")
    answer = paid(ledger, invoice, "-12.10")
    assert (answer["payment_status"], answer["open_amount"]) == ("paid", "0.0")


@pytest.mark.parametrize(
    ("payment", "message"),
    [
        ({"amount": None}, "Bedrag moet opgegeven zijn"),
        ({"amount": "0.00"}, "Bedrag moet opgegeven zijn"),
        ({"account_id": None}, "Rekening moet opgegeven zijn"),
        ({"account_id": 1}, "Grootboekrekening bestaat niet"),
        ({"account_id": "revenue"}, "Rekening is geen betaalrekening"),
    ],
)
def test_it_refuses_an_invalid_payment(ledger: Any, refused: Any, payment: dict[str, Any], message: str) -> None:
    body = {"amount": "1.00", "account_id": ledger.company["payment"]["bank"]} | payment
    if body["account_id"] == "revenue":
        body["account_id"] = ledger.company["revenue"]["webshop"]
    invoice = ledger.invoice(_publish=True)
    refused(ledger.patch_invoice(invoice, payments=[body]), 422, "validation", f"Betaling: {message}")
    refused(ledger.api("POST", "payments", {"payment": body}), 422, "validation", f"Betaling is invalid: {message}")


def test_it_keeps_loose_payments(ledger: Any, refused: Any) -> None:
    body = {"amount": "19.95", "description": "Toner", "account_id": ledger.company["payment"]["bank"]}
    payment = ledger.api("POST", "payments", {"payment": body}).json()["payment"]
    assert (payment["amount"], payment["account_path"]) == ("19.95", "activa.current_assets.liquid_assets.bank")
    assert ledger.api("GET", "payments").json() == {"payments": [payment]}
    assert ledger.api("GET", "payments?selection=booked").json() == {"payments": []}
    changed = ledger.api("PATCH", f"payments/{payment['id']}", {"payment": {"amount": 300}}).json()["payment"]
    assert changed == payment | {"amount": "300.0"}
    assert ledger.api("GET", f"payments/{payment['id']}").json()["payment"] == changed
    assert ledger.api("DELETE", f"payments/{payment['id']}").status_code == 204
    refused(ledger.api("GET", f"payments/{payment['id']}"), 404, "not_found.resource")
