"""The payments of an integration as people review them: how many there are in which state, and what each waits for."""

from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounting import payments as posting
from accounting.connectors import SYSTEMS
from integrations import wording
from integrations.models import Integration, Payment, State
from integrations.money import to_cents
from integrations.problems import Problem

from .. import access
from ..lists.waiting import QUEUED, next_attempt, reason_text
from ..lists.waiting import SKIPPED as LEFT_OUT

# As the tabs are called on which payments have their list; what was skipped is on none of them.
LISTS: dict[str, tuple[State, ...]] = {
    "report": (State.PROCESSED,),
    "errors": (State.ERROR,),
    "open": (State.OPEN, State.QUEUED),
    "skipped": (State.SKIPPED,),
}
BY_HAND = "by_hand"
OFF = Problem("payments_off").cause  # which the ticket has that asks for payments

NOT_PAID = {posting.NOT_PAID: _("Not paid in the shop yet. The shop is asked every four hours.")}
WAITING = QUEUED | {posting.NOT_FOUND: _("Its invoice is looked for again.")}
POSTED = {posting.ALREADY_PAID: _("It was paid in the books already, so nothing was added.")}
SKIPPED = LEFT_OUT | {BY_HAND: _("Skipped by hand: it is not posted until somebody presses Process.")}


def may_have_payments(integration: Integration) -> bool:
    """Whether its accounting system takes payments at all."""
    system = SYSTEMS.get(integration.accounting_system)
    return bool(system and system.options.has_payments)


def are_posted(integration: Integration) -> bool:
    """Whether the settings in use say so, for books that take payments."""
    is_on = integration.settings and integration.settings.general.get("payments")
    return bool(is_on and may_have_payments(integration))


def are_shown(integration: Integration) -> bool:
    """Whether people need hear of them: they are posted, or there are some of earlier."""
    return may_have_payments(integration) and (are_posted(integration) or access.has_payments(integration))


def stuck(integration: Integration) -> int:
    return access.payments_stuck(integration) if may_have_payments(integration) else 0


def counts(integration: Integration) -> dict[str, int]:
    """By list; empty where people need not hear of payments: none are posted, and there never were any."""
    if not may_have_payments(integration):
        return {}
    return by_list(integration, dict(counted(integration).values_list("state", "count")))


def counted(integration: Integration) -> QuerySet[Payment, dict[str, Any]]:
    """State and count."""
    rows = Payment.objects.filter(integration=integration).order_by()
    return rows.values("state").annotate(count=Count("id"))


def by_list(integration: Integration, found: dict[str, int]) -> dict[str, int]:
    if not found and not are_posted(integration):
        return {}
    return {name: sum(found.get(state, 0) for state in states) for name, states in LISTS.items()}


def price() -> str:
    """What posting payments costs a month without VAT, as people write it; "" where the operator named no price."""
    return "" if settings.PAYMENTS_PRICE is None else wording.money(to_cents(settings.PAYMENTS_PRICE))


def payments_of(integration: Integration) -> QuerySet[Payment]:
    mine = Payment.objects.filter(integration=integration).select_related("document")
    return mine.defer("document__source", "document__mapped")


def listed(integration: Integration, name: str) -> QuerySet[Payment]:
    return payments_of(integration).filter(state__in=LISTS[name])


def sentence(payment: Payment) -> str:
    """What a payment waits for, how it was found paid, or why it is left out; empty when there is nothing to say."""
    if payment.state == State.OPEN:
        if payment.reason:
            return reason_text(NOT_PAID, payment.reason)
        return gettext("It waits until its order or invoice is posted.")
    if payment.state == State.QUEUED:
        return f"{reason_text(WAITING, payment.reason)} {next_attempt(payment)}".strip()
    known = {State.PROCESSED: POSTED, State.SKIPPED: SKIPPED}.get(State(payment.state), {})
    return str(known.get(payment.reason, ""))


def night(payment: Payment) -> str:
    """On which of the nights its invoice was looked for last; empty before the first of them."""
    if not payment.nights or payment.reason != posting.NOT_FOUND:
        return ""
    text = gettext("Night %(night)d of %(nights)d: looked for, not found.") % {
        "night": payment.nights,
        "nights": posting.NIGHTS,
    }
    if payment.nights < posting.NIGHTS or payment.state == State.QUEUED:
        return text
    return text + " " + gettext("It is not looked for by itself any more: use Process once the invoice is there.")
