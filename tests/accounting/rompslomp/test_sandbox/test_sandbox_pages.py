"""The ledger's own pages."""

from typing import Any

import pytest


def page(ledger: Any, path: str, language: str = "en", status: int = 200) -> str:
    answer = ledger.client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == status
    return str(answer.content.decode())


def test_it_says_that_there_is_nothing_yet(fresh: Any) -> None:
    assert "No administration yet" in page(fresh, "/ledger/")
    fresh.start(name="Theehuis")
    assert "No invoices yet" in page(fresh, f"/ledger/{fresh.company['company']['id']}/")


def test_it_lists_companies_and_their_invoices(ledger: Any) -> None:
    contact = ledger.contact(contact_person_name="Noor <Visser>")
    invoice = ledger.invoice(contact_id=contact["id"], invoice_lines=[ledger.line(price_per_unit="1000")])
    company = ledger.company["company"]
    assert f'href="/ledger/{company["id"]}/"' in page(ledger, "/ledger/")
    listed = page(ledger, f"/ledger/{company['id']}/")
    assert f'href="/ledger/{company["id"]}/invoices/{invoice["id"]}"' in listed
    assert "Noor &lt;Visser&gt;" in listed
    assert "\u20ac\u00a01,210.00" in listed
    assert "2 Jan 2026" in listed
    assert "Concept" in listed
    assert "\u20ac\u00a01.210,00" in page(ledger, f"/ledger/{company['id']}/", "nl")


def test_it_shows_an_invoice_as_a_bookkeeper_reads_it(fresh: Any) -> None:
    company = fresh.start(preset="bakery")
    bread, bank = company["revenue"]["bread"], company["payment"]["bank"]
    lines = [fresh.line(description="Brood", vat_type_id=fresh.vat("NL 9"), account_id=bread, quantity="2")]
    payments = [{"amount": "5.00", "description": "298 tr_8", "account_id": bank, "paid_at": "2026-01-03"}]
    contact = fresh.contact(contact_person_email_address="noor@mail.example", city="Zeist")
    invoice = fresh.invoice(contact_id=contact["id"], invoice_lines=lines, payments=payments, _publish=True)
    shown = page(fresh, f"/ledger/{company['company']['id']}/invoices/{invoice['id']}")
    for text in (
        "20260102001",
        "Brood &amp; gebak (9%)",
        "laag (9%)",
        "noor@mail.example",
        "Zeist",
        "298 tr_8",
        "3 Jan 2026",
        "\u20ac\u00a021.80",
        "\u20ac\u00a016.80",
        "Unpaid",
    ):
        assert text in shown
    assert "&amp;amp;" not in shown


def test_it_pages_long_lists(ledger: Any) -> None:
    contact = ledger.contact()["id"]
    for number in range(101):
        ledger.invoice(contact_id=contact, description=f"order-{number:03d}")
    company = ledger.company["company"]["id"]
    assert "order-100" in page(ledger, f"/ledger/{company}/")
    assert "order-000" not in page(ledger, f"/ledger/{company}/")
    assert "order-000" in page(ledger, f"/ledger/{company}/?page=2")


@pytest.mark.parametrize("path", ["/ledger/1/", "/ledger/x/", "/ledger/1/invoices/2"])
def test_it_says_what_is_not_there(ledger: Any, path: str) -> None:
    assert "Not found" in page(ledger, path, status=404)
    company = ledger.company["company"]["id"]
    assert "Not found" in page(ledger, f"/ledger/{company}/invoices/1", status=404)
