"""What the shop changed after it was posted: shown, and nothing more. In the books nothing is changed for it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.models import Document, Integration, State
from integrations.timeline import Timeline, store_together

from ..ccvshop import listed

FIELDS = ("shop_digest", "shop_changes", "shop_changed_at")

Json = Mapping[str, Any]


def note(integration: Integration, kind: str, found: Mapping[str, Json], held: Iterable[Document]) -> None:
    """Compare posted documents with what the shop's list says now (``found``, by id), and write down what differs from
    the source that they were posted from. Only those are loaded of which the list says something new."""
    posted = [document for document in held if document.state == State.PROCESSED]
    unlike = [one.pk for one in posted if one.shop_digest != listed.digest(kind, found[one.remote_id])]
    if not unlike:
        return
    with transaction.atomic():
        rows = Document.objects.filter(pk__in=unlike, state=State.PROCESSED).defer("mapped").order_by("id")
        documents = list(rows.select_for_update())
        timelines = [_noted(integration, document, found[document.remote_id]) for document in documents]
        Document.objects.bulk_update(documents, FIELDS)
        store_together(timelines)


def _noted(integration: Integration, document: Document, now: Json) -> Timeline:
    """Set the fields of a document, with what there is to tell about it. A document that was read before lists were
    compared has no digest yet, and as a rule no changes either."""
    timeline = Timeline(integration, document)
    changes = listed.differences(document.kind, document.source.get(document.kind), now)
    if changes != document.shop_changes:
        document.shop_changed_at = timezone.now() if changes else None
        if changes:
            timeline.add("changed_in_shop", fields=[change["field"] for change in changes])
        else:
            timeline.add("changed_back_in_shop")
    document.shop_changes = changes
    document.shop_digest = listed.digest(document.kind, now)
    return timeline
