"""From a payment that is due to the books: find its invoice, read what is owed, add the payment.

The books keep no name of ours with a payment, and adding it twice pays twice. What is owed, read before and after, is
the only receipt: it is stored with the intent, so that whoever finds an unanswered one can tell whether it arrived. One
that the books accepted is never sent again, whatever they say is owed: then a person looks.
"""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import F
from django.utils import timezone

from integrations import money, sales
from integrations.failures import ConnectionLost, Gone, Refused, Uncertain, Unknown
from integrations.models import Payment, State
from integrations.money import amount_text
from integrations.payment_methods import clearing_account
from integrations.problems import Problem, stuck
from integrations.sales import SalesPayment

from . import connection
from .attempts import SHARE, UNTIL_CONNECTED, AllRefused, Endings, attempt, pause, wait_together, waiting
from .books import Owed, Receivables
from .desk import Desk
from .editions import reference
from .intents import Create, Wanted, settled
from .leases import Lease
from .payments import ALREADY_PAID, NOT_FOUND, STEP, UNCERTAIN, due, forget_that_it_was_sent, intents_of, ready

MOST_SENDS = 3  # of a payment that is not answered; one that was accepted has none left


class Skipped(Refused):
    """A person skipped the payment just before it was sent."""


def post_ready(lease: Lease) -> None:
    """Post a share of the payments that are ready, by the settings of this moment."""
    share = ready(lease.administration_id).select_related(
        "document__integration__administration", "document__integration__settings"
    )
    desk = Desk(lease)
    for payment in share.defer("document__source")[:SHARE]:
        # Asked one by one: somebody may have skipped it, or taken the posting back, while others were posted.
        if not ready(lease.administration_id).filter(pk=payment.pk).exists():
            continue
        document = payment.document
        document.settings_version = document.integration.settings
        desk.take_up(document)
        desk.timeline.payment = payment
        try:
            post(payment, desk)
        except AllRefused as refusal:
            pause(lease.administration_id, refusal.wait)
            return


def post(payment: Payment, desk: Desk) -> None:
    """Take one payment as far as it gets, and write down how far that is."""
    endings = Endings(
        wait=partial(_wait, payment, desk),
        wait_for_connection=partial(_wait_for_connection, payment, desk),
        refuse=partial(_stuck, payment, desk),
    )
    attempt(lambda: _post(payment, desk), endings, desk, payment.attempts)


def _post(payment: Payment, desk: Desk) -> None:
    receivables = desk.books.receivables
    if receivables is None or not desk.settings.posts_payments:
        raise Refused(Problem("payments_off"))
    if settled(desk.lease, _wanted(payment, receivables, desk)) is None:
        owed = _invoice(payment, receivables, desk)
        if owed.open == 0:
            with desk.lease.writing():
                forget_that_it_was_sent(payment)
                _record(payment, desk, owed, "paid_before", reason=ALREADY_PAID)
        else:
            _be_sure_that_it_fits(payment, owed)
            desk.create_once(_added_to(owed, payment, receivables, desk))
    if desk.document.integration.books_lost_at:
        connection.regain(desk.document.integration, "books")


def _invoice(payment: Payment, receivables: Receivables, desk: Desk) -> Owed:
    """The invoice that the payment is for: the one that was posted, else what stands in its place."""
    document = payment.document
    owed = receivables.invoice(document.ledger_id)
    if owed is None:
        assert document.mapped is not None
        try:
            owed = receivables.find_invoice(sales.load(document.mapped), reference(document))
        except Gone as failure:
            raise Refused(desk.books.explain_gone(str(failure))) from failure
    if owed is None:
        raise Refused(Problem(NOT_FOUND, number=document.ledger_number or document.number))
    return owed


def _be_sure_that_it_fits(payment: Payment, owed: Owed) -> None:
    """Nobody pays more than is owed, or the wrong way: then a part was booked there already."""
    amount = money.from_cents(payment.amount_cents)
    if owed.open * amount < 0 or abs(owed.open) < abs(amount):
        raise Refused(
            Problem(ALREADY_PAID, number=owed.number, amount=amount_text(amount), open=amount_text(owed.open))
        )


def _wanted(payment: Payment, receivables: Receivables, desk: Desk) -> Wanted[Owed]:
    """The payment as the books should hold it; it has no name there, so only what is owed tells. Once its intent is
    forgotten nothing would tell of it, so it is recorded in the same transaction."""
    return Wanted(
        step=STEP,
        reference=str(payment.pk),
        look=lambda: _arrived(payment, receivables),
        keep=lambda owed: _record(payment, desk, owed, "paid"),
    )


