"""The counts of documents, kept by the database itself (``DocumentTally``): by state, cause and month."""

from collections import Counter
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, F, Sum, Value
from django.db.models.functions import Concat

from .models import DocumentTally, Integration

# An integration with more rows than this is folded: few enough to add up in a moment.
MOST_ROWS = 200


class Tally(NamedTuple):
    """``documents`` of one state, one cause (of what is stuck) and one month, with their total incl. VAT in cents."""

    state: str
    cause: str
    month: str
    documents: int
    cents: int


def tallies_of(integration: Integration) -> list[Tally]:
    """Everything that is there, in one query."""
    rows = DocumentTally.objects.filter(integration=integration).values_list("state", "cause", "month")
    summed = rows.annotate(documents=Sum("documents"), cents=Sum("cents")).order_by("state", "cause", "month")
    return [tally for tally in map(Tally._make, summed) if tally.documents]


def by_state(tallies: list[Tally]) -> Counter[str]:
    """How many documents there are of each state."""
    counted: Counter[str] = Counter()
    for tally in tallies:
        counted[tally.state] += tally.documents
    return counted


def fold() -> None:
    """Add the rows up that have gathered, so that there are never many to read. Where half of them or more would stay,
    there is little to gain by writing them all again."""
    different = Count(Concat("state", Value(" "), "month", Value(" "), "cause"), distinct=True)
    counted = DocumentTally.objects.order_by().values("integration").annotate(rows=Count("id"), different=different)
    many = counted.filter(rows__gt=MOST_ROWS, rows__gte=2 * F("different"))
    for integration_id in many.values_list("integration", flat=True):
        fold_one(integration_id)


@transaction.atomic
def fold_one(integration_id: int) -> None:
    """Put one row in the place of all with the same state, cause and month. What is added meanwhile stays as it is,
    and rows that somebody else is folding are left to them."""
    rows = DocumentTally.objects.filter(integration=integration_id)
    sums: dict[tuple[str, str, str], list[int]] = {}
    folded = list(rows.select_for_update(skip_locked=True))
    for row in folded:
        total = sums.setdefault((row.state, row.cause, row.month), [0, 0])
        total[0] += row.documents
        total[1] += row.cents
    for start in range(0, len(folded), 500):
        DocumentTally.objects.filter(pk__in=[row.pk for row in folded[start : start + 500]]).delete()
    DocumentTally.objects.bulk_create(
        DocumentTally(
            integration_id=integration_id, state=state, cause=cause, month=month, documents=documents, cents=cents
        )
        for (state, cause, month), (documents, cents) in sums.items()
        if documents or cents
    )
