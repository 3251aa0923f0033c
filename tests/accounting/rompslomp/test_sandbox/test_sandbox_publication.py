"""Publishing: the number, what is frozen, what is no longer possible."""

from typing import Any


def test_it_numbers_by_the_date_at_publication(ledger: Any) -> None:
    first, second = (ledger.invoice(date="2026-01-02") for _ in range(2))
    other = ledger.invoice(date="2026-01-03", _publish=True)
    assert other["invoice_number"] == "20260103001"
    published = ledger.patch_invoice(second, _publish=True).json()["sales_invoice"]
    assert (published["status"], published["invoice_number"]) == ("published", "20260102001")
    assert published["published_at"] is not None
    assert ledger.patch_invoice(first, _publish=True).json()["sales_invoice"]["invoice_number"] == "20260102002"


def test_it_publishes_once(ledger: Any, refused: Any) -> None:
    invoice = ledger.invoice(_publish=True)
    refused(ledger.patch_invoice(invoice, _publish=True), 422, "validation", "al gepubliceerd")
    assert ledger.patch_invoice(invoice, _publish=False).status_code == 200


def test_it_keeps_a_published_invoice_as_it_is(ledger: Any, refused: Any) -> None:
    invoice = ledger.invoice(_publish=True)
    refused(ledger.patch_invoice(invoice, description="x"), 422, "validation", "kan niet gewijzigd worden")
    refused(ledger.patch_invoice(invoice, invoice_lines=[]), 422, "validation", "kan niet gewijzigd worden")
    refused(ledger.api("DELETE", f"sales_invoices/{invoice['id']}"), 422, "validation", "niet verwijderd")
    assert ledger.api("GET", f"sales_invoices/{invoice['id']}").json()["sales_invoice"] == invoice


def test_it_freezes_the_contact_at_publication(ledger: Any) -> None:
    contact = ledger.contact(city="Zeist")
    concept, final = (ledger.invoice(contact_id=contact["id"]) for _ in range(2))
    ledger.patch_invoice(final, _publish=True)
    ledger.api("PATCH", f"contacts/{contact['id']}", {"contact": {"city": "Bunnik"}})
    cities = [
        ledger.api("GET", f"sales_invoices/{row['id']}").json()["sales_invoice"]["cached_contact"]["city"]
        for row in (concept, final)
    ]
    assert cities == ["Bunnik", "Zeist"]


def test_it_deletes_a_concept(ledger: Any, refused: Any) -> None:
    invoice = ledger.invoice()
    assert ledger.api("DELETE", f"sales_invoices/{invoice['id']}").status_code == 204
    refused(ledger.api("GET", f"sales_invoices/{invoice['id']}"), 404, "not_found.resource")


def test_it_gives_a_pdf_of_a_published_invoice_only(ledger: Any) -> None:
    invoice = ledger.invoice()
    answer = ledger.api("GET", f"sales_invoices/{invoice['id']}/pdf")
    assert answer.json() == {"message": "Factuur wordt niet gepubliceerd"}
    ledger.patch_invoice(invoice, _publish=True)
    answer = ledger.api("GET", f"sales_invoices/{invoice['id']}/pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.4")
    assert b"20260102001" in answer.content
