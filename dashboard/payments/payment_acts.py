"""Process and Skip of payments: when the buttons can be pressed, and what they do."""

from collections.abc import Iterable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from accounting import payments as posting
from integrations.models import Integration, Payment, Role, State
from webshop.doorbell import ring

from .. import access
from ..errors.processing import why_not_in_general
from .payments import BY_HAND, are_posted, payments_of

MOST = 100


def why_not(payment: Payment) -> str:
    """Why the payment can't be processed now, or an empty text when it can."""
    if payment.state == State.PROCESSED:
        return gettext("It is already posted.")
    if payment.state == State.QUEUED:
        return gettext("It is on its way to the books.")
    if payment.state == State.OPEN or (payment.state == State.SKIPPED and payment.reason != BY_HAND):
        return gettext("It is not paid in the shop yet.")
    if why_not_in_general(payment.integration):
        return why_not_in_general(payment.integration)
    if not are_posted(payment.integration):
        return gettext("Payments are not switched on for this integration.")
    return ""


def why_not_skip(payment: Payment) -> str:
    """Why the payment can't be skipped now, or an empty text when it can."""
    if not access.may(payment.integration, Role.BOOKKEEPER):
        return gettext("With your role you can only look: ask the owner or a bookkeeper.")
    if payment.state == State.PROCESSED:
        return gettext("It is already posted.")
    if payment.state == State.SKIPPED:
        return gettext("It is skipped already.")
    return ""


def chosen(integration: Integration, keys: Iterable[str]) -> list[Payment]:
    """The payments that a form names, the one that waits longest first."""
    found = {int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 19}
    rows = list(payments_of(integration).filter(pk__in=found).order_by("changed_at", "id")[:MOST])
    for payment in rows:
        payment.integration = integration
    return rows


def uncertain(payments: Iterable[Payment]) -> list[Payment]:
    """Those of which only who has looked in the books knows that they are not there."""
    return [payment for payment in payments if payment.reason == posting.UNCERTAIN and not why_not(payment)]


def process(request: HttpRequest, integration: Integration, payments: Iterable[Payment]) -> None:
    """Have each payment posted, and tell the reader how many were taken. They are read again while nobody else can
    decide about them: who presses a moment later finds them on their way."""
    done, refused = 0, list[str]()
    with transaction.atomic():
        keys = [payment.pk for payment in payments]
        for payment in Payment.objects.select_for_update().filter(pk__in=keys).order_by("id"):
            payment.integration = integration
            reason = why_not(payment)
            if reason:
                refused.append(reason)
            else:
                done += posting.process(payment, request.user)
    if done and integration.administration_id:
        ring(integration.administration_id)
    tell(request, done, refused)


def tell(request: HttpRequest, done: int, refused: list[str]) -> None:
    if done:
        text = ngettext("%(count)d payment is processed now.", "%(count)d payments are processed now.", done)
        messages.success(request, text % {"count": done})
    elif not refused:
        messages.error(request, gettext("Choose at least one payment first."))
    for reason in dict.fromkeys(refused):
        messages.error(request, gettext("Not processed: %(reason)s") % {"reason": reason})


def skip(request: HttpRequest, payments: list[Payment], words: str) -> None:
    """Leave the payments out, and tell the reader how many were."""
    done = sum(posting.skip(payment, request.user, words) for payment in payments)
    left = len(payments) - done
    if done:
        text = ngettext("%(count)d payment is skipped.", "%(count)d payments are skipped.", done)
        messages.success(request, text % {"count": done})
    if left:
        text = ngettext(
            "%(count)d payment was left alone: it is posted, or is being posted now.",
            "%(count)d payments were left alone: they are posted, or are being posted now.",
            left,
        )
        messages.error(request, text % {"count": left})
