"""Report as a file: CSV, and a workbook. Rows are fetched in shares, so that memory does not grow with their number.

CSV is written as Excel in the Netherlands and Belgium opens it: semicolons, decimal commas, and a byte order mark so
that it reads UTF-8. Days are written as 2026-11-12, which every country's Excel takes for a day.

What customers filled in could begin as a formula does: in CSV such a text gets an apostrophe before it; the workbook
holds it as text. https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext

from integrations.country_names import NAMES, country_name
from integrations.models import Document, Integration, State

from .paging import beyond, ordered
from .report_filter import CREDIT, KINDS, TREATMENTS

SHARE = 2000
SHEET = 1_000_000  # rows: a sheet of a workbook holds few more
EXCEL_BEGINS = 1900
FORMULA = tuple("=+-@\t\r\n")
EXCL, VAT = "mapped_excl", "mapped_vat"
FIELDS = (
    *("id", "changed_at", "number", "remote_id", "kind", "is_credit", "date", "customer_name", "customer_email"),
    *("country", "treatment", "total_cents", "state", "ledger_number", "ledger_id", "ledger_url"),
    *("ledger_total_cents", EXCL, VAT),
)
Row = dict[str, Any]
Cell = str | Decimal | date | datetime | None


@dataclass(frozen=True, kw_only=True)
class Column:
    """``cell`` takes what stands in the column out of a row; ``width`` is in characters."""

    head: str
    cell: Callable[[Row], Cell]
    width: int = 14


def exported(documents: QuerySet[Document], integration: Integration, form: str, site: str) -> HttpResponseBase:
    """The documents as a file, the newest first; ``site`` is where its links begin."""
    title, when = gettext("Report"), f"{timezone.localdate():%Y-%m-%d}"
    if form == "xlsx":
        name = f"{file_name(title, integration, when)}.xlsx"
        return FileResponse(workbook(columns(site), rows_of(documents)), as_attachment=True, filename=name)
    return csv_file(file_name(title, integration, when), columns(site), rows_of(documents))


def file_name(title: str, integration: Integration, when: str) -> str:
    return f"{slugify(title)}-{slugify(integration.name) or 'shop'}-{when}"


def csv_file(name: str, of: list[Column], shares: Iterator[list[Any]]) -> HttpResponseBase:
    """The rows as CSV, written as they are fetched."""
    answer = StreamingHttpResponse(lines(of, shares), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def rows_of(documents: QuerySet[Document]) -> Iterator[list[Row]]:
    """All rows in shares, each following on from the last row of the one before."""
    asked = documents.annotate(**{EXCL: KT("mapped__total_excl"), VAT: KT("mapped__total_vat")}).values(*FIELDS)
    rows: list[Row] = list(ordered(asked, down=True)[:SHARE])
    while rows:
        yield rows
        last = rows[-1]["changed_at"], rows[-1]["id"]
        rows = list(ordered(beyond(asked, last, lower=True), down=True)[:SHARE]) if len(rows) == SHARE else []


def columns(site: str) -> list[Column]:
    """In the language of who asks; the words are looked up now, since the rows are written when the page is over."""
    kinds = {name: str(words) for name, words in KINDS.items()}
    treatments = {str(name): str(words) for name, words in TREATMENTS.items()}
    countries = {code: country_name(code) for code in NAMES}
    states = {State.PROCESSED.value: gettext("Posted")}
    return [
        Column(head=gettext("Number"), cell=lambda row: row["number"] or row["remote_id"]),
        Column(head=gettext("Kind"), cell=lambda row: kinds[CREDIT if row["is_credit"] else row["kind"]], width=12),
        Column(head=gettext("Date"), cell=lambda row: row["date"], width=11),
        Column(head=gettext("Posted at"), cell=lambda row: timezone.localtime(row["changed_at"]), width=17),
        Column(head=gettext("Customer"), cell=lambda row: row["customer_name"], width=28),
        Column(head=gettext("E-mail"), cell=lambda row: row["customer_email"], width=28),
        Column(head=gettext("Country code"), cell=lambda row: row["country"], width=8),
        Column(head=gettext("Country"), cell=lambda row: countries.get(row["country"], row["country"])),
        Column(head=gettext("VAT treatment"), cell=lambda row: treatments.get(row["treatment"], ""), width=24),
        Column(head=gettext("Total excl. VAT"), cell=lambda row: amount(row[EXCL])),
        Column(head=gettext("VAT"), cell=lambda row: amount(row[VAT])),
        Column(head=gettext("Total incl. VAT"), cell=lambda row: of_cents(row["total_cents"])),
        Column(head=gettext("Total in the books"), cell=lambda row: of_cents(row["ledger_total_cents"])),
        Column(head=gettext("State"), cell=lambda row: states.get(row["state"], row["state"]), width=10),
        Column(head=gettext("Number in the books"), cell=lambda row: row["ledger_number"], width=18),
        Column(head=gettext("Id in the books"), cell=lambda row: row["ledger_id"]),
        Column(head=gettext("Link to the books"), cell=lambda row: row["ledger_url"], width=40),
        Column(head=gettext("Link here"), cell=lambda row: site + reverse("document", args=[row["id"]]), width=40),
    ]


def amount(text: str | None) -> Decimal | None:
    """An amount of the mapped document, which only old documents lack."""
    return Decimal(text) if text else None


def of_cents(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents).scaleb(-2)


class Line:
    """A file for ``csv`` to write to, of which each line is handed on at once."""

    def write(self, text: str) -> str:
        return text


def lines(of: list[Column], shares: Iterator[list[Row]]) -> Iterator[str]:
    writer = csv.writer(Line(), delimiter=";", quoting=csv.QUOTE_ALL)  # a comma in a name parts nothing anywhere
    yield "\N{BYTE ORDER MARK}" + writer.writerow(column.head for column in of)
    for rows in shares:
        yield "".join(writer.writerow([written(column.cell(row)) for column in of]) for row in rows)


def written(cell: Cell) -> str:
    """A cell as CSV has it. An amount is ours, and may begin with a minus."""
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def workbook(of: list[Column], shares: Iterator[list[Row]]) -> IO[bytes]:
    """A file on disk that is gone once it is closed, with one row at a time in memory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 whoever sends it closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with xlsxwriter.Workbook(file, options) as book:
        formats = {
            Decimal: book.add_format({"num_format": "#,##0.00"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        sheet = add_sheet(book, of)
        for place, row in enumerate(chain.from_iterable(shares)):
            if place and place % SHEET == 0:
                sheet = add_sheet(book, of)
            write_row(sheet, place % SHEET + 1, [column.cell(row) for column in of], formats)
    file.seek(0)
    return file


def add_sheet(book: Any, of: list[Column]) -> Any:
    sheet = book.add_worksheet()
    head = book.add_format({"bold": True})
    for place, column in enumerate(of):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.head, head)
    sheet.freeze_panes(1, 0)
    return sheet


def write_row(sheet: Any, number: int, cells: list[Cell], formats: dict[type, Any]) -> None:
    """Amounts and days as what they are, all else as text: nothing that a customer filled in is ever reckoned."""
    for place, cell in enumerate(cells):
        if isinstance(cell, Decimal):
            sheet.write_number(number, place, cell, formats[Decimal])
        elif isinstance(cell, date) and cell.year >= EXCEL_BEGINS:
            sheet.write_datetime(number, place, cell, formats[type(cell)])
        elif cell:
            sheet.write_string(number, place, str(cell))
