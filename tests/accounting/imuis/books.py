"""What the tests of iMUIS have in common: its settings, and documents of the shop read with them."""

import json
from pathlib import Path
from typing import Any

from accounting.connectors import read_settings
from accounting.imuis.dataset import Row
from integrations.sales import SalesDocument
from integrations.settings_file import Settings
from tests.webshop.ccvshop.orders import a_row, an_order, sample
from webshop.ccvshop.mapping import invoice_to_document, order_to_document

GOLDEN = Path(__file__).parent / "golden"
SETTINGS = json.loads((GOLDEN / "settings.json").read_text())


def settings(**accounting: Any) -> Settings:
    """Settings of iMUIS, with changes in what only this system has."""
    return read_settings(SETTINGS | {"accounting": SETTINGS["accounting"] | accounting})


def document(*rows: dict[str, Any], **order: Any) -> SalesDocument:
    return order_to_document(an_order(**order), list(rows or [a_row()]), settings())


def sample_order() -> SalesDocument:
    source = sample()
    return order_to_document(source["order"], source["orderrows"], settings())


def sample_invoice(**changes: Any) -> SalesDocument:
    source = sample("invoice")
    return invoice_to_document(source["invoice"] | changes, source["invoicerows"], source["order"], settings())


def columns(rows: list[Row], table: str) -> list[dict[str, str]]:
    """The rows of one table."""
    return [dict(row) for name, row in rows if name == table]
