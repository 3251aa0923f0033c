"""The tables of an administration as lists: journals, VAT codes, accounts, item groups, order types, countries, and
what there is to know of its periods. What is blocked is left out."""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from accounting.books import MOST_DEBTORS, Json
from integrations.failures import Refused

from .client import Imuis, Row

LONGEST_DEBTOR = 8  # digits of a debtor's number


class Table(NamedTuple):
    """``extra`` names further columns, by what we call them."""

    name: str
    fields: tuple[str, ...]
    key: str = "NR"
    order_by: str = "NR"
    extra: dict[str, str] = {}


TABLES = {
    "vat_codes": Table(
        "BTW", ("NR", "OMSCHR", "PERC", "BTWBER", "BLOK"), extra={"percentage": "PERC", "kind": "BTWBER"}
    ),
    "revenue_accounts": Table("GRB", ("NR", "OMSCHR", "BLOK")),
    "journals": Table("DAGBOEK", ("NR", "OMSCHR", "SRT", "BLOK"), extra={"kind": "SRT"}),
    "item_groups": Table("ARTGRP", ("NR", "OMSCHR", "GRBOMZ", "BLOK"), extra={"revenue": "GRBOMZ"}),
    "order_types": Table("ORDSRT", ("*",), key="ZKSL", order_by="HROW"),
    "countries": Table("LAND", ("ZKSL", "ISO", "OMSCHR"), key="ZKSL", order_by="ZKSL", extra={"iso": "ISO"}),
}


def read(client: Imuis, kind: str) -> list[Json]:
    """A list as rows of ``id``, ``name`` and what only this kind has. Raises as every call."""
    if kind == "periods":
        return _periods(client)
    table = TABLES[kind]
    where = [(table.order_by, ">", "0")] if table.order_by in ("NR", "HROW") else []
    found = client.table(table.name, table.fields, where=where, order_by=table.order_by)
    return [_listed(row, table) for row in found if row.get("BLOK", "N") != "J" and row.get(table.key)]


def debtors(client: Imuis, wanted: str) -> list[Json]:
    """The debtor of this number, else those with these words in their name."""
    is_number = wanted.isascii() and wanted.isdigit() and len(wanted) <= LONGEST_DEBTOR
    found = _debtors(client, ("NR", "=", wanted)) if is_number else []
    return found or _debtors(client, ("NAAM", "LIKE", f"%{wanted.replace('%', '')}%"))


def _debtors(client: Imuis, condition: tuple[str, str, str]) -> list[Json]:
    page = client.page("DEB", ["NR", "NAAM", "PLAATS", "BLOK"], where=[condition], size=MOST_DEBTORS)
    return [
        {
            "id": row["NR"],
            "name": ", ".join(part for part in (row["NAAM"], row["PLAATS"]) if part),
            "full_name": row["NAAM"],
        }
        for row in page.rows
        if row["BLOK"] != "J"
    ]


def _listed(row: Row, table: Table) -> Json:
    extra = {name: row.get(column, "") for name, column in table.extra.items()}
    return {"id": row[table.key], "name": row.get("OMSCHR", ""), **extra}


def _periods(client: Imuis) -> list[Json]:
    """One row: the dates of the periods, how many there are in a year, and which was closed last. What an
    administration does not tell is empty."""
    general = _told(lambda: client.admin_info("BASFIN", ["AANTPER"]))
    closed = _told(lambda: client.admin_info("PERIODEINFO", ["JRAFGESL", "PNAFGESL", "JRAFGESLGEBR", "PNAFGESLGEBR"]))
    return [
        {
            "id": "periods",
            "name": "",
            "dates": _told(lambda: client.admin_info("PERIODEDATUMS", ["*"])),
            "count": general[0]["AANTPER"] if general else "",
            "closed": closed[0] if closed else {},
        }
    ]


def completed(rows: list[Json], earlier: list[Json]) -> list[Json]:
    """What an administration did not tell now, but told before, stays."""
    if not earlier:
        return rows
    return [{name: value or earlier[0].get(name, value) for name, value in rows[0].items()}]


def _told(ask: Callable[[], list[Row]]) -> list[Row]:
    """What is refused twice in a row is taken for something that this administration does not tell."""
    with suppress(Refused):
        return ask()
    with suppress(Refused):
        return ask()
    return []
