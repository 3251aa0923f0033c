"""The payments of posted documents: expected as a document is posted, tried again or left out by people, looked for
again at night. ``paying`` posts those that are due.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from integrations import money, sales
from integrations.models import Document, Integration, Intent, Payment, Reversal, State, User
from integrations.sales import SalesDocument, SalesPayment
from integrations.settings_file import Settings
from integrations.timeline import Timeline

from . import settings_store

STEP = "payment"
NOT_PAID, NOT_FOUND, ALREADY_PAID, UNCERTAIN = "not_paid", "invoice_not_found", "already_paid", "payment_uncertain"
EVERY = timedelta(hours=4)
NIGHTS = 2  # on which an invoice that was not found is looked for again


def expect(document: Document, sold: SalesDocument, settings: Settings) -> None:
    """Have the payment of a document posted, in the transaction that records its posting: at once, or when the shop
    says that it is paid. One that was posted already stays the only one."""
    if not settings.posts_payments:
        return
    now, paid = timezone.now(), sold.payment
    due = {"state": State.QUEUED, "next_attempt_at": now}
    later = {"state": State.OPEN, "reason": NOT_PAID, "next_attempt_at": now + EVERY}
    payment = Payment(
        integration_id=document.integration_id,
        document=document,
        changed_at=now,
        **fields_of(paid or _to_come(sold)),
        **(due if paid else later),
    )
    Payment.objects.bulk_create([payment], ignore_conflicts=True)


def fields_of(paid: SalesPayment) -> dict[str, Any]:
    """A payment as its row holds it."""
    return {
        "number": paid.payment_id[:100],
        "method": paid.method[:100],
        "date": paid.date,
        "amount_cents": money.to_cents(paid.amount),
        "transaction_id": paid.transaction_id[:200],
    }


def _to_come(sold: SalesDocument) -> SalesPayment:
    return SalesPayment(
        order_id=sold.order_id,
        payment_id=sold.order_number,
        method=sold.payment_method,
        date=sold.date,
        amount=sold.total_incl,
    )


def catch_up(integration: Integration, since: datetime) -> int:
    """Expect the payments of what was posted since then and has none yet; how many there were. They are expected as it
    is posted: this finds what was posted while the switch was turned."""
    assert integration.settings is not None
    settings = settings_store.load(integration.settings)
    posted = Document.objects.filter(
        integration=integration, state=State.PROCESSED, changed_at__gte=since, payment=None, mapped__isnull=False
    )
    found = list(posted.defer("source"))
    for document in found:
        expect(document, sales.load(document.mapped or {}), settings)
    return len(found)


def switched_on_at(integration: Integration) -> datetime | None:
    """Since when the settings in use have payments posted without interruption; None while they don't."""
    since = None
    for version in integration.settings_versions.order_by("-number").iterator():
        if not version.general.get("payments"):
            break
        since = version.saved_at
    return since


def process(payment: Payment, user: User) -> bool:
    """Try a payment again because a person asked for it; False when it is posted already. Where nobody could tell
    whether it had arrived, the person has looked: it has not."""
    again: dict[str, Any] = {"state": State.QUEUED, "reason": "", "next_attempt_at": timezone.now()}
    uncertain = Q(state=State.ERROR, reason=UNCERTAIN)
    with transaction.atomic():
        if _decide(payment, user, "payment_processed_by", uncertain, **again, open_before_cents=None):
            forget_that_it_was_sent(payment)
            return True
        return _decide(payment, user, "payment_processed_by", ~uncertain, **again)


@transaction.atomic
def skip(payment: Payment, user: User, words: str = "") -> bool:
    """Leave a payment out because a person says so; False when it is posted already, or is being posted now."""
    fields: dict[str, Any] = {"state": State.SKIPPED, "reason": "by_hand", "next_attempt_at": None, "problems": []}
    is_sent = Q(state=State.QUEUED, open_before_cents__isnull=False)
    if not _decide(payment, user, "payment_skipped_by", ~is_sent, words=words, **fields, open_before_cents=None):
        return False
    forget_that_it_was_sent(payment)
    return True


def _decide(payment: Payment, user: User, kind: str, which: Q, words: str = "", **fields: Any) -> bool:
    unposted = Payment.objects.filter(which, ~Q(state=State.PROCESSED), pk=payment.pk)
    if not unposted.update(**fields, attempts=0, changed_at=timezone.now()):
        return False
    timeline = Timeline(payment.integration, payment.document)
    timeline.payment = payment
    timeline.add(kind, user=user, **({"words": words} if words else {}))
    timeline.store()
    return True


def forget_that_it_was_sent(payment: Payment) -> None:
    """It is known what became of it: a person has said so, or the invoice is paid."""
    intents_of(payment).delete()


def intents_of(payment: Payment) -> "QuerySet[Intent]":
    """That it was sent, while nobody knows whether it arrived."""
    return Intent.objects.filter(document=payment.document_id, step=STEP, reference=str(payment.pk))


def is_booked_on(payment: Payment, *ledger_ids: str) -> bool:
    """Whether it is on one of these invoices: then it goes where that invoice goes."""
    return payment.state == State.PROCESSED and payment.ledger_id in ledger_ids


def look_again(integration: Integration, night: date, start: datetime) -> int:
    """Have the payments whose invoice was not found tried again from ``start`` on; how many there are. A night that is
    run twice counts once."""
    missing = integration.payments.filter(
        Q(night=None) | Q(night__lt=night), state=State.ERROR, reason=NOT_FOUND, nights__lt=NIGHTS
    )
    return missing.update(
        state=State.QUEUED, next_attempt_at=start, nights=F("nights") + 1, night=night, changed_at=timezone.now()
    )


def due() -> "QuerySet[Payment]":
    """Payments that can be posted now, as far as the clock, their document and their integration are concerned. To what
    a person has asked to take back none is added, unless one was sent already."""
    now = timezone.now()
    is_asked_back = Reversal.objects.filter(document=OuterRef("document"), outcome=Reversal.Outcome.PENDING)
    return Payment.objects.filter(
        ~Q(integration__administration__paused_until__gt=now),
        ~Exists(is_asked_back) | Q(open_before_cents__isnull=False),
        state=State.QUEUED,
        next_attempt_at__lte=now,
        document__state=State.PROCESSED,
        integration__status=Integration.Status.ACTIVE,
        integration__administration__isnull=False,
        integration__settings__isnull=False,
    )


def ready(administration_id: int) -> "QuerySet[Payment]":
    """What to post for an administration, first come first served."""
    return due().filter(integration__administration=administration_id).order_by("id")


def administrations_with_work() -> set[int]:
    return set(due().values_list("integration__administration", flat=True).distinct())
