"""The work of one night for one integration. Each part has no effect when it is done again, so a night that broke off
is simply done from the start; of a long list it is remembered how far it came.

One worker at a time does it, under the lease on the administration, and not when ``Integration.night`` says that it is
done. What is remembered in the cache only saves calls.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import structlog
from django.core.cache import cache
from django.utils import timezone

from accounting import connection, payments
from accounting.leases import Lease
from integrations.failures import ConnectionLost, Failure, LeaseLost, Temporary, growing_wait
from integrations.models import Integration

from . import comparing, nights, rounds

log = structlog.get_logger()

AT_ONCE = 60  # nights that are begun in a minute: after an outage all are due together
CLAIMED = timedelta(minutes=10)  # a night that takes longer is handed out again, and left to who is doing it
A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is left of a night that could not be ended: the day of the list to go on from, when it was begun, and how
    often it failed."""

    since: date | None = None
    begun: datetime = field(default_factory=timezone.now)
    attempts: int = 0


def claimed() -> Iterator[tuple[int, date]]:
    """The nights that are to be handed out now, as many as are begun in a minute. What was handed out is not so again
    for a while."""
    count = 0
    for integration_id, night in nights.to_do():
        if cache.add(_claim(integration_id, night), 1, CLAIMED.total_seconds()):
            yield integration_id, night
            count += 1
        if count >= AT_ONCE:
            return


def hand_back(integration: Integration, night: date) -> None:
    """Have a night handed out again in the next minute, because another worker was at the books."""
    cache.delete(_claim(integration.pk, night))


def spend(integration: Integration, night: date, lease: Lease) -> None:
    """Do what is left of a night; nothing when it is done. What goes wrong with the shop is tried again in growing
    waits, until the next one."""
    integration.refresh_from_db(fields=["night"])  # now that the lease keeps others from it
    if integration.night and integration.night >= night:
        return
    payments.look_again(integration, night, timezone.now())
    try:
        _go_round(integration, night, lease)
    except LeaseLost:
        raise
    except ConnectionLost as failure:
        connection.lose(integration, "shop", failure.words)
        _later(integration, night)
    except Temporary as failure:
        _later(integration, night, failure.wait)
    except Failure as failure:
        log.warning("night not done", integration=integration.pk, reason=str(failure))
        _later(integration, night)
    except Exception:
        log.exception("night failed", integration=integration.pk)
        _later(integration, night)


def _go_round(integration: Integration, night: date, lease: Lease) -> None:
    """Compare the shop's list; what that leaves of the open documents is read, and with that the night is done."""
    key = _rest(integration.pk, night)
    left = cache.get(key, Left())

    def reached(day: date) -> None:
        lease.cover_a_call()
        cache.set(key, replace(left, since=day), A_DAY.total_seconds())

    rounds.go_round(integration, left.since or comparing.window(integration, night), f"night {night}", reached)
    with lease.writing():
        nights.review(integration, night, left.begun)
        nights.done(integration, night)


def _later(integration: Integration, night: date, wait: timedelta | None = None) -> None:
    left = cache.get(_rest(integration.pk, night), Left())
    cache.set(_rest(integration.pk, night), replace(left, attempts=left.attempts + 1), A_DAY.total_seconds())
    seconds = (wait or growing_wait(left.attempts)).total_seconds()
    cache.set(_claim(integration.pk, night), 1, seconds)


def _claim(integration_id: int, night: date) -> str:
    return f"night:{integration_id}:{night}"


def _rest(integration_id: int, night: date) -> str:
    return f"night-left:{integration_id}:{night}"
