"""A list of payments as a CSV file, written as that of Report is."""

from collections.abc import Iterator
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from integrations.models import Integration, Payment, State

from ..errors.stored_problems import problems_of
from ..lists.export import SHARE, Column, csv_file, file_name, of_cents
from ..lists.paging import beyond, ordered
from .payments import night, sentence

STATES = {
    State.PROCESSED: translation.gettext_lazy("Posted"),
    State.ERROR: translation.gettext_lazy("Stuck"),
    State.QUEUED: translation.gettext_lazy("On its way"),
    State.OPEN: translation.pgettext_lazy("state", "Open"),
    State.SKIPPED: translation.gettext_lazy("Skipped"),
}


def exported(payments: QuerySet[Payment], integration: Integration, site: str) -> HttpResponseBase:
    """The payments as a file, the newest first; ``site`` is where its links begin."""
    name = file_name(gettext("Payments"), integration, f"{timezone.localdate():%Y-%m-%d}")
    return csv_file(name, columns(site), shares(payments))


def shares(payments: QuerySet[Payment]) -> Iterator[list[Any]]:
    """All payments in shares, each following on from the last one of the share before."""
    asked = cast(Any, payments)  # paging goes by columns that payments have too
    rows: list[Any] = list(ordered(asked, down=True)[:SHARE])
    while rows:
        yield rows
        last = rows[-1].changed_at, rows[-1].pk
        rows = list(ordered(beyond(asked, last, lower=True), down=True)[:SHARE]) if len(rows) == SHARE else []


def columns(site: str) -> list[Column]:
    """In the language of who asks, which is over when the rows are written."""
    language, states = translation.get_language(), {state: str(words) for state, words in STATES.items()}

    def told(payment: Payment) -> str:
        with translation.override(language):
            return why(payment)

    return [
        Column(head=gettext("Number"), cell=lambda one: one.number),
        Column(head=gettext("Order or invoice"), cell=lambda one: str(one.document)),
        Column(head=gettext("Method"), cell=lambda one: one.method),
        Column(head=gettext("Date"), cell=lambda one: one.date),
        Column(head=gettext("Amount"), cell=lambda one: of_cents(one.amount_cents)),
        Column(head=gettext("Transaction"), cell=lambda one: one.transaction_id),
        Column(head=gettext("State"), cell=lambda one: states[one.state]),
        Column(head=gettext("Since"), cell=lambda one: timezone.localtime(one.changed_at)),
        Column(head=gettext("Why"), cell=told),
        Column(head=gettext("Number in the books"), cell=lambda one: one.ledger_number),
        Column(head=gettext("Link here"), cell=lambda one: site + reverse("document", args=[one.document_id])),
    ]


def why(payment: Payment) -> str:
    """What a payment is stuck on, waits for or was left out for."""
    problems = [problem.message for problem in problems_of(payment.problems)]
    return " ".join(filter(None, [*(problems or [sentence(payment)]), night(payment)]))
