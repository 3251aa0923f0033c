"""Past orders or invoices, carried over once at the owner's request: first they are counted, then, when the owner says
so, taken in share by share like anything that the shop reports.

The rows are the queue, as everywhere: a worker that is killed leaves the rest to the next. People decide by the verbs
of this file; what a worker does is in ``history_running``.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from integrations import money
from integrations.models import Delivery, History, HistoryItem, Integration, State, User
from integrations.timeline import Timeline

from ..doorbell import ring
from ..gate import KINDS
from ..webhooks import process_of

EVENT = "history"
THOUSAND = 1000

Outcome = HistoryItem.Outcome
States = History.State
AT_WORK = (States.COUNTING, States.RUNNING)
UNFINISHED = (*AT_WORK, States.COUNTED, States.PAUSED)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far what was started is: of the ``handled`` some were ``posted``, and some are ``stuck``, on Errors."""

    total: int
    handled: int
    posted: int
    stuck: int


def price_cents(count: int) -> int:
    """What so many cost excl. VAT: a thousand that has begun counts as a whole one."""
    price: Decimal = settings.HISTORY_PRICE
    return -(-count // THOUSAND) * money.to_cents(price)


def ask(integration: Integration, user: User, since: date, until: date) -> History | None:
    """Have what is dated from ``since`` to ``until`` counted, of the kind that is processed now; None while another
    history has not ended."""
    fields = {"kind": KINDS[process_of(integration)], "since": since, "until": until, **_now()}
    try:
        with transaction.atomic():
            history = History.objects.create(integration=integration, user=user, **fields)
            tell(history, "history_asked", user)
    except IntegrityError:
        return None
    _ring(history)
    return history


def count_again(history: History, user: User) -> bool:
    """Look again at what was not ready, and for what has come since. What was ready stays so, unless it is here or in
    the books by now: it is checked once more when it is posted."""
    anew = {"listed_until": 0, "listed_at": None, "counted_at": None, **_books_anew(history), **_now()}
    with transaction.atomic():
        if not move(history, (States.COUNTED,), States.COUNTING, **anew):
            return False
        history.items.exclude(outcome=Outcome.READY).delete()
        tell(history, "history_counted_again", user)
    _ring(history)
    return True


def start(history: History, user: User) -> bool:
    """Carry over what is ready, at the price of this moment."""
    ready = history.items.filter(outcome=Outcome.READY).count()
    fields = {"price_cents": price_cents(ready), "started_at": timezone.now(), **_books_anew(history), **_now()}
    if not ready or not _decide(history, user, "history_started", (States.COUNTED,), States.RUNNING, **fields):
        return False
    _ring(history)
    return True


def pause(history: History, user: User) -> bool:
    """Take up nothing for now; what is on its way is finished."""
    return _decide(history, user, "history_paused", AT_WORK, States.PAUSED, reason="by_hand")


def resume(history: History, user: User) -> bool:
    state = States.RUNNING if history.started_at else States.COUNTING
    anew = {**_books_anew(history), **_now()}
    if not _decide(history, user, "history_resumed", (States.PAUSED,), state, **anew):
        return False
    _ring(history)
    return True


def stop(history: History, user: User) -> bool:
    """Take up nothing more, ever. The few that are on their way are finished, since they may be in the books already;
    all others stay out of them, and can be asked for anew."""
    return _decide(history, user, "history_stopped", UNFINISHED, States.STOPPED, ended_at=timezone.now())


def move(history: History, states: Collection[str], state: str, **fields: Any) -> bool:
    """Bring a history from one of these states to another; False when somebody else was first."""
    fields = {"state": state, **fields}
    if not History.objects.filter(pk=history.pk, state__in=states).update(**fields):
        return False
    for name, value in fields.items():
        setattr(history, name, value)
    return True


def tell(history: History, kind: str, user: User | None = None, **data: Any) -> None:
    """Write down in the timeline of the integration what happened, and by whom."""
    timeline = Timeline(history.integration)
    timeline.add(kind, user=user, since=str(history.since), until=str(history.until), **data)
    timeline.store()


def _decide(history: History, user: User, kind: str, states: Collection[str], state: str, **fields: Any) -> bool:
    """What a person decides, and that it was decided; False when it can't be done any more."""
    with transaction.atomic():
        if not move(history, states, state, **fields):
            return False
        price = history.price_cents
        tell(history, kind, user, **({} if price is None else {"price": money.amount_text(money.from_cents(price))}))
    return True


def _now() -> dict[str, Any]:
    return {"next_attempt_at": timezone.now(), "attempts": 0, "reason": ""}


def _books_anew(history: History) -> dict[str, Any]:
    """The books are read from the first day on."""
    return {"books_listed_at": None, "data": {**history.data, "books": {}}}


def _ring(history: History) -> None:
    if history.integration.administration_id:
        ring(history.integration.administration_id)


def due() -> "QuerySet[History]":
    """Histories that can be gone on with, as far as the clock, their books and their integration are concerned."""
    now = timezone.now()
    return History.objects.filter(
        ~Q(integration__administration__paused_until__gt=now),
        state__in=AT_WORK,
        next_attempt_at__lte=now,
        integration__status=Integration.Status.ACTIVE,
        integration__settings__isnull=False,
        integration__administration__isnull=False,
    )


def ready(administration_id: int) -> "QuerySet[History]":
    return due().filter(integration__administration=administration_id).order_by("id")


def administrations_with_work() -> set[int]:
    return set(due().values_list("integration__administration", flat=True).distinct())


def going(history: History) -> int:
    """How many are on their way to the books."""
    waiting = history.integration.deliveries.filter(event=EVENT, handled_at=None).count()
    return waiting + history.documents.filter(_is_going()).count()


def _is_going() -> Q:
    return Q(state=State.QUEUED) | Q(state=State.OPEN, reason="reading")


def progress_of(history: History, *, to_come: int, asked: int) -> Progress:
    """``to_come`` are those that are ready, ``asked`` those that were taken up. Of these some leave no document behind,
    since the shop has deleted them: they count as handled when all are."""
    found = history.documents.aggregate(
        posted=Count("id", filter=Q(state=State.PROCESSED)),
        stuck=Count("id", filter=Q(state=State.ERROR)),
        handled=Count("id", filter=~_is_going()),
    )
    is_done = history.state == States.DONE
    return Progress(
        total=to_come + asked,
        handled=asked if is_done else min(asked, found["handled"]),
        posted=found["posted"],
        stuck=found["stuck"],
    )


def delivery(history: History, item: HistoryItem) -> Delivery:
    """What has one of them taken in, as if the shop had called; however often it is made, once."""
    name = f"{EVENT} {history.pk} {history.kind} {item.remote_id}"
    return Delivery.of_our_own(history.integration, EVENT, history.kind, item.remote_id, name)


def history_of(deliveries: Collection[Delivery]) -> int | None:
    """The history that one of these deliveries belongs to, if any: all are about the same order or invoice."""
    mine = next((one for one in deliveries if one.event == EVENT), None)
    if mine is None:
        return None
    asked = HistoryItem.objects.filter(
        history__integration=mine.integration_id,
        history__kind=mine.kind,
        remote_id=mine.remote_id,
        outcome=Outcome.ASKED,
    )
    return asked.order_by("-id").values_list("history", flat=True).first()
