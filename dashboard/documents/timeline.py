"""The timeline of a document: one sentence for each kind of event. A kind unknown here is shown plainly."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from accounting import connectors
from integrations.models import Document, Event
from integrations.problems import NOTES

from .payment_timeline import PAYMENTS, euros
from .sentences import Sentence, plain, problem, said, waits
from .shop_changes import field_name

LONGEST = 200
TYPED = {"skipped_by_hand", "payment_skipped_by", "undo_asked"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a reader sees of an event: ``detail`` is technical, ``words`` are what a person typed; both may be empty."""

    at: datetime
    text: str
    detail: str = ""
    words: str = ""
    who: str = ""
    is_bad: bool = False


def entries(document: Document) -> list[Entry]:
    """The newest events of a document, in the order in which they happened."""
    events = document.events.select_related("user").order_by("-id")[:LONGEST]
    return [entry(event) for event in reversed(events)]


def entry(event: Event) -> Entry:
    data = event.data if isinstance(event.data, dict) else {}
    text, detail, is_bad = SENTENCES.get(event.kind, unknown(event.kind))(data)
    who = event.user.email if event.user else ""
    words = str(data.get("words") or "") if event.kind in TYPED else ""
    return Entry(at=event.at, text=text, detail=detail, words=words, who=who, is_bad=is_bad)


def unknown(kind: str) -> Callable[[dict[str, Any]], Sentence]:
    return lambda data: said(kind.replace("_", " ").capitalize(), plain(data))


def delivery(data: dict[str, Any]) -> Sentence:
    event = str(data.get("event", ""))
    if event == "process":
        return said(gettext("It is looked at again."))
    if event == "found":
        return said(gettext("It was looked up in the shop by hand, and fetched."))
    if event == "night":
        return said(gettext("It was looked at again at night."))
    if event == "history":
        return said(gettext("It was carried over with the orders of the past."))
    if event in ("polled", "compared"):
        return said(gettext("It was found in the shop."))
    return said(gettext("The shop reported a change."), event)


def mapped(data: dict[str, Any]) -> Sentence:
    """Besides what was worked out: the remarks of the mapping, such as a total that was read the other way."""
    codes = data.get("notes")
    notes = [str(NOTES.get(code, code)) for code in codes] if isinstance(codes, list) else []
    version = gettext("settings version %(version)s") % {"version": data.get("version", "")}
    return said(" ".join([gettext("Worked out what has to be posted."), *notes]), version)


def call(data: dict[str, Any]) -> Sentence:
    """A remote call: method and path, status (none when no answer came) and duration."""
    status = int(data.get("status") or 0)
    answer = str(status) if status else gettext("no answer")
    line = f"{data.get('method', '')} {data.get('path', '')}".strip()
    return said(
        gettext("Request sent: %(answer)s") % {"answer": answer},
        f"{line} · {duration(data)}",
        is_bad=not 0 < status < 400,
    )


def duration(data: dict[str, Any]) -> str:
    return f"{data.get('milliseconds', data.get('ms', 0))} ms"


def internal(_data: dict[str, Any]) -> Sentence:
    return said(gettext("Something went wrong on our side. Our support staff can see the details."), is_bad=True)


def posted(data: dict[str, Any]) -> Sentence:
    number = str(data.get("number") or data.get("ledger_number") or "")
    text = (
        gettext("Posted in the books as %(number)s.") % {"number": number}
        if number
        else gettext("Posted in the books.")
    )
    ledger_id, total = data.get("id"), euros(data.get("total"))
    told = [
        gettext("id %(id)s") % {"id": ledger_id} if ledger_id else "",
        gettext("total %(total)s") % {"total": total} if total else "",
    ]
    return said(text, ", ".join(filter(None, told)))


def processed_by(_data: dict[str, Any]) -> Sentence:
    return said(gettext("Process was pressed."))


def reported(data: dict[str, Any]) -> Sentence:
    return said(gettext("It was reported to us, in ticket #%(number)s.") % {"number": data.get("ticket", "")})


def skipped_by_hand(data: dict[str, Any]) -> Sentence:
    if data.get("has_looked"):
        return said(gettext("It was skipped by hand, by somebody who looked in the books first."))
    return said(gettext("It was skipped by hand."))


def unskipped(_data: dict[str, Any]) -> Sentence:
    return said(gettext("It is not skipped any more."))


def held(_data: dict[str, Any]) -> Sentence:
    return said(gettext("Nothing was changed: somebody decided about it here, and Process was not pressed since."))


def undo_asked(_data: dict[str, Any]) -> Sentence:
    return said(gettext("Undo was asked for: the posting is to be taken back."))


