"""A shop whose rhythm stops is asked once whether it has nothing to say. Most silences are just that; some are webhooks
that were lost, or keys that the shop no longer knows."""

from collections.abc import Iterator
from datetime import UTC, timedelta

import structlog
from django.db.models import F, Q
from django.utils import timezone

from accounting import connection
from integrations.failures import ConnectionLost, Failure
from integrations.models import Integration

from . import nights, rounds
from .comparing import OVERLAP
from .rhythm import usual_gap

log = structlog.get_logger()

AT_ONCE = 200  # shops that are asked in an hour: at night many fall silent together
LEAST, TIMES = timedelta(hours=6), 6  # silent is who is not heard for so long, and for so many times the usual gap


def silent() -> Iterator[int]:
    """The integrations whose shop has been silent for longer than its rhythm explains, and was not asked since."""
    now = timezone.now()
    unasked = Q(silence_checked_at=None) | Q(silence_checked_at__lt=F("heard_at"))
    quiet = nights.working().filter(unasked, heard_at__lt=now - LEAST, shop_lost_at=None)
    for integration in quiet.order_by("id"):
        gap = usual_gap(integration)
        if gap is not None and integration.heard_at and now - integration.heard_at > max(LEAST, TIMES * gap):
            yield integration.pk


def ask(integration: Integration) -> None:
    """Go round the shop. What passes by itself is tried again in the next hour; a lost connection is told to the people
    of the integration, once."""
    assert integration.heard_at
    asked_at, since = timezone.now(), integration.heard_at.astimezone(UTC).date() - OVERLAP
    try:
        rounds.go_round(integration, since, f"silence {integration.heard_at.isoformat()}")
    except ConnectionLost as failure:
        connection.lose(integration, "shop", failure.words)
    except Failure as failure:
        log.warning("silent shop not asked", integration=integration.pk, reason=str(failure))
        return
    except Exception:
        log.exception("asking a silent shop failed", integration=integration.pk)
        return
    Integration.objects.filter(pk=integration.pk).update(silence_checked_at=asked_at)
