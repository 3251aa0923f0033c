"""GETADMINFO: what an administration tells about itself and its book years."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from integrations.sandbox import Row

from .administrations import RANGES, period_dates
from .columns import Column, text
from .envelope import Refused
from .selection import rendered, selected, selection

YEARS = range(2015, 2036)
PLAIN_COLUMN = text(0)
RATES = (("G", "Geen", "0"), ("V", "Verlegd", "0"), ("L", "Laag", "9"), ("H", "Hoog", "21"))


def own_address(administration: Row) -> list[Row]:
    address = {"STRAAT": "Molenstraat", "HNR": "8", "POSTCD": "6511 HA", "PLAATS": "Nijmegen", "LAND": "NL"}
    return [{"NAAM": administration["name"], **address, "EMAIL": "administratie@imuis.example"}]


def ledger_basics(administration: Row) -> list[Row]:
    ranges: Row = {}
    for kind, (low, high) in RANGES.items():
        ranges |= {f"ONDER{kind}": str(low), f"BOVEN{kind}": str(high)}
    return [{"AANTPER": str(administration["periods"]), **ranges}]


def sales_basics(_administration: Row) -> list[Row]:
    return [{"ORDKSTCRED": "N", "VRACHTKSTCRED": "N"}]


def item_basics(_administration: Row) -> list[Row]:
    return [{"BTWSRT": kind, "OMSCHR": name, "PERC": rate} for kind, name, rate in RATES]


def periods(administration: Row) -> list[Row]:
    return [
        {"JR": str(year), "PN": str(number), "DATVAN": f"{first:%d-%m-%Y}", "DATTM": f"{last:%d-%m-%Y}"}
        for year in YEARS
        for number, (first, last) in enumerate(period_dates(administration, year), 1)
    ]


def closed_periods(administration: Row) -> list[Row]:
    """The last year and period that is closed definitively, and closed for users; empty where none is."""
    closed, for_users = administration["closed"] or ("", ""), administration["closed_for_users"] or ("", "")
    names = ("JRAFGESL", "PNAFGESL", "JRAFGESLGEBR", "PNAFGESLGEBR")
    return [{name: str(value) for name, value in zip(names, (*closed, *for_users), strict=True)}]


TABLES: dict[str, Callable[[Row], list[Row]]] = {
    "BASALG": own_address,
    "BASFIN": ledger_basics,
    "BASVK": sales_basics,
    "BASART": item_basics,
    "BASARTBTW": item_basics,
    "PERIODEDATUMS": periods,
    "PERIODEINFO": closed_periods,
}


def show(administration: Row, root: Element) -> Element:
    asked = selection(root, ("TABLE", "SELECTFIELDS"), ("TABLE", "SELECTFIELDS"))
    table = asked["TABLE"]
    if table not in TABLES:
        raise Refused(f"Tabel {table} bestaat niet.")
    rows = TABLES[table](administration)
    columns: dict[str, Column] = dict.fromkeys(rows[0], PLAIN_COLUMN)
    chosen = selected(table, columns, asked["SELECTFIELDS"])
    return rendered(administration, table, columns, chosen, rows, {"RECORDCOUNT": len(rows), "TOTALPAGES": 1})
