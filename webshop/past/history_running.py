"""What a worker does for a history in its turn: counting, or taking up a share of what is ready.

Today's work always goes first: nothing of the past is taken up while anything else of the same books is due, nor while
much of it is on its way, and the shop's limit is used for half at most.

Somebody may have booked one of them since they were counted. So at every start, and again when that is a quarter of an
hour old, the books are asked for all that they hold of the period; and just before a share is taken up for what they
hold of its own days and a few around them, where whoever books an order now is likely to put it: all of the period
would be many calls for each share. What is taken up is posted within moments; from there on our own reference keeps it
single.
"""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from accounting import connection, payments, posting, reversals
from accounting.leases import Lease
from integrations.failures import LONGEST_WAIT, ConnectionLost, LeaseLost, Refused, Temporary, growing_wait
from integrations.models import Delivery, History, HistoryItem, Integration
from integrations.problems import Problem

from ..ccvshop import throttle
from ..intake import due
from ..sources import open_shop
from . import history as histories
from .history import EVENT, Outcome, States
from .history_books import find_in_books, is_looked_up, look_in_books
from .history_counting import count

log = structlog.get_logger()

A_FEW_DAYS = timedelta(days=3)
MOST_ATTEMPTS = 30  # in vain, one after another
SHARE = 10  # taken up together, and on their way at the same time
NOW, AGAIN = timedelta(), timedelta(seconds=30)  # looked again, when what is on its way waits for something


def go_on(administration_id: int, lease: Lease) -> None:
    """One turn for each history of these books that is due, unless there is work of today."""
    for history_id in list(histories.ready(administration_id).values_list("pk", flat=True)):
        if _is_busy(administration_id):
            return
        # The turn of another may have found out that these books want to be left alone.
        mine = histories.ready(administration_id).filter(pk=history_id)
        for history in mine.select_related("integration__settings"):
            _take_turn(history, lease)


def _is_busy(administration_id: int) -> bool:
    """Whether something else of these books could be done now."""
    queues = (
        due(integration__administration=administration_id).exclude(event=EVENT),
        posting.ready(administration_id).filter(history=None),
        payments.ready(administration_id),
        reversals.ready(administration_id),
    )
    return any(queue.exists() for queue in queues)


def _take_turn(history: History, lease: Lease) -> None:
    """A turn, and when the next one is, by what became of it."""
    try:
        _be_connected(history.integration)
        wait = _turn(history, lease)
    except LeaseLost:
        raise
    except ConnectionLost as failure:
        connection.lose(history.integration, failure.side, failure.words)
        _pause(history, "connection_lost")
    except Temporary as failure:
        _postpone(history, failure.reason, failure.wait or growing_wait(history.attempts))
    except Refused as failure:
        _pause(history, "refused", failure.problems)
    except Exception:
        log.exception("history interrupted", history=history.pk)
        _postpone(history, "internal", LONGEST_WAIT)
    else:
        next_turn = {"next_attempt_at": timezone.now() + wait, "attempts": 0, "reason": ""}
        History.objects.filter(pk=history.pk, state__in=histories.AT_WORK).update(**next_turn)


def _be_connected(integration: Integration) -> None:
    """What is on its way may have found out that nobody is let in any more."""
    for side, lost_at in (("shop", integration.shop_lost_at), ("books", integration.books_lost_at)):
        if lost_at:
            raise ConnectionLost(side)


def _turn(history: History, lease: Lease) -> timedelta:
    """Do a share; how long until the next."""
    if history.state == States.COUNTING:
        return NOW if count(history, lease) else throttle.until_next_minute()
    on_their_way = histories.going(history)
    room = throttle.room(open_shop(history.integration).public, f"{history.kind}s")
    left = history.items.filter(outcome=Outcome.READY).order_by("date", "id")
    share = list(left[: max(0, min(SHARE - on_their_way, room))])
    if share:
        if is_looked_up(history):
            _take_up(history, share, lease)
        else:
            look_in_books(history, lease)
        return NOW
    if on_their_way or left.exists():
        return AGAIN if room else throttle.until_next_minute()
    _end(history, lease)
    return NOW


def _take_up(history: History, share: list[HistoryItem], lease: Lease) -> None:
    """Have those that the books don't hold yet taken in, unless a person paused or stopped it meanwhile."""
    left = find_in_books(history, share, lease, A_FEW_DAYS)
    with lease.writing():
        if not histories.move(history, (States.RUNNING,), States.RUNNING):
            return
        HistoryItem.objects.filter(pk__in=[item.pk for item in left]).update(outcome=Outcome.ASKED)
        Delivery.objects.bulk_create([histories.delivery(history, item) for item in left], ignore_conflicts=True)


def _end(history: History, lease: Lease) -> None:
    with lease.writing():
        if histories.move(history, (States.RUNNING,), States.DONE, ended_at=timezone.now()):
            histories.tell(history, "history_done")


def _postpone(history: History, reason: str, wait: timedelta) -> None:
    """Go on later; what was tried too often in vain waits for a person."""
    if history.attempts >= MOST_ATTEMPTS:
        _pause(history, reason[:40])
        return
    later = {"next_attempt_at": timezone.now() + wait, "attempts": history.attempts + 1, "reason": reason[:40]}
    History.objects.filter(pk=history.pk, state__in=histories.AT_WORK).update(**later)


def _pause(history: History, reason: str, problems: Sequence[Problem] = ()) -> None:
    """Wait for a person to mend something and press Resume."""
    told = [problem.as_json() for problem in problems]
    with transaction.atomic():
        if histories.move(
            history, histories.AT_WORK, States.PAUSED, reason=reason, data={**history.data, "problems": told}
        ):
            histories.tell(history, "history_paused", reason=reason)
