"""CREATESTAMTABELRECORD: a debtor or an item."""

from xml.etree.ElementTree import Element

from integrations.sandbox import Row

from .administrations import add_debtor
from .checking import checked, name_of, require
from .columns import TABLES
from .envelope import Refused, add_row, columns_of, new_dataset
from .memory import books, count_repeat

ITEM_DEFAULTS = {"BTW": "H", "CATEGORIE": "A", "BLOK": "N", "BLOKVRK": "N", "BLOKWEBSHOP": "N"}


def create(administration: Row, root: Element) -> Element:
    """One DATA of the table that METADATA names -> TABEL/PRIMARYKEY."""
    table, given = record(root)
    owner = administration["id"]
    kind, identity = ("debtor_email", "EMAIL") if table == "DEB" else ("item_number", "NR")
    try:
        row = add_debtor(owner, new_debtor(owner, given)) if table == "DEB" else add_item(owner, given)
    except Refused:
        count_repeat(owner, kind, given.get(identity, ""), "refused")
        raise
    count_repeat(owner, kind, row[identity], "created")
    answer = new_dataset()
    add_row(answer, "TABEL", {"PRIMARYKEY": row["NR"]})
    return answer


def record(root: Element) -> tuple[str, dict[str, str]]:
    if root.tag != "NewDataSet" or [part.tag for part in root] != ["METADATA", "DATA"]:
        raise Refused("De dataset bestaat uit METADATA en DATA.")
    table = columns_of(root[0]).get("TABLE", "")
    if table not in TABLES:
        raise Refused(f"Tabel {table} bestaat niet.")
    if table not in ("DEB", "ART"):
        raise Refused(f"In tabel {table} kan niet worden toegevoegd.")
    return table, columns_of(root[1])


def new_debtor(administration: int, given: dict[str, str]) -> Row:
    """Several debtors may share one e-mail address."""
    row = checked(administration, "DEB", given, assigned=("NR",))
    require("DEB", row, "ZKSL")
    require_unused(administration, "DEB", "ZKSL", row)
    return row


def add_item(administration: int, given: dict[str, str]) -> Row:
    row = checked(administration, "ART", given)
    require("ART", row, "NR", "ZKSL", "OMSCHR", "ARTGRP")
    require_unused(administration, "ART", "NR", row)
    require_unused(administration, "ART", "ZKSL", row)
    return books.enter("ART", administration, row["NR"], dict.fromkeys(TABLES["ART"], "") | ITEM_DEFAULTS | row)


def require_unused(administration: int, table: str, column: str, row: Row) -> None:
    if books.find(table, administration, column, row[column]):
        raise Refused(f"{name_of(table)} met {column} {row[column]} bestaat al.")
