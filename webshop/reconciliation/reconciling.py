"""Reconciliation: a person has the shop, our documents and the books compared over a period, and nothing is changed.

The row is the queue. A worker holds it by ``claimed_until``, which it renews as it goes, so two never do the same days
and what a killed one left is taken over; ``cursor`` is how far it is, with the answers that the days at hand have got
so far. It only reads, so the books' lease is not needed; that the books have asked for silence does hold.
"""

import time
import traceback
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounting import connection
from accounting.attempts import UNTIL_CONNECTED
from integrations.failures import ConnectionLost, Failure, Refused, Temporary, growing_wait
from integrations.models import Finding, Integration, Reconciliation, User
from integrations.problems import Problem

from ..doorbell import send
from ..sources import open_shop
from ..turns import A_DAY, MOST_DAYS, end_of_turn
from .reconciling_answers import Answers
from .reconciling_books import Ledger
from .reconciling_figures import merged
from .reconciling_found import Days, Found
from .reconciling_shop import ShopSide
from .reconciling_step import compare

log = structlog.get_logger()

LONGEST = timedelta(days=366)
MOST_ATTEMPTS = 20  # in vain, one after another
WAITING = (Reconciliation.State.QUEUED, Reconciliation.State.RUNNING)


class ClaimLost(Failure):
    """Another worker has taken it over."""


def start(integration: Integration, user: User, since: date, until: date) -> Reconciliation | None:
    """Have a period compared; None while another one is."""
    try:
        with transaction.atomic():
            made = Reconciliation.objects.create(integration=integration, user=user, since=since, until=until)
    except IntegrityError:
        return None
    ring(made.pk)
    return made


def ring(reconciliation_id: int) -> None:
    """Ask for a worker."""
    send("webshop.tasks.reconcile", reconciliation_id)


def due() -> "QuerySet[Reconciliation]":
    """Those that a worker can go on with now."""
    return _free().exclude(integration__administration__paused_until__gt=timezone.now())


def _free() -> "QuerySet[Reconciliation]":
    """By their own row alone, so that of two who take one at once the second finds it taken."""
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return Reconciliation.objects.filter(free, Q(next_attempt_at=None) | Q(next_attempt_at__lte=now), state__in=WAITING)


class Claim:
    """A worker's hold on a reconciliation."""

    row: Reconciliation
    answers: Answers

    def __init__(self, reconciliation_id: int) -> None:
        self.reconciliation_id = reconciliation_id
        self.until: datetime | None = None

    def take(self) -> bool:
        mine, until = {"pk": self.reconciliation_id}, self._granted()
        if not due().filter(**mine).exists():
            return False
        if not _free().filter(**mine).update(claimed_until=until, state=Reconciliation.State.RUNNING):
            return False
        self.until = until
        self.row = Reconciliation.objects.select_related("integration__settings", "integration__administration").get(
            **mine
        )
        self.answers = Answers(self.row.cursor.setdefault("answers", {}))
        return True

    def cover(self) -> None:
        """Make sure that it outlasts one remote call; raises ``ClaimLost``."""
        if settings.LEASE_SECONDS - (time.monotonic() - self.renewed) < 2 * settings.CALL_DEADLINE_SECONDS:
            self.write(claimed_until=(until := self._granted()), cursor=self.row.cursor)
            self.until = until

    def write(self, **fields: Any) -> None:
        """Raises ``ClaimLost`` when it is not held any more."""
        mine = Reconciliation.objects.filter(pk=self.reconciliation_id, claimed_until=self.until)
        if not mine.update(**fields):
            raise ClaimLost

    def _granted(self) -> datetime:
        self.renewed = time.monotonic()
        return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)


def work(reconciliation_id: int) -> bool:
    """Compare the next days of a reconciliation; whether there are more to do at once."""
    claim = Claim(reconciliation_id)
    if not claim.take():
        return False
    row = claim.row
    try:
        if row.integration.status != Integration.Status.ACTIVE:
            claim.write(reason="stopped")
            _fail(claim, ())
            return False
        return _step(claim)
    except ClaimLost:
        return False
    except ConnectionLost as failure:
        connection.lose(row.integration, failure.side, failure.words)
        _wait(claim, "connection_lost", UNTIL_CONNECTED)
    except Temporary as failure:
        _wait(claim, failure.reason, failure.wait or growing_wait(row.attempts), narrower=True)
    except Refused as failure:
        _fail(claim, failure.problems)
    except Exception:
        log.exception("reconciliation failed", reconciliation=row.pk, trace=traceback.format_exc()[-4000:])
        _fail(claim, (Problem("internal"),))
    return False


def next_days(row: Reconciliation) -> Days:
    """The days of the next turn: to the end of a month at most."""
    since = date.fromisoformat(row.cursor["until"]) + A_DAY if row.cursor.get("until") else row.since
    until = end_of_turn(since, row.cursor.get("days", MOST_DAYS), row.until)
    return Days(since=since, until=until, first=row.since, last=row.until)


def _step(claim: Claim) -> bool:
    row, days = claim.row, next_days(claim.row)
    shop = ShopSide(open_shop(row.integration), claim.cover, claim.answers)
    ledger = Ledger(row.integration, claim.cover, claim.answers)
    found, counts = compare(row.integration, shop, ledger, days)
    _store(claim, days, found, counts)
    return days.until < row.until


def _store(claim: Claim, days: Days, found: Found, counts: dict[str, int]) -> None:
    """What was found, and that it need not be looked for again, in one transaction."""
    row = claim.row
    is_done = days.until >= row.until
    before = row.cursor.get("counts", {})
    cursor = {
        **row.cursor,
        "answers": {},
        "until": days.until.isoformat(),
        "counts": {name: before.get(name, 0) + count for name, count in counts.items()},
    }
    for finding in found.findings:
        finding.reconciliation = row
    with transaction.atomic():
        claim.write(
            cursor=cursor,
            figures=merged([row.figures, found.figures.rows()]),
            state=Reconciliation.State.DONE if is_done else Reconciliation.State.RUNNING,
            done_at=timezone.now() if is_done else None,
            claimed_until=None,
            next_attempt_at=None,
            reason="",
            attempts=0,
        )
        Finding.objects.bulk_create(found.findings)


def _wait(claim: Claim, reason: str, wait: timedelta, *, narrower: bool = False) -> None:
    """Go on later. Where nothing was learned this turn was in vain; a shop or books that allow only so many calls at
    once are asked for fewer days then."""
    is_further, row = claim.answers.is_further, claim.row
    if not is_further and row.attempts >= MOST_ATTEMPTS:
        _fail(claim, ())
        return
    days = next_days(row)
    asked = (days.until - days.since).days + 1
    claim.write(
        cursor={**row.cursor, "days": max(1, asked // 2)} if narrower and not is_further else row.cursor,
        reason=reason,
        next_attempt_at=timezone.now() + wait,
        attempts=0 if is_further else F("attempts") + 1,
        claimed_until=None,
    )


def _fail(claim: Claim, problems: tuple[Problem, ...]) -> None:
    """Give up. Without problems it waited in vain, for the reason that it has."""
    claim.write(
        state=Reconciliation.State.FAILED,
        problems=[problem.as_json() for problem in problems],
        claimed_until=None,
        done_at=timezone.now(),
    )
