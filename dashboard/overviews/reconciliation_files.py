"""The figures and the findings of a reconciliation as CSV, in the language of who asks."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import islice

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, gettext, override

from integrations.country_names import NAMES, country_name
from integrations.models import Finding, Integration, Reconciliation

from ..lists.export import SHARE, Column, Row, csv_file, file_name, of_cents
from .reconciliation import KINDS, remark


def figures(row: Reconciliation, integration: Integration, books: str) -> HttpResponseBase:
    """By day, country and rate."""
    countries = {code: country_name(code) for code in NAMES}
    sides = {"shop": gettext("Shop"), "ours": gettext("Our documents"), "books": books}
    parts = gettext("excl. VAT"), gettext("VAT")
    amounts = [
        Column(head=f"{words}, {part}", cell=partial(_amount, side=side, place=place))
        for side, words in sides.items()
        for place, part in enumerate(parts)
    ]
    of = [
        Column(head=gettext("Date"), cell=lambda one: date.fromisoformat(one["day"])),
        Column(head=gettext("Country code"), cell=lambda one: one["country"]),
        Column(head=gettext("Country"), cell=lambda one: countries.get(one["country"], "")),
        Column(head=gettext("VAT rate"), cell=lambda one: one["rate"].replace(".", ",")),
        *amounts,
        Column(head=gettext("Difference incl. VAT"), cell=lambda one: of_cents(sum(one["books"]) - sum(one["shop"]))),
    ]
    return _file(gettext("Comparison"), row, integration, of, iter([row.figures]))


def _amount(one: Row, side: str, place: int) -> Decimal | None:
    return of_cents(one[side][place])


def findings(row: Reconciliation, integration: Integration, books: str, site: str) -> HttpResponseBase:
    """What does not agree, with what to do."""
    words = {kind: [str(text) % {"books": books} for text in (one.title, one.remedy)] for kind, one in KINDS.items()}
    of = [
        Column(head=gettext("What"), cell=lambda one: words[one["kind"]][0]),
        Column(head=gettext("Number"), cell=lambda one: one["number"]),
        Column(head=gettext("Date"), cell=lambda one: one["date"]),
        Column(head=gettext("Shop"), cell=lambda one: of_cents(one["shop"])),
        Column(head=gettext("Our documents"), cell=lambda one: of_cents(one["ours"])),
        Column(head=books, cell=lambda one: of_cents(one["books"])),
        Column(head=gettext("Remark"), cell=lambda one: one["remark"]),
        Column(head=gettext("What to do"), cell=lambda one: words[one["kind"]][1]),
        Column(
            head=gettext("Link here"),
            cell=lambda one: site + reverse("document", args=[one["document"]]) if one["document"] else "",
        ),
    ]
    return _file(gettext("Comparison findings"), row, integration, of, _shares(row, get_language()))


def _shares(row: Reconciliation, language: str | None) -> Iterator[list[Row]]:
    """The rows are written when the page is over, and the language of who asked with it."""
    rows = row.findings.select_related("document").defer("document__source", "document__mapped")
    left = rows.order_by("kind", "date", "id").iterator(SHARE)
    while share := list(islice(left, SHARE)):
        with override(language):
            yield [_told(one) for one in share]


def _told(finding: Finding) -> Row:
    return {
        "kind": finding.kind,
        "number": finding.number,
        "date": finding.date,
        "shop": finding.shop_cents,
        "ours": finding.ours_cents,
        "books": finding.books_cents,
        "remark": remark(finding),
        "document": finding.document_id,
    }


def _file(
    title: str, row: Reconciliation, integration: Integration, of: list[Column], shares: Iterator[list[Row]]
) -> HttpResponseBase:
    return csv_file(file_name(title, integration, f"{row.since:%Y-%m-%d}-{row.until:%Y-%m-%d}"), of, shares)
