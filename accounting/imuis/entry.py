"""A financial entry: one total row on the debtor, and a row for each line on the account of its type.

All rows together are one split entry, whose rows must bring the debtors account (TEGREK) back to nothing.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from accounting.naming import description
from integrations.money import ZERO, amount_text
from integrations.sales import SalesDocument, SalesLine
from integrations.settings_file import Settings
from integrations.vat import setting_for

from .dataset import Row
from .forms import Options, options
from .literals import day, digits, money, text
from .periods import Period

LONGEST_NUMBER = 20


def entry(document: SalesDocument, settings: Settings, *, customer: str, period: Period) -> list[Row]:
    """CREATEJOURNAALPOST. ``customer`` is the debtor's number, ``period`` the year and period of the books.

    Raises ValueError when the rows do not balance.
    """
    total = _total(document, settings, customer, period)
    rows = [total, *(_detail(document, line, settings, period) for line in document.lines)]
    off = balance(rows, options(settings))
    if off:
        raise ValueError(f"{document.number} is out of balance by {amount_text(off)}")
    return [("BOE", row) for row in rows]


def balance(rows: Iterable[Mapping[str, str]], chosen: Options) -> Decimal:
    """What the rows leave on the account that splits them. To amounts excl. VAT the VAT of the row is added."""
    columns = ("BEDRBOEK", "BEDRBTW") if chosen.amounts == "excl" else ("BEDRBOEK",)
    amounts = (Decimal(row.get(column, "0").replace(",", ".")) for row in rows for column in columns)
    return -sum(amounts, ZERO) + 0


def accounts(document: SalesDocument, settings: Settings) -> set[str]:
    """The ledger accounts that the lines fall under."""
    rows = ((line.type, setting_for(document, line, settings)) for line in document.lines)
    return {row.account(line_type) for line_type, row in rows if row and row.account(line_type)}


def document_digits(document: SalesDocument) -> str:
    """The invoice number of an entry: the digits of the document's own number, its only key in the books. "" when it
    has none, or more than fit."""
    found = digits(document.number)
    return found if len(found) <= LONGEST_NUMBER else ""


def _total(document: SalesDocument, settings: Settings, customer: str, period: Period) -> dict[str, str]:
    return _head(settings, period) | {
        "REK": customer,
        "TEGREK": options(settings).debtors_account,
        "BTW": "0",
        "BEDRBOEK": money(document.total_incl),
        "DAT": day(document.date),
        "FACT": document_digits(document),
        "OMSCHR": text(description(document, settings), 40),
        "BOEKSTUK": text(document.number, LONGEST_NUMBER),
    }


def _detail(document: SalesDocument, line: SalesLine, settings: Settings, period: Period) -> dict[str, str]:
    chosen, row = options(settings), setting_for(document, line, settings)
    assert row is not None
    return _head(settings, period) | {
        "REK": row.account(line.type),
        "TEGREK": chosen.debtors_account,
        "BTW": row.vat_code,
        "AANT": "1",
        "BEDRBOEK": money(-(line.total_incl if chosen.amounts == "incl" else line.total_excl)),
        "BEDRBTW": money(-line.total_vat),
        "DAT": day(document.date),
        "OMSCHR": text(line.name or line.code, 40),
        "BOEKSTUK": document_digits(document),
    }


def _head(settings: Settings, period: Period) -> dict[str, str]:
    year, number = period
    return {"JR": str(year), "PN": str(number), "DAGB": options(settings).journal}
