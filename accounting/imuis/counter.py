"""What takes an entry back: its counter-entry, with all signs turned, under a number of its own. Pure functions.

It carries the invoice number of the original, so that the two settle each other as open items of the debtor.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from accounting.books import CounterLine, Posted, Undoing
from integrations.money import ZERO
from integrations.settings_file import Settings

from .client import Row
from .entry import LONGEST_NUMBER, balance, entry
from .forms import options
from .literals import day, money, number, read_day, read_number, text
from .periods import Period

KEPT = ("JR", "PN", "DAGB", "REK", "TEGREK", "KPL", "KDR", "FACT")
AMOUNTS = ("BEDRBOEK", "BEDRBTW")


def counter_number(posted: Posted) -> str:
    """The document number of a counter-entry, by which it is found again."""
    end = "-undo" if posted.nth == 1 else f"-undo{posted.nth}"
    return text(posted.sold.number, LONGEST_NUMBER - len(end)) + end


def is_counter_number(found: str, posted: Posted) -> bool:
    """Whether a document number is that of the counter-entry of one of the postings of this document."""
    start, mark, nth = found.rpartition("-undo")
    is_ours = bool(mark) and (not nth or nth.isdecimal())
    return is_ours and start == text(posted.sold.number, LONGEST_NUMBER - len(mark + nth))


def undoing(total: Row, details: list[Row], posted: Posted, settings: Settings) -> Undoing | None:
    """The counter-entry of what the books hold; when the details can't be read back to the cent, of what was sent. None
    when that is not what the books hold either."""
    rows = _opposite([total, *details], posted)
    if not details or balance(rows, options(settings)):
        sent = _as_sent(total, posted, settings)
        if sent is None:
            return None
        rows = _opposite(sent, posted)
    booked = _read(rows[0], "BEDRBOEK")
    return Undoing(
        way="counter",
        posted=posted,
        number=total["FACT"],
        body=[("BOE", row) for row in rows],
        day=read_day(rows[0]["DAT"]),
        total=booked,
        vat=-sum((_read(row, "BEDRBTW") for row in rows), ZERO),  # of the rows on the other side
        lines=tuple(_shown(row) for row in rows),
    )


def _opposite(rows: Iterable[Mapping[str, str]], posted: Posted) -> list[dict[str, str]]:
    """The opposite of each row."""
    return [_countered(row, posted, is_total=index == 0) for index, row in enumerate(rows)]


def _countered(row: Mapping[str, str], posted: Posted, *, is_total: bool) -> dict[str, str]:
    on = read_day(row["DAT"])
    assert on is not None
    made = {name: row[name] for name in KEPT if row.get(name, "").strip("0")}
    made |= {name: money(-_read(row, name)) for name in AMOUNTS if not (is_total and name == "BEDRBTW")}
    if not is_total:
        made["AANT"] = number(_read(row, "AANT") or Decimal(1))
    name = f"Storno {row.get('OMSCHR', '')}" if is_total else row.get("OMSCHR", "")
    made |= {"BTW": row["BTW"] or "0", "DAT": day(on), "OMSCHR": text(name, 40)}
    return made | {"BOEKSTUK": counter_number(posted)}


def _as_sent(total: Row, posted: Posted, settings: Settings) -> list[dict[str, str]] | None:
    """The rows of an entry as they were sent, where the total row in the books is still what was sent."""
    period: Period = int(total["JR"]), int(total["PN"])
    rows = [dict(row) for _name, row in entry(posted.sold, settings, customer=total["REK"], period=period)]
    same = (_read(rows[0], "BEDRBOEK"), read_day(rows[0]["DAT"])) == (_read(total, "BEDRBOEK"), read_day(total["DAT"]))
    return rows if same else None


def _read(row: Mapping[str, str], column: str) -> Decimal:
    return read_number(row.get(column, "")) or ZERO


def _shown(row: Mapping[str, str]) -> CounterLine:
    return CounterLine(
        name=row["OMSCHR"],
        account=row["REK"],
        vat_code=row["BTW"].strip("0"),
        amount=_read(row, "BEDRBOEK"),
        vat=_read(row, "BEDRBTW"),
    )
