"""How long an integration may be tried before it is paid for."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone


def trial_ends(requested_at: datetime) -> datetime:
    """The end of a trial that was asked for at this moment: 00:00 in the Netherlands on the first of the next month,
    or as many days later as the plan gives (``TRIAL_DAYS``)."""
    if settings.TRIAL_DAYS is not None:
        return requested_at + timedelta(days=settings.TRIAL_DAYS)
    day = timezone.localdate(requested_at).replace(day=1)
    first_of_next = (day + timedelta(days=31)).replace(day=1)
    return timezone.make_aware(datetime.combine(first_of_next, time.min))


def trial_ahead(requested_at: datetime) -> datetime | None:
    """The end of such a trial, while it has not come yet."""
    end = trial_ends(requested_at)
    return end if end > timezone.now() else None
