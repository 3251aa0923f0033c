"""Postings that a person asked to have taken back: the rows are the queue, and ``reversing`` works them off."""

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from integrations import sales
from integrations.models import Document, Integration, Reversal, State, User
from integrations.problems import Problem
from integrations.timeline import Timeline

from . import connectors, editions, settings_store
from .books import Json, Posted, Undoing, Watch

ASKED, UNDONE = "undo_asked", "undone"
LEDGER = ("ledger_id", "ledger_number", "ledger_url", "ledger_total_cents")
PENDING, REFUSED = Reversal.Outcome.PENDING, Reversal.Outcome.REFUSED


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
    return books.undoing(posted_of(document))


def gist(undoing: Undoing) -> Json:
    """What a person agrees to: in what way it is taken back, and what comes in the books."""
    lines = [[line.account, line.vat_code, str(line.amount), str(line.vat)] for line in undoing.lines]
    return {"way": undoing.way, "number": undoing.number, "total": str(undoing.total), "lines": lines}


def posted_of(document: Document) -> Posted:
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