def _added_to(owed: Owed, payment: Payment, receivables: Receivables, desk: Desk) -> Create[Owed]:
    account = _clearing_account(payment, desk)

    def reserve() -> None:
        """What is owed now, with the intent; not if it was sent there often enough, or somebody has skipped the
        payment meanwhile."""
        if payment.ledger_id == owed.ledger_id and intents_of(payment).filter(attempts__gte=MOST_SENDS).exists():
            raise _uncertain(payment, owed, before=owed.open)
        payment.ledger_id, payment.open_before_cents = owed.ledger_id, money.to_cents(owed.open)
        fields = {"ledger_id": payment.ledger_id, "open_before_cents": payment.open_before_cents}
        if not Payment.objects.filter(pk=payment.pk, state=State.QUEUED).update(**fields):
            raise Skipped

    def create() -> Owed:
        after = receivables.add_payment(owed.ledger_id, _as_sold(payment), account)
        if after.open == owed.open:  # accepted, and nothing came of it (yet); that stays true without the lease
            intents_of(payment).update(attempts=MOST_SENDS)
            raise Unknown("books_no_answer")
        return after

    return Create(**vars(_wanted(payment, receivables, desk)), create=create, reserve=reserve)


def _arrived(payment: Payment, receivables: Receivables) -> Owed | None:
    """The invoice, if an unanswered payment has arrived there; None if it has not, or went with its invoice."""
    assert payment.open_before_cents is not None
    owed = receivables.invoice(payment.ledger_id)
    if owed is None:
        return None
    before, amount = money.from_cents(payment.open_before_cents), money.from_cents(payment.amount_cents)
    if owed.open == before:
        return None
    if owed.open in (before - amount, 0):
        return owed
    raise _uncertain(payment, owed, before)


def _uncertain(payment: Payment, owed: Owed, before: Decimal) -> Uncertain:
    amount = money.from_cents(payment.amount_cents)
    told = {"amount": amount_text(amount), "before": amount_text(before), "open": amount_text(owed.open)}
    return Uncertain(Problem(UNCERTAIN, number=owed.number, **told))


def _clearing_account(payment: Payment, desk: Desk) -> str:
    account = clearing_account(payment.method, desk.settings)
    if not account:
        raise Refused(Problem("clearing_account_missing", method=payment.method))
    return account


def _as_sold(payment: Payment) -> SalesPayment:
    return SalesPayment(
        order_id=payment.document.order_remote_id,
        payment_id=payment.number,
        method=payment.method,
        date=payment.date,
        amount=money.from_cents(payment.amount_cents),
        transaction_id=payment.transaction_id,
    )


def _record(payment: Payment, desk: Desk, owed: Owed, kind: str, reason: str = "") -> None:
    """It is paid; to be called in a transaction that holds the lease."""
    amount = amount_text(money.from_cents(payment.amount_cents))
    desk.timeline.add(kind, number=owed.number, amount=amount, open=amount_text(owed.open))
    _update(
        payment,
        desk,
        State.PROCESSED,
        reason=reason,
        problems=[],
        next_attempt_at=None,
        ledger_id=owed.ledger_id,
        ledger_number=owed.number,
    )


def _stuck(payment: Payment, desk: Desk, problems: tuple[Problem, ...]) -> None:
    if not problems:
        return  # skipped meanwhile
    found = stuck(problems)
    fields = {name: found[name] for name in ("reason", "problems", "next_attempt_at")}
    desk.timeline.add("payment_problem", problems=fields["problems"])
    with desk.lease.writing():
        _update(payment, desk, State.ERROR, **_unless_sent(payment), **fields)


def _wait(payment: Payment, desk: Desk, reason: str, wait: timedelta) -> None:
    desk.timeline.add("payment_waiting", reason=reason, seconds=round(wait.total_seconds()))
    with desk.lease.writing():
        _update(payment, desk, State.QUEUED, **_unless_sent(payment), **waiting(reason, wait, F("attempts") + 1))


def _unless_sent(payment: Payment) -> dict[str, Any]:
    """What was sent stays sent, whatever it is that we wait for now."""
    return {} if intents_of(payment).exists() else {"open_before_cents": None}


def _wait_for_connection(payment: Payment, desk: Desk, failure: ConnectionLost) -> None:
    _wait(payment, desk, "connection_lost", UNTIL_CONNECTED)
    wait_together(due().filter(integration=payment.integration), payment.integration, failure)


def _update(payment: Payment, desk: Desk, state: str, **fields: Any) -> None:
    """Store the outcome with its timeline, unless somebody else has decided about the payment meanwhile."""
    if state != payment.state:
        fields["changed_at"] = timezone.now()
    Payment.objects.filter(pk=payment.pk, state=State.QUEUED).update(state=state, **fields)
    desk.timeline.store()
