"""One worker at a time works for an administration: it holds a lease on it, by the database's clock.

The lease's number grows at each taking and is checked in every transaction that writes what a remote call did. A
worker that was frozen for longer than its lease finds out before it writes, and ``LeaseLost`` ends its work.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import ExpressionWrapper, F, Q, Value
from django.db.models.functions import Now

from integrations.failures import LeaseLost
from integrations.models import Administration, Intent


def from_now(duration: timedelta) -> "ExpressionWrapper[Any]":
    """The database's own time, ``duration`` from now."""
    return ExpressionWrapper(Now() + Value(duration), output_field=models.DateTimeField())


class Lease:
    """The right to work for one administration, until it is released or runs out."""

    def __init__(self, administration_id: int, number: int, taken: float) -> None:
        self.administration_id = administration_id
        self.number = number
        self.renewed = taken

    @cached_property
    def unanswered(self) -> set[tuple[str, str]]:
        """Step and reference of the creates that may not have been answered. Only the holder of the lease adds one."""
        return set(Intent.objects.filter(administration=self.administration_id).values_list("step", "reference"))

    def cover_a_call(self) -> None:
        """Make sure that the lease outlasts one remote call of full length; raises ``LeaseLost``.

        The database is asked only when less than two such calls are left of what was granted last.
        """
        left = settings.LEASE_SECONDS - (time.monotonic() - self.renewed)
        if left < 2 * settings.CALL_DEADLINE_SECONDS:
            self.renew()

    def renew(self) -> None:
        asked = time.monotonic()
        if not self._mine.update(leased_until=from_now(timedelta(seconds=settings.LEASE_SECONDS))):
            raise LeaseLost
        self.renewed = asked

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that is rolled back unless the lease is still ours; holding the row keeps others out of it."""
        with transaction.atomic():
            self.renew()
            yield

    def release(self) -> None:
        self._mine.update(leased_until=None)

    @cached_property  # it is part of every transaction, and takes longer to build than to run
    def _mine(self) -> "models.QuerySet[Administration]":
        return Administration.objects.filter(
            pk=self.administration_id, lease_number=self.number, leased_until__gt=Now()
        )


def take(administration_id: int) -> Lease | None:
    """Take the lease, or None when another worker has it."""
    number = Administration.objects.values_list("lease_number", flat=True).get(pk=administration_id)
    asked = time.monotonic()
    taken = (
        Administration.objects.filter(pk=administration_id, lease_number=number)
        .filter(Q(leased_until=None) | Q(leased_until__lte=Now()))
        .update(
            lease_number=F("lease_number") + 1,
            leased_until=from_now(timedelta(seconds=settings.LEASE_SECONDS)),
        )
    )
    return Lease(administration_id, number + 1, asked) if taken else None


@contextmanager
def taking(administration_id: int) -> Iterator[Lease | None]:
    """``take`` for the length of a block; a lease that was lost meanwhile ends the block quietly."""
    lease = take(administration_id)
    try:
        yield lease
    except LeaseLost:
        pass
    finally:
        if lease:
            lease.release()
