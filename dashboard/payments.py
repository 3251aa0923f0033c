"""The payments of an integration as people review them: how many there are in which state, and what each waits for."""

from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext

from accounting.connectors import SYSTEMS
from integrations.models import Integration, Payment, State

from .waiting import QUEUED, next_attempt, reason_text

# As the tabs are called on which payments have their list.
LISTS: dict[str, tuple[State, ...]] = {
    "report": (State.PROCESSED,),
    "errors": (State.ERROR,),
    "open": (State.OPEN, State.QUEUED),
}


def may_have_payments(integration: Integration) -> bool:
    """Whether its accounting system takes payments at all."""
    system = SYSTEMS.get(integration.accounting_system)
    return bool(system and system.options.has_payments)


def are_posted(integration: Integration) -> bool:
    """Whether the settings in use say so, for books that take payments."""
    is_on = integration.settings and integration.settings.general.get("payments")
    return bool(is_on and may_have_payments(integration))


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


def listed(integration: Integration, name: str) -> QuerySet[Payment]:
    mine = Payment.objects.filter(integration=integration, state__in=LISTS[name]).select_related("document")
    return mine.defer("document__source", "document__mapped")


def sentence(payment: Payment) -> str:
    """What a payment waits for; empty when it waits for nothing."""
    if payment.state == State.OPEN:
        if payment.reason:
            return reason_text({}, payment.reason)
        return gettext("It waits until its order or invoice is posted.")
    if payment.state == State.QUEUED:
        return f"{reason_text(QUEUED, payment.reason)} {next_attempt(payment)}".strip()
    return ""
