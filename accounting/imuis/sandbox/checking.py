"""What a row that is sent must be: known columns, their kinds and lengths, and what they point at."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from integrations.sandbox import Row

from .columns import KEYS, NAMES, TABLES, Column
from .envelope import Refused
from .memory import books

# Only a comma: how the vendor reads a dot is unknown, so that a dot must not pass here.
PATTERNS = {
    "number": r"-?\d+",
    "decimal": r"-?\d+(,\d+)?",
    "money": r"-?\d+(,\d{1,2})?",
    "date": r"\d\d-\d\d-\d{4}",
    "order_date": r"\d\d([-/])\d\d\1\d{4}",
    "boolean": r"[JN]",
    "text": r"[^\x00-\x1f\x7f]*",  # one line
    "memo": r"[^\x00-\x08\x0b-\x1f\x7f]*",
}

# Where 0 says that there is none.
OPTIONAL = ("BTW", "KPL", "KDR")


def checked(administration: int, table: str, given: Mapping[str, str], *, assigned: tuple[str, ...] = ()) -> Row:
    """The row as it is kept, empty columns left out. ``assigned`` columns are the server's own and can't be sent."""
    row: Row = {}
    for name, value in given.items():
        column = TABLES[table].get(name)
        if column is None:
            raise Refused(f"Kolom {name} bestaat niet in {table}.")
        if name in assigned:
            raise Refused(f"Kolom {name} van {table} wordt door de administratie bepaald.")
        if value:
            row[name] = kept(table, name, column, value)
            if column.of and not (column.of in OPTIONAL and row[name] == "0"):
                usable(administration, column.of, row[name])
    return row


def kept(table: str, name: str, column: Column, value: str) -> str:
    """The value in the one spelling in which it is kept."""
    if not re.fullmatch(PATTERNS[column.kind], value, re.ASCII) or value not in (column.letters or value):
        raise Refused(f"Kolom {name} van {table} heeft een ongeldige waarde: {value}")
    if column.length and len(value.lstrip("-")) > column.length:
        raise Refused(f"Kolom {name} van {table} is langer dan {column.length} posities.")
    match column.kind:
        case "number":
            return str(int(value))
        case "money":
            return as_money(amount(value))
        case "date" | "order_date":
            return as_date(table, name, value)
    return value


def as_date(table: str, name: str, value: str) -> str:
    spelled = value.replace("/", "-")
    try:
        day_of(spelled)
    except ValueError as error:
        raise Refused(f"Kolom {name} van {table} heeft een ongeldige waarde: {value}") from error
    return spelled


def day_of(text: str) -> date:
    day, month, year = text.split("-")
    return date(int(year), int(month), int(day))


def amount(text: str | None) -> Decimal:
    return Decimal((text or "0").replace(",", "."))


def as_money(value: Decimal) -> str:
    return f"{value:.2f}".replace(".", ",")


def require(table: str, row: Row, *names: str) -> None:
    for name in names:
        if not row.get(name):
            raise Refused(f"Kolom {name} van {table} is verplicht.")


def usable(administration: int, table: str, key: str) -> Row:
    """The row that is pointed at: it exists and is not blocked."""
    row = books.get(table, administration, key)
    if row is None:
        raise Refused(f"{name_of(table)} {key} bestaat niet.")
    if row.get("BLOK") == "J":
        raise Refused(f"{name_of(table)} {key} is geblokkeerd.")
    return row


def name_of(table: str) -> str:
    return NAMES.get(table, table)


def key_of(table: str, row: Row) -> str:
    return str(row[KEYS[table]])
