"""Entries as an administration holds them, read back from the table BOE.

Nothing there refuses a second entry under the same number, people may move and correct what was posted, and an entry
that was taken back stays beside its counter-entry. What is not certain is said, never guessed.
"""

from collections.abc import Collection
from decimal import Decimal

from accounting.books import Posted
from integrations.failures import Uncertain
from integrations.money import ZERO, amount_text
from integrations.problems import Problem
from integrations.sales import SalesDocument

from .client import Imuis, Row
from .counter import counter_number, is_counter_number
from .entry import LONGEST_NUMBER, document_digits
from .literals import read_number, text

KEY = ("DAGB", "JR", "PN", "RG")
BOE = (*KEY, "REK", "BEDRBOEK", "DAT", "FACT", "BOEKSTUK")
WHOLE = (*BOE, "TEGREK", "BTW", "AANT", "BEDRBTW", "OMSCHR", "KPL", "KDR")


def entry_id(row: Row) -> str:
    return "/".join(row[column] for column in KEY)


def amount(row: Row, column: str = "BEDRBOEK") -> Decimal:
    return read_number(row[column]) or ZERO


def uncertain(number: str, debtor_number: str, date: str, found: Decimal, code: str = "posting_uncertain") -> Problem:
    return Problem(code, number=number, debtor=debtor_number, date=date, ledger=amount_text(found))


def numbered(client: Imuis, journal: str, sold: SalesDocument, fields: Collection[str] = BOE) -> list[Row]:
    """The rows in a journal that carry the document's number, in whatever period: it may have been moved, and
    conditions on texts and numbers together were seen to go wrong."""
    return [row for row in _with_number(client, sold, fields) if row["DAGB"] == journal]


def _with_number(client: Imuis, sold: SalesDocument, fields: Collection[str]) -> list[Row]:
    number = text(sold.number, LONGEST_NUMBER)
    mine = under(client, number, fields)
    if number == sold.number:
        return mine
    return [row for row in mine if row["FACT"] == document_digits(sold)]  # cut, it may be another's as well


def under(client: Imuis, number: str, fields: Collection[str]) -> list[Row]:
    """The rows that carry a document number."""
    found = client.table("BOE", list(fields), where=[("BOEKSTUK", "=", number)], order_by="RG")
    return [row for row in found if row["BOEKSTUK"] == number]


def without(rows: list[Row], undone: Collection[str]) -> tuple[list[Row], bool]:
    """The rows but those of entries that were taken back, and whether all of these were found."""
    left, found = list(rows), 0
    for total in rows:
        if entry_id(total) in undone:
            mine = [total, *following(rows, total)]
            left = [row for row in left if row not in mine]
            found += 1
    return left, found == len(undone)


def following(rows: list[Row], total: Row) -> list[Row]:
    """The rows of the same entry as a total row: those that come after it in the same place, up to the next total row,
    the only one with an invoice number."""
    place = [row for row in rows if all(row[name] == total[name] for name in ("DAGB", "JR", "PN"))]
    after = sorted((row for row in place if _line(row) > _line(total)), key=_line)
    end = next((index for index, row in enumerate(after) if row["FACT"]), len(after))
    return after[:end]


def _line(row: Row) -> Decimal:
    return read_number(row["RG"]) or ZERO


def total_row(client: Imuis, journal: str, posted: Posted) -> Row | None:
    """The total row of a posting: by its key, else by its number, since it may have been moved to another period.
    Raises ``Uncertain`` when there are rows with the number, in whatever journal, and not one that must be it."""
    digits = document_digits(posted.sold)
    at_key = [row for row in at(client, posted.ledger_id) if (row["DAGB"], row["FACT"]) == (journal, digits)]
    if at_key:
        return at_key[0]
    rows, is_all = without(numbered(client, journal, posted.sold, WHOLE), posted.undone)
    mine = [row for row in rows if row["FACT"] == digits]
    if len(mine) == 1 and is_all:
        return mine[0]
    if rows:
        first = (mine or rows)[0]
        found = uncertain(posted.sold.number, first["REK"], first["DAT"], amount(first), "undo_uncertain")
        raise Uncertain(found)
    _be_sure_that_it_is_gone(client, posted)
    return None


def _be_sure_that_it_is_gone(client: Imuis, posted: Posted) -> None:
    """A person may have booked it elsewhere, under another document number too: whatever a debtor has under either of
    its numbers, and is not of an entry that was taken back, may be it."""
    found = [*invoiced(client, document_digits(posted.sold)), *_with_number(client, posted.sold, BOE)]
    for row in found:
        if not _is_known(row, posted) and _is_debtor(client, row["REK"]):
            problem = uncertain(posted.sold.number, row["REK"], row["DAT"], amount(row), "undo_uncertain")
            raise Uncertain(problem)


def invoiced(client: Imuis, number: str, fields: Collection[str] = BOE) -> list[Row]:
    """The rows with an invoice number, wherever they are: one condition, as ``numbered``."""
    found = client.table("BOE", list(fields), where=[("FACT", "=", number)], order_by="RG")
    return [row for row in found if row["FACT"] == number]


def _is_known(row: Row, posted: Posted) -> bool:
    """Whether a row is of an entry that was taken back, or of a counter-entry of ours."""
    return entry_id(row) in posted.undone or is_counter_number(row["BOEKSTUK"], posted)


def _is_debtor(client: Imuis, account: str) -> bool:
    """Debtors, creditors and accounts share their numbers: suppliers have invoice numbers as well."""
    return any(row["NR"] == account for row in client.table("DEB", ["NR"], where=[("NR", "=", account)]))


def against(client: Imuis, total: Row, posted: Posted) -> list[Row]:
    """What the debtor has against an entry, by its invoice number, and is not ours: payments, or a credit by hand."""
    booked = amount(total)
    rows = [
        row
        for row in invoiced(client, document_digits(posted.sold))
        if row["REK"] == total["REK"] and amount(row) * booked < 0
    ]
    return [row for row in rows if not _is_known(row, posted)]


def at(client: Imuis, ledger_id: str) -> list[Row]:
    parts = ledger_id.split("/")
    if len(parts) != len(KEY) or not all(part.isascii() and part.isdigit() for part in parts):
        return []  # iMUIS did not tell the key
    where = [(name, "=", part) for name, part in zip(KEY, parts, strict=True)]
    found = client.table("BOE", WHOLE, where=where, order_by="RG")
    return [row for row in found if entry_id(row) == ledger_id]


def details(client: Imuis, total: Row, posted: Posted) -> list[Row]:
    """The other rows of an entry, as far as they still carry the number that they were sent with."""
    return following(under(client, document_digits(posted.sold), WHOLE), total)


def counters(client: Imuis, journal: str, posted: Posted) -> list[Row]:
    """The total rows that carry the number of the counter-entry."""
    digits = document_digits(posted.sold)
    rows = under(client, counter_number(posted), BOE)
    return [row for row in rows if (row["DAGB"], row["FACT"]) == (journal, digits)]
