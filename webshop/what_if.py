"""What other settings would change in the documents that came last. They are worked out anew from the shop's own JSON,
as the preview does it: nobody is asked, and nothing of what was posted is touched. Customers and products count as new,
so that what is sent of those shows too."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import structlog

from integrations.models import Document, Integration
from integrations.money import to_cents
from integrations.payment_methods import fixed_debtor
from integrations.problems import Problem
from integrations.sales import SalesDocument
from integrations.settings_file import Settings
from integrations.vat import setting_for

from .preview import Outcome, outcome

log = structlog.get_logger()

AT_MOST = 50

What = Literal["problem", "left_out", "vat_code", "account", "debtor", "total", "vat", "name", "sent"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that differs: the value under the settings in use and under the others, "" where there is none. Of a
    VAT code or an account with the percentage and the type of the lines; totals are whole cents. ``sent`` is something
    else in what goes to the books."""

    what: What
    old: str | int | Problem = ""
    new: str | int | Problem = ""
    rate: Decimal | None = None
    line_type: str = ""


@dataclass(frozen=True, kw_only=True)
class Differing:
    document: Document
    changes: list[Change]


def latest(integration: Integration) -> list[Document]:
    """The documents that came last, with what the shop said of them."""
    held = Document.objects.filter(integration=integration).exclude(source={}).defer("mapped")
    return list(held.order_by("-id")[:AT_MOST])


def differing(documents: list[Document], installed_on: date, old: Settings, new: Settings) -> Iterator[Differing]:
    """Those of ``documents`` that would be posted differently under ``new`` settings."""
    for document in documents:
        before, after = (_outcome(document, settings, installed_on) for settings in (old, new))
        changes = list(_changes(before, after, old, new))
        if changes:
            yield Differing(document=document, changes=changes)


def _outcome(document: Document, settings: Settings, installed_on: date) -> Outcome:
    """A document that our program can't work out would be stuck, as it is when it is posted."""
    try:
        return outcome(document.source, settings, start_date=settings.shop.start_date or installed_on)
    except Exception:
        log.exception("preview failed", document=document.pk)
        return Outcome(problems=[Problem("internal")])


def _changes(before: Outcome, after: Outcome, old: Settings, new: Settings) -> Iterator[Change]:
    if before == after:
        return
    for problem in before.problems:
        if problem not in after.problems:
            yield Change(what="problem", old=problem)
    for problem in after.problems:
        if problem not in before.problems:
            yield Change(what="problem", new=problem)
    if before.left_out != after.left_out:
        yield Change(what="left_out", old=before.left_out, new=after.left_out)
    if before.calls and after.calls and before.document and after.document:
        found = [*_of_lines(before.document, after.document, old, new)]
        found += _of_totals(before.document, after.document)
        debtors = fixed_debtor(before.document, old), fixed_debtor(after.document, new)
        if debtors[0] != debtors[1]:
            found.append(Change(what="debtor", old=debtors[0], new=debtors[1]))
        if not found and before.calls != after.calls:
            found.append(Change(what="sent"))
        yield from found


def _of_lines(before: SalesDocument, after: SalesDocument, old: Settings, new: Settings) -> Iterator[Change]:
    """Per percentage and type of line, VAT code and account; and the names of lines."""
    was, becomes = _booked(before, old), _booked(after, new)
    for key in sorted(was.keys() | becomes.keys()):
        rate, line_type = key
        names: tuple[What, What] = ("vat_code", "account")
        pairs = zip(names, was.get(key, ("", "")), becomes.get(key, ("", "")), strict=True)
        for what, one, other in pairs:
            if one != other:
                yield Change(what=what, old=one, new=other, rate=rate, line_type=line_type)
    pairs_of_names = dict.fromkeys(
        (one.name, other.name) for one, other in zip(before.lines, after.lines, strict=False) if one.name != other.name
    )
    for one_name, other_name in pairs_of_names:
        yield Change(what="name", old=one_name, new=other_name)


def _booked(document: SalesDocument, settings: Settings) -> dict[tuple[Decimal, str], tuple[str, str]]:
    rows = {(line.vat_rate, line.type): setting_for(document, line, settings) for line in document.lines}
    return {key: (row.vat_code, row.account(key[1])) for key, row in rows.items() if row}


def _of_totals(before: SalesDocument, after: SalesDocument) -> Iterator[Change]:
    if before.total_incl != after.total_incl:
        yield Change(what="total", old=to_cents(before.total_incl), new=to_cents(after.total_incl))
    if before.total_vat != after.total_vat:
        yield Change(what="vat", old=to_cents(before.total_vat), new=to_cents(after.total_vat))
