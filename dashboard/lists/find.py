"""Find my order: what people type in the search box, looked for over all tabs, and in words where each thing is."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext

from integrations.failures import ConnectionLost, Failure, Refused, Temporary
from integrations.models import Document, Integration, State
from integrations.money import to_cents
from integrations.wording import day, moment
from webshop.finding import Found

from .. import access
from ..errors.stored_problems import first_message
from .waiting import QUEUED, reason_text, sentence

MOST = 50
ENOUGH = 1000  # with the same beginning: of more than these nobody is told which are the newest
NEWEST = 5000  # no index tells names and amounts, so only so many documents are looked through
LONGEST = 100
AMOUNT = re.compile(r"-?[0-9]{1,3}(?:[.,' ]?[0-9]{3})*(?:[.,][0-9]{2})?")
LEAST = 3  # letters of a name


class Result(NamedTuple):
    """``is_cut``: there are more."""

    documents: list[Document]
    is_cut: bool


def cleaned(typed: str) -> str:
    """What was typed or pasted, without what people put around a number."""
    text = " ".join(typed.replace("\x00", "").split())[:LONGEST]
    return text.strip(" #№:;,.\"'“”").strip()


def find(integration: Integration, wanted: str) -> Result:
    """The documents that have it: as a number, in the shop or in the books, or the start of one, or of an e-mail
    address; and of the newest documents, those that have it as an amount or in the customer's name."""
    documents = access.documents_of(integration).order_by("-changed_at", "-id")
    mine = Document.objects.filter(integration=integration)
    found = list(documents.filter(_is(wanted))[: MOST + 1])
    others = _unindexed(wanted)
    looks = [Q(pk__in=mine.filter(_begins(wanted)).values("pk")[:ENOUGH])]
    if others is not None:
        newest = mine.order_by("-changed_at", "-id").values("pk")[:NEWEST]
        looks.append(others & Q(pk__in=newest))
    for look in looks:
        known = {document.pk for document in found}
        if len(found) <= MOST:
            found += list(documents.filter(look).exclude(pk__in=known)[: MOST + 1 - len(found)])
    for document in found:
        document.integration = integration
    return Result(found[:MOST], len(found) > MOST)


def _is(wanted: str) -> Q:
    spellings = _spellings(wanted)
    named = Q(number__in=spellings) | Q(ledger_number__in=spellings) | Q(customer_email=wanted.lower())
    return named | Q(kind__in=Document.Kind.values, remote_id=wanted)


def _begins(wanted: str) -> Q:
    numbers = (Q(**{f"{name}__startswith": one}) for name in ("number", "ledger_number") for one in _spellings(wanted))
    return reduce(or_, numbers, Q(customer_email__startswith=wanted.lower()))


def _spellings(wanted: str) -> list[str]:
    """An index compares letter by letter, so the usual spellings are all tried."""
    return sorted({wanted, wanted.upper(), wanted.lower(), wanted.capitalize()})


def _unindexed(wanted: str) -> Q | None:
    """Amount or name; None when it can't be either."""
    cents = amount_of(wanted)
    found = []
    if cents is not None:
        found.append(Q(total_cents__in=(cents, -cents)))
    if sum(character.isalpha() for character in wanted) >= LEAST and "@" not in wanted:
        found.append(Q(customer_name__icontains=wanted))
    return reduce(or_, found) if found else None


def amount_of(wanted: str) -> int | None:
    """Cents of an amount as people write it, such as € 1.234,50 or 1,234.50; None of anything else."""
    text = wanted.replace("€", "").replace("EUR", "").strip()
    if not AMOUNT.fullmatch(text):
        return None
    whole, decimals = (text[:-3], text[-2:]) if text[-3:-2] in (",", ".") else (text, "00")
    try:
        return to_cents(Decimal(re.sub("[^0-9-]", "", whole) + "." + decimals))
    except InvalidOperation:
        return None


def where(document: Document) -> str:
    """Where a document is, and why."""
    named = {"name": name_of(document), "at": moment(document.changed_at)}
    if document.state == State.PROCESSED:
        named["number"] = document.ledger_number or document.ledger_id
        return gettext("%(name)s is in the books as %(number)s, posted %(at)s.") % named
    if document.state == State.ERROR:
        why = first_message(document.problems)
        return " ".join([gettext("%(name)s has been stuck since %(at)s.") % named, why]).strip()
    texts = {
        State.OPEN: gettext("%(name)s is waiting."),
        State.QUEUED: gettext("%(name)s is on its way to the books."),
        State.SKIPPED: gettext("%(name)s is not posted."),
    }
    return f"{texts[State(document.state)] % named} {sentence(document)}"


def name_of(found: Document | Found) -> str:
    number = found.number or found.remote_id
    if found.kind == Document.Kind.ORDER:
        return gettext("Order %(number)s") % {"number": number}
    return (gettext("Credit note %(number)s") if found.is_credit else gettext("Invoice %(number)s")) % {
        "number": number
    }


class InShop(NamedTuple):
    """Something that the shop has, with where it is and why in words."""

    found: Found
    words: str


def in_shop(found: list[Found], first_day: date) -> list[InShop]:
    """``first_day`` is the start date."""
    return [InShop(one, why_not_here(one, found, day(first_day))) for one in found]


def why_not_here(one: Found, found: list[Found], first_day: str) -> str:
    """Where something is that the shop has."""
    if one.document:
        return where(one.document)
    words = {
        "waits": gettext("%(name)s is in the shop, and a message about it waits here. %(reason)s"),
        "cancelled": gettext("%(name)s is in the shop and was cancelled there, so it is not posted."),
        "not_paid": gettext(
            "%(name)s is in the shop and is not paid yet. It is posted once the shop reports the payment."
        ),
        "before_start_date": gettext(
            "%(name)s is in the shop and is dated before the start date, %(first_day)s, so it is not posted."
        ),
        "zero_total": gettext("%(name)s is in the shop and its total is 0.00: there is nothing to post."),
        "missed": gettext("%(name)s is in the shop and should be here, but the shop never told us about it."),
        "other_kind": _of_the_other_kind(one, found),
    }
    reason = reason_text(QUEUED, one.reason) if one.reason else ""
    return (words[one.why] % {"name": name_of(one), "reason": reason, "first_day": first_day}).strip()


def _of_the_other_kind(one: Found, found: list[Found]) -> str:
    """Of what is posted in the other form: where that form of it is."""
    if one.kind == Document.Kind.INVOICE and one.is_credit:
        return gettext("%(name)s is in the shop. Paid orders are posted here, and no credit notes.")
    of_sale = [other for other in found if other.kind != one.kind and other.order_id == one.order_id != ""]
    if one.kind == Document.Kind.INVOICE:
        if of_sale:
            return gettext("%(name)s is in the shop. Orders are posted here, so it is its order that counts.")
        return gettext("%(name)s is in the shop. Orders are posted here, and it has no order in the shop.")
    if of_sale:
        return gettext("%(name)s is in the shop. Invoices are posted here, so it is its invoice that counts.")
    return gettext("%(name)s is in the shop. Invoices are posted here, and the shop has made none of it yet.")


def in_words(failure: Failure) -> str:
    """Why the shop could not be asked, and what to do."""
    if isinstance(failure, ConnectionLost):
        return gettext("The webshop does not let us in any more. Open the app again in its App Store to connect it.")
    if isinstance(failure, Refused):
        return failure.words
    reason = failure.reason if isinstance(failure, Temporary) else ""
    if not reason:
        return gettext("The webshop did not answer just now. Try again in a minute.")
    return reason_text(QUEUED, reason) + " " + gettext("Try again in a minute.")
