"""A person asks for another look at a document: Process, and the end of a skip by hand."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integrations.models import Delivery, Document, State, User
from integrations.timeline import Timeline

from .doorbell import ring
from .skipping import BY_HAND


def process(document: Document, user: User) -> bool:
    """Look at a document again because a person asked for it; False when it is posted already."""
    return _read_anew(document, user, ~Q(state=State.PROCESSED), "processed_by")


def unskip(document: Document, user: User) -> bool:
    """The same for one that was skipped by hand; False when it is not (any more)."""
    return _read_anew(document, user, Q(state=State.SKIPPED, reason=BY_HAND), "unskipped")


def _read_anew(document: Document, user: User, wanted: Q, kind: str) -> bool:
    """Read a document from the shop again, and post it if it is ready, as far as it is still as ``wanted``. What a
    person decided about it before ends here."""
    mine = Document.objects.filter(wanted, pk=document.pk)
    with transaction.atomic():
        now = timezone.now()
        if not mine.update(state=State.OPEN, reason="reading", next_attempt_at=None, changed_at=now):
            return False
        timeline = Timeline(document.integration, document)
        timeline.add(kind, user=user)
        timeline.store()
        Delivery.look_again(document)
    # Not inside: a worker locks the administration before its documents.
    if document.integration.administration_id:
        ring(document.integration.administration_id)
    return True
