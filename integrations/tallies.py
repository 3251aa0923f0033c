"""The counts of documents, kept by the database itself (``DocumentTally``): by state, cause and month."""

from collections import Counter
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from .models import DocumentTally, Integration

# An integration with more rows than this is folded: few enough to add up in a moment.
MOST_ROWS = 200

# Every page asks for this, so it is the database that adds the months up: there are hundreds of them. A month of which
# all documents have gone doesn't count as the oldest.
SUMMED = """
SELECT state, cause, MIN(NULLIF(month, '')), CAST(SUM(CASE month WHEN %s THEN documents ELSE 0 END) AS bigint),
    CAST(SUM(documents) AS bigint), CAST(SUM(cents) AS bigint)
FROM (
    SELECT state, cause, month, SUM(documents) AS documents, SUM(cents) AS cents
    FROM integrations_documenttally WHERE integration_id = %s GROUP BY state, cause, month
) AS months
WHERE documents <> 0 GROUP BY state, cause ORDER BY state, cause
"""


class Tally(NamedTuple):
    """``documents`` of one state and one cause (of what is stuck), with their total incl. VAT in cents. ``oldest`` is
    the first month of their dates, None when they have none; so many of them are of ``this_month``."""

    state: str
    cause: str
    oldest: str | None
    this_month: int
    documents: int
    cents: int


def tallies_of(integration: Integration) -> list[Tally]:
    """Everything that is there, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(SUMMED, [f"{timezone.localdate():%Y-%m}", integration.pk])
        return [Tally(*row) for row in cursor.fetchall()]


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
