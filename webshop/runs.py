"""Process for a whole group of stuck documents: a press makes a run, and the worker takes its documents up in shares.

The row is the queue, as everywhere: ``taken_until`` moves on in the transaction that stores a share, so a worker that
is killed takes up the rest, and each document once. A document that is no longer stuck by then is left alone.
"""

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import OperationalError, transaction
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from accounting.leases import Lease
from integrations.failures import LeaseLost
from integrations.models import Delivery, Document, Integration, Intent, ProcessRun, SettingsVersion, State, User
from integrations.problems import PROBLEMS, Problem, stuck
from integrations.timeline import Timeline, store_together

from . import one_posting, pressing
from .doorbell import ring
from .reading import Fields, read

log = structlog.get_logger()

SHARE = 50
TOGETHER = 10  # documents in one transaction
COUNTS = ("total", "is_taken", "taken", "going", "stuck")
FRESH = timedelta(minutes=15)  # what was looked at in the shop so short ago is not asked for again


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a run is: ``stuck`` are the documents that got stuck again."""

    total: int
    done: int
    stuck: int

    @classmethod
    def of(cls, *, total: int, is_taken: bool, taken: int, going: int, stuck: int) -> "Progress":
        """Of what is counted ``with_progress``. What was solved by somebody else before its turn does not count."""
        return cls(total=taken if is_taken else max(total, taken), done=taken - going - stuck, stuck=stuck)

    @property
    def handled(self) -> int:
        return self.done + self.stuck

    @property
    def to_go(self) -> int:
        return self.total - self.handled

    @property
    def is_finished(self) -> bool:
        return not self.to_go


def start(integration: Integration, user: User, cause: str) -> ProcessRun | None:
    """Have every document that is stuck on ``cause`` now processed; None when there is none."""
    found = _stuck_on(integration, cause).aggregate(total=Count("id"), last_id=Max("id"))
    if not found["total"]:
        return None
    run = ProcessRun.objects.create(integration=integration, user=user, cause=cause, **found)
    if integration.administration_id:
        ring(integration.administration_id)
    return run


def start_chosen(documents: Sequence[Document], user: User) -> ProcessRun | None:
    """Process these documents of one integration, each as by its own button; None when none could be taken up."""
    taken = [document.pk for document in documents if pressing.process(document, user)]
    if not taken:
        return None
    run = ProcessRun.objects.create(
        integration=documents[0].integration,
        user=user,
        total=len(taken),
        taken_until=max(taken),
        last_id=max(taken),
        taken_at=timezone.now(),
    )
    mine = Document.objects.filter(pk__in=taken)
    with transaction.atomic():
        list(mine.order_by("id").select_for_update().values_list("pk", flat=True))  # in the order of everybody else
        mine.update(run=run)
    return run


def with_progress(runs: "QuerySet[ProcessRun]") -> "QuerySet[ProcessRun, Any]":
    """Runs with what their progress goes by, the COUNTS, in the same query."""
    going = Q(documents__state=State.QUEUED) | Q(documents__state=State.OPEN, documents__reason="reading")
    return runs.annotate(
        is_taken=ExpressionWrapper(Q(taken_at__isnull=False), output_field=BooleanField()),
        taken=Count("documents"),
        going=Count("documents", filter=going),
        stuck=Count("documents", filter=Q(documents__state=State.ERROR)),
    )


def progress_of(integration: Integration, run_id: int) -> Progress | None:
    """How far a run of an integration is; None when it has no such run."""
    counted = with_progress(integration.runs.filter(pk=run_id))
    counts: Iterable[dict[str, Any]] = counted.values(*COUNTS)
    return next((Progress.of(**found) for found in counts), None)


def waiting() -> "QuerySet[ProcessRun]":
    """Runs with documents to take up, of integrations that can."""
    return ProcessRun.objects.filter(
        taken_at=None,
        integration__status=Integration.Status.ACTIVE,
        integration__settings__isnull=False,
        integration__administration__isnull=False,
    )


def take_up(integration: Integration, lease: Lease) -> None:
    """Take up a share of the oldest run of an integration."""
    runs = waiting().filter(integration=integration).order_by("id")
    # With the settings of this moment: the press on Process may have followed on a change of them.
    run = runs.select_related("integration__settings", "user").first()
    if run is None:
        return
    share = list(_left(run)[:SHARE])
    try:
        for begin in range(0, len(share), TOGETHER):
            _take_up_or_pass_over(run, share[begin : begin + TOGETHER], lease)
    except OperationalError:
        log.exception("run interrupted", run=run.pk)  # a deadlock, say: what is left is taken up at the next turn
        return
    if len(share) < SHARE:
        with lease.writing():
            ProcessRun.objects.filter(pk=run.pk).update(taken_at=timezone.now())


def _stuck_on(integration: Integration, cause: str) -> "QuerySet[Document]":
    return Document.objects.filter(integration=integration, state=State.ERROR, cause=cause)


def _left(run: ProcessRun) -> "QuerySet[Document]":
    """What is still stuck of a run; ``has_intent``: the books may hold it already."""
    left = _stuck_on(run.integration, run.cause).filter(id__gt=run.taken_until, id__lte=run.last_id)
    intents = Intent.objects.filter(document=OuterRef("pk"), step="document")
    return left.annotate(has_intent=Exists(intents)).order_by("id")


def _take_up_or_pass_over(run: ProcessRun, share: list[Document], lease: Lease) -> None:
    """What can't be taken up stays stuck as it was, and does not keep the others from their turn."""
    try:
        _take_up_together(run, share, lease)
    except (LeaseLost, OperationalError):
        raise
    except Exception:
        log.exception("run failed", run=run.pk)
        with lease.writing():
            ProcessRun.objects.filter(pk=run.pk).update(taken_until=share[-1].pk)


