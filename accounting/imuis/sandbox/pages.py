"""The administration's own pages: what a bookkeeper would look at. No log-in; read only."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, translation

from integrations.sandbox import Row

from . import entries, orders
from .checking import amount, day_of
from .memory import books

PER_PAGE = 100


def page(template: str, context: Row, status: int = 200) -> HttpResponse:
    """Called inside the language of the reader, so that money and dates are written in it."""
    return HttpResponse(render_to_string(f"sandbox/imuis/{template}", context), status=status)


def not_here() -> HttpResponse:
    return page("not_here.html", {}, status=404)


def reader_language(request: HttpRequest) -> Any:
    return translation.override(translation.get_language_from_request(request))


def euro(value: Decimal) -> str:
    return f"\u20ac\u00a0{formats.number_format(value, decimal_pos=2, use_l10n=True, force_grouping=True)}"


def short_date(text: str) -> str:
    written = formats.date_format(day_of(text), "j M Y") if text else ""
    return written.lower() if translation.get_language() == "nl" else written


def quantity(text: str) -> str:
    return formats.number_format(amount(text).normalize(), use_l10n=True) if text else ""


def administrations_page(request: HttpRequest) -> HttpResponse:
    with books.lock, reader_language(request):
        rows = [
            row
            | {
                "entry_count": len(books.owned("entries", row["id"])),
                "order_count": len(books.owned("ORDKOP", row["id"])),
            }
            for row in books["administrations"].values()
        ]
        return page("administrations.html", {"administrations": rows})


def administration_page(request: HttpRequest, administration: int) -> HttpResponse:
    with books.lock, reader_language(request):
        row = books["administrations"].get(str(administration))
        if row is None:
            return not_here()
        booked = newest(request, "entries", administration)
        ordered = newest(request, "ORDKOP", administration)
        context = {"administration": row, "entries_page": booked, "orders_page": ordered}
        context |= {"entries": [entry_in_page(entry) for entry in booked]}
        return page("administration.html", context | {"orders": [order_in_page(order) for order in ordered]})


def newest(request: HttpRequest, table: str, administration: int) -> Page[Row]:
    return Paginator(books.owned(table, administration)[::-1], PER_PAGE).get_page(request.GET.get(table))


def entries_page(request: HttpRequest, administration: int, document: str) -> HttpResponse:
    """Every entry with that document number: there should be one."""
    with books.lock, reader_language(request):
        row = books["administrations"].get(str(administration))
        found = books.find("entries", administration, "BOEKSTUK", document)
        if row is None or not found:
            return not_here()
        shown = [entry_in_page(entry) for entry in found]
        return page("entries.html", {"administration": row, "document": document, "entries": shown})


def order_page(request: HttpRequest, administration: int, number: str) -> HttpResponse:
    with books.lock, reader_language(request):
        row = books["administrations"].get(str(administration))
        order = books.get("ORDKOP", administration, number)
        if row is None or order is None:
            return not_here()
        return page("order.html", {"administration": row, "order": order_in_page(order)})


def named_page(request: HttpRequest, name: str) -> HttpResponse:
    with books.lock, reader_language(request):
        row = last(row for row in books["administrations"].values() if row["name"] == name)
        return to("imuis-administration", row["id"]) if row else not_here()


def newest_entry_page(request: HttpRequest, name: str, number: str) -> HttpResponse:
    """The newest entry with that invoice number; it is shown by its document number."""
    with books.lock, reader_language(request):
        mine = (row for row in books["BOE"].values() if row["administration"] in ids_of(name))
        row = last(row for row in mine if row["FACT"] == number and row["BOEKSTUK"])
        return to("imuis-entries", row["administration"], row["BOEKSTUK"]) if row else not_here()


def newest_order_page(request: HttpRequest, name: str, number: str) -> HttpResponse:
    with books.lock, reader_language(request):
        mine = (row for row in books["ORDKOP"].values() if row["administration"] in ids_of(name))
        row = last(row for row in mine if row["NR"] == number)
        return to("imuis-order", row["administration"], row["NR"]) if row else not_here()


def ids_of(name: str) -> set[int]:
    return {row["id"] for row in books["administrations"].values() if row["name"] == name}


def last(found: Iterable[Row]) -> Row | None:
    return next(reversed(list(found)), None)


def to(view: str, *place: object) -> HttpResponse:
    return HttpResponseRedirect(reverse(view, args=place))


def entry_in_page(entry: Row) -> Row:
    owner, rows = entry["administration"], entries.rows_of(entry)
    total = entries.total_row(rows)
    booked = [amount(row["BEDRBOEK"]) for row in rows]
    return entry | {
        "journal": named(owner, "DAGBOEK", total["DAGB"]),
        "date": short_date(total["DAT"]),
        "period": f"{total['PN']} / {total['JR']}",
        "invoice": total["FACT"],
        "description": total["OMSCHR"],
        "rows": [row_in_page(row) for row in rows],
        "total": euro(amount(total["BEDRBOEK"])),
        "debit": euro(sum((value for value in booked if value > 0), Decimal(0))),
        "credit": euro(-sum((value for value in booked if value < 0), Decimal(0))),
        "balance": euro(sum((entries.effect(owner, row) for row in rows), Decimal(0))) if len(rows) > 1 else "",
    }


def row_in_page(row: Row) -> Row:
    owner, booked = row["administration"], amount(row["BEDRBOEK"])
    code = entries.vat_code(owner, row)
    return row | {
        "account": named(owner, entries.table_of(row["REK"]), row["REK"]),
        "debit": euro(booked) if booked >= 0 else "",
        "credit": euro(-booked) if booked < 0 else "",
        "vat_code": f"{code['NR']} {code['OMSCHR']}" if code else "",
        "vat": euro(amount(row["BEDRBTW"])) if row["BEDRBTW"] else "",
    }


def named(administration: int, table: str, key: str) -> str:
    """Number and name of an account, a journal, a debtor."""
    row = books.get(table, administration, key) or {}
    return f"{key} {row.get('OMSCHR') or row.get('NAAM') or row.get('ZKSL', '')}".strip()


def order_in_page(order: Row) -> Row:
    owner = order["administration"]
    lines = orders.lines_of(order)
    return order | {
        "debtor": named(owner, "DEB", order["DEB"]),
        "date": short_date(order["DAT"]),
        "delivery": short_date(order["DATLEV"]),
        "type": named(owner, "ORDSRT", order["ORDSRT"]),
        "order_costs": euro(amount(order["BEDRORDKST"])) if order["BEDRORDKST"] else "",
        "shipping_costs": euro(amount(order["BEDRVRACHTKST"])) if order["BEDRVRACHTKST"] else "",
        "lines": [line_in_page(order, line) for line in lines],
        "totals": {name: euro(amount(value)) for name, value in orders.totals(order).items()},
    }


def line_in_page(order: Row, line: Row) -> Row:
    return line | {
        "quantity": quantity(line["AANT"]),
        "price": euro(amount(line["PRS"] or line["PRSINCL"])),
        "percent": quantity(f"{orders.rate_of(order, line)}"),
        "net": euro(orders.net_of(order, line)),
    }
