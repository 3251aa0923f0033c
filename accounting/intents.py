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

from integrations.failures import Failure, LeaseLost, Refused, Temporary, Unknown
from integrations.models import Document, Intent

from .leases import Lease

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class Create(Generic[Found]):
    """Something to be made at the books: ``look`` finds it there by ``reference``, ``create`` makes it, ``keep``
    stores what was found or made with us."""

    step: str
    reference: str
    look: Callable[[], Found | None]
    create: Callable[[], Found]
    keep: Callable[[Found], None]
    looks_first: bool = False


class Settling(Temporary):
    """Nobody knows yet whether a create arrived; it is looked for when the settle time is over."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("settling", wait=wait)


def settle_time() -> timedelta:
    return timedelta(seconds=settings.SETTLE_SECONDS)


def create_once(lease: Lease, document: Document, wanted: Create[Found]) -> Found:
    """Make it at the books once, whatever happened before. Raises ``Settling`` while that is not certain, and
    whatever ``look`` and ``create`` raise."""
    intents = Intent.objects.filter(
        administration=lease.administration_id, step=wanted.step, reference=wanted.reference
    )
    intent = intents.first()
    found = None
    if intent:
        found = _look_after(intent, lease, wanted.look)
    elif wanted.looks_first:
        found = wanted.look()
    if found is None:
        found = _create(lease, document, wanted, intents)
    with lease.writing():
        wanted.keep(found)
        intents.delete()
    return found


def _look_after(intent: Intent, lease: Lease, look: Callable[[], Found | None]) -> Found | None:
    """Look for what an unanswered create may have made: once when it has settled, and once more after as long."""
    left = (intent.looked_at or intent.started_at) + settle_time() - timezone.now()
    if left > timedelta():
        raise Settling(left)
    found = look()
    if found is None and intent.looked_at is None:
        with lease.writing():
            Intent.objects.filter(pk=intent.pk).update(looked_at=timezone.now())
        raise Settling(settle_time())
    return found


def _create(lease: Lease, document: Document, wanted: Create[Found], intents: "QuerySet[Intent]") -> Found:
    with lease.writing():
        Intent.objects.update_or_create(
            administration_id=lease.administration_id,
            step=wanted.step,
            reference=wanted.reference,
            defaults={"document": document, "started_at": timezone.now(), "looked_at": None},
        )
    try:
        return wanted.create()
    except LeaseLost:
        raise
    except Unknown as error:
        raise Settling(settle_time()) from error
    except Failure as error:
        # A refusal may mean that the reference is taken: by us, in a life that a restored backup knows nothing of.
        found = wanted.look() if isinstance(error, Refused) else None
        if found is None:
            with lease.writing():
                intents.delete()
            raise
        return found
