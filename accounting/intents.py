"""Exactly once, at systems that know no idempotency keys.

Before a create is sent, an intent is committed; with its answer the intent is deleted and what was created is kept,
in one transaction. An intent that is found was left by a worker that died or by an answer that never came. Then the
remote system gets time to finish writing, is asked twice for our reference, and only if it knows nothing of it both
times is the create sent again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from integrations.failures import LONGEST_WAIT, Failure, LeaseLost, Refused, Temporary, Uncertain, Unknown
from integrations.models import Document, Intent

from .leases import Lease

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class Wanted(Generic[Found]):
    """Something that the books should hold: ``look`` finds it there by ``reference``, ``keep`` stores with us what was
    found or made."""

    step: str
    reference: str
    look: Callable[[], Found | None]
    keep: Callable[[Found], None]


@dataclass(frozen=True, kw_only=True)
class Create(Wanted[Found]):
    """The same with what makes it: ``create``. ``reserve`` is done in the transaction that commits the intent, and may
    refuse."""

    create: Callable[[], Found]
    reserve: Callable[[], None] = lambda: None
    looks_first: bool = False


class Settling(Temporary):
    """Nobody knows yet whether a create arrived; it is looked for when the settle time is over."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("settling", wait=wait)


def settle_time(attempts: int = 1) -> timedelta:
    """How long a create that was not answered is given to arrive; longer each time that it was sent in vain."""
    settle = timedelta(seconds=settings.SETTLE_SECONDS)
    grown: timedelta = settle * 2 ** min(attempts - 1, 10)
    return max(settle, min(grown, LONGEST_WAIT))


def create_once(lease: Lease, document: Document, wanted: Create[Found]) -> Found:
    """Make it at the books once, whatever happened before. Raises ``Settling`` while that is not certain, and
    whatever ``look`` and ``create`` raise."""
    intent = _intent(lease, wanted)
    found = _settled(lease, wanted, intent) if intent else None
    return found if found is not None else _create(lease, document, wanted, intent)


def settled(lease: Lease, wanted: Wanted[Found]) -> Found | None:
    """What an unanswered create turns out to have made; None when there was none, or when it made nothing: then it
    may be sent again. Raises ``Settling`` until that is certain."""
    intent = _intent(lease, wanted)
    return _settled(lease, wanted, intent) if intent else None


def _intent(lease: Lease, wanted: Wanted[Found]) -> Intent | None:
    """The intent that was left behind; the database is asked only when there may be one."""
    return _intents(lease, wanted).first() if (wanted.step, wanted.reference) in lease.unanswered else None


def _settled(lease: Lease, wanted: Wanted[Found], intent: Intent) -> Found | None:
    settle = settle_time(intent.attempts)
    left = (intent.looked_at or intent.started_at) + settle - timezone.now()
    if left > timedelta():
        raise Settling(left)
    found = wanted.look()
    if found is not None:
        return _kept(lease, wanted, found)
    if intent.looked_at is None:
        with lease.writing():
            _intents(lease, wanted).update(looked_at=timezone.now())
        raise Settling(settle)
    return None


def _create(lease: Lease, document: Document, wanted: Create[Found], earlier: Intent | None) -> Found:
    found = wanted.look() if wanted.looks_first and earlier is None else None
    if found is None:
        attempts = earlier.attempts + 1 if earlier else 1
        _intend(lease, document, wanted, attempts)
        found = _sent(lease, wanted, attempts)
    return _kept(lease, wanted, found)


def _intend(lease: Lease, document: Document, wanted: Create[Found], attempts: int) -> None:
    intent = Intent(
        administration_id=lease.administration_id,
        step=wanted.step,
        reference=wanted.reference,
        document=document,
        started_at=timezone.now(),
        attempts=attempts,
    )
    lease.unanswered.add((wanted.step, wanted.reference))
    with lease.writing():
        wanted.reserve()
        Intent.objects.bulk_create(
            [intent],
            update_conflicts=True,
            unique_fields=["administration", "step", "reference"],
            update_fields=["document", "started_at", "attempts", "looked_at"],
        )


def _sent(lease: Lease, wanted: Create[Found], attempts: int) -> Found:
    try:
        return wanted.create()
    except LeaseLost:
        raise
    except Unknown as error:
        raise Settling(settle_time(attempts)) from error
    except Failure as error:
        # A refusal may mean that the reference is taken: by us, in a life that a restored backup knows nothing of.
        found = _taken(wanted) if isinstance(error, Refused) else None
        if found is None:
            with lease.writing():
                _intents(lease, wanted).delete()
            raise
        return found


def _taken(wanted: Wanted[Found]) -> Found | None:
    """What was created under our reference before; what may be somebody else's is none of ours, since nothing was
    created now."""
    try:
        return wanted.look()
    except Uncertain:
        return None


def _kept(lease: Lease, wanted: Wanted[Found], found: Found) -> Found:
    with lease.writing():
        wanted.keep(found)
        _intents(lease, wanted).delete()
    return found


def _intents(lease: Lease, wanted: Wanted[Found]) -> "QuerySet[Intent]":
    return Intent.objects.filter(administration=lease.administration_id, step=wanted.step, reference=wanted.reference)
