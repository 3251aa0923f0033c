"""Administrations, the pairs of keys that open them, and their book years."""

from datetime import date, timedelta

from integrations.sandbox import Row

from . import chart
from .checking import checked
from .columns import TABLES
from .envelope import Refused
from .memory import books

STATES = ("active", "unknown", "no_subscription")
PERIODS = (1, 4, 12, 13)
CORRECTIONS = 14
RANGES = {"GRB": (1, 9_999), "DEB": (10_000, 8_999_999), "CRE": (9_000_000, 9_999_999)}
FIRST_DEBTOR = 13317
DEBTOR_DEFAULTS = {"BTWPL": "B", "BETCOND": "1", "SLUITREK": "1300", "TAAL": "NED", "VAL": "EUR", "BLOK": "N"}

# What can be chosen once, and what can be changed later; the package's docstring explains them.
CHOICES: Row = {"preset": "plain", "land": "NL", "without": []}
SWITCHES: Row = {
    "name": "Administratie",
    "partner_key": "pk-demo-123",
    "code": "",
    "state": "active",
    "session_seconds": 1800,
    "periods": 12,
    "first_month": 1,
    "closed": None,
    "closed_for_users": None,
    "refuses_unbalanced": False,
    "decimals": ",",
}
BAKERY = {"name": "Bakkerij De Gouden Korst"}

# The vendor's test administration for every developer: it is there once somebody asks for it.
OPEN_TO_ALL = ("abcdefghijklmnopqrstuvwxyz", "00000")


def make(chosen: Row) -> Row:
    """A new administration with its chart; ``debtors`` are rows of DEB that it has from the start."""
    debtors = chosen.pop("debtors", [])
    number = 2001 + len(books["administrations"])
    preset = BAKERY if chosen.get("preset") == "bakery" else {}
    row = CHOICES | SWITCHES | preset | chosen | {"id": number, "serials": {}}
    row["code"] = row["code"] or str(4_800_000_000 + number * 1_640_531_527 % 2**31)
    books["administrations"][str(number)] = row
    chart.add_all(row)
    for debtor in debtors:
        add_debtor(number, checked(number, "DEB", debtor, assigned=("NR",)))
    return row


def change(administration: Row, chosen: Row) -> None:
    administration |= chosen
    books.changes += 1


def of_pair(partner_key: str, code: str) -> Row | None:
    rows = books["administrations"].values()
    found = next((row for row in rows if (row["partner_key"], row["code"]) == (partner_key, code)), None)
    if found is None and (partner_key, code) == OPEN_TO_ALL:
        return make({"name": "Testadministratie", "partner_key": partner_key, "code": code})
    return found


def add_debtor(administration: int, given: Row) -> Row:
    number = books.next_number(administration, "debtor", FIRST_DEBTOR)
    if number > RANGES["DEB"][1]:
        raise Refused("Er is geen vrij debiteurnummer meer.")
    row = dict.fromkeys(TABLES["DEB"], "") | DEBTOR_DEFAULTS | given | {"NR": str(number)}
    return books.enter("DEB", administration, number, row)


def period_dates(administration: Row, year: int) -> list[tuple[date, date]]:
    """First and last day of each period of a book year; that of a broken book year is the one it begins in."""
    count, month = administration["periods"], administration["first_month"]
    if count == 13:
        firsts = [date(year, month, 1) + timedelta(weeks=4 * index) for index in range(13)]
    else:
        firsts = [month_start(year, month + index * 12 // count) for index in range(count)]
    lasts = [first - timedelta(days=1) for first in (*firsts[1:], month_start(year, month + 12))]
    return list(zip(firsts, lasts, strict=True))


def month_start(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def require_open_period(administration: Row, year: int, period: int) -> None:
    """A period that is closed for users stays open to this API; one that is closed definitively does not."""
    if not 1 <= period <= administration["periods"] and period != CORRECTIONS:
        raise Refused(f"Periode {period} bestaat niet in boekjaar {year}.")
    if administration["closed"] and [year, period] <= administration["closed"]:
        raise Refused(f"Periode {period} van boekjaar {year} is definitief afgesloten.")
