"""GETSTAMTABELRECORDS and GETADMINFO: what is selected, and the rows that answer it."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

from integrations.sandbox import Row

from .checking import PATTERNS, amount, day_of
from .columns import TABLES, Column, Columns
from .envelope import Refused, add_row, columns_of, new_dataset
from .memory import INDEXED, books

REQUIRED = (
    "TABLE", "SELECTFIELDS", "WHEREFIELDS", "WHEREOPERATORS", "WHEREVALUES", "ORDERBY", "MAXRESULT", "PAGESIZE",
    "SELECTPAGE",
)  # fmt: skip
ALLOWED = (*REQUIRED, "MUTDATE_VA", "PDF_BESTAND")
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda found, wanted: found == wanted,
    ">": lambda found, wanted: found > wanted,
    ">=": lambda found, wanted: found >= wanted,
    "<": lambda found, wanted: found < wanted,
    "<=": lambda found, wanted: found <= wanted,
}

# One condition: any of the columns, the operator, the value.
Condition = tuple[list[str], str, str]


def select(administration: Row, root: Element) -> Element:
    asked = selection(root, REQUIRED, ALLOWED)
    table = asked["TABLE"]
    if table not in TABLES:
        raise Refused(f"Tabel {table} bestaat niet.")
    columns = TABLES[table]
    chosen = selected(table, columns, asked["SELECTFIELDS"])
    wanted = list(conditions(asked))
    for name in [*(name for names, _, _ in wanted for name in names), *listed(asked["ORDERBY"])]:
        require_column(table, columns, name)
    rows = [row for row in candidates(administration["id"], table, wanted) if matches(columns, row, wanted)]
    for name in reversed(listed(asked["ORDERBY"])):
        rows.sort(key=lambda row: order_of(columns[name], row.get(name, "")))
    return paged(administration, asked, columns, chosen, rows)


def selection(root: Element, required: Iterable[str], allowed: Iterable[str]) -> dict[str, str]:
    """The tags of a selection, nested in ``NewDataSet`` or flat in ``DATASET``; every required one is there."""
    if root.tag not in ("NewDataSet", "DATASET"):
        raise Refused(f"Onbekende dataset: {root.tag}")
    is_nested = root.tag == "NewDataSet" and len(root) == 1 and len(root[0]) > 0
    asked = columns_of(root[0] if is_nested else root)
    for tag in required:
        if tag not in asked:
            raise Refused(f"De selectie is incompleet, zie veld: {tag}")
    if unknown := sorted(asked.keys() - set(allowed)):
        raise Refused(f"Onbekend veld in de selectie: {', '.join(unknown)}")
    return asked


def listed(text: str) -> list[str]:
    return [name.strip() for name in re.split("[\t;]", text) if name.strip()]


def selected(table: str, columns: Columns, text: str) -> list[str]:
    names = listed(text)
    if not names:
        raise Refused("De selectie is incompleet, zie veld: SELECTFIELDS")
    if names == ["*"]:
        return list(columns)
    for name in names:
        require_column(table, columns, name)
    return names


def require_column(table: str, columns: Columns, name: str) -> None:
    if name not in columns:
        raise Refused(f"Kolom {name} bestaat niet in {table}.")


def conditions(asked: dict[str, str]) -> Iterable[Condition]:
    """As many operators and values as columns: all must hold. One operator over several columns: any may."""
    fields, operators, values = asked["WHEREFIELDS"], asked["WHEREOPERATORS"], asked["WHEREVALUES"]
    if not fields.strip():
        if operators.strip() or values.strip():
            raise Refused("De selectie is incompleet, zie veld: WHEREFIELDS")
        return
    separator = "\t" if "\t" in operators else ";"
    signs = [sign.strip().upper() for sign in operators.split(separator)]
    groups, wanted = [fields], [values]
    if len(signs) > 1:
        groups, wanted = fields.split(separator), values.split(separator)
    if not len(groups) == len(signs) == len(wanted):
        raise Refused("Het aantal velden, operatoren en waarden van de selectie verschilt.")
    for group, sign, value in zip(groups, signs, wanted, strict=True):
        if sign not in OPERATORS and sign != "LIKE":
            raise Refused(f"Onbekende operator in de selectie: {sign}")
        yield [name.strip() for name in re.split("[\t;,]", group)], sign, value


def candidates(administration: int, table: str, wanted: list[Condition]) -> list[Row]:
    for names, sign, value in wanted:
        if sign == "=" and len(names) == 1 and names[0] in INDEXED.get(table, ()):
            return books.find(table, administration, names[0], str(value).strip())
    return books.owned(table, administration)


def matches(columns: Columns, row: Row, wanted: list[Condition]) -> bool:
    return all(
        any(holds(columns[name], row.get(name, ""), sign, value) for name in names) for names, sign, value in wanted
    )


def holds(column: Column, found: str, sign: str, value: str) -> bool:
    if sign == "LIKE":
        pattern = ".*".join(re.escape(part) for part in value.casefold().split("%"))
        return re.fullmatch(pattern, found.casefold(), re.DOTALL) is not None
    if column.is_numeric and not re.fullmatch(PATTERNS["decimal"], value.strip(), re.ASCII):
        raise Refused(f"De waarde {value} van de selectie is geen getal.")
    try:
        wanted = comparable(column, value)
    except ValueError as error:
        raise Refused(f"De waarde {value} van de selectie is geen datum.") from error
    if found == "" and (column.is_numeric or column.is_date):
        return False
    return OPERATORS[sign](comparable(column, found), wanted)


def comparable(column: Column, text: str) -> Any:
    """Text without regard to capitals, numbers as numbers, dates as dates."""
    if column.is_numeric:
        return amount(text)
    return day_of(text) if column.is_date else text.casefold().rstrip()


def order_of(column: Column, text: str) -> tuple[bool, Any]:
    """Rows without a value come first."""
    return (False, Decimal(0)) if text == "" else (True, comparable(column, text))


def paged(administration: Row, asked: dict[str, str], columns: Columns, chosen: list[str], rows: list[Row]) -> Element:
    most, size, page = (whole(asked, *tag) for tag in (("MAXRESULT", 0), ("PAGESIZE", 1000), ("SELECTPAGE", 1)))
    if size < 1 or page < 1:
        raise Refused("PAGESIZE en SELECTPAGE zijn ten minste 1.")
    reachable = rows[:most] if most else rows
    pages = -(-len(reachable) // size)
    shown = reachable[(page - 1) * size : page * size]
    return rendered(
        administration, asked["TABLE"], columns, chosen, shown, {"RECORDCOUNT": len(rows), "TOTALPAGES": pages}
    )


def whole(asked: dict[str, str], tag: str, default: int) -> int:
    text = asked[tag].strip()
    if text and not re.fullmatch("[0-9]+", text, re.ASCII):
        raise Refused(f"De selectie is onjuist, zie veld: {tag}")
    return int(text or default)


def rendered(
    administration: Row, table: str, columns: Columns, chosen: list[str], rows: list[Row], counted: Row
) -> Element:
    root = new_dataset()
    add_row(root, "METADATA", {"TABLE": table} | counted)
    for row in rows:
        add_row(root, "DATA", {name: written(administration, columns[name], row.get(name, "")) for name in chosen})
    return root


def written(administration: Row, column: Column, value: str) -> str:
    is_fraction = column.kind in ("money", "decimal")
    return value.replace(",", administration["decimals"]) if is_fraction else value
