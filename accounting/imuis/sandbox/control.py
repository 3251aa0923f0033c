"""The control path of the stand-in, for tests and the demo; the package's docstring lists its calls."""

from functools import partial

from integrations.sandbox import Row, control_view, only

from . import administrations, chart, entries, orders, sessions
from .administrations import CHOICES, SWITCHES
from .checking import checked, key_of
from .columns import TABLES
from .envelope import Refused
from .memory import books

NAMES = {"debtors": "DEB", "items": "ART"}

control = partial(control_view, books, Refused)


def list_administrations(_body: Row) -> Row:
    return {"administrations": [summary(row) for row in books["administrations"].values()]}


def summary(administration: Row) -> Row:
    counted = {"entries": "entries", "orders": "ORDKOP", "debtors": "DEB", "items": "ART"}
    counts = {name: len(books.owned(table, administration["id"])) for name, table in counted.items()}
    return {key: value for key, value in administration.items() if key != "serials"} | counts


def create_administration(body: Row) -> Row:
    """Also the demo's way back to what it made before: a pair that is known answers its administration."""
    check(body, *CHOICES, *SWITCHES, "debtors")
    known = administrations.of_pair(body.get("partner_key") or SWITCHES["partner_key"], body.get("code") or "")
    if known:
        administrations.change(known, {key: value for key, value in body.items() if key in SWITCHES})
        return show_administration({}, known["id"])
    return show_administration({}, administrations.make(body)["id"])


def check(body: Row, *known: str) -> None:
    only(body, *known)
    allowed = {
        "preset": ("plain", "bakery"),
        "land": ("NL", "NED"),
        "state": administrations.STATES,
        "periods": administrations.PERIODS,
        "first_month": range(1, 13),
        "decimals": (",", "."),
    }
    for name, values in allowed.items():
        if name in body and body[name] not in values:
            raise ValueError(f"{name} is one of {', '.join(map(str, values))}")
    if set(body.get("without", [])) - {"item_group", "order_type"}:
        raise ValueError("without lists item_group and order_type")


def show_administration(_body: Row, administration: int) -> Row:
    row = books["administrations"][str(administration)]
    codes = [code for code in books.owned("BTW", administration) if "key" in code]
    return {
        "administration": summary(row),
        "vat": {code["key"]: code["NR"] for code in codes if code["BTWBER"] == "I"},
        "vat_excl": {code["key"]: code["NR"] for code in codes if code["BTWBER"] == "E"},
        "revenue": {
            account["key"]: account["NR"] for account in books.owned("GRB", administration) if "key" in account
        },
        "journal": chart.JOURNAL,
        "debtors_account": chart.SPLIT_ACCOUNT,
        "order_type": chart.ORDER_TYPE,
        "item_group": chart.ITEM_GROUP,
        "blocked": {"vat": chart.BLOCKED_VAT, "account": chart.BLOCKED_ACCOUNT[0], "journal": chart.BLOCKED_JOURNAL},
        "debtors": {debtor["ZKSL"]: debtor["NR"] for debtor in books.owned("DEB", administration)},
    }


def change_administration(body: Row, administration: int) -> Row:
    check(body, *SWITCHES)
    administrations.change(books["administrations"][str(administration)], body)
    return show_administration({}, administration)


def end_sessions(_body: Row, administration: int) -> Row:
    return {"sessions": sessions.end_all(administration)}


def list_entries(_body: Row, administration: int) -> Row:
    """Each entry is the list of its rows, oldest entry first."""
    return {"entries": [[shown("BOE", row) for row in rows] for _, rows in entries.documents(administration)]}


def list_orders(_body: Row, administration: int) -> Row:
    return {"orders": [shown_order(order) for order in books.owned("ORDKOP", administration)]}


def shown_order(order: Row) -> Row:
    lines = [shown("ORDRG", line) for line in orders.lines_of(order)]
    return {"ORDKOP": shown("ORDKOP", order), "ORDRG": lines, "totals": orders.totals(order)}


def list_repeats(_body: Row, administration: int) -> Row:
    """What was made or tried more than once."""
    rows = [row for row in books.owned("repeats", administration) if row["created"] + row["refused"] > 1]
    return {"repeats": [{key: row[key] for key in ("kind", "value", "created", "refused")} for row in rows]}


def shown(table: str, row: Row) -> Row:
    """The vendor's columns that hold something."""
    return {name: row[name] for name in TABLES[table] if row.get(name)}


def list_rows(_body: Row, administration: int, table: str) -> Row:
    name = NAMES.get(table, table)
    return {table: [shown(name, row) for row in books.owned(name, administration)]}


def add_row(body: Row, administration: int, table: str) -> Row:
    """As if a person added it; a debtor gets its number, other rows bring their key."""
    name = NAMES.get(table, table)
    row = checked(administration, name, body)
    if name == "DEB":
        return {"row": shown(name, administrations.add_debtor(administration, row))}
    whole = dict.fromkeys(TABLES[name], "") | row
    return {"row": shown(name, books.enter(name, administration, key_of(name, row), whole))}


def change_row(body: Row, administration: int, table: str, key: str) -> Row:
    name = NAMES.get(table, table)
    row = require_row(name, administration, key) | checked(administration, name, body)
    return {"row": shown(name, books.enter(name, administration, key, row))}


def delete_row(_body: Row, administration: int, table: str, key: str) -> Row:
    name = NAMES.get(table, table)
    row = require_row(name, administration, key)
    books.drop(name, row)
    return {"row": shown(name, row)}


def require_row(table: str, administration: int, key: str) -> Row:
    row = books.get(table, administration, key)
    if row is None:
        raise ValueError("no such row")
    return row


administrations_view = control(GET=list_administrations, POST=create_administration)
administration_view = control(GET=show_administration, PATCH=change_administration)
sessions_view = control(DELETE=end_sessions)
entries_view = control(GET=list_entries)
orders_view = control(GET=list_orders)
repeats_view = control(GET=list_repeats)
rows_view = control(GET=list_rows, POST=add_row)
row_view = control(PATCH=change_row, DELETE=delete_row)
