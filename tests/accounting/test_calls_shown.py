"""The calls of a preview in words: what each does, its values, its rows."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from accounting.calls_shown import call_shown
from accounting.imuis.dataset import dataset

LABELS = {"vat_codes": {"1": "Verkoop 21%"}, "revenue_accounts": {"8010": "8010 Omzet"}}


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_an_invoice_has_values_and_lines_with_the_names_of_the_books() -> None:
    line = {"product_id": "new:product:A", "quantity": "2", "vat_type_id": 1, "account_id": 8010, "description": None}
    body = {"sales_invoice": {"date": "2026-11-12", "distance_sale": False, "invoice_lines": [line]}}
    shown = call_shown({"method": "POST", "path": "/companies/1/sales_invoices", "body": body}, LABELS)
    assert (shown.title, shown.address) == ("Make the invoice", "POST /companies/1/sales_invoices")
    assert shown.values == [("Date", "2026-11-12"), ("Distance sale", "no")]
    (lines,) = shown.tables
    assert lines.names == ["Product", "Quantity", "VAT code", "Ledger account"]
    assert lines.rows == [["the new one", "2", "Verkoop 21%", "8010 Omzet"]]
    assert '"quantity": "2"' in shown.raw


def test_a_change_is_named_by_what_it_changes() -> None:
    path = "/companies/1/sales_invoices/new:document"
    publish = {"method": "PATCH", "path": path, "body": {"sales_invoice": {"_publish": True}}}
    paid = {"method": "PATCH", "path": path, "body": {"sales_invoice": {"payments": [{"amount": "121.00"}]}}}
    assert call_shown(publish, {}).title == "Make the invoice final"
    assert call_shown(paid, {}).title == "Add the payment"
    assert call_shown(paid, {}).tables[0].rows == [["121.00"]]


def test_a_record_is_named_by_its_table() -> None:
    xml = dataset(("METADATA", {"TABLE": "DEB"}), ("DATA", {"NAAM": "Jansen & Zn", "LAND": "NL"}))
    shown = call_shown({"action": "CREATESTAMTABELRECORD", "xml": xml}, {})
    assert (shown.title, shown.tables) == ("Add the customer", [])
    assert shown.values == [("Name", "Jansen & Zn"), ("Country", "NL")]


def test_an_entry_is_a_table_and_an_order_a_head_with_rows() -> None:
    entry = dataset(("BOE", {"REK": "13317", "BEDRBOEK": "121,00"}), ("BOE", {"REK": "8010", "BTW": "1"}))
    shown = call_shown({"action": "CREATEJOURNAALPOST", "xml": entry}, LABELS)
    assert (shown.title, shown.values) == ("Make the entry", [])
    assert shown.tables[0].rows == [["13317", "121,00", ""], ["8010 Omzet", "", "Verkoop 21%"]]
    order = dataset(("ORDKOP", {"DEB": "new:customer"}), ("ORDRG", {"ART": "MOL-1", "AANT": "2"}))
    shown = call_shown({"action": "CREATEVERKOOPORDER", "xml": order}, {})
    assert (shown.title, shown.values) == ("Make the order", [("Debtor", "the new one")])
    assert shown.tables[0].rows == [["MOL-1", "2"]]


def test_what_has_no_word_keeps_its_own_name() -> None:
    shown = call_shown({"method": "POST", "path": "/companies/1/moons", "body": {"moon": {"phase": "full"}}}, {})
    assert (shown.title, shown.values) == ("moons", [("phase", "full")])
