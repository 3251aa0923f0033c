"""The calls of a preview in words: what each does, its values, its rows."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from accounting.calls_shown import CallShown, call_shown
from accounting.imuis.dataset import dataset

LABELS = {"vat_codes": {"1": "Verkoop 21%"}, "revenue_accounts": {"8010": "8010 Omzet"}}


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def texts(shown: CallShown) -> list[list[str]]:
    return [[cell.text for cell in row] for row in shown.tables[0].rows]


def test_an_invoice_has_values_and_lines_with_the_names_of_the_books() -> None:
    line = {"product_id": "new:product:A", "quantity": "2", "vat_type_id": 1, "account_id": 8010, "description": None}
    body = {"sales_invoice": {"date": "2026-11-12", "distance_sale": False, "invoice_lines": [line]}}
    shown = call_shown({"method": "POST", "path": "/companies/1/sales_invoices", "body": body}, LABELS)
    assert (shown.title, shown.address) == ("Make the invoice", "POST /companies/1/sales_invoices")
    assert shown.values == [("Date", "12\N{NO-BREAK SPACE}Nov\N{NO-BREAK SPACE}2026"), ("Distance sale", "no")]
    (lines,) = shown.tables
    assert lines.rows == [
        [
            ("Product", "the new one", False),
            ("Quantity", "2", True),
            ("VAT code", "Verkoop 21%", False),
            ("Ledger account", "8010 Omzet", False),
        ]
    ]
    assert '"quantity": "2"' in shown.raw


def test_a_change_is_named_by_what_it_changes() -> None:
    path = "/companies/1/sales_invoices/new:document"
    publish = {"method": "PATCH", "path": path, "body": {"sales_invoice": {"_publish": True}}}
    paid = {"method": "PATCH", "path": path, "body": {"sales_invoice": {"payments": [{"amount": "121.00"}]}}}
    assert call_shown(publish, {}).title == "Make the invoice final"
    assert call_shown(paid, {}).title == "Add the payment"
    assert texts(call_shown(paid, {})) == [["€121.00"]]


def test_a_record_is_named_by_its_table() -> None:
    xml = dataset(("METADATA", {"TABLE": "DEB"}), ("DATA", {"NAAM": "Jansen & Zn", "LAND": "NL"}))
    shown = call_shown({"action": "CREATESTAMTABELRECORD", "xml": xml}, {})
    assert (shown.title, shown.tables) == ("Add the customer", [])
    assert shown.values == [("Name", "Jansen & Zn"), ("Country", "NL")]


def test_an_entry_is_a_table_and_an_order_a_head_with_rows() -> None:
    entry = dataset(("BOE", {"REK": "13317", "BEDRBOEK": "121,00"}), ("BOE", {"REK": "8010", "BTW": "1"}))
    shown = call_shown({"action": "CREATEJOURNAALPOST", "xml": entry}, LABELS)
    assert (shown.title, shown.values) == ("Make the entry", [])
    assert texts(shown) == [["13317", "€121.00", ""], ["8010 Omzet", "", "Verkoop 21%"]]
    order = dataset(("ORDKOP", {"DEB": "new:customer"}), ("ORDRG", {"ART": "MOL-1", "AANT": "2"}))
    shown = call_shown({"action": "CREATEVERKOOPORDER", "xml": order}, {})
    assert (shown.title, shown.values) == ("Make the order", [("Debtor", "the new one")])
    assert texts(shown) == [["MOL-1", "2"]]


def test_values_are_written_as_the_reader_writes_them() -> None:
    line = {"quantity": "1.5", "price_per_unit": "3.68595", "vat_rate": "0.09"}
    fields = {"paid_at": "2026-11-22T00:00:00+01:00", "currency": "eur", "sale_type": "supply", "invoice_lines": [line]}
    call = {"method": "POST", "path": "/companies/1/sales_invoices", "body": {"sales_invoice": fields}}
    with translation.override("nl"):
        shown = call_shown(call, {})
    space = "\N{NO-BREAK SPACE}"
    assert [value for _name, value in shown.values] == [f"22{space}nov.{space}2026", "EUR", "goederen"]
    assert texts(shown) == [["1,5", "3,68595", "9%"]]
    assert '"price_per_unit": "3.68595"' in shown.raw


def test_what_has_no_word_keeps_its_own_name() -> None:
    shown = call_shown({"method": "POST", "path": "/companies/1/moons", "body": {"moon": {"phase": "full"}}}, {})
    assert (shown.title, shown.values) == ("moons", [("phase", "full")])