def undo_refused(data: dict[str, Any]) -> Sentence:
    why, codes, _is_bad = problem(data)
    return said(gettext("The posting was not taken back. %(why)s") % {"why": why}, codes, is_bad=True)


def undo_waiting(data: dict[str, Any]) -> Sentence:
    why, detail, is_bad = waits(data)
    return said(gettext("Taking back waits. %(why)s") % {"why": why}, detail, is_bad=is_bad)


def undone(data: dict[str, Any]) -> Sentence:
    named = {"number": data.get("number") or data.get("id") or "", "counter": data.get("counter", "")}
    if data.get("outcome") == "countered":
        return said(gettext("Posting %(number)s was taken back by counter-entry %(counter)s.") % named)
    return said(gettext("Posting %(number)s was deleted from the books.") % named)


def vies(data: dict[str, Any]) -> Sentence:
    is_valid = bool(data.get("is_valid"))
    text = (
        gettext("VIES says that the VAT number is valid.")
        if is_valid
        else gettext("VIES says that the VAT number is not valid.")
    )
    return said(text, str(data.get("consultation_number", "")), is_bad=not is_valid)


def debtor_without_vat_number(data: dict[str, Any]) -> Sentence:
    return said(gettext("Mind: this debtor has no VAT number in the books."), str(data.get("debtor", "")), is_bad=True)


def remark(data: dict[str, Any]) -> Sentence:
    """What the accounting system had to say, in its own words."""
    words = connectors.remark(str(data.get("code", "")), data)
    return said(words) if words else unknown("remark")(data)


def posted_as_order(_data: dict[str, Any]) -> Sentence:
    return said(gettext("It gave way: its order is posted."))


def posted_as_invoice(data: dict[str, Any]) -> Sentence:
    number = data.get("number", "")
    return said(gettext("It gave way: its invoice %(number)s is posted.") % {"number": number})


def already_posted(_data: dict[str, Any]) -> Sentence:
    return said(gettext("It was posted before, so nothing was changed."))


def under_way(_data: dict[str, Any]) -> Sentence:
    return said(gettext("It may be in the books already, so that is brought to its end first."))


def taken_back(_data: dict[str, Any]) -> Sentence:
    return said(gettext("The books held a version that is out of date; it was taken back and is read again."))


def not_in_shop(_data: dict[str, Any]) -> Sentence:
    return said(gettext("The shop no longer has it."), is_bad=True)


def not_completed(_data: dict[str, Any]) -> Sentence:
    return said(gettext("The customer has not finished the order in the shop."))


def compared_in_shop(data: dict[str, Any]) -> Sentence:
    fields = data.get("fields")
    names = [field_name(str(field)) for field in fields] if isinstance(fields, list) else []
    return said(
        gettext("It was changed in the shop after it was posted. The books stay as they are."), ", ".join(names)
    )


def as_before_in_shop(_data: dict[str, Any]) -> Sentence:
    return said(gettext("In the shop it is again as it was posted."))


def paid_in_shop(_data: dict[str, Any]) -> Sentence:
    return said(gettext("The shop says that it is paid now."))


def payment_left_out(data: dict[str, Any]) -> Sentence:
    if data.get("reason") == "not_in_shop":
        return said(gettext("The shop no longer has this invoice, so its payment is not waited for any more."))
    return said(gettext("It was not paid in time, so its payment is not waited for any more."))


SENTENCES: dict[str, Callable[[dict[str, Any]], Sentence]] = {
    **PAYMENTS,
    "delivery": delivery,
    "mapped": mapped,
    "call": call,
    "waiting": waits,
    "problem": problem,
    "internal": internal,
    "posted": posted,
    "processed_by": processed_by,
    "reported": reported,
    "skipped_by_hand": skipped_by_hand,
    "unskipped": unskipped,
    "held": held,
    "undo_asked": undo_asked,
    "undo_refused": undo_refused,
    "undo_waiting": undo_waiting,
    "undone": undone,
    "already_posted": already_posted,
    "under_way": under_way,
    "taken_back": taken_back,
    "not_in_shop": not_in_shop,
    "not_completed": not_completed,
    "vies": vies,
    "debtor_without_vat_number": debtor_without_vat_number,
    "remark": remark,
    "posted_as_order": posted_as_order,
    "posted_as_invoice": posted_as_invoice,
    "changed_in_shop": compared_in_shop,
    "changed_back_in_shop": as_before_in_shop,
    "paid_in_shop": paid_in_shop,
    "payment_left_out": payment_left_out,
}
