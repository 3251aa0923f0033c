"""Sales invoices: validation, lines, the ways to list them."""

from datetime import UTC, datetime
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"contact_id": None}, "Factuur is invalid: Contact moet opgegeven zijn."),
        ({"contact_id": 1}, "Contact bestaat niet"),
        ({"template_id": 1}, "Factuurlayout bestaat niet"),
        ({"date": "1990-01-01"}, "Factuurdatum moet na 01/01/1990 liggen"),
        ({"description": "A" * 256}, "description is te lang"),
        ({"api_reference": "A" * 256}, "api_reference is te lang"),
        ({"api_reference": "taken"}, "Api reference is al in gebruik"),
        ({"payment_method": "pay_custom"}, "Betaalinstructies moeten opgegeven zijn"),
        ({"currency": "EUR"}, "Valuta is ongeldig"),
        ({"currency": "usd"}, "Wisselkoers moet opgegeven zijn"),
        ({"currency": "usd", "currency_exchange_rate": "0"}, "Wisselkoers moet opgegeven zijn"),
        ({"vat_number": "NL12"}, "Btw-nummer is ongeldig"),
        ({"vat_number": "GR123456789"}, "Btw-nummer is ongeldig"),
        ({"contact": {"city": "Zeist"}}, "Contact is invalid: Bedrijfsnaam"),
        ({"payments": [{"amount": "1"}]}, "Betaling: Rekening moet opgegeven zijn"),
        ({"_publish": True, "invoice_lines": []}, "Factuurregels moeten opgegeven zijn"),
    ],
)
def test_it_refuses_an_invalid_invoice(ledger: Any, refused: Any, changes: dict[str, Any], message: str) -> None:
    ledger.invoice(api_reference="taken")
    refused(ledger.post_invoice(**changes), 422, "client.parameters.validation", message)
    assert ledger.api("GET", "sales_invoices")["X-Total"] == "1"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"description": None}, "Factuurregel: Omschrijving moet opgegeven zijn"),
        ({"description": "A" * 256}, "Omschrijving is te lang"),
        ({"price_per_unit": None}, "Stuksprijs moet opgegeven zijn"),
        ({"quantity": "0"}, "Aantal moet groter dan 0 zijn"),
        ({"quantity": "-1"}, "Aantal moet groter dan 0 zijn"),
        ({"vat_type_id": 1}, "Btw-type bestaat niet"),
        ({"product_id": 1}, "Product bestaat niet"),
        ({"account_id": 1}, "Grootboekrekening bestaat niet"),
        ({"account_path": "profit.nothing"}, "Grootboekrekening bestaat niet"),
    ],
)
def test_it_refuses_an_invalid_line(ledger: Any, refused: Any, line: dict[str, Any], message: str) -> None:
    answer = ledger.post_invoice(invoice_lines=[ledger.line(), ledger.line(**line)])
    refused(answer, 422, "client.parameters.validation", message)


def test_it_stores_nothing_of_a_refused_invoice(ledger: Any, refused: Any) -> None:
    body = {"contact": {"company_name": "New"}, "template_id": 1}
    refused(ledger.post_invoice(**body), 422, "validation")
    assert ledger.api("GET", "contacts").json()["contacts"] == []


