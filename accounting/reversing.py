"""Taking a posting back, because a person asked for it: deleted where it is a draft, else by its exact counter-entry.

The row of ``Reversal`` is the queue. The document stays posted until it is done; then, in one transaction, what it was
is kept in that row and the document is stuck or skipped, and nothing but a person's Process posts it again.
"""

import traceback
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from integrations import sales
from integrations.failures import ConnectionLost, Gone, LeaseLost, Refused, Temporary, Unknown, growing_wait
from integrations.models import Administration, Document, Integration, Intent, Reversal, State, User
from integrations.problems import Problem, stuck
from integrations.timeline import Timeline

from . import connection, connectors, editions, settings_store
from .books import Json, Posted, Posting, Undoing, Watch
from .desk import Desk
from .intents import Create, settle_time, settled
from .leases import Lease
from .posting import UNTIL_CONNECTED, AllRefused

log = structlog.get_logger()

SHARE = 25
STEP, ASKED, UNDONE = "reversal", "undo_asked", "undone"
RETURNS_TO = (State.ERROR, State.SKIPPED)
LEDGER = ("ledger_id", "ledger_number", "ledger_url", "ledger_total_cents")
PENDING, REFUSED = Reversal.Outcome.PENDING, Reversal.Outcome.REFUSED


@dataclass(frozen=True, kw_only=True)
class Undone:
    """How it ended: ``counter`` is the counter-entry, where there is one."""

    ledger_id: str
    counter: Posting | None = None


def ask(
    document: Document, user: User, *, returns_to: str, words: str = "", seen: Json | None = None
) -> Reversal | None:
    """Have a posting taken back; None when it can't be: the document is not posted (any more), or its integration does
    not run. Who asks second gets what was asked first. Nothing else is done than what was ``seen``, if that is told."""
    with transaction.atomic():
        rows = Document.objects.select_for_update(of=("self",)).select_related("integration").defer("source", "mapped")
        posted = rows.filter(pk=document.pk, state=State.PROCESSED).first()
        if posted is None or posted.integration.status != Integration.Status.ACTIVE:
            return None
        reversal, is_new = posted.reversals.exclude(outcome=REFUSED).get_or_create(
            document=posted,
            edition=posted.edition,
            defaults={
                "user": user,
                "returns_to": returns_to,
                "words": words,
                "next_attempt_at": timezone.now(),
                **{name: getattr(posted, name) for name in LEDGER},
            },
        )
        if is_new:
            timeline = Timeline(posted.integration, posted)
            timeline.add(ASKED, user=user, returns_to=returns_to, words=words, seen=seen)
            timeline.store()
    return reversal


def refuse_all(integration: Integration) -> None:
    """What was asked for, and can't be done any more since the integration is stopped. To be called in a transaction
    that holds the administration."""
    for reversal in Reversal.objects.filter(document__integration=integration, outcome=PENDING):
        told = [Problem("undo_stopped").as_json()]
        timeline = Timeline(integration, reversal.document)
        timeline.add("undo_refused", problems=told)
        timeline.store()
        fields = {"outcome": REFUSED, "done_at": timezone.now(), "problems": told, "next_attempt_at": None}
        Reversal.objects.filter(pk=reversal.pk).update(**fields, reason="")


def shown(document: Document) -> Undoing:
    """What would be done now. Raises the failures of the books."""
    assert document.mapped is not None
    assert document.settings_version is not None
    settings = settings_store.load(document.settings_version)
    books = connectors.open_books(document.integration, settings, Watch())
    return books.undoing(_posted(document))


def gist(undoing: Undoing) -> Json:
    """What a person agrees to: in what way it is taken back, and what comes in the books."""
    lines = [[line.account, line.vat_code, str(line.amount), str(line.vat)] for line in undoing.lines]
    return {"way": undoing.way, "number": undoing.number, "total": str(undoing.total), "lines": lines}


def _posted(document: Document) -> Posted:
    assert document.mapped is not None
    return editions.posted(document, sales.load(document.mapped), document.ledger_id)


