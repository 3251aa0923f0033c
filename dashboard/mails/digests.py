"""The e-mail that says how the bookkeeping is: what was posted, what is stuck and on what, what waits.

It goes out after seven in the morning in the Netherlands, each day or on Monday. ``digest_until`` says up to which
moment somebody was told: a run that was missed is made good by the next, and of two at the same time one writes.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import structlog
from django.db.models import Count, Q, Sum
from django.utils import timezone

from integrations import wording
from integrations.models import Digest, Document, Integration, MailAddress, Member, Payment, State
from integrations.problems import Problem
from integrations.tallies import Tally, by_state, tallies_of

from ..frame import books_name, dots_of
from ..people.recipients import Recipient, recipients_of
from . import mail

log = structlog.get_logger()

MORNING = time(7)


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """What is stuck on one cause."""

    problem: Problem
    documents: int
    cents: int


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How an integration is now, and what was posted between two moments."""

    since: datetime
    until: datetime
    posted: int
    cents: int
    stuck: list[Stuck]
    payments: int
    waiting: int
    lost: list[str] = field(default_factory=list)

    @property
    def first(self) -> str:
        return day_and_time(self.since)

    @property
    def last(self) -> str:
        return day_and_time(self.until)

    @property
    def documents(self) -> int:
        return sum(one.documents for one in self.stuck)

    @property
    def is_wrong(self) -> bool:
        return bool(self.stuck or self.payments or self.lost)


def day_and_time(moment: datetime) -> str:
    """With the day, since nobody knows when an e-mail is read."""
    return f"{wording.day(moment)} {timezone.localtime(moment):%H:%M}"


def running() -> Any:
    """Integrations of which people are told anything."""
    return Integration.objects.filter(status=Integration.Status.ACTIVE, archived_at=None)


def morning(digest: str, now: datetime) -> datetime:
    """The last moment at which a digest of this kind had to go out."""
    day = timezone.localdate(now)
    if at_seven(day) > now:
        day -= timedelta(days=1)
    if digest == Digest.WEEKLY:
        day -= timedelta(days=day.weekday())
    return at_seven(day)


def at_seven(day: Any) -> datetime:
    return datetime.combine(day, MORNING, tzinfo=timezone.get_default_timezone())


def send_digests() -> None:
    """Send every digest that is due. What goes wrong with one integration must not keep the others waiting."""
    now = timezone.now()
    for integration in running().select_related("administration").filter(pk__in=with_readers_due(now)):
        try:
            send_of(integration, now)
        except Exception:
            log.exception("digests failed", integration=integration.pk)


def with_readers_due(now: datetime) -> set[int]:
    """The integrations of which somebody has not been told of this morning, or of this Monday."""
    found: set[int] = set()
    for rows in (Member.objects, MailAddress.objects):
        for digest in (Digest.DAILY, Digest.WEEKLY, Digest.WRONG):
            due = Q(digest_until=None) | Q(digest_until__lt=morning(digest, now))
            found.update(rows.filter(due, digest=digest).values_list("integration", flat=True))
    return found


def send_of(integration: Integration, now: datetime) -> None:
    known: dict[tuple[datetime, datetime], Summary] = {}
    for recipient in recipients_of(integration):
        row = recipient.row
        until, since = morning(row.digest, now), row.digest_until
        if row.digest == Digest.NEVER or (since and since >= until) or not claim(row, until):
            continue
        if since is None:  # nobody has been told anything yet: the next one says what comes from now on
            continue
        summary = known.setdefault((since, until), summary_of(integration, since, until))
        if row.digest != Digest.WRONG or summary.is_wrong:
            write(integration, recipient, summary)


def claim(row: Member | MailAddress, until: datetime) -> bool:
    """Whether this run is the one that writes to them."""
    same = type(row).objects.filter(pk=row.pk, digest=row.digest, digest_until=row.digest_until)
    return bool(same.update(digest_until=until))


def write(integration: Integration, recipient: Recipient, summary: Summary) -> None:
    """What a mail server does not take is tried again by the next run."""
    try:
        key = integration.licence_key
        context = {"integration": integration, "licence_key": key, "summary": summary, "books": books_name(integration)}
        context |= {f"{tab}_url": mail.link(tab, key) for tab in ("report", "errors", "configuration")}
        url = recipient.unsubscribe_url
        mail.send(recipient.email, "digest", context, recipient.language, unsubscribe_url=url)
    except OSError:
        log.warning("a digest was not taken", integration=integration.pk)
        row = recipient.row
        type(row).objects.filter(pk=row.pk, digest_until=summary.until).update(digest_until=summary.since)


def summary_of(integration: Integration, since: datetime, until: datetime) -> Summary:
    processed = Document.objects.filter(integration=integration, state=State.PROCESSED)
    posted = processed.filter(changed_at__gte=since, changed_at__lt=until).aggregate(
        documents=Count("id"), cents=Sum("total_cents", filter=Q(currency="EUR"))
    )
    tallies = tallies_of(integration)
    states = by_state(tallies)
    return Summary(
        since=since,
        until=until,
        posted=posted["documents"],
        cents=int(posted["cents"] or 0),
        stuck=stuck_on(tallies),
        payments=Payment.objects.filter(integration=integration, state=State.ERROR).count(),
        waiting=states[State.OPEN] + states[State.QUEUED],
        lost=[dot.name for dot in dots_of(integration) if not dot.is_good],
    )


def stuck_on(tallies: list[Tally]) -> list[Stuck]:
    """By cause, the most first."""
    documents: Counter[str] = Counter()
    cents: Counter[str] = Counter()
    for tally in tallies:
        if tally.state == State.ERROR:
            documents[tally.cause] += tally.documents
            cents[tally.cause] += tally.cents
    return [
        Stuck(problem=Problem.of_cause(cause), documents=count, cents=cents[cause])
        for cause, count in documents.most_common()
        if count > 0
    ]
