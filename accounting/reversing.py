"""Taking a posting back, because a person asked for it: deleted where it is a draft, else by its exact counter-entry.

The row of ``Reversal`` is the queue. The document stays posted until it is done; then, in one transaction, what it was
is kept in that row and the document is stuck or skipped, and nothing but a person's Process posts it again.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import F
from django.utils import timezone

from integrations import money
from integrations.failures import ConnectionLost, Refused, Temporary
from integrations.models import Document, Intent, Payment, Reversal, State
from integrations.money import amount_text
from integrations.problems import Problem, stuck

from . import connection, payments
from .attempts import SHARE, UNTIL_CONNECTED, AllRefused, Endings, attempt, pause, wait_together, waiting
from .books import Posting, Undoing
from .desk import Desk
from .intents import Create, settled
from .leases import Lease
from .payments import STEP as PAYMENT
from .reversals import ASKED, PENDING, REFUSED, UNDONE, due, gist, posted_of, ready

STEP = "reversal"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How it ended: ``counter`` is the counter-entry, where there is one."""

    ledger_id: str
    counter: Posting | None = None


def reverse_ready(lease: Lease) -> None:
    """Take a share back of what was asked for."""
    share = ready(lease.administration_id).select_related(
        "document__integration__administration", "document__settings_version", "user"
    )
    desk = Desk(lease)
    for reversal in share.defer("document__source")[:SHARE]:
        if not ready(lease.administration_id).filter(pk=reversal.pk).exists():
            continue
        desk.take_up(reversal.document)
        try:
            reverse(reversal, desk)
        except AllRefused as refusal:
            pause(lease.administration_id, refusal.wait)
            return


def reverse(reversal: Reversal, desk: Desk) -> None:
    """Take one posting back as far as that gets, and write down how far that is."""
    endings = Endings(
        wait=partial(_wait, reversal, desk),
        wait_for_connection=partial(_wait_for_connection, reversal, desk),
        refuse=partial(_refuse, reversal, desk),
    )
    attempt(lambda: _record(reversal, desk, _reverse(reversal, desk)), endings, desk, reversal.attempts)


def _reverse(reversal: Reversal, desk: Desk) -> Ended:
    _be_sure_that_no_payment_is_on_its_way(reversal.document)
    undoing = desk.books.undoing(posted_of(reversal.document))
    if undoing.way == "by_hand":
        raise Refused(*undoing.problems)
    _be_sure_that_it_was_seen(reversal, undoing)
    if undoing.way == "gone":
        _be_sure_that_there_is_no_counter(reversal, undoing, desk)
        return Ended(ledger_id=reversal.ledger_id)
    if undoing.way == "delete":
        _withdraw(undoing, desk)
        return Ended(ledger_id=str(undoing.held["id"]))
    held = desk.create_once(_counter(reversal, undoing, desk))
    return Ended(ledger_id=str(undoing.held["id"]), counter=desk.books.complete_counter(held, undoing))


def _be_sure_that_no_payment_is_on_its_way(document: Document) -> None:
    """One that was sent is brought to its end first; one of which only a person can tell, by that person."""
    if not document.intents.filter(step=PAYMENT).exists():
        return
    unsettled = Payment.objects.filter(document=document, state=State.ERROR).first()
    if unsettled is None:
        raise Temporary("payment_settling")
    raise Refused(*(Problem.load(problem) for problem in unsettled.problems))


def _be_sure_that_it_was_seen(reversal: Reversal, undoing: Undoing) -> None:
    """A person agreed to what the page showed. Where the books have come to hold something else, it is asked again;
    what is gone since then needs nothing, unless it was for a person to delete."""
    asked = reversal.document.events.filter(kind=ASKED).order_by("-id").first()
    seen = asked.data.get("seen") if asked else None
    if seen is None or seen == gist(undoing):
        return
    if undoing.way == "gone" and seen["way"] != "by_hand":
        return
    is_published = (seen["way"], undoing.way) == ("delete", "counter")
    raise Refused(Problem("undo_published" if is_published else "undo_changed", number=undoing.number))


def _withdraw(undoing: Undoing, desk: Desk) -> None:
    """Delete a draft; what was published since we looked, the books refuse to delete."""
    try:
        is_deleted = desk.books.withdraw(undoing.held)
    except Refused:
        now = desk.books.undoing(undoing.posted)
        if now.way != "counter":
            raise
        raise Refused(Problem("undo_published", number=now.number)) from None
    if not is_deleted:
        raise Refused(Problem("undo_published", number=undoing.number))


