"""CREATEJOURNAALPOST: the rows of one call are one entry, split over its rows when there are several."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element

from integrations.sandbox import Row

from .administrations import RANGES, require_open_period
from .checking import amount, as_money, checked, require, usable
from .columns import TABLES
from .envelope import Refused, add_row, columns_of, new_dataset
from .memory import books, count_repeat

REQUIRED = ("DAGB", "JR", "PN", "DAT", "REK", "TEGREK", "BEDRBOEK")
DEFAULTS = {"BTW": "0", "VAL": "EUR", "BETWIST": "N", "STORNO": "N"}


def create(administration: Row, root: Element) -> Element:
    """The rows as sent with RG, FACT and BOE_WARNING, and a TABEL/PRIMARYKEY for each."""
    if root.tag != "NewDataSet" or {part.tag for part in root} != {"BOE"}:
        raise Refused("De dataset bestaat uit een of meer BOE.")
    given = [columns_of(part) for part in root]
    rows = [checked_row(administration, columns) for columns in given]
    require_one_place(rows)
    refuse_blocked_vat(administration["id"], rows)
    warning = unbalanced(administration, rows)
    if warning and administration["refuses_unbalanced"]:
        raise Refused(warning)
    give_invoice_number(administration["id"], rows)
    keep(administration["id"], rows, warning)
    return answer(given, rows, warning)


def checked_row(administration: Row, given: dict[str, str]) -> Row:
    owner = administration["id"]
    row = checked(owner, "BOE", given, assigned=("RG",))
    require("BOE", row, *REQUIRED)
    usable(owner, table_of(row["REK"]), row["REK"])
    require_open_period(administration, int(row["JR"]), int(row["PN"]))
    return row


def table_of(number: str) -> str:
    """Debtors, creditors and ledger accounts share one space of numbers."""
    for table, (low, high) in RANGES.items():
        if low <= int(number) <= high:
            return table
    raise Refused(f"Rekening {number} bestaat niet.")


def require_one_place(rows: list[Row]) -> None:
    if len({(row["DAGB"], row["JR"], row["PN"]) for row in rows}) > 1:
        raise Refused("De regels van een journaalpost horen in een dagboek, boekjaar en periode.")


def refuse_blocked_vat(administration: int, rows: list[Row]) -> None:
    """A code that is blocked for debtors or creditors can't be in an entry of theirs."""
    kinds = {table_of(row["REK"]) for row in rows}
    for row in rows:
        code = vat_code(administration, row)
        if any(code.get(f"BLOK{kind}") == "J" for kind in kinds):
            raise Refused(f"BTW-code {row['BTW']} is geblokkeerd.")


def vat_code(administration: int, row: Row) -> Row:
    return books.get("BTW", administration, row.get("BTW", "0")) or {}


def unbalanced(administration: Row, rows: list[Row]) -> str:
    """What is wrong when a split account doesn't return to zero."""
    if len(rows) == 1:
        return ""
    left: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        left[row["TEGREK"]] += effect(administration["id"], row)
    return " ".join(
        f"De splitsingsrekening {account} komt niet op nul: {as_money(value)}."
        for account, value in left.items()
        if value
    )


def effect(administration: int, row: Row) -> Decimal:
    """What the row does to its split account: with VAT where the amount is without it."""
    booked, vat = amount(row["BEDRBOEK"]), amount(row.get("BEDRBTW"))
    is_without_vat = vat_code(administration, row).get("BTWBER") == "E"
    return -(booked + vat) if table_of(row["REK"]) == "DEB" or is_without_vat else -booked


def give_invoice_number(administration: int, rows: list[Row]) -> None:
    """An entry of a debtor without an invoice number gets the next of a journal that numbers by itself."""
    journal = books.get("DAGBOEK", administration, rows[0]["DAGB"])
    total = total_row(rows)
    if journal and journal["FACT"] and table_of(total["REK"]) == "DEB" and not any(row.get("FACT") for row in rows):
        total["FACT"] = str(int(journal["FACT"]) + 1)
        books.enter("DAGBOEK", administration, journal["NR"], journal | {"FACT": total["FACT"]})


def total_row(rows: list[Row]) -> Row:
    """The row of the debtor; the first where there is none."""
    return next((row for row in rows if table_of(row["REK"]) == "DEB"), rows[0])


def keep(administration: int, rows: list[Row], warning: str) -> None:
    number = books.next_number(administration, "entry", 1)
    for row in rows:
        place = [row["DAGB"], row["JR"], row["PN"]]
        row["RG"] = str(books.next_number(administration, f"line {place}", 5, 5))
        columns = dict.fromkeys(TABLES["BOE"], "") | DEFAULTS | row | {"entry": str(number)}
        books.enter("BOE", administration, primary_key(row), columns)
    document = total_row(rows).get("BOEKSTUK", "")
    books.enter("entries", administration, number, {"number": number, "BOEKSTUK": document, "warning": warning})
    count_repeat(administration, "entry", document, "created")


def primary_key(row: Row) -> str:
    return "\t".join(row[name] for name in ("DAGB", "JR", "PN", "RG"))


def answer(given: list[dict[str, str]], rows: list[Row], warning: str) -> Element:
    root = new_dataset()
    for index, (columns, row) in enumerate(zip(given, rows, strict=True)):
        added = {name: row[name] for name in ("FACT", "RG") if name in row}
        add_row(root, "BOE", columns | added | {"BOE_WARNING": "" if index else warning})
    for row in rows:
        add_row(root, "TABEL", {"PRIMARYKEY": primary_key(row)})
    return root


def rows_of(entry: Row) -> list[Row]:
    return books.find("BOE", entry["administration"], "entry", str(entry["number"]))


def documents(administration: int) -> Iterator[tuple[Row, list[Row]]]:
    """Every entry with its rows, oldest first."""
    return ((entry, rows_of(entry)) for entry in books.owned("entries", administration))
