"""Skipping a document by hand. It is never posted, and what the shop reports of it changes nothing, until a person asks
for it again."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from integrations.models import Document, Intent, State, User
from integrations.timeline import Timeline, store_together

from .reading import skipped

BY_HAND = "by_hand"


@transaction.atomic
def skip(documents: Iterable[Document], user: User, words: str, *, has_looked: bool = False) -> int:
    """Skip documents of one integration that are stuck or wait, and say how many were. What is being read or posted is
    left alone, and so is what may be in the books already, unless the person ``has_looked`` there: nobody must believe
    that it is not there. What we know of it in the books is kept, so that a later Process looks there first."""
    waits = Q(state=State.ERROR) | Q(state=State.OPEN) & ~Q(reason="reading")
    asked = Document.objects.filter(waits, pk__in=[one.pk for one in documents])
    if not has_looked:
        intents = Intent.objects.filter(document=OuterRef("pk"), step="document")
        asked = asked.filter(~Exists(intents), ledger_id="")
    asked = asked.select_for_update(of=("self",)).defer("source", "mapped").select_related("integration")
    mine = list(asked.order_by("id"))
    told = {"has_looked": True} if has_looked else {}
    timelines = []
    for document in mine:
        timelines.append(Timeline(document.integration, document))
        timelines[-1].add("skipped_by_hand", user=user, words=words, **told)
    Document.objects.filter(pk__in=[one.pk for one in mine]).update(**skipped(BY_HAND), changed_at=timezone.now())
    store_together(timelines)
    return len(mine)