def _take_up_together(run: ProcessRun, share: list[Document], lease: Lease) -> None:
    """Some documents, in one transaction. Whoever skips one of them, or has it processed, comes before or after it."""
    read_now = [(document, timeline, _fields_of(run, document, timeline)) for document, timeline in _opened(run, share)]
    with lease.writing():
        one_posting.lock(run.integration, [(document, fields) for document, _timeline, fields in read_now])
        left = _stuck_on(run.integration, run.cause).filter(pk__in=[document.pk for document in share])
        still = set(left.values_list("pk", flat=True))
        mine = [one for one in read_now if one[0].pk in still]
        for document, _timeline, fields in mine:
            _store(run, document, fields)
        store_together([timeline for _document, timeline, _fields in mine])
        ProcessRun.objects.filter(pk=run.pk).update(taken_until=share[-1].pk)


def _opened(run: ProcessRun, share: list[Document]) -> list[tuple[Document, Timeline]]:
    opened = []
    for document in share:
        document.integration = run.integration
        timeline = Timeline(run.integration, document)
        timeline.add("processed_by", user=run.user)
        opened.append((document, timeline))
    return opened


def _fields_of(run: ProcessRun, document: Document, timeline: Timeline) -> Fields:
    """What is to be stored of a document; empty when it has to be read from the shop first."""
    version = run.integration.settings
    assert version is not None
    if not document.source or not _is_fresh(document, version):
        return {}
    try:
        fields = read(run.integration, document.source, timeline, document.history_id)
    except Exception:
        log.exception("reading failed", document=document.pk)
        timeline.add("internal", traceback=traceback.format_exc()[-4000:])
        return stuck([Problem("internal")])
    return {**fields, "looked_at": document.looked_at}


def _is_fresh(document: Document, version: SettingsVersion) -> bool:
    """Whether the stored source will do: it is young, and what was wrong is put right in the books or, since it was
    read, in the settings. What the books may hold already is read from the shop, whatever its age, to tell whether
    they hold what the shop says now."""
    if document.ledger_id or document.has_intent:  # type: ignore[attr-defined]
        return False
    if document.looked_at is None or document.looked_at < timezone.now() - FRESH:
        return False
    who = PROBLEMS[document.reason].who if document.reason in PROBLEMS else "staff"
    return who == "books" or (who == "owner" and document.settings_version_id != version.pk)


def _store(run: ProcessRun, document: Document, fields: Fields) -> None:
    """To be called in a transaction under the lease."""
    if not fields:
        fields = {"state": State.OPEN, "reason": "reading", "next_attempt_at": None}
        Delivery.look_again(document)
    else:
        fields = one_posting.decided(document, fields, asked_at=run.started_at)
    changed = {} if fields["state"] == document.state else {"changed_at": timezone.now()}
    fields = {**fields, **changed, "run": run}
    for name, value in fields.items():
        setattr(document, name, value)
    document.save(update_fields=list(fields))