def test_it_fills_in_what_is_left_out(ledger: Any, time_machine: Any) -> None:
    time_machine.move_to(datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    line = {"description": "Mok", "price_per_unit": "10"}
    invoice = ledger.invoice(date=None, description=None, invoice_lines=[line])
    assert (invoice["date"], invoice["due_date"]) == ("2026-03-02", "2026-04-01")
    assert (invoice["currency"], invoice["currency_exchange_rate"]) == ("eur", "1.0")
    assert (invoice["payment_method"], invoice["template_id"]) == ("pay_transfer", None)
    assert (invoice["status"], invoice["invoice_number"], invoice["published_at"]) == ("concept", None, None)
    made = invoice["invoice_lines"][0]
    assert (made["quantity"], made["vat_rate"], made["vat_type_id"]) == ("1.0", "0.21", ledger.vat("NL 21"))
    assert (made["account_id"], made["account_path"], made["product_id"]) == (None, None, None)


def test_it_leaves_out_what_says_nothing(ledger: Any) -> None:
    plain = ledger.invoice()
    optional = {
        "api_reference",
        "validates_vat_number",
        "custom_payment_instructions",
        "sends_copy_by_email_on_publish",
        "creates_pay_url_on_publish",
        "payments",
        "contact",
        "pay_url",
    }
    assert optional.isdisjoint(plain)
    told = {
        "api_reference": "ccv-1",
        "validates_vat_number": False,
        "payment_method": "pay_custom",
        "custom_payment_instructions": "Contant",
        "sends_copy_by_email_on_publish": True,
        "creates_pay_url_on_publish": True,
    }
    invoice = ledger.invoice(**told)
    assert {key: invoice[key] for key in told} == told
    published = ledger.patch_invoice(invoice, _publish=True).json()["sales_invoice"]
    assert {"sends_copy_by_email_on_publish", "creates_pay_url_on_publish"}.isdisjoint(published)


def test_it_books_the_rate_of_the_vat_type_whatever_rate_is_sent(ledger: Any) -> None:
    line = ledger.line(vat_type_id=ledger.vat("NL 9"), vat_rate="0.21")
    invoice = ledger.invoice(invoice_lines=[line])
    assert (invoice["invoice_lines"][0]["vat_rate"], invoice["price_with_vat"]) == ("0.09", "10.9")


def test_it_takes_the_rate_that_is_sent_for_a_custom_type(ledger: Any, refused: Any) -> None:
    line = ledger.line(vat_type_id=ledger.vat("custom"))
    refused(ledger.post_invoice(invoice_lines=[line]), 422, "validation", "Btw-percentage moet opgegeven zijn")
    refused(ledger.post_invoice(invoice_lines=[line | {"vat_rate": "21"}]), 422, "validation", "tussen 0 en 1")
    invoice = ledger.invoice(invoice_lines=[line | {"vat_rate": "0.055"}])
    assert (invoice["invoice_lines"][0]["vat_rate"], invoice["price_with_vat"]) == ("0.055", "10.55")


@pytest.mark.parametrize(
    ("vat", "country", "is_needed"),
    [
        ("reverse", "BE", True),
        ("reverse", "NL", True),
        ("reverse", None, True),
        ("NL 0", "BE", True),
        ("NL 0", "GR", True),
        ("NL 0", "NL", False),
        ("NL 0", "US", False),
        ("NL 0", "GB", False),
        ("none", "BE", False),
        ("NL 21", "BE", False),
    ],
)
def test_it_requires_a_vat_number(ledger: Any, refused: Any, vat: str, country: str | None, is_needed: bool) -> None:
    contact = ledger.contact(country_code=country)
    lines = [ledger.line(vat_type_id=ledger.vat(vat))]
    answer = ledger.post_invoice(contact_id=contact["id"], invoice_lines=lines)
    if is_needed:
        refused(answer, 422, "validation", "Btw-nummer moet opgegeven zijn")
    else:
        assert answer.status_code == 201
    number = {"vat_number": "BE0123456789", "validates_vat_number": False}
    assert ledger.post_invoice(contact_id=contact["id"], invoice_lines=lines, **number).status_code == 201


def test_it_formats_a_vat_number_unless_told_not_to(ledger: Any, refused: Any) -> None:
    assert ledger.invoice(vat_number="be 0123.456.789")["vat_number"] == "BE0123456789"
    assert ledger.invoice(vat_number="be 0123", validates_vat_number=False)["vat_number"] == "be 0123"
    company = ledger.company["company"]["id"]
    ledger.control("PATCH", f"companies/{company}", {"vat_check": "down"})
    refused(ledger.post_invoice(vat_number="BE0123456789"), 422, "validation", "kan nu niet gecontroleerd worden")
    ledger.invoice(vat_number="BE0123456789", validates_vat_number=False)


def test_it_keeps_a_reference_unique_per_company_until_its_invoice_is_gone(fresh: Any, refused: Any) -> None:
    fresh.start()
    first = fresh.invoice(api_reference="ccv-1")
    refused(fresh.post_invoice(api_reference="ccv-1"), 422, "validation", "Api reference")
    other = fresh.invoice(api_reference="ccv-2")
    refused(fresh.patch_invoice(other, api_reference="ccv-1"), 422, "validation", "Api reference")
    assert fresh.patch_invoice(first, api_reference="ccv-1", description="x").status_code == 200
    fresh.api("DELETE", f"sales_invoices/{first['id']}")
    fresh.invoice(api_reference="ccv-1")
    company = fresh.company["company"]["id"]
    counted = fresh.control("GET", f"companies/{company}/repeats")["repeats"]
    assert counted == [{"kind": "api_reference", "value": "ccv-1", "created": 2, "refused": 1}]
    fresh.start()
    fresh.invoice(api_reference="ccv-1")


def test_it_changes_lines_one_by_one(ledger: Any, refused: Any) -> None:
    lines = [ledger.line(description=name) for name in ("keep", "change", "remove")]
    invoice = ledger.invoice(invoice_lines=lines)
    keep, change, remove = (line["id"] for line in invoice["invoice_lines"])
    changes = [
        {"description": "new", "price_per_unit": "5.00", "quantity": 2},
        {"id": str(change), "description": "changed"},
        {"id": remove, "_destroy": True},
    ]
    answer = ledger.patch_invoice(invoice, invoice_lines=changes).json()["sales_invoice"]
    made = answer["invoice_lines"]
    assert [line["description"] for line in made] == ["keep", "changed", "new"]
    assert [line["id"] for line in made[:2]] == [keep, change]
    assert (answer["price_without_vat"], answer["price_with_vat"]) == ("30.0", "36.3")
    refused(ledger.patch_invoice(invoice, invoice_lines=[{"id": remove}]), 422, "validation", "bestaat niet")


def test_it_clears_and_changes_the_account_of_a_line(ledger: Any) -> None:
    revenue = ledger.company["revenue"]
    invoice = ledger.invoice(invoice_lines=[ledger.line(account_id=revenue["webshop"])])
    line_id = invoice["invoice_lines"][0]["id"]

    def account_after(**change: Any) -> Any:
        answer = ledger.patch_invoice(invoice, invoice_lines=[{"id": line_id, **change}])
        return answer.json()["sales_invoice"]["invoice_lines"][0]["account_id"]

    assert account_after(description="x") == revenue["webshop"]
    assert account_after(account_path="profit.revenue.other") == revenue["other"]
    assert account_after(account_id=None) is None


def test_it_refuses_to_empty_the_date(ledger: Any, refused: Any) -> None:
    answer = ledger.patch_invoice(ledger.invoice(), date=None)
    refused(answer, 422, "validation", "Factuurdatum moet opgegeven zijn")


def test_it_makes_the_contact_that_comes_with_an_invoice(ledger: Any) -> None:
    new = {"company_name": "New", "contact_person_email_address": "new@mail.example"}
    invoice = ledger.invoice(contact=new)
    assert invoice["cached_contact"]["name"] == "New"
    assert ledger.api("GET", f"contacts/{invoice['contact_id']}").json()["contact"]["company_name"] == "New"
    moved = ledger.patch_invoice(invoice, contact=new).json()["sales_invoice"]
    assert moved["contact_id"] != invoice["contact_id"]


def references(ledger: Any, query: str) -> list[str | None]:
    rows = ledger.api("GET", f"sales_invoices?{query}").json()["sales_invoices"]
    return [row.get("api_reference") for row in rows]


def test_it_lists_and_searches(ledger: Any) -> None:
    noor, iris = (ledger.contact(contact_person_name=name)["id"] for name in ("Noor", "Iris"))
    bank = ledger.company["payment"]["bank"]
    ledger.invoice(api_reference="draft", contact_id=noor, date="2026-01-01")
    ledger.invoice(api_reference="late", contact_id=noor, date="2026-01-02", due_date="2026-01-03", _publish=True)
    ledger.invoice(api_reference="new", contact_id=iris, date="2999-01-02", _publish=True)
    paid = {"payments": [{"amount": "20", "account_id": bank}], "_publish": True}
    ledger.invoice(api_reference="over", contact_id=iris, date="2026-01-04", **paid)
    credit = [ledger.line(price_per_unit="-10.00")]
    ledger.invoice(api_reference="credit", contact_id=iris, date="2026-01-05", invoice_lines=credit)
    everything = ["credit", "over", "new", "late", "draft"]
    expected = {
        "": everything,
        "selection=all": everything,
        "selection=concept": ["credit", "draft"],
        "selection=published": ["over", "new", "late"],
        "selection=unpaid": ["new", "late"],
        "selection=expired": ["late"],
        "selection=overpaid": ["over"],
        "selection=credit_invoices": ["credit"],
        "selection=imported": [],
        "search[api_reference]=late": ["late"],
        "search%5Bapi_reference%5D=late&per_page=5": ["late"],
        "search[api_reference]=LATE": [],
        "search[api_reference]=": everything,
        "search[reference]=late": everything,
        f"search[contact_id]={noor}": ["late", "draft"],
        f"search[contact_id]={noor}&selection=unpaid": ["late"],
        f"search[api_reference]=late&search[contact_id]={iris}": [],
        "search[from]=2026-01-04": ["credit", "over", "new"],
        "search[from]=2026-01-02&search[till]=2026-01-04": ["over", "late"],
    }
    assert {query: references(ledger, query) for query in expected} == expected


@pytest.mark.parametrize("query", ["search[from]=1-1-2026", "search[contact_id]=x", "selection=open"])
def test_it_refuses_wrong_searches(ledger: Any, refused: Any, query: str) -> None:
    refused(ledger.api("GET", f"sales_invoices?{query}"), 400, "invalid_parameter_value")


@pytest.mark.parametrize(("way", "total"), [("A", "0.06"), ("B", "0.03"), ("C", "0.04"), ("D", "0.05")])
def test_it_rounds_in_the_way_of_the_company(fresh: Any, way: str, total: str) -> None:
    fresh.start(rounding=way)
    invoice = fresh.invoice(invoice_lines=[fresh.line(price_per_unit="0.013")] * 3)
    assert (invoice["price_with_vat"], invoice["open_amount"]) == (total, total)