def _counter(reversal: Reversal, undoing: Undoing, desk: Desk) -> Create[dict[str, Any]]:
    """The counter-entry as the books should hold it. It is always looked for first: it may be there because of an
    attempt that ended as refused, or in a life of the database that was lost."""
    books = desk.books

    def keep(held: dict[str, Any]) -> None:
        Reversal.objects.filter(pk=reversal.pk).update(counter_id=str(held["id"]))

    def reserve() -> None:
        if undoing.problems:
            raise Refused(*undoing.problems)

    return Create(
        step=STEP,
        reference=undoing.posted.counter_reference,
        look=lambda: books.find_counter(undoing),
        keep=keep,
        create=lambda: books.create_counter(undoing),
        reserve=reserve,
        looks_first=True,
    )


def _be_sure_that_there_is_no_counter(reversal: Reversal, undoing: Undoing, desk: Desk) -> None:
    """A posting that is gone and a counter-entry that is there: then the books are off, and only a person can tell."""
    wanted = _counter(reversal, undoing, desk)
    if settled(desk.lease, wanted) or wanted.look():
        raise Refused(Problem("counter_alone", number=reversal.ledger_number or reversal.ledger_id))
    with desk.lease.writing():
        Intent.objects.filter(
            administration=desk.lease.administration_id, step=STEP, reference=wanted.reference
        ).delete()


def _record(reversal: Reversal, desk: Desk, ended: Ended) -> None:
    """The posting ends here: what it was stays in the reversal, the document can be posted anew."""
    document, now = reversal.document, timezone.now()
    if document.integration.books_lost_at:
        connection.regain(document.integration, "books")
    outcome = Reversal.Outcome.COUNTERED if ended.counter else Reversal.Outcome.DELETED
    counter = ended.counter
    told = {"counter": counter.number or counter.ledger_id} if counter else {}
    desk.timeline.add(
        UNDONE, user=reversal.user, number=reversal.ledger_number, id=ended.ledger_id, outcome=outcome, **told
    )
    with desk.lease.writing():
        Reversal.objects.filter(pk=reversal.pk).update(
            outcome=outcome,
            done_at=now,
            problems=[],
            reason="",
            next_attempt_at=None,
            ledger_id=ended.ledger_id,
            counter_id=counter.ledger_id if counter else "",
            counter_number=counter.number if counter else "",
            counter_url=counter.url if counter else "",
        )
        Document.objects.filter(pk=document.pk, state=State.PROCESSED, edition=reversal.edition).update(
            **_returned(reversal.returns_to),
            ledger_id="",
            ledger_number="",
            ledger_url="",
            ledger_total_cents=None,
            target="",
            rounding_cents=0,
            edition=F("edition") + 1,
            attempts=0,
            is_stale=False,
            run=None,
            changed_at=now,
        )
        document.vat_amounts.all().delete()
        _part_with_payment(reversal, desk, ended)
        desk.timeline.store()


def _part_with_payment(reversal: Reversal, desk: Desk, ended: Ended) -> None:
    """The next posting has its payment expected anew: where it was not booked yet, and where it went with its invoice.
    On an invoice that stays it stays booked, and what was skipped stays skipped."""
    payment = Payment.objects.select_for_update().filter(document=reversal.document).first()
    if payment is None or payment.state == State.SKIPPED:
        return
    if payment.state == State.PROCESSED:
        if ended.counter or not payments.is_booked_on(payment, ended.ledger_id, reversal.ledger_id):
            return
        desk.timeline.add("payment_gone", amount=amount_text(money.from_cents(payment.amount_cents)))
    payment.events.update(payment=None)  # the document's timeline goes on telling what became of it
    payment.delete()


def _returned(state: str) -> dict[str, Any]:
    """The fields of a document that is stuck or skipped because its posting was taken back."""
    if state == State.SKIPPED:
        return {"state": state, "reason": UNDONE, "problems": [], "cause": "", "next_attempt_at": None}
    return stuck([Problem(UNDONE)])


def _refuse(reversal: Reversal, desk: Desk, problems: tuple[Problem, ...]) -> None:
    """The document stays posted; a person may ask again."""
    told = [problem.as_json() for problem in problems]
    desk.timeline.add("undo_refused", problems=told)
    _write(reversal, desk, outcome=REFUSED, done_at=timezone.now(), problems=told, reason="", next_attempt_at=None)


def _wait(reversal: Reversal, desk: Desk, reason: str, wait: timedelta) -> None:
    desk.timeline.add("undo_waiting", reason=reason, seconds=round(wait.total_seconds()))
    _write(reversal, desk, **waiting(reason, wait, F("attempts") + 1))


def _wait_for_connection(reversal: Reversal, desk: Desk, failure: ConnectionLost) -> None:
    _wait(reversal, desk, "connection_lost", UNTIL_CONNECTED)
    integration = reversal.document.integration
    wait_together(due().filter(document__integration=integration), integration, failure)


def _write(reversal: Reversal, desk: Desk, **fields: Any) -> None:
    with desk.lease.writing():
        Reversal.objects.filter(pk=reversal.pk, outcome=PENDING).update(**fields)
        desk.timeline.store()