def due() -> "QuerySet[Reversal]":
    """What can be taken back now, as far as the clock and the integration are concerned."""
    now = timezone.now()
    return Reversal.objects.filter(
        ~Q(document__integration__administration__paused_until__gt=now),
        outcome=PENDING,
        next_attempt_at__lte=now,
        edition=F("document__edition"),
        document__state=State.PROCESSED,
        document__integration__status=Integration.Status.ACTIVE,
        document__integration__administration__isnull=False,
    )


def ready(administration_id: int) -> "QuerySet[Reversal]":
    """What to take back for an administration, first come first served."""
    return due().filter(document__integration__administration=administration_id).order_by("id")


def administrations_with_work() -> set[int]:
    return set(due().values_list("document__integration__administration", flat=True).distinct())


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
            pause = timezone.now() + refusal.wait
            Administration.objects.filter(pk=lease.administration_id).update(paused_until=pause)
            return


def reverse(reversal: Reversal, desk: Desk) -> None:
    """Take one posting back as far as that gets, and write down how far that is."""
    try:
        done = _reverse(reversal, desk)
    except LeaseLost:
        raise
    except (Unknown, Gone):
        _wait(reversal, desk, "settling", settle_time())
    except Temporary as failure:
        wait = failure.wait or growing_wait(reversal.attempts)
        _wait(reversal, desk, failure.reason, wait)
        if failure.everything:
            raise AllRefused(wait) from failure
    except ConnectionLost as failure:
        _wait(reversal, desk, "connection_lost", UNTIL_CONNECTED)
        others = due().filter(document__integration=reversal.document.integration)
        others.update(reason="connection_lost", next_attempt_at=timezone.now() + UNTIL_CONNECTED)
        connection.lose(reversal.document.integration, failure.side, failure.words)
    except Refused as failure:
        _refuse(reversal, desk, failure.problems)
    except Exception:
        log.exception("undoing failed", reversal=reversal.pk)
        desk.timeline.add("internal", traceback=traceback.format_exc()[-4000:])
        _refuse(reversal, desk, (Problem("internal"),))
    else:
        _record(reversal, desk, done)


def _reverse(reversal: Reversal, desk: Desk) -> Undone:
    undoing = desk.books.undoing(_posted(reversal.document))
    if undoing.way == "by_hand":
        raise Refused(*undoing.problems)
    _be_sure_that_it_was_seen(reversal, undoing)
    if undoing.way == "gone":
        _be_sure_that_there_is_no_counter(reversal, undoing, desk)
        return Undone(ledger_id=reversal.ledger_id)
    if undoing.way == "delete":
        _withdraw(undoing, desk)
        return Undone(ledger_id=str(undoing.held["id"]))
    held = desk.create_once(_counter(reversal, undoing, desk))
    return Undone(ledger_id=str(undoing.held["id"]), counter=desk.books.complete_counter(held, undoing))


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


def _record(reversal: Reversal, desk: Desk, done: Undone) -> None:
    """The posting ends here: what it was stays in the reversal, the document can be posted anew."""
    document, now = reversal.document, timezone.now()
    if document.integration.books_lost_at:
        connection.regain(document.integration, "books")
    outcome = Reversal.Outcome.COUNTERED if done.counter else Reversal.Outcome.DELETED
    counter = done.counter
    told = {"counter": counter.number or counter.ledger_id} if counter else {}
    desk.timeline.add(
        UNDONE, user=reversal.user, number=reversal.ledger_number, id=done.ledger_id, outcome=outcome, **told
    )
    with desk.lease.writing():
        Reversal.objects.filter(pk=reversal.pk).update(
            outcome=outcome,
            done_at=now,
            problems=[],
            reason="",
            next_attempt_at=None,
            ledger_id=done.ledger_id,
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
        desk.timeline.store()


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
    attempt = {} if reason == "settling" else {"attempts": F("attempts") + 1}
    _write(reversal, desk, reason=reason, next_attempt_at=timezone.now() + wait, **attempt)


def _write(reversal: Reversal, desk: Desk, **fields: Any) -> None:
    with desk.lease.writing():
        Reversal.objects.filter(pk=reversal.pk, outcome=PENDING).update(**fields)
        desk.timeline.store()
