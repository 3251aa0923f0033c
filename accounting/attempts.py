"""One attempt at the books, whatever it is for: what went wrong is named by who can do something about it."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from integrations.failures import ConnectionLost, Gone, LeaseLost, Refused, Temporary, Unknown, growing_wait
from integrations.models import Administration, Integration
from integrations.problems import Problem

from . import connection
from .desk import Desk
from .intents import settle_time

log = structlog.get_logger()

SHARE = 25  # of what is ready, in one turn
UNTIL_CONNECTED = timedelta(minutes=15)

Outcome = TypeVar("Outcome")


class AllRefused(Exception):
    """The books refuse every call for ``wait``."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(frozen=True, kw_only=True)
class Endings(Generic[Outcome]):
    """What is written down when an attempt does not succeed: it waits for a reason and a time, it waits until the books
    are connected again, or it is up to a person."""

    wait: Callable[[str, timedelta], Outcome]
    wait_for_connection: Callable[[ConnectionLost], Outcome]
    refuse: Callable[[tuple[Problem, ...]], Outcome]


def attempt(work: Callable[[], Outcome], endings: Endings[Outcome], desk: Desk, attempts: int) -> Outcome:
    """Do it, or write down why not. Raises ``LeaseLost``, and ``AllRefused`` when nothing else need be tried now."""
    try:
        return work()
    except LeaseLost:
        raise
    except (Unknown, Gone):
        return endings.wait("settling", settle_time())
    except Temporary as failure:
        wait = failure.wait or growing_wait(attempts)
        outcome = endings.wait(failure.reason, wait)
        if failure.everything:
            raise AllRefused(wait) from failure
        return outcome
    except ConnectionLost as failure:
        return endings.wait_for_connection(failure)
    except Refused as failure:
        return endings.refuse(failure.problems)
    except Exception:
        log.exception("attempt failed", document=desk.document.pk)
        desk.timeline.add("internal", traceback=traceback.format_exc()[-4000:])
        return endings.refuse((Problem("internal"),))


def waiting(reason: str, wait: timedelta, attempts: Any) -> dict[str, Any]:
    """The fields of a row that waits; time that a create gets to arrive is no attempt."""
    fields = {"reason": reason, "next_attempt_at": timezone.now() + wait}
    return fields if reason == "settling" else {**fields, "attempts": attempts}


def wait_together(rows: QuerySet[Any], integration: Integration, failure: ConnectionLost) -> None:
    """All that is due of an integration waits until somebody connects it again."""
    rows.update(reason="connection_lost", next_attempt_at=timezone.now() + UNTIL_CONNECTED)
    connection.lose(integration, failure.side, failure.words)


def pause(administration_id: int, wait: timedelta) -> None:
    """Nothing of this administration is tried before the books allow it."""
    Administration.objects.filter(pk=administration_id).update(paused_until=timezone.now() + wait)


@contextmanager
def heeding(administration_id: int, attempts: int = 0) -> Iterator[None]:
    """Ask the books something; when they refuse every call for a while, nobody asks them anything before that."""
    try:
        yield
    except Temporary as failure:
        if failure.everything:
            pause(administration_id, failure.wait or growing_wait(attempts))
        raise
