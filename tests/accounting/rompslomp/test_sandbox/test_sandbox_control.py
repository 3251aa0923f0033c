"""The control path, and keeping everything between two runs."""

from pathlib import Path
from typing import Any

import pytest

from accounting.rompslomp.sandbox.books import books


def test_it_makes_the_company_of_the_vendor_page(fresh: Any) -> None:
    answer = fresh.start(example=True, with_objects=True)
    assert (answer["company"]["id"], answer["company"]["name"]) == (1290044715, "Theehuis De Linde")
    chosen = {key: answer["vat"][key] for key in ("NL 21", "NL 9", "NL 0", "reverse")}
    assert list(chosen.values()) == [4100200301, 4100200302, 4100200303, 4100200304]
    assert answer["revenue"]["webshop"] == 5464900002
    assert answer["templates"] == [4460541001, 4460541002]
    rows = {row["id"]: row for row in answer["accounts"]}
    assert (rows[5464900002]["reference"], rows[5464900002]["parent_id"]) == ("P2.3", 5464900001)
    assert (rows[5464900001]["reference"], rows[5464900001]["parent_id"]) == ("P2", 5464900000)
    contacts = fresh.control("GET", "companies/1290044715/contacts")["contacts"]
    assert [(row["id"], row["contact_number"]) for row in contacts] == [(4811220931, "K00042")]
    products = fresh.control("GET", "companies/1290044715/products")["products"]
    assert [row["id"] for row in products] == [5022318844, 5022318861]


@pytest.mark.parametrize("preset", ["example", "bakery"])
def test_it_makes_a_named_company_once(fresh: Any, preset: str) -> None:
    first = fresh.control("POST", "companies", {"preset": preset})
    again = fresh.control("POST", "companies", {"preset": preset, "rounding": "D"})
    assert again["company"]["id"] == first["company"]["id"]
    assert again["company"]["rounding"] == "D"
    assert len(fresh.control("GET", "companies")["companies"]) == 1


def test_it_gives_a_bakery_sensible_accounts(fresh: Any) -> None:
    answer = fresh.control("POST", "companies", {"preset": "bakery"})
    assert answer["company"]["name"] == "Bakkerij De Gouden Korst"
    assert {"bread", "gifts", "shipping", "payment_costs", "rounding", "eu", "export"} <= answer["revenue"].keys()
    assert {"bank", "mollie", "paypal"} <= answer["payment"].keys()


def test_it_tells_what_a_test_compares(ledger: Any) -> None:
    contact = ledger.contact(contact_person_email_address="noor@mail.example")
    bank = ledger.company["payment"]["bank"]
    ledger.invoice(api_reference="ccv-1", contact_id=contact["id"], payments=[{"amount": "12.1", "account_id": bank}])
    company = ledger.company["company"]["id"]
    (row,) = ledger.control("GET", f"companies/{company}/invoices")["invoices"]
    expected = {
        "api_reference": "ccv-1",
        "contact_email": "noor@mail.example",
        "description": "298",
        "status": "concept",
        "price_with_vat": "12.1",
        "mailed_to": None,
    }
    assert {key: row[key] for key in expected} == expected
    assert [payment["amount"] for payment in row["payments"]] == ["12.1"]
    assert len(row["invoice_lines"]) == 1


def test_it_tells_whom_an_invoice_was_mailed(ledger: Any) -> None:
    contact = ledger.contact(contact_person_email_address="noor@mail.example")
    ledger.invoice(contact_id=contact["id"], sends_copy_by_email_on_publish=True, _publish=True)
    company = ledger.company["company"]["id"]
    assert ledger.control("GET", f"companies/{company}/invoices")["invoices"][0]["mailed_to"] == "noor@mail.example"


def test_it_deletes_as_a_person_would(ledger: Any, refused: Any) -> None:
    contact = ledger.contact()
    invoice = ledger.invoice(contact_id=contact["id"], _publish=True)
    concept = ledger.invoice(contact_id=contact["id"])
    company = ledger.company["company"]["id"]
    ledger.control("DELETE", f"companies/{company}/contacts/{contact['id']}")
    refused(ledger.api("GET", f"contacts/{contact['id']}"), 404, "not_found.resource")
    refused(ledger.patch_invoice(concept, _publish=True), 422, "validation", "Contact bestaat niet")
    ledger.control("DELETE", f"companies/{company}/sales_invoices/{invoice['id']}")
    refused(ledger.api("GET", f"sales_invoices/{invoice['id']}"), 404, "not_found.resource")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "settings", {"token_second": 1}),
        ("POST", "clients", {"client_id": "a"}),
        ("POST", "companies", {"rounding": "E"}),
        ("POST", "companies", {"colour": "red"}),
        ("POST", "tokens", {"user": 1}),
        ("POST", "tokens", "{"),
        ("GET", "companies/1", None),
        ("DELETE", "companies/1/contacts/1", None),
        ("DELETE", "companies/1/tokens/1", None),
    ],
)
def test_it_answers_a_mistaken_control_call(fresh: Any, method: str, path: str, body: Any) -> None:
    answer = fresh.send(method, f"/_sandbox/ledger/{path}", body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_it_refuses_a_company_twice_under_one_id(fresh: Any) -> None:
    fresh.control("POST", "companies", {"id": 77})
    assert fresh.send("POST", "/_sandbox/ledger/companies", {"id": 77}).status_code == 400


def test_it_forgets_everything_on_reset(ledger: Any) -> None:
    ledger.control("POST", "settings", {"token_seconds": 1})
    assert ledger.send("POST", "/_sandbox/reset").status_code == 204
    assert ledger.control("GET", "companies") == {"companies": []}
    assert ledger.control("GET", "settings")["settings"]["token_seconds"] == 7200
    assert ledger.api("GET", "/companies").status_code == 401


def test_it_knows_after_a_restart_what_it_knew(ledger: Any, tmp_path: Path, refused: Any) -> None:
    contact = ledger.contact(contact_person_email_address="noor@mail.example")
    first = ledger.invoice(api_reference="ccv-1", contact_id=contact["id"], _publish=True)
    (tmp_path / "ledger.json").write_text(books.dump())
    books.clear()
    books.load((tmp_path / "ledger.json").read_text())
    query = "sales_invoices?search[api_reference]=ccv-1"
    assert ledger.api("GET", query).json()["sales_invoices"] == [first]
    query = "contacts?search[contact_person_email_address]=noor%40mail.example"
    assert ledger.api("GET", query).json()["contacts"] == [contact]
    refused(ledger.post_invoice(api_reference="ccv-1"), 422, "validation", "Api reference")
    second = ledger.invoice(contact_id=contact["id"], _publish=True)
    assert (second["invoice_number"], second["id"] != first["id"]) == ("20260102002", True)


def test_it_writes_the_same_text_while_nothing_changes(ledger: Any) -> None:
    ledger.contact()
    before = books.dump()
    ledger.api("GET", "contacts")
    assert books.dump() is before
    ledger.contact()
    assert books.dump() != before
