"""Messages of the shop that wait to be looked at, and why: what they are about is on no list yet."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Min, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from integrations.models import Delivery, Integration
from integrations.wording import moment

from ..payments import payments
from .waiting import QUEUED, reason_text

USUAL = timedelta(minutes=2)  # a message is looked at within seconds; before this nobody need hear of it


class Waiting(NamedTuple):
    """Messages with one reason; ``at`` is the next attempt, None when there is none planned."""

    reason: str
    count: int
    at: datetime | None


class Beside(NamedTuple):
    """What Open tells beside documents: the messages that wait, the most first, and how many payments there are."""

    messages: list[Waiting]
    payments: dict[str, int]


def beside(integration: Integration) -> Beside:
    """In one query: the page asks enough as it is."""
    rows = _counted(integration)
    if payments.may_have_payments(integration):
        of_payments = payments.counted(integration).annotate(what=Value("payment"), at=Min("next_attempt_at"))
        rows = rows.union(of_payments.values_list("what", "state", "count", "at"), all=True)
    found = list(rows)
    messages = [Waiting(reason, count, at) for what, reason, count, at in found if what == "message"]
    of_state = {state: count for what, state, count, _at in found if what == "payment"}
    counts = payments.by_list(integration, of_state) if payments.may_have_payments(integration) else {}
    return Beside(sorted(messages, key=lambda one: (-one.count, one.reason)), counts)


def _counted(integration: Integration) -> QuerySet[Delivery, Any]:
    waits = ~Q(reason="") | Q(received_at__lt=timezone.now() - USUAL)
    rows = integration.deliveries.filter(waits, handled_at=None).order_by().values("reason")
    counted = rows.annotate(what=Value("message"), count=Count("id"), at=Min("next_attempt_at"))
    return counted.values_list("what", "reason", "count", "at")


def in_words(integration: Integration, waiting: Waiting) -> str:
    text = ngettext("%(count)s message of the shop waits:", "%(count)s messages of the shop wait:", waiting.count)
    return " ".join([text % {"count": waiting.count}, _why(integration, waiting), _when(waiting)]).strip()


def _why(integration: Integration, waiting: Waiting) -> str:
    if integration.status == Integration.Status.STOPPED:
        return gettext("this integration is stopped.")
    if integration.status == Integration.Status.INSTALLING:
        return gettext("the installation is not finished.")
    if not waiting.reason:
        return gettext("it is busy; they are looked at in their order.")
    return reason_text(QUEUED, waiting.reason)


def _when(waiting: Waiting) -> str:
    if waiting.at is None or waiting.at <= timezone.now():
        return ""
    return gettext("Next attempt: %(moment)s.") % {"moment": moment(waiting.at)}
