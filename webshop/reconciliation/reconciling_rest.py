"""What the books hold besides the postings of some days: of other days, taken back, a second time, or not of us."""

import re
from collections import defaultdict
from collections.abc import Iterable

from accounting.books import Booked
from accounting.naming import description
from integrations import sales
from integrations.models import Document, Integration, State

from .reconciling_books import Ledger
from .reconciling_found import Days, Found

AT_ONCE = 500
ANY_SHOP = re.compile("ccv-[0-9]+-")  # how our references begin
OURS = re.compile("ccv-[0-9]+-(?P<kind>order|invoice)-(?P<remote_id>[0-9]+)(-[0-9]+)?(-undo)?")


def left(ledger: Ledger, days: Days, found: Found, posted: Iterable[Document]) -> list[Booked]:
    """The entries that are not of us. Those that are, are added up, and told of where they should not be there."""
    rest = _not_undone(ledger, found)
    candidates = _candidates(ledger.integration, rest)
    for mine in posted:
        candidates[description(sales.load(mine.mapped or {}), ledger.settings_of(mine))].add(mine)
    others = []
    for one in rest:
        document = _owner(one, ledger, days, found, _named_by(one, candidates))
        if document:
            found.add_booked(one, document.country)
        elif one.reference.startswith(f"ccv-{ledger.integration.shop_id}-"):
            found.add_booked(one, "")
            found.of_entry("unknown", one)
        else:
            others.append(one)
    return others


def _not_undone(ledger: Ledger, found: Found) -> list[Booked]:
    """What is neither of a posting of these days nor of one that was taken back, which cancels with its counter."""
    rest = []
    for one in ledger.not_found():
        undone = ledger.undone.get(one.ledger_id)
        if undone:
            found.add_booked(one, undone.country)
        else:
            rest.append(one)
    return rest


def _candidates(integration: Integration, entries: list[Booked]) -> dict[str, set[Document]]:
    """Posted documents of all shops with the same books, by what entries may name them by: number, number in the books,
    our reference."""
    named: dict[str, set[Document]] = defaultdict(set)
    posted = Document.objects.filter(state=State.PROCESSED, integration__administration=integration.administration)
    posted = posted.select_related("settings_version").defer("source", "problems")
    for begin in range(0, len(entries), AT_ONCE):
        names = {name for one in entries[begin : begin + AT_ONCE] for name in _names(one)}
        for field in ("ledger_number", "number", "remote_id"):
            for document in posted.filter(**{f"{field}__in": names}):
                named[getattr(document, field)].add(document)
    return named


def _names(one: Booked) -> set[str]:
    referred = OURS.fullmatch(one.reference)
    return {one.number, one.description, *one.description.split(), referred["remote_id"] if referred else ""} - {""}


def _named_by(one: Booked, candidates: dict[str, set[Document]]) -> list[Document]:
    found = {document for name in _names(one) for document in candidates.get(name, ())}
    return sorted(found, key=lambda document: document.pk)


def _owner(one: Booked, ledger: Ledger, days: Days, found: Found, candidates: list[Document]) -> Document | None:
    """The document that an entry is of. Where the books hold its posting besides, it is there twice."""
    mine = ledger.integration.pk
    for document in candidates:
        if (document.ledger_id, document.ledger_number or one.number) == (one.ledger_id, one.number):
            return _of_other_days(one, document, days, found) if document.integration_id == mine else None
    if ANY_SHOP.match(one.reference) and not one.reference.startswith(f"ccv-{ledger.integration.shop_id}-"):
        return None
    for document in candidates:
        held = ledger.find(document) if document.integration_id == mine else None
        if held and held.ledger_id == one.ledger_id:
            return _of_other_days(one, document, days, found)
        if held and held.total == one.total:
            found.of_document("double", document, one)
            return document
    return None


def _of_other_days(one: Booked, document: Document, days: Days, found: Found) -> Document:
    """What is dated in another part of the period is told there."""
    if not days.is_in_period(document.date):
        found.of_document("moved", document, one)
    return document
