"""The sentences of a timeline that are about payments."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext

from integrations import wording
from integrations.money import to_cents

from .sentences import Sentence, problem, said, waits


def paid(data: dict[str, Any]) -> Sentence:
    named = {"amount": euros(data.get("amount")), "number": data.get("number", "")}
    text = gettext("The payment of %(amount)s was booked on invoice %(number)s.") % named
    left = euros(data.get("open"))
    return said(text, gettext("open there now: %(amount)s") % {"amount": left} if left else "")


def paid_before(data: dict[str, Any]) -> Sentence:
    text = gettext("Invoice %(number)s was paid in the books already, so its payment was not added.")
    return said(text % {"number": data.get("number", "")})


def euros(amount: object) -> str:
    """An amount as our own JSON has it, as people write it; "" when it is none."""
    try:
        return wording.money(to_cents(Decimal(str(amount))))
    except InvalidOperation:
        return ""


def payment_problem(data: dict[str, Any]) -> Sentence:
    why, codes, _is_bad = problem(data)
    return said(gettext("Its payment is not booked. %(why)s") % {"why": why}, codes, is_bad=True)


def payment_waiting(data: dict[str, Any]) -> Sentence:
    why, detail, is_bad = waits(data)
    return said(gettext("Its payment waits. %(why)s") % {"why": why}, detail, is_bad=is_bad)


def payment_processed_by(_data: dict[str, Any]) -> Sentence:
    return said(gettext("Process was pressed for its payment."))


def payment_skipped_by(_data: dict[str, Any]) -> Sentence:
    return said(gettext("Its payment was skipped by hand."))


def payment_gone(data: dict[str, Any]) -> Sentence:
    text = gettext("Its payment of %(amount)s went with its invoice. It is booked anew with the next posting.")
    return said(text % {"amount": euros(data.get("amount"))})


PAYMENTS: dict[str, Callable[[dict[str, Any]], Sentence]] = {
    "paid": paid,
    "paid_before": paid_before,
    "payment_problem": payment_problem,
    "payment_waiting": payment_waiting,
    "payment_processed_by": payment_processed_by,
    "payment_skipped_by": payment_skipped_by,
    "payment_gone": payment_gone,
}
