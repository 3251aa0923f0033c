"""The ledger's own pages: what a bookkeeper would look at. No log-in; read only."""

import html
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import formats, translation

from integrations.sandbox import Row

from .amounts import as_text
from .books import books
from .invoices import cached_contact

PER_PAGE = 100


def page(template: str, context: Row, status: int = 200) -> HttpResponse:
    """Called inside the language of the reader, so that money and dates are written in it."""
    return HttpResponse(render_to_string(f"sandbox/ledger/{template}", context), status=status)


def not_here() -> HttpResponse:
    return page("not_here.html", {}, status=404)


def reader_language(request: HttpRequest) -> Any:
    return translation.override(translation.get_language_from_request(request))


def euro(amount: str | Decimal) -> str:
    number = formats.number_format(Decimal(amount), decimal_pos=2, use_l10n=True, force_grouping=True)
    return f"\u20ac\u00a0{number}"


def short_date(text: str | None) -> str:
    return formats.date_format(date.fromisoformat(text[:10]), "j M Y") if text else ""


def companies_page(request: HttpRequest) -> HttpResponse:
    with books.lock, reader_language(request):
        rows = [
            row | {"invoice_count": len(books.owned("sales_invoices", row["id"]))}
            for row in books["companies"].values()
        ]
        return page("companies.html", {"companies": rows})


def company_page(request: HttpRequest, company: str) -> HttpResponse:
    with books.lock, reader_language(request):
        row = books["companies"].get(company)
        if row is None:
            return not_here()
        invoices = books.owned("sales_invoices", row["id"])[::-1]
        chosen = Paginator(invoices, PER_PAGE).get_page(request.GET.get("page"))
        booked = sum((Decimal(invoice["price_with_vat"]) for invoice in invoices), Decimal(0))
        context = {"company": row, "chosen": chosen, "invoices": [in_list(invoice) for invoice in chosen]}
        return page("company.html", context | {"count": len(invoices), "booked": euro(booked)})


def in_list(invoice: Row) -> Row:
    """An invoice as the pages show it: money and dates written out, the customer's name at hand."""
    contact = cached_contact(invoice) or {}
    written = {key: euro(invoice[key]) for key in ("price_without_vat", "vat_amount", "price_with_vat", "open_amount")}
    dates = {key: short_date(invoice[key]) for key in ("date", "due_date", "published_at")}
    return invoice | written | dates | {"contact": contact}


def invoice_page(request: HttpRequest, company: str, invoice: str) -> HttpResponse:
    with books.lock, reader_language(request):
        owner = books["companies"].get(company)
        row = books.get("sales_invoices", owner["id"], invoice) if owner else None
        if owner is None or row is None:
            return not_here()
        template = books.get("templates", owner["id"], row["template_id"]) or {}
        context = {"company": owner, "invoice": in_list(row), "layout": template.get("name", "")}
        context |= {"lines": [line_in_page(row, line) for line in row["invoice_lines"]]}
        return page("invoice.html", context | {"payments": [paid_in_page(row, p) for p in row["payments"]]})


def line_in_page(invoice: Row, line: Row) -> Row:
    vat_type = books.get("vat_types", invoice["company"], line["vat_type_id"]) or {}
    product = books.get("products", invoice["company"], line["product_id"]) or {}
    rate = (Decimal(line["vat_rate"]) * 100).normalize()
    return line | {
        "net": euro(line["price_without_vat"]),
        "gross": euro(line["price_with_vat"]),
        "unit": formats.number_format(Decimal(as_text(line["price_per_unit"])), use_l10n=True),
        "amount": formats.number_format(Decimal(line["quantity"]).normalize(), use_l10n=True),
        "vat_name": vat_type.get("friendly_name", ""),
        "percent": formats.number_format(rate, use_l10n=True),
        "account": account_name(invoice, line["account_id"]),
        "product_code": product.get("product_code", ""),
    }


def paid_in_page(invoice: Row, payment: Row) -> Row:
    written = {"amount": euro(payment["amount"]), "paid_at": short_date(payment["paid_at"])}
    return payment | written | {"account": account_name(invoice, payment["account_id"])}


def account_name(invoice: Row, account_id: int | None) -> str:
    account = books.get("accounts", invoice["company"], account_id)
    return f"{account['reference']} {html.unescape(account['path_name'])}" if account else ""
